"""Errors a user can do something about. Anything else is a defect and may show a traceback."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class UserError(Exception):
    """One sentence that says what is wrong and what to do; shown as it is (exit code 2, or a
    banner).

    remedy  options by dotted name with which it would work, where that is known
    """

    def __init__(self, message: str = "", remedy: Mapping[str, Any] = _NOTHING) -> None:
        super().__init__(message)
        self.remedy = dict(remedy)


class Cancelled(Exception):
    """The user asked a long operation to end; nobody has to be told."""
