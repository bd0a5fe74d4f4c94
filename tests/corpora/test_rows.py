"""One sequence cut into rows and chunks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from rnnviz.contracts.errors import UserError
from rnnviz.corpora.rows import cut


def test_the_cut_of_char_rnn() -> None:
    rows = cut(np.zeros(1_115_394, np.uint8), 50, 50, 0.05)
    assert (rows.train, rows.validation) == (423, 23)


@given(st.integers(2, 400), st.integers(1, 7), st.integers(1, 9), st.sampled_from([0.0, 0.05, 0.5]))
def test_targets_follow_and_every_token_has_its_place(
    count: int, batch_size: int, length: int, fraction: float
) -> None:
    assume((count - 1) // (batch_size * length) > (1 if fraction else 0))
    tokens = np.arange(count)
    rows = cut(tokens, batch_size, length, fraction)
    chunks = [rows.chunk(k) for k in range(rows.train + rows.validation)]
    inputs = np.concatenate([chunk[:, :-1] for chunk in chunks], axis=1)
    assert np.array_equal(inputs.ravel(), tokens[: inputs.size])
    assert count - inputs.size <= batch_size * length
    for chunk in chunks:
        assert np.array_equal(chunk[:, 1:], chunk[:, :-1] + 1)
    assert (rows.validation > 0) == (fraction > 0)


def test_validation_is_not_rounded_up_by_accident() -> None:
    rows = cut(np.zeros(1001, np.uint8), 1, 10, 0.07)
    assert (rows.train, rows.validation) == (93, 7)


def test_held_out_ends_of_rows() -> None:
    rows = cut(np.arange(101), 2, 10, 0.2)
    assert rows.held_out(0).tolist() == list(range(40, 50))
    assert rows.held_out(1).tolist() == list(range(90, 100))


@pytest.mark.parametrize(
    ("count", "fraction", "needed"),
    [(900, 0.05, "5,001"), (5000, 0.5, "5,001"), (2500, 0, "2,501")],
)
def test_too_short(count: int, fraction: float, needed: str) -> None:
    with pytest.raises(UserError, match=rf"50 rows of 50 need at least {needed}"):
        cut(np.zeros(count, np.uint8), 50, 50, fraction)


@pytest.mark.parametrize(("count", "fraction"), [(5001, 0.05), (2501, 0)])
def test_just_long_enough(count: int, fraction: float) -> None:
    assert cut(np.zeros(count, np.uint8), 50, 50, fraction).train == 1


class Watched:
    """Tokens that remember which of them were read."""

    def __init__(self, count: int) -> None:
        self.tokens, self.read = np.arange(count), set[int]()

    def __len__(self) -> int:
        return len(self.tokens)

    def __getitem__(self, where: NDArray[np.int64]) -> NDArray[np.int64]:
        self.read |= set(where.ravel().tolist())
        return self.tokens[where]


def test_a_share_reads_its_own_rows_only() -> None:
    watched = Watched(501)
    rows = cut(watched, 5, 10, 0)  # type: ignore[arg-type]
    part = np.stack([rows.chunk(index, slice(2, 4)) for index in range(rows.train)])
    assert watched.read == set(range(200, 401))
    whole = np.stack([rows.chunk(index) for index in range(rows.train)])
    assert np.array_equal(part, whole[:, 2:4])


@given(
    count=st.integers(0, 4000), batch_size=st.integers(1, 200), length=st.integers(1, 300),
    validation=st.sampled_from([0.0, 0.05, 0.4]),
)  # fmt: skip
def test_what_is_proposed_for_a_short_text_fits(
    count: int, batch_size: int, length: int, validation: float
) -> None:
    tokens = np.zeros(count, dtype=np.int64)
    try:
        cut(tokens, batch_size, length, validation)
    except UserError as error:
        remedy = error.remedy
        assert bool(remedy) == (count >= 3)
        if remedy:
            rows, long = remedy["training.batch_size"], remedy["training.sequence_length"]
            assert (rows, long) != (batch_size, length)
            assert rows <= batch_size
            assert long <= length
            cut(tokens, rows, long, validation)
