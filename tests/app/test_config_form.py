"""The form follows from the configuration and explains at the field what is wrong."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from rnnviz.app.config_form import HIDDEN, TITLES, ConfigForm
from rnnviz.contracts import discovery
from rnnviz.contracts.config import RunConfig


def make(qtbot: QtBot) -> ConfigForm:
    form = ConfigForm()
    qtbot.addWidget(form)
    return form


def type_in(form: ConfigForm, name: str, text: str) -> None:
    control = form.fields[name].control
    assert isinstance(control, QLineEdit)
    control.setText(text)
    control.editingFinished.emit()


def choose(form: ConfigForm, name: str, value: str) -> None:
    control = form.fields[name].control
    assert isinstance(control, QComboBox)
    control.setCurrentIndex(control.findData(value))


def test_every_field_of_the_configuration_has_a_row(qtbot: QtBot) -> None:
    form = make(qtbot)
    names = {
        f"{section}.{name}"
        for section, info in RunConfig.model_fields.items()
        if section in TITLES
        for name in info.annotation.model_fields  # type: ignore[union-attr]
    }
    assert names - HIDDEN == set(form.fields)


def test_every_control_says_what_it_is(qtbot: QtBot) -> None:
    form = make(qtbot)
    for field in form.fields.values():
        assert field.control.objectName()
        assert field.control.accessibleName()
        assert field.control.toolTip()


def test_cells_come_from_the_leaf_folder(qtbot: QtBot) -> None:
    form = make(qtbot)
    control = form.fields["model.cell"].control
    assert isinstance(control, QComboBox)
    offered = {control.itemData(row) for row in range(control.count())}
    assert offered == set(discovery.names("cells"))


def test_a_change_is_told_as_a_valid_configuration(qtbot: QtBot) -> None:
    form = make(qtbot)
    with qtbot.waitSignal(form.changed) as heard:
        type_in(form, "model.hidden_size", "75")
    assert heard.args[0].model.hidden_size == 75


def test_a_value_out_of_range_is_explained_at_its_field(qtbot: QtBot) -> None:
    form = make(qtbot)
    with qtbot.assertNotEmitted(form.changed):
        type_in(form, "model.hidden_size", "0")
    assert "greater than or equal to 1" in form.fields["model.hidden_size"].problem.text()
    type_in(form, "model.hidden_size", "12")
    assert form.fields["model.hidden_size"].problem.text() == ""


def test_nonsense_is_explained_at_its_field(qtbot: QtBot) -> None:
    form = make(qtbot)
    type_in(form, "training.learning_rate", "fast")
    assert form.fields["training.learning_rate"].problem.text()


def test_fields_that_do_not_apply_are_hidden(qtbot: QtBot) -> None:
    form = make(qtbot)
    form.show()

    def shown(name: str) -> QWidget:
        return form.fields[name]

    assert not shown("model.nonlinearity").isVisible()
    choose(form, "model.cell", "simple_rnn")
    assert shown("model.nonlinearity").isVisible()


def test_translation_brings_its_network_and_corpus(qtbot: QtBot) -> None:
    form = make(qtbot)
    with qtbot.waitSignal(form.changed) as heard:
        choose(form, "task.name", "translation")
    config: RunConfig = heard.args[0]
    assert config.model.kind == "encoder_decoder"
    assert config.task.corpus == "sample:translation/eng-fra.tsv"
