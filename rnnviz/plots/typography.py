"""The few fonts of a picture, in the sizes that belong together, with their measures."""

from __future__ import annotations

from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QFontMetricsF

_MONOSPACE = ("DejaVu Sans Mono", "Noto Sans Mono", "Menlo", "Consolas", "Courier New")
_MOST_WIDTHS = 20_000


class Fonts:
    """`text` for words, `small` for ticks and notes, `title`, `mono` for tokens.

    base  the widget's font
    """

    def __init__(self, base: QFont) -> None:
        self.size = float(QFontInfo(base).pixelSize())
        self.text = self._sized(base, 1.0)
        self.small = self._sized(base, 0.875)
        self.title = self._sized(base, 1.0, QFont.Weight.DemiBold)
        self.heading = self._sized(base, 1.2, QFont.Weight.DemiBold)
        self.mono = self._sized(_monospace(base), 1.0)
        # By identity: to ask a font for its key costs more than all the rest of a look-up. Fonts
        # that were asked for are kept, so that no other one takes their place.
        self._metrics: dict[int, tuple[QFont, QFontMetricsF]] = {}
        self._widths: dict[tuple[str, int], float] = {}
        self._made: dict[tuple[float, bool, bool], QFont] = {}

    def make(self, size: float, mono: bool = False, bold: bool = False) -> QFont:
        """A font `size` times as large as the text."""
        key = (size, mono, bold)
        if key not in self._made:
            weight = QFont.Weight.DemiBold if bold else QFont.Weight.Normal
            self._made[key] = self._sized(self.mono if mono else self.text, size, weight)
        return self._made[key]

    def metrics(self, font: QFont) -> QFontMetricsF:
        """Measures of a font, made once."""
        key = id(font)
        if key not in self._metrics:
            self._metrics[key] = font, QFontMetricsF(font)
        return self._metrics[key][1]

    def width(self, text: str, font: QFont) -> float:
        """Advance of `text` in pixels; the same words are asked for at every drawing."""
        key = (text, id(font))
        if key not in self._widths:
            if len(self._widths) >= _MOST_WIDTHS:
                self._widths.clear()
            self._widths[key] = self.metrics(font).horizontalAdvance(text)
        return self._widths[key]

    def height(self, font: QFont) -> float:
        """Height of a line in pixels."""
        return self.metrics(font).height()

    def drop(self, font: QFont) -> float:
        """Pixels from the middle of a line down to its baseline."""
        measures = self.metrics(font)
        return (measures.ascent() - measures.descent()) / 2

    def _sized(
        self, base: QFont, factor: float, weight: QFont.Weight = QFont.Weight.Normal
    ) -> QFont:
        font = QFont(base)
        font.setPixelSize(max(6, round(self.size * factor)))
        font.setWeight(weight)
        return font


def _monospace(base: QFont) -> QFont:
    present = set(QFontDatabase.families())
    known = [family for family in _MONOSPACE if family in present]
    system = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
    font = QFont(base)
    font.setFamilies([*known[:1], system])
    font.setStyleHint(QFont.StyleHint.Monospace)
    return font
