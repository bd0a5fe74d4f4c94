from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnnviz.contracts import events
from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.history import StepRow
from rnnviz.contracts.snapshot import NEEDS, Snapshot
from rnnviz.engine.run_store import Run
from rnnviz.engine.runner import Runner
from rnnviz.engine.session import build
from tests import patience

Small = Callable[..., RunConfig]


class Watched:
    """A runner and everything it has said so far."""

    def __init__(self, config: RunConfig, out: Path | None = None) -> None:
        self.runner = Runner(config, out)
        self.events: list[events.Event] = []
        self.snapshots: list[Snapshot] = []
        self.past: list[events.Event] = []
        self.runner.start()

    def send(self, *commands: events.Command) -> None:
        for command in commands:
            self.runner.send(command)

    def until(self, ready: Callable[[], Any]) -> Any:
        """Collect until `ready` gives something true."""
        end = time.monotonic() + patience.SECONDS
        while time.monotonic() < end:
            self.events += self.runner.poll()
            snapshot = self.runner.latest()
            self.snapshots += [snapshot] if snapshot else []
            if found := ready():
                return found
            time.sleep(0.005)
        raise AssertionError(f"waited in vain; last events: {self.events[-3:]}")

    def state(self, name: str) -> events.Changed:
        """Wait for the next change into that state, and forget what was before it."""

        def found() -> events.Changed | None:
            for index, event in enumerate(self.events):
                if isinstance(event, events.Changed) and event.state == name:
                    self.past += self.events[: index + 1]
                    self.events = self.events[index + 1 :]
                    return event
            return None

        change: events.Changed = self.until(found)
        return change

    @property
    def rows(self) -> list[StepRow]:
        seen = [e for e in (*self.past, *self.events) if isinstance(e, events.Rows)]
        return [row for event in seen for row in event.rows]

    def stop(self) -> None:
        self.send(events.Stop())
        assert self.runner.join(patience.SECONDS)
        self.events += self.runner.poll()


@pytest.fixture
def watch() -> Iterator[Callable[..., Watched]]:
    made: list[Watched] = []

    def make(config: RunConfig, out: Path | None = None) -> Watched:
        watched = Watched(config, out)
        made.append(watched)
        return watched

    yield make
    for watched in made:
        watched.stop()
    names = [thread.name for thread in threading.enumerate()]
    assert not [name for name in names if name.startswith("rnnviz")]


Watch = Callable[..., Watched]


def test_prepares_and_rests(small: Small, watch: Watch) -> None:
    run = watch(small())
    assert run.state("preparing").step == 0
    assert run.state("paused").step == 0
    ready = next(e for e in run.past if isinstance(e, events.Ready))
    assert ready.structure.parameter_count > 0
    assert ready.corpus.vocabulary_size > 10
    assert (ready.device, ready.threads) == ("cpu", 1)
    assert not run.rows


def test_every_step_arrives_once_and_equals_the_trainer(small: Small, watch: Watch) -> None:
    run = watch(small())
    run.send(events.Train())
    assert run.state("finished").step == 30
    session = build(small())
    assert [row.step for row in run.rows] == list(range(1, 31))
    assert [row.loss for row in run.rows] == [session.trainer.step().loss for _ in range(30)]
    assert run.rows[-1].validation_loss == session.trainer.validate()


def test_looking_does_not_change_the_run(small: Small, watch: Watch) -> None:
    plain, looked = watch(small()), watch(small(look__snapshots_per_second=60.0))
    looked.send(events.Look(frozenset({"states", "gates", "gradients"})))
    for run in (plain, looked):
        run.send(events.Train())
        run.state("finished")
    looked.until(lambda: looked.snapshots and looked.snapshots[-1].step == 30)
    assert [row.loss for row in plain.rows] == [row.loss for row in looked.rows]


