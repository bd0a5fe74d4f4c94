"""Every recipe that ships trains for a moment on its own corpus, made small; every view it offers
is drawn and written. And the systems of the lectures that recipes show do not become fewer.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from rnnviz.cli.views import fillable
from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.snapshot import NEEDS
from rnnviz.engine import recipes
from rnnviz.engine.course import Course
from rnnviz.engine.observer import Observer
from rnnviz.engine.run_folder import create
from rnnviz.engine.run_store import Run
from rnnviz.engine.scene import scene
from rnnviz.engine.session import build
from rnnviz.export import write_picture

STEPS, PROBED = 2, 16
SYSTEMS = {
    f"{letter}{number}"
    for letter, last in (("A", 19), ("B", 12), ("C", 13), ("D", 4))
    for number in range(1, last + 1)
}
COVERED = (
    {f"A{number}" for number in range(1, 20)}
    | {"B1", "B2", "B3", "B5", "B6", "B7", "B8", "B9", "B10", "B11"}
    | {f"C{number}" for number in range(1, 14)}
    | {"D1", "D2", "D3", "D4"}
)
EVERYWHERE = {"corpus", "graph", "parameters", "sizes", "training"}
RECIPES = {recipe.name: recipe for recipe in recipes.every()}


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Small networks; and the next test finds what it would have found."""
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("name", RECIPES)
def test_trains_and_every_view_it_offers_is_written(name: str, tmp_path: Path) -> None:
    run = Run.open(trained(small(RECIPES[name].config), tmp_path / "run"))
    assert len(run.history.column("loss")) == STEPS
    seen = scene(run)
    offered = fillable(seen)
    assert {view.name for view in offered} >= EVERYWHERE
    for view in offered:
        picture = view.picture(seen)
        for suffix in ("npz", "svg"):
            path = write_picture(picture, tmp_path / f"{view.name}.{suffix}", width=6.0)
            assert path.stat().st_size > 200, path


@pytest.mark.parametrize("name", [n for n, recipe in RECIPES.items() if recipe.variants])
def test_all_of_a_series_begin(name: str) -> None:
    for config in RECIPES[name].variants.values():
        session = build(small(config))
        assert session.trainer.step().loss > 0


def test_recipes_are_told_apart() -> None:
    assert all(recipe.name == name for name, recipe in RECIPES.items())
    for what in ("title", "sentence", "order"):
        values = [getattr(recipe, what) for recipe in RECIPES.values()]
        assert len(set(values)) == len(values), what
    assert all(recipe.sentence.endswith(".") for recipe in RECIPES.values())


def test_systems_are_those_of_the_lectures() -> None:
    for recipe in RECIPES.values():
        assert recipe.systems, recipe.name
        assert set(recipe.systems) <= SYSTEMS, recipe.name
        assert len(set(recipe.systems)) == len(recipe.systems), recipe.name


def test_what_is_covered_stays_covered() -> None:
    shown = {system for recipe in RECIPES.values() for system in recipe.systems}
    assert shown >= COVERED


def test_the_numbers_of_the_lectures() -> None:
    """C3: 2 layers of 75 units, chunks of 150, 1500 epochs, and text at 5 and 25 % of them. C5: 128
    units, a rate of 0.005.
    """
    names = RECIPES["names"].config
    assert (names.model.cell, names.model.hidden_size) == ("simple_rnn", 128)
    assert names.training.learning_rate == 0.005
    config = RECIPES["kinematics"].config
    model, training = config.model, config.training
    assert (model.layers, model.hidden_size, training.epochs) == (2, 75, 1500)
    assert (training.learning_rate, training.sequence_length) == (0.01, 150)
    steps = build(config).config.training.steps
    assert steps == 20 * config.look.sample_every


def small(config: RunConfig) -> RunConfig:
    """The same wiring on the same corpus: fewer units, rows and steps."""
    return config.replaced(
        {
            "model.hidden_size": 4,
            "model.embedding_size": 4,
            "training.batch_size": 4,
            "training.sequence_length": min(config.training.sequence_length, 16),
            "training.steps": STEPS,
            "training.validate_every": 1_000,
            "training.threads": 1,
            "training.device": "cpu",
            "look.sample_length": 12,
        }
    )


def trained(config: RunConfig, path: Path) -> Path:
    """A run of that configuration, step by step without threads, looked at once at its end."""
    session = build(config)
    course = Course(session, lambda event: None)
    course.folder = create(path, session)
    while not course.finished:
        course.advance()
    observer = Observer(session.model, session.task, config.title)
    observer.refresh(session.model)
    text = config.look.probe or session.task.default_probe
    if session.task.running(text) is not None:
        text = text[:PROBED]  # each letter is drawn in a dozen pictures
    probe = session.task.probe(text, session.model)
    course.folder.add_snapshot(observer.look(probe, frozenset(NEEDS), course.step), full=True)
    course.save()
    course.close()
    return path
