"""A box for a decimal number that also reads a comma, as half the world writes it."""

from __future__ import annotations

from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QDoubleSpinBox


class NumberBox(QDoubleSpinBox):
    """The window writes numbers with a point everywhere; typed they may have a comma."""

    def valueFromText(self, text: str) -> float:
        return super().valueFromText(text.replace(",", "."))

    def validate(self, text: str, position: int) -> object:
        state = super().validate(text.replace(",", "."), position)
        assert isinstance(state, tuple)
        verdict: QValidator.State = state[0]
        # What was typed stays as it is until the box is left.
        return verdict, text, position
