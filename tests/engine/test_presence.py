"""One writer at a time, whoever dies."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rnnviz.contracts.errors import UserError
from rnnviz.engine import presence
from rnnviz.engine.presence import Presence, Pulse, read_status
from rnnviz.engine.run_folder import create, reopen
from rnnviz.engine.run_store import Run
from rnnviz.engine.session import Session

Make = Callable[..., Session]

WRITER = """
import sys
from pathlib import Path
from rnnviz.engine.presence import Presence
held = Presence(Path(sys.argv[1]))
held.begin(state="training", step=7)
print("writing", flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "BEAT_SECONDS", 0.05)


def elsewhere(folder: Path, beat: str, age: float = 0.0) -> None:
    status = {"state": "training", "host": "another", "process": 4, "beat": beat}
    (folder / "status.json").write_text(json.dumps(status))
    then = time.time() - age
    os.utime(folder / "status.json", (then, then))


def test_a_second_writer_is_refused_until_the_first_ends(session: Make, tmp_path: Path) -> None:
    folder = create(tmp_path / "run", session())
    run = Run.open(tmp_path / "run")
    assert run.is_live
    for write in (reopen, lambda path, mine: create(path, mine, overwrite=True)):
        with pytest.raises(UserError, match=rf"is being written by process {os.getpid()} on"):
            write(tmp_path / "run", session())
    folder.close()
    assert not run.is_live
    reopen(tmp_path / "run", session()).close()


def test_a_killed_writer_holds_nothing(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdin is not None
    process.stdout.readline()
    pulse = Pulse(tmp_path)
    assert pulse.beats()
    with pytest.raises(UserError, match=rf"written by process {process.pid} on"):
        Presence(tmp_path)
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()
    assert read_status(tmp_path)["state"] == "training"
    assert not pulse.beats()
    assert not Pulse(tmp_path).beats()
    Presence(tmp_path).close()


def test_a_writer_on_another_machine_is_known_by_its_beats(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere(tmp_path, "a")
    monkeypatch.setattr(time, "sleep", lambda _: elsewhere(tmp_path, "b"))
    with pytest.raises(UserError, match="being written by process 4 on another"):
        Presence(tmp_path)
    monkeypatch.undo()
    monkeypatch.setattr(presence, "BEAT_SECONDS", 0.05)
    Presence(tmp_path).close()


def test_clocks_may_differ(tmp_path: Path) -> None:
    elsewhere(tmp_path, "a", age=3600)
    pulse = Pulse(tmp_path)
    assert not pulse.beats()
    elsewhere(tmp_path, "b", age=3600)
    assert pulse.beats()
    assert not Pulse(tmp_path).beats()
    elsewhere(tmp_path, "b")
    assert Pulse(tmp_path).beats()


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "[" * 10**5, '{"process": "x", "host": 5}', '{"process": -1}']
)
def test_a_damaged_status_is_no_obstacle(tmp_path: Path, text: str) -> None:
    (tmp_path / "status.json").write_text(text)
    assert Pulse(tmp_path).beats() in (True, False)
    held = Presence(tmp_path)
    held.begin(state="training", loss=float("inf"))
    time.sleep(0.1)
    held.say(state="paused")
    held.close()
    status = read_status(tmp_path)
    assert (status["state"], status["process"], status["loss"]) == ("paused", None, None)
    assert status["host"] == platform.node()
