"""The table: only what differs stands out."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.comparison.configurations import configurations, differing, facts_of
from rnnviz.contracts.comparison import Compared, distinct_names
from rnnviz.contracts.picture import Table
from rnnviz.contracts.view import Scene
from tests import snapshots
from tests.comparison import sides


def table(compared: Compared, everything: bool = False) -> Table:
    found = configurations(compared, everything).rows[0][0]
    assert isinstance(found, Table)
    return found


def differently(**changes: object) -> Compared:
    seen = sides.scene(snapshots.language_snapshot())
    dotted = {name.replace("__", "."): value for name, value in changes.items()}
    return sides.of(seen, seen, configs=(sides.CONFIG, sides.CONFIG.replaced(dotted)))


def test_only_options_that_differ_are_listed() -> None:
    compared = differently(model__hidden_size=64, training__seed=7)
    assert differing(compared) == {"model.hidden_size": (32, 64), "training.seed": (1, 7)}
    names = [row[0] for row in table(compared).rows]
    assert names[-2:] == ["model.hidden_size", "training.seed"]
    assert "model.layers" not in names
    assert configurations(compared).subtitle.startswith("2 options differ")


def test_equal_rows_are_quiet() -> None:
    found = table(differently(training__seed=7), everything=True)
    loud = [row[0] for index, row in enumerate(found.rows) if index not in found.quiet]
    assert loud == ["training.seed"]
    assert "model.layers" in [row[0] for row in found.rows]


def test_an_option_without_effect_in_one_run_is_a_dash() -> None:
    compared = differently(model__cell="simple_rnn")
    rows = {row[0]: row[1:] for row in table(compared).rows}
    assert rows["model.cell"] == ("lstm", "simple_rnn")
    assert rows["model.forget_bias"] == (1.0, "–")
    assert rows["model.nonlinearity"] == ("–", "tanh")
    assert "model.embedding_size" not in [r[0] for r in table(compared, everything=True).rows]


def test_results_are_those_of_the_history() -> None:
    history = sides.steps([3.0] * 100 + [2.0, 1.0] * 50, 50, {40: 1.9, 100: 1.4, 200: 1.6})
    seen = Scene(snapshots.language_snapshot(), history)
    found = facts_of(sides.of(seen)[0])
    assert found["steps"] == 200
    assert found["validation_loss"] == 1.4
    assert found["train_loss"] == pytest.approx(1.5)
    assert found["perplexity"] == pytest.approx(4.0552, abs=1e-4)
    assert found["seconds"] == pytest.approx(20.0)
    assert found["tokens_per_second"] == 500
    structure = seen.snapshot.structure if seen.snapshot else None
    assert structure is not None
    assert found["parameters"] == sum(p.count for p in structure.parameters)
    assert "metric" not in found


def test_runs_that_have_nothing_yet_have_a_table() -> None:
    assert facts_of(sides.of(Scene())[0]) == {}
    assert table(sides.of(Scene(), Scene())).rows == ()


PATHS = st.lists(
    st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map(lambda p: Path("/", *p)),
    min_size=2, max_size=4, unique=True,
)  # fmt: skip


@given(PATHS, st.data())
def test_names_are_distinct(paths: list[Path], data: st.DataObject) -> None:
    titles = data.draw(
        st.lists(st.sampled_from(["", "x", "y", "z"]), min_size=len(paths), max_size=len(paths))
    )
    names = distinct_names(titles, paths)
    assert len(set(names)) == len(paths)
    assert all(names)


def test_titles_are_preferred_to_folders() -> None:
    paths = [Path("/r/1"), Path("/r/2")]
    assert distinct_names(["LSTM", "GRU"], paths) == ("LSTM", "GRU")
    assert distinct_names(["LSTM", "LSTM"], paths) == ("1", "2")
    assert distinct_names(["", ""], [Path("/a/run"), Path("/b/run")]) == ("a/run", "b/run")
