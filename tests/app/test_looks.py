"""How the window presents itself: nothing is cut off, everything has a name and says what it does,
and what was arranged stands there again.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QFontInfo
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QScrollArea,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from rnnviz.app.commands import CommandPalette
from rnnviz.app.config_field import Field
from rnnviz.app.experiment import ExperimentPanel
from rnnviz.app.export_dialog import ExportDialog
from rnnviz.app.fitting_label import FittingLabel
from rnnviz.app.recent import RunCard, run_words
from rnnviz.app.window import MainWindow
from rnnviz.contracts import fitting
from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.discovery import names


@pytest.fixture
def german() -> Iterator[None]:
    """A system that writes a comma in numbers."""
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.German, QLocale.Country.Germany))
    yield
    QLocale.setDefault(before)


# ---- the form


@pytest.fixture
def panel(qtbot: QtBot) -> ExperimentPanel:
    """The form alone, as narrow as it lets itself be made."""
    made = ExperimentPanel()
    qtbot.addWidget(made)
    made.resize(made.minimumSizeHint().width(), 700)
    made.show()
    return made


@pytest.mark.parametrize("task", names("tasks"))
def test_no_field_of_the_form_is_cut_off(qtbot: QtBot, panel: ExperimentPanel, task: str) -> None:
    for kind in fitting.models_for(task):
        corpus = fitting.default_corpus(task)
        changes = {"task.name": task, "task.corpus": corpus, "model.kind": kind}
        panel.show_config(RunConfig().replaced(changes))
        qtbot.waitUntil(lambda: _cut_off(panel) == [])


def _cut_off(panel: ExperimentPanel) -> list[str]:
    """Fields that reach beyond the panel's visible width when it is as narrow as it can be."""
    panel.resize(panel.minimumSizeHint().width(), 700)
    scroll = panel.findChild(QScrollArea)
    assert scroll is not None
    fields = [field for field in panel.form.fields.values() if field.isVisible()]
    assert len(fields) > 10
    edge = scroll.viewport().width()
    return [f.name for f in fields if f.mapTo(scroll.viewport(), f.rect().topRight()).x() >= edge]


def _type(panel: ExperimentPanel, name: str, text: str) -> Field:
    field = panel.form.fields[name]
    assert isinstance(field.control, QLineEdit)
    field.control.setText(text)
    field.control.editingFinished.emit()
    return field


@pytest.mark.parametrize("typed", ["0,05", " 0.05 ", "5e-2"])
def test_a_decimal_comma_is_read(panel: ExperimentPanel, typed: str) -> None:
    field = _type(panel, "training.learning_rate", typed)
    assert panel.config().training.learning_rate == 0.05
    assert field.control.property("text") == "0.05"


@pytest.mark.parametrize("typed", ["2,000", "2.000", "2 000", "2000"])
def test_thousands_set_apart_are_read(panel: ExperimentPanel, typed: str) -> None:
    _type(panel, "training.steps", typed)
    assert panel.config().training.steps == 2000


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("training.learning_rate", "fast", "Not a number"),
        ("training.steps", "2.5", "Not a whole number"),
        ("training.steps", "-1", "Must be greater"),
    ],
)
def test_what_is_no_number_is_said_at_the_field(
    panel: ExperimentPanel, name: str, typed: str, said: str
) -> None:
    assert said in _type(panel, name, typed).problem.text()


def test_a_number_of_many_digits_is_shown_in_full(panel: ExperimentPanel) -> None:
    config = RunConfig().replaced({"training.learning_rate": 0.001234567891})
    panel.show_config(config)
    panel.form.fields["training.steps"].edited.emit()
    assert panel.config() == config


def test_every_part_to_choose_says_what_it_is(panel: ExperimentPanel) -> None:
    for name in ("task.name", "model.kind", "model.cell"):
        box = panel.form.fields[name].control
        assert isinstance(box, QComboBox)
        abouts = [box.itemData(i, Qt.ItemDataRole.ToolTipRole) for i in range(box.count())]
        assert all(about.endswith((".", "?")) or ")." in about for about in abouts), abouts
        assert box.currentData(Qt.ItemDataRole.ToolTipRole) in box.toolTip()