def test_pause_step_and_resume(small: Small, watch: Watch) -> None:
    run = watch(small(training__steps=100_000))
    run.send(events.Train())
    run.state("training")
    run.until(lambda: run.rows)
    run.send(events.Pause())
    stood = run.state("paused").step
    assert stood == run.rows[-1].step
    for more in (1, 1, 3):
        run.send(events.Train(more))
        stood += more
        assert run.state("paused").step == stood
    run.send(events.Train())
    run.until(lambda: run.rows[-1].step > stood)
    run.stop()
    assert run.state("stopped").step == run.rows[-1].step


def test_trains_on_after_the_end(small: Small, watch: Watch) -> None:
    run = watch(small())
    run.send(events.Train())
    run.state("finished")
    run.send(events.Train())
    assert run.state("finished").step == 60
    run.send(events.Train(2))
    assert run.state("paused").step == 62


def test_samples_compare(small: Small, watch: Watch) -> None:
    run = watch(small(look__sample_prompts=("the", "")))
    run.send(events.Train())
    run.state("finished")
    samples = [e.sample for e in run.past if isinstance(e, events.Sampled)]
    assert [(s.step, s.prompt) for s in samples] == [
        (step, prompt) for step in (10, 20, 30) for prompt in ("the", "")
    ]
    assert {(s.seed, s.temperature) for s in samples} == {(1, 0.8)}
    run.send(events.WriteSample("a d", 5, 0.5, 9))
    wanted = run.until(lambda: [e for e in run.events if isinstance(e, events.Sampled)])[0].sample
    assert (wanted.step, wanted.prompt, wanted.seed, wanted.temperature) == (30, "a d", 9, 0.5)


def test_live_options(small: Small, watch: Watch) -> None:
    run = watch(small())
    run.send(
        events.SetOption("learning_rate", 0.125),
        events.SetOption("clip_threshold", 0.5),
        events.SetOption("temperature", 2.0),
        events.SetOption("budget_percent", 20.0),
        events.Train(),
    )
    run.state("finished")
    assert {(row.learning_rate, row.clip) for row in run.rows} == {(0.125, 0.5)}
    assert {e.sample.temperature for e in run.past if isinstance(e, events.Sampled)} == {2.0}


def test_unknown_option_is_a_warning(small: Small, watch: Watch) -> None:
    run = watch(small())
    run.send(events.SetOption("colour", 1.0))
    warned = run.until(lambda: [e for e in run.events if isinstance(e, events.Warned)])
    assert "colour" in warned[0].message


def test_nan_pauses_and_rewinds(small: Small, watch: Watch, tmp_path: Path) -> None:
    run = watch(small(), tmp_path / "run")
    run.send(events.Train(5))
    run.state("training")
    run.state("paused")
    run.send(events.SetOption("learning_rate", 1e38), events.Train())
    trouble = run.state("paused")
    assert trouble.can_rewind
    assert f"step {trouble.step + 1}" in trouble.message
    assert "learning rate" in trouble.message
    run.send(events.Rewind(), events.SetOption("learning_rate", 1e-3))
    back = run.state("paused")
    assert (back.step, back.message) == (0, "")
    run.send(events.Train())
    assert run.state("finished").step == 30
    run.stop()
    losses = Run.open(tmp_path / "run").history.column("loss")
    assert len(losses) == 30
    assert np.isfinite(losses).all()


def test_answers_while_paused(small: Small, watch: Watch) -> None:
    run = watch(small())
    run.state("paused")
    for generation, text in enumerate(("the cat", "a dog ran"), start=1):
        run.send(events.Look(frozenset({"states"}), text, generation))
        run.until(lambda g=generation: run.snapshots and run.snapshots[-1].generation == g)
        assert "".join(run.snapshots[-1].tokens.input) == text[:-1].replace(" ", "␣")
        assert run.snapshots[-1].step == 0


