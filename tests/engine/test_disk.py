"""Files that are appended to keep what could not be written, and never lose what could be."""

from __future__ import annotations

from pathlib import Path

import pytest

from rnnviz.engine import disk


def test_one_append_larger_than_what_may_wait_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "MOST_PENDING", 8)
    path = tmp_path / "log"
    path.touch()
    tail = disk.Tail(path)
    tail.append(b"longer than eight")
    tail.append(b" and more")
    assert path.read_bytes() == b"longer than eight and more"


def test_what_cannot_wait_any_more_is_an_error_and_spoils_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "MOST_PENDING", 8)
    path, away = tmp_path / "log", tmp_path / "away"
    tail = disk.Tail(path)
    tail.append(b"first,")
    path.rename(away)
    for data in (b"waits", b"is too long by now"):
        with pytest.raises(FileNotFoundError):
            tail.append(data)
    away.rename(path)
    tail.append(b"+new")
    assert path.read_bytes() == b"first,waits+new"
