"""Memory is asked for before it is taken."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from rnnviz.contracts import events
from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.errors import UserError
from rnnviz.engine import room
from rnnviz.engine.room import Need
from rnnviz.engine.runner import Runner
from rnnviz.engine.session import Session, build
from tests import patience

Small = Callable[..., RunConfig]
GB = 10**9


def needed(session: Session, processes: int = 1) -> Need:
    return room.estimate(session.model.structure, session.config, session.task.sizes, processes)


def test_what_adds_to_the_need(session: Callable[..., Session]) -> None:
    plain = needed(session(training__optimizer="sgd"))
    weights = sum(p.numel() * 4 for p in session().model.parameters())
    assert plain.network == 4 * weights  # weights and gradients, and a copy of each
    assert needed(session(training__optimizer="adam")).network == 8 * weights
    assert needed(session(training__batch_size=8)).batch == 2 * plain.batch
    assert needed(session(training__sequence_length=24)).batch == 2 * plain.batch
    assert needed(session(model__hidden_size=40)).network > plain.network
    assert needed(session(training__batch_size=8), processes=2).batch == plain.batch


def test_enough_is_nothing_to_talk_about() -> None:
    assert room.require(Need(GB, GB), 16 * GB, 8 * GB) == ""
    assert room.require(Need(GB, GB), 0, 0) == ""


def test_short_memory_is_warned_of() -> None:
    warning = room.require(Need(GB, 6 * GB), 16 * GB, 8 * GB)
    assert warning == (
        "Training would take about 7.0 GB of memory (1.0 GB for the network, 6.0 GB for one "
        "batch), and 8.0 GB are free: lower the batch size or the sequence length."
    )


@pytest.mark.parametrize("need", [Need(17 * GB, GB), Need(GB, 40 * GB)])
def test_what_cannot_fit_is_refused(need: Need) -> None:
    with pytest.raises(UserError, match=r"but there are 16\.0 GB: lower the (hidden|batch) size"):
        room.require(need, 16 * GB, 8 * GB)


def test_this_machine_says_what_it_has() -> None:
    there, free = room.memory("cpu")
    assert there >= free >= 0
    assert there > 10**8


def test_nothing_is_built_that_cannot_fit(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "memory", lambda device: (10**6, 10**6))
    with pytest.raises(UserError, match=r"of memory \(.* for the network"):
        build(small(model__hidden_size=400))


def test_a_run_passes_the_warning_on(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "memory", lambda device: (10**12, 1))
    runner, told = Runner(small()), list[events.Event]()
    runner.start()
    until = time.monotonic() + patience.SECONDS
    while not any(isinstance(event, events.Warned) for event in told):
        assert time.monotonic() < until
        told += runner.poll()
        time.sleep(0.01)
    runner.send(events.Stop())
    assert runner.join(30)
    said = [event.message for event in told if isinstance(event, events.Warned)]
    assert said[0].startswith("Training would take about 0.0 GB of memory")
    monkeypatch.setattr(room, "memory", lambda device: (10**12, 10**12))
    assert build(small()).warning == ""
