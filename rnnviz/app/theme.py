"""Light and dark: the palette, style sheet and fonts of the whole window, all from
`style.palette`.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from rnnviz.contracts.shipped import shipped
from rnnviz.style.palette import colour, readable_on

ROLES = {
    QPalette.ColorRole.Window: "window",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "field",
    QPalette.ColorRole.AlternateBase: "window",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.Button: "panel",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "bad",
    QPalette.ColorRole.Highlight: "accent",
    QPalette.ColorRole.HighlightedText: "on_accent",
    QPalette.ColorRole.ToolTipBase: "panel",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.PlaceholderText: "muted",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.Mid: "faint",
}
# Points of the text beside which the sizes in the style sheet stand well.
DRAWN_FOR = 9.0
WORDS = (
    "window",
    "panel",
    "field",
    "text",
    "muted",
    "faint",
    "line",
    "accent",
    "on_accent",
    "bad",
    "warning",
    "good",
    "hover",
)


def shade(word: str, theme: str) -> str:
    """A colour word of the palette, or one that only windows need, mixed from those."""
    match word:
        case "field":
            return colour("panel" if theme == "light" else "window", theme)
        case "line":
            return _mixed("faint", "muted", 0.25, theme)
        case "hover":
            return _mixed("panel", "accent", 0.12, theme)
        case "on_accent":
            return readable_on(colour("accent", theme), theme)
    return colour(word, theme)


def _mixed(first: str, second: str, share: float, theme: str) -> str:
    a, b = QColor(colour(first, theme)), QColor(colour(second, theme))
    parts = zip((a.red(), a.green(), a.blue()), (b.red(), b.green(), b.blue()), strict=True)
    return QColor(*(round(x + share * (y - x)) for x, y in parts)).name()


def resolved(theme: str) -> str:
    """`light` or `dark` for a choice that may be `system`."""
    if theme != "system":
        return theme
    dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return "dark" if dark else "light"


def apply(app: QApplication, theme: str, font_scale: float) -> None:
    """Dress the application. `theme` is light, dark or contrast."""
    sheet = _sheet(theme, font_scale)
    if app.styleSheet() == sheet:
        return  # Every widget would be dressed anew, as it is.
    app.setStyle("Fusion")
    palette = QPalette()
    for role, word in ROLES.items():
        palette.setColor(role, QColor(shade(word, theme)))
    faded = QColor(shade("muted", theme))
    for role in (
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
    ):
        palette.setColor(QPalette.ColorGroup.Disabled, role, faded)
    app.setPalette(palette)
    font = app.font()
    font.setPointSizeF(_usual_points() * font_scale)
    app.setFont(font)
    app.setStyleSheet(sheet)


def _usual_points() -> float:
    """The size of the system's own type, which everybody has set to what they can read."""
    points = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).pointSizeF()
    return points if points > 0 else DRAWN_FOR


def _sheet(theme: str, font_scale: float) -> str:
    resources = shipped("resources")
    text = (resources / "window.qss").read_text(encoding="utf-8")
    text = text.replace("@icons", (resources / "icons").as_posix())
    for word in sorted(WORDS, key=len, reverse=True):
        text = text.replace(f"@{word};", f"{shade(word, theme)};").replace(
            f"@{word} ", f"{shade(word, theme)} "
        )
    for size in (9, 10, 11, 13, 15, 22):
        points = size * font_scale * _usual_points() / DRAWN_FOR
        text = text.replace(f"@{size}pt", f"{points:.1f}pt")
    return text
