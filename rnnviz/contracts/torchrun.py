"""What torchrun, or anything that sets the same variables, tells a process of its place."""

from __future__ import annotations

import os
from collections.abc import Mapping

_ADDRESS = ("MASTER_ADDR", "MASTER_PORT")


def processes(environment: Mapping[str, str] = os.environ) -> int:
    """How many train together; 1 where this process was started alone."""
    number, rank = environment.get("WORLD_SIZE", ""), environment.get("RANK", "")
    complete = number.isdigit() and rank.isdigit() and all(map(environment.get, _ADDRESS))
    return max(1, int(number)) if complete else 1


def is_first(environment: Mapping[str, str] = os.environ) -> bool:
    """True for the one process that speaks to the user."""
    return processes(environment) == 1 or int(environment["RANK"]) == 0
