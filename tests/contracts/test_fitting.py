"""Which network can do which task is known without importing either."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

from rnnviz.contracts import discovery, fitting
from rnnviz.contracts.config import RunConfig, parse
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.model import Model
from rnnviz.contracts.shipped import locate_corpus
from rnnviz.contracts.task import SHAPES, Task

TASKS, MODELS = discovery.names("tasks"), discovery.names("models")


@pytest.mark.parametrize("name", TASKS)
def test_what_a_task_declares_is_what_it_is(name: str) -> None:
    task = discovery.find("tasks", name, Task)
    declared = discovery.declared("tasks", name)
    for field in ("shape", "default_model", "default_corpus", "suffixes", "formats"):
        assert declared[field] == getattr(task, field)
    assert declared.get("foretells", False) == task.foretells
    assert task.name == name
    assert task.shape in SHAPES
    assert fitting.models_for(name)[0] == task.default_model
    assert locate_corpus(task.default_corpus).exists()


@pytest.mark.parametrize("name", MODELS)
def test_what_a_model_declares_is_what_it_is(name: str) -> None:
    model = discovery.find("models", name, Model)
    declared = discovery.declared("models", name)
    assert declared["shapes"] == model.shapes
    assert declared.get("looks_ahead", False) == model.looks_ahead
    assert declared.get("ignores", ()) == model.ignores


@pytest.mark.parametrize("task", TASKS)
def test_what_is_of_no_use_are_fields(task: str) -> None:
    known = {
        f"{section}.{name}"
        for section, values in RunConfig().model_dump().items()
        if isinstance(values, dict)
        for name in values
    }
    assert discovery.find("tasks", task, Task).ignores == discovery.declared("tasks", task).get(
        "ignores", ()
    )
    for model in fitting.models_for(task):
        assert set(fitting.ignored(task, model)) <= known


@pytest.mark.parametrize("task", TASKS)
def test_what_shows_it_best_is_a_view_and_literal(task: str) -> None:
    for model in fitting.models_for(task):
        views = fitting.shows(task, model)
        assert set(views) <= set(discovery.names("views"))
        declared = {
            *discovery.find("tasks", task, Task).shows,
            *discovery.find("models", model, Model).shows,
        }
        assert set(views) == declared


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("model", MODELS)
def test_a_network_that_cannot_do_it_is_refused_with_those_that_can(task: str, model: str) -> None:
    data = {"task": {"name": task}, "model": {"kind": model}}
    if model in fitting.models_for(task):
        assert parse(data).model.kind == model
    else:
        with pytest.raises(UserError, match=f"model.kind: {model} cannot do the task {task}"):
            parse(data)


def test_nothing_heavy_is_imported() -> None:
    script = (
        "import sys; from rnnviz.contracts import fitting;"
        "fitting.models_for('translation'); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


@pytest.mark.parametrize("name", discovery.names("tasks"))
def test_what_a_task_asks_for_and_whether_chance_plays_a_part(name: str) -> None:
    """Temperature is offered only where two of them can write two texts."""
    task = discovery.find("tasks", name, Task)
    assert fitting.asked(name, "words") == (task.asks or "words")
    assert fitting.by_chance(name) == ("look.temperature" not in task.ignores)
    source = inspect.getsource(task.sample)
    assert fitting.by_chance(name) == (source.count("temperature") > 1)


def test_of_a_script_nothing_is_known() -> None:
    assert fitting.asked("", "") == "tokens"
    assert fitting.by_chance("")
