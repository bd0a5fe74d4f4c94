"""How rows and states are shared out, without any other process."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.distributed import HashStore

from rnnviz.contracts import torchrun
from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.model import Batch
from rnnviz.contracts.share import WHOLE, Share
from rnnviz.engine import carried, parcel
from rnnviz.engine.distributed import Together
from rnnviz.engine.session import Session
from rnnviz.engine.team import ALONE, find


@given(rows=st.integers(0, 40), parts=st.integers(1, 9))
def test_every_row_belongs_to_one_share(rows: int, parts: int) -> None:
    shares = [list(range(rows))[Share(index, parts).rows(rows)] for index in range(parts)]
    assert [row for share in shares for row in share] == list(range(rows))
    sizes = [len(share) for share in shares]
    assert max(sizes) - min(sizes) <= 1


def test_share_of_a_batch_cuts_every_tensor() -> None:
    tokens = torch.arange(20).view(5, 4)
    batch = Batch(tokens, tokens + 1, torch.arange(5), continues=True, source=tokens * 2)
    second = Share(1, 2).of(batch)
    assert torch.equal(second.inputs, tokens[2:])
    assert torch.equal(second.targets, tokens[2:] + 1)
    assert second.lengths is not None
    assert second.lengths.tolist() == [2, 3, 4]
    assert second.source is not None
    assert torch.equal(second.source, tokens[2:] * 2)
    assert second.continues
    assert WHOLE.of(batch) is batch


@pytest.mark.parametrize("targets", [torch.ones(1, 3, dtype=torch.int64), torch.ones(1, 3, 2)])
def test_without_rows_nothing_is_asked(targets: torch.Tensor) -> None:
    batch = Batch(torch.zeros(1, 3, dtype=torch.int64), targets)
    shares = [Share(index, 3).of(batch) for index in range(3)]
    assert [len(share.inputs) for share in shares] == [1, 1, 1]
    assert sorted(int(share.asked.sum()) for share in shares) == [0, 0, 3]


def test_carried_state_is_cut_by_rows_and_travels_whole(session: Callable[..., Session]) -> None:
    trainer = session(training__batch_size=5).trainer
    trainer.step()
    state = trainer.state()
    again = parcel.unpacked(parcel.packed(state))
    assert (again.step, again.tokens, again.learning_rate) == (1, 60, state.learning_rate)
    assert all(torch.equal(again.model[name], value) for name, value in state.model.items())
    parts = [parcel.shared(again, Share(index, 2)).carried for index in range(2)]
    assert [part[0].shape[carried.ROWS] for part in parts] == [2, 3]
    for ours, *shared in zip(state.carried, *parts, strict=True):
        assert torch.equal(torch.cat(shared, carried.ROWS), ours)


def test_more_processes_than_rows_is_one_sentence(small: Callable[..., RunConfig]) -> None:
    first = Together(HashStore(), 0, 2)
    with pytest.raises(UserError, match="1 cannot be shared by 2 processes"):
        first.prepare(small(training__batch_size=1), "cpu")


@pytest.mark.parametrize("device", ["mps", "cuda"])
def test_devices_that_cannot_be_shared(small: Callable[..., RunConfig], device: str) -> None:
    first = Together(HashStore(), 0, 2)
    first.processes_here = 64
    with pytest.raises(UserError, match=r"choose cpu|training\.device=cpu"):
        first.prepare(small(), device)


COMPLETE = {"WORLD_SIZE": "2", "RANK": "1", "MASTER_ADDR": "host", "MASTER_PORT": "1"}


def test_place_among_processes() -> None:
    assert (torchrun.processes(COMPLETE), torchrun.is_first(COMPLETE)) == (2, False)
    assert torchrun.is_first({**COMPLETE, "RANK": "0"})
    for name, value in (("WORLD_SIZE", "many"), ("RANK", ""), ("MASTER_ADDR", "")):
        # Clusters set some of these for every job; only all of them mean company.
        assert torchrun.processes({**COMPLETE, name: value}) == 1
    assert find() is ALONE
