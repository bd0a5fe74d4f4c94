"""What a history has handed out stays as it was, whatever becomes of the history."""

from __future__ import annotations

import numpy as np
import pytest

from rnnviz.contracts.history import COLUMNS, History, StepRow


def row(step: int, loss: float) -> StepRow:
    return StepRow(step, step / 10, loss, 1.0, 1.0, 5.0, 0.01, step * 0.1, step * 10)


def grown(steps: int) -> History:
    return History(row(step, float(step)) for step in range(1, steps + 1))


@pytest.mark.parametrize("steps", [5, 1024, 1500])
def test_a_frozen_history_outlives_a_rewind(steps: int) -> None:
    history = grown(steps)
    frozen, earlier, window = history.frozen(), history.until(4), history.column("loss")
    expected = np.arange(1.0, steps + 1)
    history.rewind(2)
    for step in range(3, steps + 20):
        history.append(row(step, -1.0))
    np.testing.assert_array_equal(frozen.column("loss"), expected)
    np.testing.assert_array_equal(earlier.column("loss"), expected[:4])
    np.testing.assert_array_equal(window, expected)
    assert history.column("loss")[1:4].tolist() == [2.0, -1.0, -1.0]


def test_a_frozen_history_grows_by_itself() -> None:
    history = grown(5)
    frozen = history.frozen()
    history.append(row(6, 6.0))
    frozen.append(row(6, -6.0))
    frozen.rewind(3)
    frozen.extend(np.full((len(COLUMNS), 1), 9.0))
    assert history.column("loss").tolist() == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    assert frozen.column("loss").tolist() == [1.0, 2.0, 3.0, 9.0]


def test_rewinding_again_and_again_copies_once() -> None:
    history = grown(2000)
    history.frozen()
    history.rewind(1999)
    values = history._values
    for step in range(1998, 1900, -1):
        history.rewind(step)
    assert history._values is values
