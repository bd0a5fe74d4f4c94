"""A line of facts that leaves out whole ones, the last first, where it has no room for all."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

_TAG = re.compile("<[^>]+>")


class FittingLabel(QLabel):
    """Facts in the order of their weight, each plain or in `<b>`; the tooltip has all of them."""

    def __init__(self, name: str, title: str, between: str, parent: QWidget) -> None:
        super().__init__("", parent)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setTextFormat(Qt.TextFormat.RichText)
        self._between = between
        self._facts: tuple[str, ...] = ()

    def show_facts(self, facts: Sequence[str], tip: str = "") -> None:
        """Show as many as there is room for; `tip` explains them in the tooltip."""
        if self._facts != tuple(facts):
            self._facts = tuple(facts)
            self.updateGeometry()
        self._fit()
        whole = _TAG.sub("", self._between.join(self._facts))
        self.setToolTip(f"{whole}\n\n{tip}" if tip and whole else whole)

    def sizeHint(self) -> QSize:
        return QSize(round(self._width(self._facts)) + 2, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        shown = len(self._facts)
        while shown > 1 and self._width(self._facts[:shown]) > self.width():
            shown -= 1
        self.setText(self._between.join(self._facts[:shown]))

    def _width(self, facts: Sequence[str]) -> float:
        plain, bold = self.font(), self.font()
        bold.setBold(True)
        words = sum(
            QFontMetricsF(bold if "<b>" in fact else plain).horizontalAdvance(_TAG.sub("", fact))
            for fact in facts
        )
        gaps = max(0, len(facts) - 1)
        return words + gaps * QFontMetricsF(plain).horizontalAdvance(self._between)