def test_stale_answers_are_dropped(small: Small, watch: Watch) -> None:
    run = watch(small())
    run.state("paused")
    for generation in range(1, 30):
        run.send(
            events.Look(frozenset({"states"}), "the cat sat"[: 3 + generation % 8], generation)
        )
    run.until(lambda: run.snapshots and run.snapshots[-1].generation == 29)
    seen = [snapshot.generation for snapshot in run.snapshots]
    assert seen == sorted(set(seen))


def test_bad_probe_is_a_warning_and_training_goes_on(small: Small, watch: Watch) -> None:
    run = watch(small())
    run.send(events.Look(frozenset({"states"}), "%"), events.Train())
    run.state("finished")
    assert [e for e in run.past if isinstance(e, events.Warned)]


def test_recorded_as_told(small: Small, watch: Watch, tmp_path: Path) -> None:
    run = watch(small(), tmp_path / "run")
    run.send(events.Look(frozenset({"states"})), events.Train())
    run.state("finished")
    run.stop()
    recorded = Run.open(tmp_path / "run")
    assert recorded.history.column("loss").tolist() == [row.loss for row in run.rows]
    told = [e.sample for e in (*run.past, *run.events) if isinstance(e, events.Sampled)]
    assert list(recorded.samples) == told
    assert recorded.state.step == 30
    newest = recorded.last_snapshot()
    assert newest is not None
    assert newest.step == 30
    assert newest.needs == frozenset(NEEDS)  # more than was asked: any view may be opened on it
    assert "recurrent/0/h" in newest.arrays
    assert not newest.live


def test_prepared_but_never_trained_leaves_nothing(
    small: Small, watch: Watch, tmp_path: Path
) -> None:
    run = watch(small(), tmp_path / "run")
    run.state("paused")
    run.stop()
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("corpus", ["absent.txt", "empty.txt"])
def test_bad_corpus_ends_with_a_sentence(
    small: Small, watch: Watch, tmp_path: Path, corpus: str
) -> None:
    (tmp_path / "empty.txt").write_text("")
    run = watch(small(task__corpus=str(tmp_path / corpus)))
    failed = run.state("failed")
    assert corpus in failed.message
    assert "Traceback" not in failed.message
    assert run.runner.join(patience.SECONDS)


def test_unwritable_output_ends_with_a_sentence(small: Small, watch: Watch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    run = watch(small(), tmp_path / "file" / "run")
    run.send(events.Train())
    assert "Cannot write to" in run.state("failed").message


def test_stop_while_preparing(small: Small, watch: Watch, tmp_path: Path) -> None:
    big = tmp_path / "big.txt"
    big.write_text("some words and then more\n" * 400_000)
    run = watch(small(task__corpus=str(big)))
    run.until(lambda: [e for e in run.events if isinstance(e, events.Progressed)])
    run.stop()
    assert run.state("stopped").step == 0


def test_join_gives_up_in_time_and_without_start(small: Small) -> None:
    never = Runner(small())
    assert never.join(0.01)
    runner = Runner(small(training__steps=100_000))
    runner.start()
    runner.send(events.Train())
    assert not runner.join(0.05)
    runner.send(events.Stop())
    assert runner.join(patience.SECONDS)


def test_the_last_look_that_is_recorded_has_what_is_costly(
    small: Small, watch: Watch, tmp_path: Path
) -> None:
    run = watch(small(), tmp_path / "run")
    run.send(events.Look(frozenset({"states"})), events.Train())
    run.state("finished")
    run.stop()
    made = Run.open(tmp_path / "run")
    last = made.last_snapshot()
    assert last is not None
    assert last.step == 30
    assert last.needs == frozenset(NEEDS)
    assert [name for name in last.arrays if name.startswith("backpropagation/term/")]
    first = made.past[0]
    assert first.step < 30
    assert [name for name in first.results if name.startswith("eigenvalues/")]
    assert not [name for name in first.arrays if name.startswith("backpropagation/")]
