"""Which recorded moments to give up when space runs out: those whose loss is felt least."""

from __future__ import annotations

from collections.abc import Sequence


def most_crowded(steps: Sequence[int]) -> int | None:
    """Index of the moment whose loss leaves the smallest hole; never the first or the last.

    `steps` rise. None where only the first and the last are left.
    """
    if len(steps) < 3:
        return None
    holes = [after - before for before, after in zip(steps, steps[2:], strict=False)]
    return 1 + holes.index(min(holes))


def surplus(steps: Sequence[int], sizes: Sequence[int], budget: int) -> list[int]:
    """Indices to give up, in turn, until the sizes of the others add up to at most `budget`."""
    left = list(range(len(steps)))
    total, gone = sum(sizes), []
    while total > budget:
        crowded = most_crowded([steps[i] for i in left])
        if crowded is None:
            break
        index = left.pop(crowded)
        total -= sizes[index]
        gone.append(index)
    return gone
