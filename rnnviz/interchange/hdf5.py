"""HDF5 files that grow row by row. A full disk is an OSError: HDF5 itself, which writes much of a
file only while it closes it, would crash on one.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Growing:
    """A file of data sets that are written whole or appended to."""

    def __init__(self, file: Any, disk: _Disk) -> None:
        self._file, self._disk = file, disk

    def append(self, name: str, rows: NDArray[np.generic]) -> None:
        """Append `rows` (T, ...) to the data set `name`, which the first of them create."""
        self._disk.complain()
        if name not in self._file:
            shape = (None, *rows.shape[1:])
            self._file.create_dataset(name, data=rows, maxshape=shape, chunks=True)
            return
        found = self._file[name]
        found.resize(len(found) + len(rows), axis=0)
        found[-len(rows) :] = rows

    def put(self, name: str, values: NDArray[np.generic]) -> None:
        """The whole data set `name`."""
        self._disk.complain()
        self._file.create_dataset(name, data=values)

    def put_text(self, name: str, text: str) -> None:
        """The data set `name` with one text in it."""
        import h5py

        self._disk.complain()
        self._file.create_dataset(name, (1,), dtype=h5py.special_dtype(vlen=str))[0] = text


@contextmanager
def created(path: Path) -> Iterator[Growing]:
    """A new file, closed at the end; OSError where it cannot be written."""
    import h5py

    with _Disk(path) as disk:
        with h5py.File(disk, "w") as file:
            yield Growing(file, disk)
        disk.complain()


class _Disk(io.RawIOBase):
    """A file that remembers why it could not be written and takes the rest as if it could."""

    def __init__(self, path: Path) -> None:
        self._raw = path.open("w+b", buffering=0)
        self._error: OSError | None = None

    def complain(self) -> None:
        """Raise what went wrong, if anything did."""
        if self._error is not None:
            raise OSError(self._error.errno, self._error.strerror)

    def write(self, data: Any) -> int:
        left = memoryview(data).cast("B")
        whole = len(left)
        try:
            while len(left) and self._error is None:
                left = left[self._raw.write(left) or 0 :]
        except OSError as error:
            self._error = error
        return whole

    def truncate(self, size: int | None = None) -> int:
        try:
            return self._raw.truncate(size)
        except OSError as error:
            self._error = error
            return size or 0

    def readinto(self, buffer: Any) -> int:
        return self._raw.readinto(buffer) or 0

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._raw.seek(offset, whence)

    def tell(self) -> int:
        return self._raw.tell()

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        self._raw.close()
        super().close()
