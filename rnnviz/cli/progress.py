"""Progress of one long command on the terminal."""

from __future__ import annotations

from tqdm import tqdm


class Bar:
    """Progress on stderr; nothing where stderr is no terminal."""

    def __init__(self, unit: str) -> None:
        self._unit = unit

    def __enter__(self) -> Bar:
        self._bar = tqdm(disable=None, leave=False, unit=self._unit)
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def tell(self, what: str, done: int, of: int) -> None:
        """Show how far it is."""
        self._bar.set_description(what, refresh=False)
        self._bar.total, self._bar.n = of, done
        self._bar.refresh()