def test_the_dock_makes_room_for_rows_that_come(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1024, 700)
    window.use_layout("Train")
    window.experiment.findChild(QToolButton, "more_task").click()  # type: ignore[union-attr]
    inside = window.experiment.findChild(QWidget, "experiment_inside")
    scroll = window.experiment.findChild(QScrollArea)
    assert inside is not None
    assert scroll is not None
    qtbot.waitUntil(lambda: inside.minimumSizeHint().width() <= scroll.viewport().width())


# ---- numbers elsewhere


def test_the_export_dialog_reads_a_comma(qtbot: QtBot, german: None, tmp_path: Path) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = ExportDialog("states", str(tmp_path), "light", parent)
    dialog.width_box.setLocale(QLocale(QLocale.Language.English))
    dialog.width_box.lineEdit().setText("7,5 in")
    dialog.width_box.interpretText()
    assert dialog.wish().width == 7.5


def test_the_export_dialog_asks_only_what_matters(qtbot: QtBot, tmp_path: Path) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = ExportDialog("states", str(tmp_path), "light", parent)
    dialog.show()
    asked = {
        "svg": {"width"},
        "png": {"width", "dpi"},
        "csv": set(),
        "gif": {"width", "dpi", "fps"},
    }
    for suffix, wanted in asked.items():
        dialog.format.setCurrentIndex(dialog.format.findData(suffix))
        boxes = {"width": dialog.width_box, "dpi": dialog.dpi, "fps": dialog.fps}
        assert {name for name, box in boxes.items() if box.isVisible()} == wanted
    dialog.close()


# ---- lines of facts


