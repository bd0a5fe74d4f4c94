"""A run that another process writes: followed, killed, cut off, deleted, begun anew."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from rnnviz.contracts import events
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.events import Event
from rnnviz.contracts.history import History
from rnnviz.contracts.snapshot import NEEDS, USUAL
from rnnviz.engine import run_folder, watcher
from rnnviz.engine.follower import Follower
from rnnviz.engine.layout import STEPS
from rnnviz.engine.observer import Observer
from rnnviz.engine.run_folder import RunFolder
from rnnviz.engine.run_store import Run
from rnnviz.engine.session import Session
from rnnviz.engine.watcher import Watcher
from tests import patience
from tests.engine.child import child

Make = Callable[..., Session]


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watcher, "WRITTEN_SECONDS", 0.03)
    monkeypatch.setattr(watcher, "ENDED_SECONDS", 0.05)


class Ear:
    """Hears what a watcher says."""

    def __init__(self, path: Path) -> None:
        self.watcher = Watcher(path)
        self.watcher.open()
        self.watcher.start()
        self.heard: list[Event] = []

    def until(self, true: Callable[[], bool]) -> None:
        end = time.monotonic() + patience.SECONDS
        while time.monotonic() < end:
            self.heard += self.watcher.poll()
            if true():
                return
            time.sleep(0.01)
        raise AssertionError(self.heard[-5:])

    @property
    def states(self) -> list[str]:
        return [e.state for e in self.heard if isinstance(e, events.Changed)]

    @property
    def history(self) -> History:
        found = [e.history for e in self.heard if isinstance(e, events.Read)]
        return [history for history in found if history is not None][-1]

    @property
    def last(self) -> int:
        last = self.history.last()
        return last.step if last else 0


@pytest.fixture
def ears() -> Iterator[Callable[[Path], Ear]]:
    made: list[Ear] = []

    def ear(path: Path) -> Ear:
        made.append(Ear(path))
        return made[-1]

    yield ear
    for each in made:
        each.watcher.send(events.Stop())


@pytest.fixture
def written(session: Make, tmp_path: Path) -> Iterator[tuple[Session, RunFolder]]:
    """A run that this process writes by hand."""
    made = session()
    folder = run_folder.create(tmp_path / "run", made)
    yield made, folder
    folder.close()


def advance(made: Session, folder: RunFolder, steps: int) -> None:
    folder.add_steps([made.trainer.step() for _ in range(steps)])


def test_a_run_of_another_process_is_followed_until_it_is_killed(
    session: Make, tmp_path: Path, ears: Callable[[Path], Ear]
) -> None:
    process = child(session(training__steps=100_000), tmp_path)
    run = tmp_path / "run"
    end = time.monotonic() + patience.SECONDS
    while not (run / STEPS).is_file() or (run / STEPS).stat().st_size < 4000:
        assert time.monotonic() < end
        time.sleep(0.02)
    ear = ears(run)
    ear.until(lambda: "watched" in ear.states)
    seen = ear.last
    ear.until(lambda: ear.last > seen + 20)
    ear.until(lambda: ear.watcher.latest() is not None)
    process.kill()
    process.communicate()
    ear.until(lambda: ear.states[-1] == "recorded")
    whole = Run.open(run).history
    ear.until(lambda: ear.last == int(whole.column("step")[-1]))
    np.testing.assert_array_equal(ear.history.column("loss"), whole.column("loss"))


def test_every_step_and_sample_is_told_once_it_is_written(
    written: tuple[Session, RunFolder],
) -> None:
    made, folder = written
    follower = Follower(folder.path)
    follower.open()
    assert follower.news() == []
    advance(made, folder, 7)
    (read,) = follower.news()
    assert isinstance(read, events.Read)
    assert read.history is not None
    assert read.history.column("step").tolist() == list(range(1, 8))
    assert read.samples is None
    before = read.history
    advance(made, folder, 3)
    follower.news()
    assert len(before) == 7
    assert follower.news() == []


def test_what_the_record_lacks_is_looked_at_after_it_was_shown(
    written: tuple[Session, RunFolder],
) -> None:
    made, folder = written
    advance(made, folder, 3)
    folder.checkpoint(made.trainer.state())
    observer = Observer(made.model, made.task, "run")
    observer.refresh(made.model)
    probe = made.task.probe(made.task.default_probe, made.model)
    folder.add_snapshot(observer.look(probe, frozenset({"states"}), 3), full=True)
    follower = Follower(folder.path)
    follower.open()
    assert follower.snapshot is not None
    assert follower.snapshot.needs == {"states"}
    follower.complete(USUAL)
    assert follower.snapshot.needs == USUAL | {"states"}
    follower.snapshot = None
    follower.complete(USUAL)
    assert follower.snapshot is None
    follower.complete()
    assert getattr(follower.snapshot, "needs", None) == frozenset(NEEDS)


def test_a_rewound_run_is_followed_back(written: tuple[Session, RunFolder]) -> None:
    made, folder = written
    follower = Follower(folder.path)
    follower.open()
    advance(made, folder, 9)
    follower.news()
    folder.rewind(4)
    (read,) = follower.news()
    assert isinstance(read, events.Read)
    assert read.history is not None
    assert read.history.column("step").tolist() == [1, 2, 3, 4]


def test_a_record_that_is_cut_off_is_read_anew(written: tuple[Session, RunFolder]) -> None:
    made, folder = written
    advance(made, folder, 50)
    follower = Follower(folder.path)
    follower.open()
    data = (folder.path / STEPS).read_bytes()
    (folder.path / STEPS).write_bytes(data[: len(data) // 2])
    (read,) = follower.news()
    assert isinstance(read, events.Read)
    assert read.history is not None
    assert 0 < len(read.history) < 50


def test_a_deleted_folder_is_lost_and_found_again(
    written: tuple[Session, RunFolder], tmp_path: Path, ears: Callable[[Path], Ear]
) -> None:
    made, folder = written
    advance(made, folder, 5)
    folder.close()
    ear = ears(folder.path)
    ear.until(lambda: "recorded" in ear.states)
    shutil.copytree(folder.path, tmp_path / "kept")
    shutil.rmtree(folder.path)
    ear.until(lambda: ear.states[-1] == "lost")
    lost = [e for e in ear.heard if isinstance(e, events.Changed)][-1]
    assert "still shown" in lost.message
    shutil.move(tmp_path / "kept", folder.path)
    ear.until(lambda: ear.states[-1] == "recorded")
    assert ear.last == 5


def test_another_run_in_the_same_folder_is_opened_anew(
    session: Make, written: tuple[Session, RunFolder], ears: Callable[[Path], Ear]
) -> None:
    made, folder = written
    advance(made, folder, 30)
    folder.close()
    ear = ears(folder.path)
    ear.until(lambda: "recorded" in ear.states)
    again = session()
    other = run_folder.create(folder.path, again, overwrite=True)
    advance(again, other, 2)
    ear.until(lambda: sum(isinstance(e, events.Opened) for e in ear.heard) == 2)
    ear.until(lambda: ear.last == 2)
    other.close()


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not a run"):
        Watcher(tmp_path).open()
