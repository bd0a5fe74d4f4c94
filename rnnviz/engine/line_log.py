"""Files of JSON lines that are only appended to: samples, marks, evaluations. Each line is an
object with a `step`; `{"rewound": s}` takes back all lines after step s that stand above it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rnnviz.engine import disk

# Longer lines were not written here; they are passed over.
LINE_BYTES = 16 * 2**20

REWOUND = "rewound"


class LineWriter:
    """Appends; the file begins to exist with the first line."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._tail: disk.Tail | None = None

    def append(self, line: Mapping[str, Any]) -> None:
        """Add one object; OSError where it could not be written yet."""
        self._end().append(json.dumps(line, ensure_ascii=False).encode() + b"\n")

    def rewind(self, step: int) -> None:
        """Take back what came after `step`."""
        if self._path.exists():
            self.append({REWOUND: step})

    def _end(self) -> disk.Tail:
        if self._tail is None:
            torn = _is_torn(self._path)
            self._tail = disk.Tail(self._path)
            if torn:
                self._tail.append(b"\n")
        return self._tail


def read_lines(path: Path) -> list[dict[str, Any]]:
    """All lines that are whole and still hold, oldest first; none where there is no file."""
    found: list[dict[str, Any]] = []
    try:
        with open(path, "rb") as file:
            while text := file.readline(LINE_BYTES):
                line = _parsed(text)
                if REWOUND in line:
                    found = [old for old in found if old["step"] <= line[REWOUND]]
                elif "step" in line:
                    found.append(line)
    except FileNotFoundError:
        pass
    return found


def _parsed(text: bytes) -> dict[str, Any]:
    """The object in a line; an empty one where it is damaged."""
    if not text.startswith(b"{"):
        return {}
    try:
        line = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    known = isinstance(line, dict) and isinstance(line.get("step", line.get(REWOUND)), int)
    return line if known else {}


def _is_torn(path: Path) -> bool:
    """True when a killed writer left half a line at the end."""
    if not path.exists() or path.stat().st_size == 0:
        return False
    with open(path, "rb") as file:
        file.seek(-1, 2)
        return file.read() != b"\n"
