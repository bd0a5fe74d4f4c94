"""Help, log, diagnostics and about: short texts in one window."""

from __future__ import annotations

import platform
from html import escape
from importlib.metadata import version

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QDialog, QTextBrowser, QVBoxLayout, QWidget

from rnnviz import __version__
from rnnviz.app.commands import keys_of, plain
from rnnviz.app.crash import log_tail
from rnnviz.app.settings import runs_path, settings_path

MOUSE = (
    ("hover", "shows for the moment, in every view"),
    ("click", "selects"),
    ("drag", "pans"),
    ("wheel", "zooms at the pointer"),
    ("shift + drag", "zooms to the range"),
    ("double click, Esc", "shows the whole again"),
)


class HelpPages:
    """Shows one page; a page is HTML made when it is asked for."""

    def __init__(self, parent: QWidget, actions: dict[str, QAction]) -> None:
        self._parent, self._actions = parent, actions

    def show_page(self, name: str) -> None:
        """keys, log, about; diagnostics also goes to the clipboard."""
        title, html = getattr(self, f"_{name}")()
        dialog = QDialog(self._parent)
        dialog.setObjectName(f"help_{name}")
        dialog.setWindowTitle(title)
        browser = QTextBrowser(dialog)
        browser.setObjectName("help_text")
        browser.setAccessibleName(title)
        browser.setHtml(html)
        layout = QVBoxLayout(dialog)
        layout.addWidget(browser)
        dialog.resize(620, 240 if name == "about" else 560)
        dialog.finished.connect(dialog.deleteLater)
        dialog.show()

    def _keys(self) -> tuple[str, str]:
        mouse = "".join(_row(what, does) for what, does in MOUSE)
        keys = "".join(
            _row(keys_of(action), plain(action))
            for action in self._actions.values()
            if not action.shortcut().isEmpty()
        )
        return (
            "Keys and mouse",
            f"<h3>Mouse</h3><table>{mouse}</table><h3>Keys</h3><table>{keys}</table>",
        )

    def _log(self) -> tuple[str, str]:
        return "Log", f"<pre>{escape(log_tail()) or 'Nothing has been logged.'}</pre>"

    def _diagnostics(self) -> tuple[str, str]:
        names = ("torch", "PySide6-Essentials", "numpy", "matplotlib")
        lines = [
            f"rnnviz {__version__}",
            f"Python {platform.python_version()}",
            platform.platform(),
        ]
        lines += [f"{name} {version(name)}" for name in names]
        text = "\n".join([*lines, "", log_tail()])
        QApplication.clipboard().setText(text)
        return "Diagnostics (copied to the clipboard)", f"<pre>{escape(text)}</pre>"

    def _about(self) -> tuple[str, str]:
        return "About rnnviz", (
            f"<h2>rnnviz {__version__}</h2>"
            "<p>Trains recurrent neural networks and shows what happens inside them "
            "while they learn.</p>"
            "<p>MIT licence. Built with PySide6, PyTorch, NumPy and matplotlib.</p>"
            f"<p>Runs are kept in {escape(str(runs_path()))}<br>"
            f"Settings stand in {escape(str(settings_path()))}</p>"
        )


def _row(name: str, text: str) -> str:
    return f"<tr><td><b>{name}</b>&nbsp;&nbsp;</td><td>{text}</td></tr>"
