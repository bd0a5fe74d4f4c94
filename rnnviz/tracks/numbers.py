"""The recorded numbers of one unit at one time, and formulas with these numbers in them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.structure import Equation
from rnnviz.tracks.focus import Focus, table

_PLACEHOLDER = re.compile(r"\{([A-Za-z_]+)(?::([A-Za-z_]+))?(-)?\}")
MINUS = "−"


@dataclass(frozen=True, slots=True)
class Moment:
    """One unit of one layer at one time."""

    snapshot: Snapshot
    at: Focus

    def value(self, quantity: str) -> float | None:
        """A recorded quantity; `c-` is c one step earlier, 0 before the sequence."""
        earlier = quantity.endswith("-")
        exact = table(self.snapshot, self.at.address(quantity)) if earlier else None
        if exact is not None and self.at.unit < exact.shape[1] and self.at.time < len(exact):
            return float(exact[self.at.time, self.at.unit])
        values = table(self.snapshot, self.at.address(quantity.removesuffix("-")))
        if values is None or self.at.unit >= values.shape[1]:
            return None
        time = self.before if earlier else self.at.time
        inside = 0 <= time < len(values)
        return float(values[time, self.at.unit]) if inside else 0.0 if earlier else None

    @property
    def before(self) -> int:
        """The time that was computed before this one: to the right where a part reads backwards."""
        return self.at.time + 1 if self.at.part.reverse else self.at.time - 1

    def preactivation(self, source: str, block: str) -> float | None:
        """The input (`x`) or recurrent (`h`) part of a block's preactivation, biases included."""
        values = table(self.snapshot, self.at.address(f"a_{source}"))
        row = self.row(block)
        if values is None or row is None or row >= values.shape[1] or self.at.time >= len(values):
            return None
        return float(values[self.at.time, row])

    def row(self, block: str) -> int | None:
        """The row of the weight matrices that computes this unit's `block`, or None."""
        blocks = self.at.part.cell.blocks
        if block not in blocks:
            return None
        return blocks.index(block) * self.at.part.hidden_size + self.at.unit

    def fill(self, equation: Equation) -> str:
        """The equation with numbers in place of symbols; `?` for what was not recorded."""
        return _PLACEHOLDER.sub(self._put, equation.numbers)

    def _put(self, match: re.Match[str]) -> str:
        name, block, earlier = match.groups()
        value = self.preactivation(name, block) if block else self.value(name + (earlier or ""))
        # Behind a sign or a product a bare minus would be misread.
        alone = match.string[: match.start()].rstrip()[-1:] in ("", "=", "(")
        return "?" if value is None else number(value, bracket=not alone)


def number(value: float, bracket: bool = False) -> str:
    """Three decimals with a true minus; in brackets when negative and asked for."""
    if value != value:
        return "NaN"
    text = f"{value:.3f}" if abs(value) < 1000 else f"{value:.3g}"
    text = text.replace("-0.000", "0.000").replace("-", MINUS)
    return f"({text})" if bracket and text.startswith(MINUS) else text
