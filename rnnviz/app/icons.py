"""The program's own icons, drawn from SVG files in the colour of the text they stand beside."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from rnnviz.contracts.shipped import shipped


def icon(name: str, colour: str = "") -> QIcon:
    """The icon called `name`, in the palette's text colour unless another is given."""
    return _icon(name, colour or QApplication.palette().windowText().color().name())


@cache
def _icon(name: str, colour: str) -> QIcon:
    source = (shipped("resources") / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    made = QIcon()
    muted = QColor(colour)
    muted.setAlphaF(0.35)
    for mode, ink in ((QIcon.Mode.Normal, QColor(colour)), (QIcon.Mode.Disabled, muted)):
        made.addPixmap(_drawn(source, ink), mode)
    return made


def _drawn(source: str, ink: QColor) -> QPixmap:
    pixmap = QPixmap(64, 64)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(source.encode())).render(painter)
    if "#000" in source:
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
        painter.fillRect(pixmap.rect(), ink)
    painter.end()
    return pixmap
