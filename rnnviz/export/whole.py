"""Files and folders that appear whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rnnviz.contracts.errors import UserError


def whole_file(target: Path, write: Callable[[Path], None]) -> None:
    """Let `write` write beside the target, then rename: a full disk leaves the old file as it was.

    UserError where it cannot be written.
    """
    temporary: Path | None = None
    try:
        with _explained(target):
            handle, name = tempfile.mkstemp(target.suffix, ".writing-", target.parent)
            os.close(handle)
            temporary = Path(name)
            write(temporary)
            temporary.chmod(0o666 & ~_umask())
            temporary.replace(target)
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def whole_folder(target: Path, write: Callable[[Path], None]) -> None:
    """The same for a folder, which may exist only as an empty one.

    UserError where something is there already or it cannot be written.
    """
    temporary: Path | None = None
    try:
        with _explained(target):
            require_empty(target)
            temporary = Path(tempfile.mkdtemp("", ".writing-", target.absolute().parent))
            write(temporary)
            temporary.chmod(0o777 & ~_umask())
            if target.is_dir():
                target.rmdir()
            temporary.replace(target)
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)


def require_empty(target: Path) -> None:
    """UserError where `target` is a file or a folder with something in it."""
    if target.is_file():
        raise UserError(f"{target} is a file: choose another name for the folder.")
    if target.is_dir() and any(target.iterdir()):
        raise UserError(f"{target} is not empty: choose a new folder.")


@contextmanager
def _explained(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UserError(f"Cannot write {target}: {error.strerror or error}.") from None


def _umask() -> int:
    current = os.umask(0o022)
    os.umask(current)
    return current
