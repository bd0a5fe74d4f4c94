from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import av
import pytest
from PIL import Image

from tests.cli.conftest import Run
from tests.recorded import record

SMALL = ("--size", "6x6", "--dpi", "40")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with four recorded moments."""
    return record(tmp_path_factory.mktemp("played")).path


@pytest.mark.parametrize("view", ["states", "training"])
def test_a_gif_of_the_recorded_steps(run: Run, played: Path, tmp_path: Path, view: str) -> None:
    path = tmp_path / "deep" / "a.gif"
    code, out, err = run("export", played, "--view", view, path, *SMALL, "--theme", "dark")
    assert (code, out.strip(), err) == (0, str(path), "")
    with Image.open(path) as film:
        # Nothing has been trained at step 0: there is no curve yet.
        assert film.n_frames == (4 if view == "states" else 3)
        assert film.size == (240, 240)


def test_a_range_of_it_as_mp4(run: Run, played: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    code, _, _ = run(
        "export", played, "--view", "gates", path, *SMALL, "--from", 2, "--to", 5, "--fps", 2,
        "--unit", 3,
    )  # fmt: skip
    assert code == 0
    with av.open(str(path)) as film:
        assert sum(1 for _ in film.decode(video=0)) == 2 + 3


def test_frames_as_a_folder(run: Run, played: Path, tmp_path: Path) -> None:
    folder = f"{tmp_path / 'frames'}{os.sep}"
    code, _, _ = run("export", played, "--view", "states", folder, *SMALL, "--frames", 2)
    assert code == 0
    assert sorted(os.listdir(folder)) == ["frames-00001.png", "frames-00002.png"]
    code, _, err = run("export", played, "--view", "states", folder, *SMALL)
    assert code == 2
    assert "not empty" in err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("states", "x.gif", "--from", "5"), "choose at least two of the 4 between 0 and 6"),
        (("states", "x.gif", "--from", "-1"), "--from"),
        (("states", "x.gif", "--fps", "500"), "0.2 to 50"),
        (("states", "x.gif", "--frames", "1"), "2 to 10000"),
        (("states", "x.svg", "--fps", "3"), "--fps is for animations"),
        (("states", "frames"), "in /"),
        (("states", "x.gif", "--unit", "99"), "There is no unit 99"),
        (("corpus", "x.gif"), "the same at every step"),
        (("attention", "x.gif"), "fill the view"),
        (("states", "x.gif", "--size", "90x90", "--dpi", "1200"), "too large"),
        (("gates", "x.gif", "--size", "4x2"), "too small for this picture: choose a larger one"),
        (("states", "/dev/null/x.gif"), "Cannot write"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_played_is_one_sentence(
    run: Run, played: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...], sentence: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    code, out, err = run("export", played, "--view", *arguments)
    assert (code, out) == (2, "")
    assert sentence in err
    assert err.count("\n") == 1
    assert os.listdir(tmp_path) == []


def test_a_full_disk_leaves_nothing_behind(played: Path, tmp_path: Path) -> None:
    """A limit on the size of files stands for a full disk."""
    starved = (
        "import resource, signal, sys; from rnnviz.cli import main; "
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (3000,) * 2); "
        "sys.exit([main(['export', sys.argv[1], '--view', 'states', name]) "
        "for name in sys.argv[2:]] != [2, 2, 2])"
    )
    names = [f"{tmp_path}/{name}" for name in ("a.gif", "a.mp4", "frames/")]
    done = subprocess.run(
        [sys.executable, "-c", starved, str(played), *names], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("Cannot write") == 3
    assert "Traceback" not in done.stderr
    assert os.listdir(tmp_path) == []