def test_facts_that_do_not_fit_are_left_out_whole(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    label = FittingLabel("facts", "Facts", " · ", parent)
    facts = ["<b>step 12</b>", "epoch 3.00", "1.234 nats"]
    parent.show()
    label.show()
    label.show_facts(facts, "what they mean")
    label.resize(label.sizeHint())
    assert label.text() == " · ".join(facts)
    label.resize(label.width() - 3, label.height())
    assert label.text() == " · ".join(facts[:2])
    label.resize(5, label.height())
    assert label.text() == facts[0]
    assert label.toolTip() == "step 12 · epoch 3.00 · 1.234 nats\n\nwhat they mean"


# ---- the start page


def test_where_one_goes_on_stands_above_the_recipes(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    assert not window.welcome.recent.isVisible()
    run = tmp_path / "20260102-030405-write-like-a-book"
    run.mkdir()
    window.settings.recent_runs = [str(run), str(tmp_path / "gone")]
    window.settings.recent_corpora = ["sample:language_model/prose.txt"]
    window.show_welcome()
    first = window.welcome.findChild(RunCard, "runs_0")
    assert first is not None
    assert first.isVisible()
    assert first.isEnabled()
    assert first.y() < window.welcome.cards[0].y() + window.welcome.recent.y()
    assert {label.text() for label in first.findChildren(QLabel)} == {
        "Write like a book",
        "2026-01-02 03:04",
    }
    gone = window.welcome.findChild(RunCard, "runs_1")
    assert gone is not None
    assert not gone.isEnabled()
    window.welcome.run_chosen.disconnect(window.opener.open)
    with qtbot.waitSignal(window.welcome.run_chosen) as chosen:
        first.click()
    assert chosen.args == [str(run)]


def test_a_run_of_any_name_has_words() -> None:
    assert run_words("/a/b/char-lm") == ("char-lm", "in b")
    assert run_words("/a/20261399-999999-x-y") == ("X y", "")


def test_the_cards_fill_the_page(qtbot: QtBot, window: MainWindow) -> None:
    page = window.welcome

    def filled() -> bool:
        lines = {card.y() for card in page.cards}
        right = max(card.mapTo(page, card.rect().topRight()).x() for card in page.cards)
        return len(lines) > 1 and page.width() - 90 < right < page.width() - 30

    for width in (700, 1024, 1280, 1920):
        window.resize(width, 700)
        qtbot.waitUntil(filled)


# ---- the window


def test_a_run_without_a_title_is_called_after_what_it_does(
    qtbot: QtBot, window: MainWindow, tiny: RunConfig
) -> None:
    window.control.prepare(tiny.model_copy(update={"title": ""}))
    qtbot.waitUntil(lambda: window.windowTitle() == "LSTM on tiny – rnnviz")


def test_a_text_that_is_too_short_is_made_to_fit(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    text = tmp_path / "five lines.txt"
    text.write_text("A line of a poem.\n" * 5)
    window.opener.open(str(text))
    qtbot.waitUntil(lambda: window.run.state == "failed")
    assert window.banner.button.text() == "Make it fit"
    window.banner.button.click()
    qtbot.waitUntil(lambda: window.run.state == "paused")
    assert window.experiment.config().training.batch_size == 1
    assert not window.banner.isVisible()


def test_a_recipe_that_is_opened_by_path_gives_its_title(qtbot: QtBot, window: MainWindow) -> None:
    window.opener.open("resources/recipes/simple-rnn.toml")
    qtbot.waitUntil(lambda: "The simple recurrent network" in window.windowTitle())


IN_FRONT = {
    "Train": ("experiment", "score", "inspector", "training"),
    "Inspect": ("score", "inspector", "cell"),
}


@pytest.mark.parametrize("layout", list(IN_FRONT))
def test_what_was_arranged_stands_there_again(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, layout: str
) -> None:
    window.resize(1400, 850)
    window.use_layout(layout)
    docks = window.workspace.docks
    qtbot.waitUntil(lambda: docks["score"].width() > 500)
    qtbot.wait(50)
    before = {name: docks[name].width() for name in IN_FRONT[layout]}
    state = window.workspace.layout_state()
    again = MainWindow(tmp_path / "other.json")
    qtbot.addWidget(again)
    again.resize(1400, 850)
    assert again.workspace.restore_layout(state)
    assert again.workspace.layout_state() == state  # also if it is closed before it was shown
    again.show()
    again.show_workspace()

    def same() -> bool:
        shown = again.workspace.docks
        return all(abs(shown[name].width() - width) <= 30 for name, width in before.items())

    qtbot.waitUntil(same)


def test_larger_type_grows_once_and_everywhere(window: MainWindow) -> None:
    window.use_layout("Train")
    line, painter = window.probe.line, window.workspace.hosts["score"].painter
    assert line.font().pointSizeF() == QApplication.font().pointSizeF()
    plain = QFontInfo(line.font()).pixelSize(), QFontInfo(painter.font()).pixelSize()
    window.appearance.scale_font(1.6)
    sizes = QFontInfo(line.font()).pixelSize(), QFontInfo(painter.font()).pixelSize()
    assert sizes[0] / plain[0] == pytest.approx(sizes[1] / plain[1], abs=0.05)
    assert painter.canvas._fonts.size == sizes[1]
    window.appearance.scale_font(0)


def test_every_control_has_a_name_and_says_what_it_does(window: MainWindow) -> None:
    window.settings.recent_runs = ["/nowhere/run"]
    window.show_welcome()
    window.show_workspace()
    kinds = (QAbstractButton, QComboBox, QLineEdit, QCheckBox)
    controls = [each for kind in kinds for each in window.findChildren(kind)]
    ours = [c for c in controls if c.objectName() and not c.objectName().startswith("qt_")]
    assert len(ours) > 150
    nameless = [c.objectName() for c in ours if not (c.accessibleName() or _label(c))]
    assert not nameless
    assert not [c.objectName() for c in ours if not c.toolTip() and not _inside(c)]


def _label(control: QWidget) -> str:
    return control.text() if isinstance(control, QAbstractButton) else ""


def _inside(control: QWidget) -> bool:
    """Parts that Qt makes itself inside of others."""
    return isinstance(control.parent(), QLineEdit | QComboBox) or (
        isinstance(control, QToolButton) and control.objectName().startswith("Scroll")
    )


def test_the_palette_begins_as_the_menus_do(window: MainWindow) -> None:
    palette = CommandPalette(list(window.actions_by_name.values()), window)
    first = palette.list.topLevelItem(0)
    assert first is not None
    assert (first.text(0), first.text(1)) == ("File: Start page", "Ctrl+Home")
    palette.line.setText("layout gradients")
    found = palette.list.topLevelItem(0)
    assert found is not None
    assert found.text(0) == "Layout: Gradients"
    palette.line.setText("zzzz")
    none = palette.list.topLevelItem(0)
    assert none is not None
    assert none.isDisabled()
