"""Trace and Tags: what they count and mark, compared with the snapshot itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rnnviz.contracts.arrays import NamedArray
from rnnviz.contracts.picture import Heatmap, Line, Panel, Points, Rule, Texts
from rnnviz.contracts.selection import Selection
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.view import Scene
from rnnviz.views.tags import Tags
from rnnviz.views.trace import Trace
from tests import snapshots

TAGS = ("ADJ", "ADP", "ADV", "AUX", "DET", "NOUN", "NUM", "PRON", "PUNCT", "VERB")


def panel(view: Trace | Tags, scene: Scene, name: str) -> Panel:
    rows = view.picture(scene).rows
    return next(p for row in rows for p in row if isinstance(p, Panel) and p.id == name)


def marked(found: Panel) -> dict[str, list[int]]:
    return {mark.label: list(mark.ids) for mark in found.marks if isinstance(mark, Points)}


def test_hits_misses_and_false_alarms_stand_where_they_happen() -> None:
    snapshot = snapshots.classifier_snapshot(time=80)
    chances = np.asarray(snapshot.arrays["probability"].values)[:, 1]
    target = snapshot.tokens.target
    noticed = chances > 0.9
    expected = {
        "hit": [t for t in range(80) if target[t] == "1" and noticed[t]],
        "miss": [t for t in range(80) if target[t] == "1" and not noticed[t]],
        "false alarm": [t for t in range(80) if target[t] == "0" and noticed[t]],
    }
    found = panel(Trace(), Scene(snapshot), "trace")
    assert marked(found) == {name: times for name, times in expected.items() if times}
    (rule,) = (mark for mark in found.marks if isinstance(mark, Rule))
    assert rule.position == 0.9
    (line,) = (mark for mark in found.marks if isinstance(mark, Line))
    assert np.array_equal(line.y, chances)
    dots = next(mark for mark in found.marks if isinstance(mark, Points) and mark.label == "hit")
    assert np.allclose(dots.y, chances[expected["hit"]])
    assert f"{len(expected['hit'])} hit" in Trace().picture(Scene(snapshot)).subtitle


def test_of_many_classes_the_leading_ones_and_the_selected_one_are_drawn() -> None:
    snapshot = snapshots.classifier_snapshot(TAGS, threshold=float("nan"))
    names = lines(snapshot, Selection())
    assert len(names) == 8
    absent = next(k for k, name in enumerate(TAGS) if name not in names)
    assert TAGS[absent] in lines(snapshot, Selection(token=absent))


def lines(snapshot: Snapshot, selection: Selection) -> list[str]:
    found = panel(Trace(), Scene(snapshot, selection=selection), "trace")
    return [mark.label[2:-1] for mark in found.marks if isinstance(mark, Line)]


def test_right_and_wrong_where_the_likeliest_counts() -> None:
    snapshot = snapshots.classifier_snapshot(TAGS, threshold=float("nan"))
    tokens = snapshot.tokens
    found = marked(panel(Trace(), Scene(snapshot), "trace"))
    right = [t for t, true in enumerate(tokens.target) if true and true == tokens.output[t]]
    wrong = [t for t, true in enumerate(tokens.target) if true and true != tokens.output[t]]
    assert found.get("right", []) == right
    assert found.get("wrong", []) == wrong


@pytest.mark.parametrize("classes", [1, 33])
def test_a_trace_needs_a_few_classes(classes: int) -> None:
    snapshot = snapshots.classifier_snapshot()
    chances = NamedArray("probability", ("time", "vocab"), np.full((40, classes), 1 / classes))
    arrays = {**snapshot.arrays, "probability": chances}
    assert "at most 32 answers" in Trace().missing(Scene(replace(snapshot, arrays=arrays)))


def test_the_true_tag_stands_under_a_wrong_one_only() -> None:
    snapshot = snapshots.classifier_snapshot(TAGS, threshold=float("nan"), time=9)
    tokens = snapshot.tokens
    found = panel(Tags(), Scene(snapshot, width=1600), "tags")
    said, true = (
        next(m for m in found.marks if isinstance(m, Texts) and m.label == label)
        for label in ("said", "true")
    )
    assert said.texts == tokens.output
    for t, target in enumerate(tokens.target):
        expected = "muted" if not target else "good" if target == tokens.output[t] else "bad"
        assert said.colours[t] == expected
        assert true.texts[t] == (target if expected == "bad" else "")
    strip = panel(Tags(), Scene(snapshot, width=1600), "sureness").marks[0]
    assert isinstance(strip, Heatmap)
    chances = np.asarray(snapshot.arrays["next/probability"].values)
    assert np.array_equal(strip.values, chances[None, :, 0])


def test_a_long_sentence_is_broken_into_lines() -> None:
    snapshot = snapshots.classifier_snapshot(TAGS, threshold=float("nan"), time=60)
    found = panel(Tags(), Scene(snapshot, width=500), "lines")
    words = next(m for m in found.marks if isinstance(m, Texts) and m.label == "word")
    assert words.texts == snapshot.tokens.input
    assert len(set(words.y)) > 3
    assert len(set(zip(words.x, words.y, strict=True))) == 60
    assert [selects["time"] for selects in words.selects] == list(range(60))
