"""Scroll bars that stay in the background."""

from __future__ import annotations

from PySide6.QtWidgets import QScrollBar

from rnnviz.plots.colour import Colours


def slim(bar: QScrollBar, theme: Colours) -> None:
    """A thin handle without arrows, in the colours of a theme."""
    handle, hover = theme("faint").name(), theme("muted").name()
    ground = theme("panel").name()
    bar.setStyleSheet(
        f"QScrollBar {{ background: {ground}; border: none; margin: 0; }}"
        "QScrollBar:vertical { width: 9px; } QScrollBar:horizontal { height: 9px; }"
        f"QScrollBar::handle {{ background: {handle}; border-radius: 4px; margin: 1px; }}"
        f"QScrollBar::handle:hover {{ background: {hover}; }}"
        "QScrollBar::handle:vertical { min-height: 24px; }"
        "QScrollBar::handle:horizontal { min-width: 24px; }"
        "QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }"
        "QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }"
    )
