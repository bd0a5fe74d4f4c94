"""The view of backpropagation: terms, the sum for one loss, chunks, and growth over distance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rnnviz.contracts.arrays import NamedArray
from rnnviz.contracts.picture import Heatmap, Line, Panel, Rule, Segments
from rnnviz.contracts.selection import Selection
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.view import Scene
from rnnviz.tracks.jacobian import fitted
from rnnviz.views.bptt import Bptt
from tests.snapshots import corpus, language_snapshot

VIEW, STEPS = Bptt(), 30


def drawn(snapshot: Snapshot | None = None, **changes: object) -> dict[str, Panel]:
    scene = Scene(snapshot or language_snapshot("simple_rnn", time=STEPS), **changes)
    picture = VIEW.picture(scene)
    assert not picture.message
    return {p.id: p for row in picture.rows for p in row if isinstance(p, Panel)}


def lines(panel: Panel) -> dict[str, Line]:
    return {mark.label: mark for mark in panel.marks if isinstance(mark, Line)}


def test_terms_stand_below_the_diagonal() -> None:
    image = next(m for m in drawn()["terms"].marks if isinstance(m, Heatmap))
    below = np.tril_indices(STEPS)
    assert np.isfinite(image.values[below]).all()
    assert np.isfinite(image.values).sum() == len(below[0])
    k, t = 4, 9
    assert image.values[t, k] == pytest.approx((t - k) * np.log10(0.7), abs=1e-5)
    shares = drawn(options={"show": "share"})["terms"].marks[0]
    assert isinstance(shares, Heatmap)
    assert np.nansum(shares.values) == pytest.approx(1, abs=1e-5)


def test_the_number_of_terms_and_their_sum_are_told() -> None:
    text = VIEW.picture(Scene(language_snapshot("simple_rnn", time=STEPS))).subtitle
    assert "465 terms" in text
    assert "within 2e-07" in text


def test_the_selected_loss_has_its_own_curve() -> None:
    panel = drawn(selection=Selection(time=12), options={"chunk": "5"})["one_loss"]
    kept, cut = lines(panel)["kept"], lines(panel)["cut off"]
    assert panel.title == "t = 12"
    assert list(np.flatnonzero(np.isfinite(kept.y))) == [10, 11, 12]
    assert list(np.flatnonzero(np.isfinite(cut.y))) == list(range(10))


def test_borders_are_those_of_the_training_or_of_the_option() -> None:
    def borders(panels: dict[str, Panel]) -> list[float]:
        return [m.position for m in panels["one_loss"].marks if isinstance(m, Rule)]

    trained = replace(corpus(), rows=8, chunk_length=12)
    assert borders(drawn(corpus=trained)) == [11.5, 23.5]
    assert borders(drawn(corpus=trained, options={"chunk": "none"})) == []
    assert borders(drawn(corpus=trained, options={"chunk": "10"})) == [9.5, 19.5]
    assert borders(drawn(corpus=replace(trained, rows=0))) == []
    stairs = next(m for m in drawn(corpus=trained)["terms"].marks if isinstance(m, Segments))
    corners = list(zip(stairs.x0, stairs.y0, stairs.x1, stairs.y1, strict=True))
    assert (-0.5, 11.5, 11.5, 11.5) in corners
    assert (23.5, 23.5, 23.5, STEPS - 0.5) in corners


def test_what_chunks_keep_is_summed_up() -> None:
    panel = drawn(options={"chunk": "10"})["left"]
    along = lines(panel)["along the gradient"]
    t, k = np.indices((STEPS, STEPS))
    terms = np.where(t >= k, 0.7 ** np.maximum(t - k, 0), 0)
    expected = [terms[t // c == k // c].sum() / terms.sum() for c in range(1, STEPS + 1)]
    assert along.y == pytest.approx(expected, abs=1e-5)
    assert f"{100 * expected[9]:.0f} % kept" in panel.note


def test_growth_per_step_is_fitted() -> None:
    assert "h: ×0.70 a step" in lines(drawn()["distance"])
    x = np.arange(1.0, 9.0)
    slope, height = fitted([(x, 0.3 * x - 1), (x[:3], 0.3 * x[:3] - 1)]) or (0, 0)
    assert (slope, height) == (pytest.approx(0.3), pytest.approx(-1))
    assert fitted([]) is None
    assert fitted([(x[:1], x[:1])]) is None


def test_both_states_of_an_lstm_are_followed() -> None:
    found = lines(drawn(language_snapshot("lstm", time=STEPS))["distance"])
    assert {"h: ×0.70 a step", "c: ×0.70 a step"} <= set(found)


def test_one_answer_at_the_end_is_one_row() -> None:
    found = language_snapshot("simple_rnn", layers=1, time=STEPS)
    name = "backpropagation/term/recurrent/0/W_hh"
    only = np.zeros((STEPS, STEPS))
    only[-1] = np.asarray(found.arrays[name].values)[-1]
    arrays = {**found.arrays, name: NamedArray(name, ("time", "time"), only)}
    panels = drawn(replace(found, arrays=arrays))
    assert (panels["terms"].y.low, panels["terms"].y.high) == (STEPS - 1.5, STEPS - 0.5)
    assert panels["one_loss"].title == f"t = {STEPS - 1}"


def test_why_there_are_no_terms_is_told() -> None:
    found = language_snapshot("simple_rnn")
    bare = {k: v for k, v in found.arrays.items() if not k.startswith("backpropagation")}
    told = replace(found, arrays=bare, absent={"backpropagation": "Type a shorter probe."})
    assert VIEW.picture(Scene(told)).message == "Type a shorter probe."
    kept = replace(found, arrays=bare, live=False)
    assert "keeps no term of the gradient" in VIEW.picture(Scene(kept)).message
