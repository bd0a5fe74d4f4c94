"""What single views show is what was recorded: formulas multiply out, shares are shares."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
import pytest

from rnnviz.contracts import discovery
from rnnviz.contracts.history import History
from rnnviz.contracts.picture import (
    AnyPanel,
    Bars,
    Heatmap,
    Line,
    Panel,
    Picture,
    Points,
    Rule,
    Segments,
    Table,
    TextPanel,
    Texts,
)
from rnnviz.contracts.selection import Selection
from rnnviz.contracts.snapshot import Sample, Snapshot, Tokens
from rnnviz.contracts.structure import Equation
from rnnviz.contracts.view import Scene, View
from rnnviz.tracks.focus import focus
from rnnviz.tracks.numbers import Moment
from rnnviz.tracks.scales import rung
from tests import snapshots

LANGUAGE = snapshots.language_snapshot()
TRANSLATION = snapshots.translation_snapshot()
CELLS = ("lstm", "gru", "simple_rnn")


def draw(name: str, scene: Scene) -> Picture:
    picture = discovery.find("views", name, View)().picture(scene)
    assert not picture.message
    return picture


def panels(picture: Picture) -> dict[str, AnyPanel]:
    return {panel.id: panel for row in picture.rows for panel in row}


def panel(picture: Picture, name: str) -> Panel:
    found = panels(picture)[name]
    assert isinstance(found, Panel)
    return found


def array(snapshot: Snapshot, name: str) -> np.ndarray:
    found = snapshot.get(name)
    assert found is not None
    return np.asarray(found.values, dtype=float)


# ---- inspector and cell: the numbers


def evaluated(text: str) -> tuple[float, float]:
    """Both sides of a formula with numbers in it, worked out."""
    left, right = text.replace("−", "-").replace("·", "*").split(" = ")
    names = {"σ": lambda x: 1 / (1 + math.exp(-x)), "tanh": math.tanh, "relu": lambda x: max(x, 0)}
    right = re.sub(r"\bφ\b", "tanh", right)
    return float(left), float(eval(right, {"__builtins__": {}}, names))


@pytest.mark.parametrize("time", [0, 1, 17, 39])
@pytest.mark.parametrize("cell", CELLS)
def test_formulas_multiply_out(cell: str, time: int) -> None:
    snapshot = snapshots.language_snapshot(cell)
    scene = Scene(snapshot, selection=Selection(time=time, unit=5, layer=1))
    at = focus(scene)
    assert at is not None
    for equation in at.part.cell.equations:
        left, right = evaluated(Moment(snapshot, at).fill(equation))
        assert left == pytest.approx(right, abs=4e-3), equation.result


def test_formulas_of_a_backward_part_look_to_the_right() -> None:
    selection = Selection(part="encoder.backward", source_time=3, unit=2)
    scene = Scene(TRANSLATION, selection=selection)
    at = focus(scene)
    assert at is not None
    assert at.time == 3
    moment = Moment(TRANSLATION, at)
    assert moment.value("h-") == array(TRANSLATION, "encoder.backward/0/h")[4, 2]
    for equation in at.part.cell.equations:
        left, right = evaluated(moment.fill(equation))
        assert left == pytest.approx(right, abs=4e-3)


def test_what_was_not_recorded_is_a_question_mark() -> None:
    scene = Scene(LANGUAGE)
    at = focus(scene)
    assert at is not None
    equation = Equation("h", "{h}", "{h} = {nothing} + {x:nothing}")
    assert Moment(LANGUAGE, at).fill(equation).endswith("= ? + ?")


def test_inspector_writes_in_the_chosen_notation() -> None:
    texts = {}
    for notation in ("goodfellow", "udacity"):
        found = panels(draw("inspector", Scene(LANGUAGE, notation=notation)))["formulas"]
        assert isinstance(found, TextPanel)
        texts[notation] = "".join(span.text for line in found.lines for span in line.spans)
    assert "h^{(t)}" in texts["goodfellow"]
    assert "s_{t}" in texts["udacity"]


def test_strongest_inputs_are_weight_times_state() -> None:
    scene = Scene(LANGUAGE, selection=Selection(time=9, unit=4, layer=0, quantity="f"))
    table = panels(draw("inspector", scene))["incoming"]
    assert isinstance(table, Table)
    weights = array(LANGUAGE, "parameter/recurrent.weight_hh_l0")[32 + 4]
    before = array(LANGUAGE, "recurrent/0/h")[8]
    products = [row[3] for row in table.rows]
    assert products[0] == pytest.approx((weights * before)[np.argmax(np.abs(weights * before))])
    for (_, weight, state, product), chosen in zip(table.rows, table.selects, strict=True):
        unit = chosen["unit"]
        assert weight == weights[unit]
        assert state == before[unit]
        assert product == pytest.approx(weight * state)


@pytest.mark.parametrize("cell", CELLS)
def test_cell_writes_the_recorded_values(cell: str) -> None:
    snapshot = snapshots.language_snapshot(cell)
    scene = Scene(snapshot, selection=Selection(time=9, unit=4, layer=0))
    marks = panel(draw("cell", scene), "cell").marks
    shown = next(m for m in marks if isinstance(m, Texts) and m.label == "values")
    value = array(snapshot, "recurrent/0/h")[9, 4]
    assert f"{value:.3f}".replace("-", "−") in " ".join(shown.texts)


# ---- tracks


def test_score_rows_are_permuted_units() -> None:
    image = panel(draw("score", Scene(LANGUAGE)), "heat/recurrent/1/h")
    (mark,) = image.marks
    assert isinstance(mark, Heatmap)
    states = array(LANGUAGE, "recurrent/1/h")
    assert sorted(image.y.ids) == list(range(32))
    np.testing.assert_array_equal(mark.values, states[:, list(image.y.ids)].T)


def test_score_stacks_both_sides_of_a_translation() -> None:
    ids = list(panels(draw("score", Scene(TRANSLATION))))
    assert ids.index("tokens/source_time") < ids.index("heat/encoder.forward/0/h")
    assert ids.index("heat/encoder.forward/0/h") < ids.index("tokens/time")
    assert ids.index("tokens/time") < ids.index("heat/decoder/0/h") < ids.index("loss")


def test_predictions_are_marked_right_or_wrong() -> None:
    tokens = Tokens(("a", "b", "c"), ("b", "c", "d"), ("b", "x", "d"))
    snapshot = replace(snapshots.language_snapshot(time=3), tokens=tokens)
    track = panel(draw("score", Scene(snapshot)), "tokens/time")
    predicted = track.marks[1]
    assert isinstance(predicted, Texts)
    assert predicted.colours == ("good", "bad", "good")


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_gates_have_one_range_everywhere(cell: str) -> None:
    snapshot = snapshots.language_snapshot(cell)
    for name in ("score", "gates"):
        for found in panels(draw(name, Scene(snapshot))).values():
            bar = found.colour_bar if isinstance(found, Panel) else None
            if bar is not None and bar.name == "unit":
                assert (bar.low, bar.high) == (0.0, 1.0)


def test_a_cell_without_gates_is_told_which_have_some() -> None:
    view = discovery.find("views", "gates", View)()
    message = view.missing(Scene(snapshots.language_snapshot("simple_rnn")))
    assert "LSTM or a GRU" in message


def test_saturated_shares_stay_under_the_diagonal() -> None:
    picture = draw("gates", Scene(LANGUAGE))
    for gate in ("i", "f", "o"):
        dots = panel(picture, f"saturation/{gate}").marks[1]
        assert isinstance(dots, Points)
        values = array(LANGUAGE, f"recurrent/1/{gate}")
        np.testing.assert_allclose(dots.x, (values < 0.1).mean(axis=0), rtol=1e-6)
        np.testing.assert_allclose(dots.y, (values > 0.9).mean(axis=0), rtol=1e-6)
        assert (np.asarray(dots.x) + np.asarray(dots.y) <= 1).all()


def test_gradients_over_training_are_ordered_by_step() -> None:
    past = [snapshots.language_snapshot(seed=k, step=100 * k) for k in (3, 1, 2, 99)]
    picture = draw("gradients", Scene(LANGUAGE, past=past))
    (image,) = panel(picture, "over_training/recurrent/0").marks
    assert isinstance(image, Heatmap)
    first = np.linalg.norm(array(past[1], "gradient/recurrent/0/h"), axis=1)
    np.testing.assert_allclose(10 ** image.values[0], first, rtol=1e-5)
    assert len(image.values) == 5


def test_gradients_over_training_mark_the_step_looked_at() -> None:
    past = [snapshots.language_snapshot(seed=k, step=100 * k) for k in (1, 2, 99)]
    scene = Scene(past[1], past=past, selection=Selection(step=230))
    marks = panel(draw("gradients", scene), "over_training/recurrent/0").marks
    assert isinstance(marks[0], Heatmap)
    assert len(marks[0].values) == 3
    assert isinstance(marks[1], Rule)
    assert (marks[1].axis, marks[1].position) == ("y", 1.0)


@pytest.mark.parametrize("order", ["newest first", "history"])
def test_samples_stand_at_the_one_written_by_the_step_looked_at(order: str) -> None:
    many = [Sample(100 * k, "", f"text {k}", 1.0, 1) for k in range(1, 200)]
    for step, written in ((None, None), (450, 400), (400, 400), (50, 100), (19_950, 19_900)):
        scene = Scene(samples=many, selection=Selection(step=step), options={"order": order})
        (column,) = draw("samples", scene).rows[0]
        assert isinstance(column, TextPanel)
        marked = None if column.at is None else column.lines[column.at].selects["step"]
        assert marked == written


def test_a_record_without_an_array_says_so_of_its_step() -> None:
    bare = replace(LANGUAGE, arrays={}, results={}, live=False, step=1200)
    for name in ("score", "states", "gates", "gradients", "parameters", "prediction", "cell"):
        view = discovery.find("views", name, View)()
        assert "step 1,200" in view.missing(Scene(bare)), name
        assert "next look" in view.missing(Scene(replace(bare, live=True))), name


def test_weights_of_another_step_say_so() -> None:
    picture = draw("parameters", Scene(replace(LANGUAGE, weights_step=4000)))
    assert "weights of the checkpoint at step 4,000" in picture.subtitle


@pytest.mark.parametrize(
    ("values", "reach"), [((), 1), ((0.2,), 1), ((1.0,), 1), ((-1.1,), 2), ((3,), 5), ((51,), 100)]
)
def test_ranges_move_in_rungs(values: tuple[float, ...], reach: float) -> None:
    assert rung(np.array(values)) == reach


# ---- graph


def arrows_of(picture: Picture) -> list[Segments]:
    return [mark for mark in panel(picture, "graph").marks if isinstance(mark, Segments)]


def test_shared_weights_share_a_colour_and_a_letter() -> None:
    snapshot = snapshots.language_snapshot(time=6)
    graph = draw("graph", Scene(snapshot))
    named = [mark for mark in arrows_of(graph) if mark.colour.startswith("series:")]
    assert len({mark.colour for mark in named}) == len(named) == 5
    recurrent = next(mark for mark in named if "weight_hh_l0" in mark.label)
    assert len(recurrent.x0) == 5
    letters = [m for m in panel(graph, "graph").marks if isinstance(m, Texts) and m.math]
    assert {mark.texts for mark in letters if mark.colour == recurrent.colour} == {("$W$",) * 5}


def test_arrows_are_as_wide_as_what_they_carry() -> None:
    snapshot = snapshots.language_snapshot(time=6)
    found = arrows_of(draw("graph", Scene(snapshot)))
    recurrent = next(mark for mark in found if "weight_hh_l1" in mark.label)
    weights = array(snapshot, "parameter/recurrent.weight_hh_l1")
    sizes = np.linalg.norm(array(snapshot, "recurrent/1/h")[:5] @ weights.T, axis=1)
    assert recurrent.widths is not None
    assert list(np.argsort(recurrent.widths)) == list(np.argsort(sizes))


def test_backward_arrows_run_against_time_and_show_gradients() -> None:
    snapshot = snapshots.language_snapshot(time=6)
    found = arrows_of(draw("graph", Scene(snapshot, options={"mode": "backward"})))
    recurrent = next(mark for mark in found if "weight_hh_l0" in mark.label)
    assert (recurrent.x1 < recurrent.x0).all()
    norms = np.linalg.norm(array(snapshot, "gradient/recurrent/0/h"), axis=1)
    np.testing.assert_allclose(recurrent.values, np.log10(norms[:5]), rtol=1e-5)


@pytest.mark.parametrize(("time", "letters", "arrows"), [(6, True, True), (60, False, True)])
def test_detail_follows_the_width(time: int, letters: bool, arrows: bool) -> None:
    picture = draw("graph", Scene(snapshots.language_snapshot(time=time)))
    marks = panel(picture, "graph").marks
    assert any(isinstance(mark, Texts) and mark.math for mark in marks) is letters
    assert bool(arrows_of(picture)) is arrows


def test_five_hundred_steps_are_one_strip_and_a_window_brings_the_nodes_back() -> None:
    snapshot = snapshots.language_snapshot(time=500, units=4)
    assert arrows_of(draw("graph", Scene(snapshot))) == []
    near = draw("graph", Scene(snapshot, window=(100.0, 106.0)))
    assert any(isinstance(m, Texts) and m.math for m in panel(near, "graph").marks)
    assert all((mark.x0 > 95).all() and (mark.x0 < 110).all() for mark in arrows_of(near))


def test_a_click_on_a_state_selects_time_layer_and_part() -> None:
    marks = panel(draw("graph", Scene(snapshots.language_snapshot(time=6))), "graph").marks
    chosen = [selects for mark in marks for selects in getattr(mark, "selects", ())]
    wanted = {"time": 3, "part": "recurrent", "layer": 1, "quantity": "h"}
    assert wanted in chosen


# ---- attention, prediction, text, parameters, sizes


def test_attention_shows_the_selected_row() -> None:
    picture = draw("attention", Scene(TRANSLATION, selection=Selection(time=2)))
    edges = panel(picture, "edges").marks[0]
    assert isinstance(edges, Segments)
    weights = array(TRANSLATION, "attention")
    np.testing.assert_array_equal(edges.values, weights[2])
    (image, _) = panel(picture, "matrix").marks
    assert isinstance(image, Heatmap)
    np.testing.assert_allclose(image.values.sum(axis=1), 1, atol=1e-6)


def test_a_decoder_without_attention_says_so() -> None:
    view = discovery.find("views", "attention", View)()
    message = view.missing(Scene(snapshots.translation_snapshot(attention=False)))
    assert "no attention" in message


def test_prediction_marks_the_truth() -> None:
    bars = panel(draw("prediction", Scene(LANGUAGE, selection=Selection(time=4))), "bars")
    (mark, _) = bars.marks
    assert isinstance(mark, Bars)
    truth = [name == LANGUAGE.tokens.target[4] for name in bars.y.texts]
    assert [colour == "good" for colour in mark.colours] == truth
    assert (np.diff(mark.heights) <= 0).all()


def test_text_is_wrapped_and_coloured_by_the_selected_gate() -> None:
    selection = Selection(unit=3, layer=0, quantity="f")
    found = panel(draw("text", Scene(LANGUAGE, selection=selection, width=300)), "text")
    (texts,) = found.marks
    assert isinstance(texts, Texts)
    np.testing.assert_array_equal(texts.values, array(LANGUAGE, "recurrent/0/f")[:, 3])
    assert texts.texts == LANGUAGE.tokens.input
    assert np.asarray(texts.y).max() > 0
    assert texts.scale is not None
    assert texts.scale.name == "unit"


def test_parameters_show_the_selected_one_with_its_norms() -> None:
    scene = Scene(LANGUAGE, selection=Selection(parameter="readout.weight"))
    picture = draw("parameters", scene)
    first = picture.rows[0][0]
    assert first.id == "matrix/readout.weight"
    norms = panels(picture)["norms"]
    assert isinstance(norms, Table)
    row = next(row for row in norms.rows if row[0] == "readout.weight")
    assert row[2] == pytest.approx(np.linalg.norm(array(LANGUAGE, "parameter/readout.weight")))


def test_sizes_add_up() -> None:
    table = panels(draw("sizes", Scene(LANGUAGE)))["sizes"]
    assert isinstance(table, Table)
    *parts, total = table.rows
    assert total[3] == sum(int(row[3]) for row in parts) == LANGUAGE.structure.parameter_count
    assert total[5] == 4 * LANGUAGE.structure.parameter_count


# ---- training


def test_training_says_what_guessing_costs_and_where_it_clips() -> None:
    picture = draw("training", Scene(LANGUAGE, snapshots.history(200)))
    rules = [m for p in panels(picture).values() for m in p.marks if isinstance(m, Rule)]
    size = len(LANGUAGE.vocabulary)
    assert rules[0].position == pytest.approx(math.log(size))
    assert rules[1].position == pytest.approx(math.log10(5))
    assert rules[1].label == "clip 5"


def test_bits_are_nats_over_ln_2() -> None:
    history = snapshots.history(50)
    options = {"unit": "bits", "smoothing": "none"}
    (line, *_) = panel(draw("training", Scene(history=history, options=options)), "loss").marks
    assert isinstance(line, Line)
    np.testing.assert_allclose(line.y, history.column("loss") / math.log(2))


def test_a_million_steps_are_in_the_picture_with_every_peak() -> None:
    columns = np.tile(snapshots.history(1000).column("loss"), 1000)
    values = np.zeros((11, len(columns)))
    values[0], values[2] = np.arange(len(columns)) + 1, columns
    values[2, 777_777] = 99.0
    values[7] = 1.0
    picture = draw("training", Scene(history=History.of(values), options={"smoothing": "none"}))
    (line, *_) = panel(picture, "loss").marks
    assert isinstance(line, Line)
    assert len(line.x) == 1_000_000
    assert line.y.max() == 99.0
    assert line.x[np.argmax(line.y)] == 777_778


def test_words_of_a_graph_never_run_into_one_another() -> None:
    view = discovery.every("views", View)["graph"]()
    snapshot = snapshots.language_snapshot("simple_rnn")
    tokens = tuple("3.1416" for _ in snapshot.tokens.input)
    long = replace(snapshot, tokens=replace(snapshot.tokens, input=tokens, output=tokens))
    picture = view.picture(Scene(long, width=900))
    marks = [
        m for row in picture.rows for panel in row if isinstance(panel, Panel) for m in panel.marks
    ]
    rows = [m for m in marks if isinstance(m, Texts) and m.texts and "3.1416" in m.texts]
    assert rows
    column = (900 - 280) / len(tokens)
    assert all(np.diff(sorted(row.x)).min(initial=np.inf) * column >= 6 * 7.5 for row in rows)
