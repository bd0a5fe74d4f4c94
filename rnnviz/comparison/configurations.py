"""The table of what the runs are: sizes, results, and the options in which they differ."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from rnnviz.contracts.comparison import Compared, Side, common
from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.picture import Picture, Table

TITLE = "Configurations"
SECTIONS = ("task", "model", "training", "look")
AVERAGED_STEPS = 100
CORPUS = "task.corpus"
Cell = str | int | float


def configurations(compared: Compared, everything: bool = False) -> Picture:
    """Results, then the options that differ; with `everything` the equal ones too, muted."""
    units = {"loss": common(s.loss_unit for s in compared), "metric": _metric_name(compared)}
    facts = [(title.format(**units).rstrip(", "), *(fact(side) for side in compared))
             for title, fact in FACTS.values()]  # fmt: skip
    rows: list[tuple[Cell, ...]] = [row for row in facts if any(cell != "" for cell in row[1:])]
    different, equal = _options(compared)
    rows += different
    quiet = tuple(index for index, row in enumerate(rows) if _all_equal(row))
    if everything:
        quiet += tuple(range(len(rows), len(rows) + len(equal)))
        rows += equal
    table = Table(
        "configurations",
        ("", *(side.name for side in compared)),
        tuple(rows),
        colours=("muted", *(side.colour for side in compared)),
        quiet=quiet,
    )
    return Picture(TITLE, ((table,),), _subtitle(len(different), len(equal), everything))


def differing(compared: Compared) -> dict[str, tuple[Any, ...]]:
    """The options that are not the same in all runs, with their values in each."""
    return {name: values for name, values in _values(compared).items() if not _same(values)}


def facts_of(side: Side) -> dict[str, Cell]:
    """The results of one run by name; what it does not have is left out."""
    found = {name: fact(side) for name, (_, fact) in FACTS.items()}
    return {name: value for name, value in found.items() if value != ""}


def _subtitle(different: int, equal: int, everything: bool) -> str:
    options = "1 option differs" if different == 1 else f"{different} options differ"
    shown = "shown muted" if everything else "not shown"
    return f"{options} · {equal} are the same and {shown}"


def _options(compared: Compared) -> tuple[list[tuple[Cell, ...]], list[tuple[Cell, ...]]]:
    """Rows of options that differ, and of those that do not."""
    different: list[tuple[Cell, ...]] = []
    equal: list[tuple[Cell, ...]] = []
    for name, values in _values(compared).items():
        row = (name, *map(_written, _short_names(values) if name == CORPUS else values))
        (equal if _same(values) else different).append(row)
    return different, equal


def _values(compared: Compared) -> dict[str, tuple[Any, ...]]:
    """Every option that matters in at least one run; where it does not, there is None."""
    each = [_in_force(side) for side in compared]
    names = dict.fromkeys(name for options in each for name in options)
    return {name: tuple(options.get(name) for options in each) for name in names}


def _in_force(side: Side) -> dict[str, Any]:
    """The options of one run by dotted name, without those that have no effect."""
    if side.config is None:
        return dict(side.options)
    dumped = side.config.model_dump(mode="json")
    return {
        f"{section}.{name}": value
        for section in SECTIONS
        for name, value in dumped[section].items()
        if _matters(side.config, section, name)
    }


def _matters(config: RunConfig, section: str, name: str) -> bool:
    """Whether the option is in force: `when` names another one and the values it must have."""
    part = getattr(config, section)
    extra = type(part).model_fields[name].json_schema_extra
    condition = str(extra.get("when", "")) if isinstance(extra, dict) else ""
    other, _, wanted = condition.partition("=")
    return not other or str(getattr(part, other)) in wanted.split("|")


def _short_names(paths: tuple[Any, ...]) -> tuple[Any, ...]:
    """File names alone, where they tell the files apart: four columns are to stand side by side."""
    names = tuple(str(path).rsplit("/", 1)[-1] for path in paths)
    return names if len(set(names)) == len(set(paths)) else paths


def _same(values: tuple[Any, ...]) -> bool:
    return all(value == values[0] for value in values)


def _all_equal(row: tuple[Cell, ...]) -> bool:
    return _same(row[1:])


def _written(value: Any) -> Cell:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return value
    return ", ".join(map(repr, value)) if isinstance(value, list) else str(value) or "–"


# ---- results


def _network(side: Side) -> Cell:
    found = side.scene.network
    return found.title if found else ""


def _metric_name(compared: Compared) -> str:
    return common((side.metric for side in compared), "metric")


def _parameters(side: Side) -> Cell:
    found = side.scene.network
    return found.parameter_count if found else ""


def _steps(side: Side) -> Cell:
    last = side.scene.history.last() if side.scene.history else None
    return last.step if last else ""


def _best(side: Side) -> Cell:
    return _least(side, "validation_loss")


def _metric(side: Side) -> Cell:
    values = _column(side, "metric")
    return float(values[-1]) if values.size else ""


def _training(side: Side) -> Cell:
    values = _column(side, "loss")[-AVERAGED_STEPS:]
    return float(values.mean()) if values.size else ""


def _perplexity(side: Side) -> Cell:
    best = _least(side, "validation_loss") if side.loss_unit == "nats" else ""
    return math.exp(min(best, 700.0)) if isinstance(best, float) else ""


def _seconds(side: Side) -> Cell:
    last = side.scene.history.last() if side.scene.history else None
    return last.seconds if last else ""


def _speed(side: Side) -> Cell:
    last = side.scene.history.last() if side.scene.history else None
    return round(last.tokens / last.seconds) if last and last.seconds > 0 else ""


def _least(side: Side, column: str) -> Cell:
    values = _column(side, column)
    return float(values.min()) if values.size else ""


def _column(side: Side, name: str) -> Any:
    if side.scene.history is None:
        return np.empty(0)
    values = side.scene.history.column(name)
    return values[np.isfinite(values)]


FACTS: dict[str, tuple[str, Callable[[Side], Cell]]] = {
    "network": ("network", _network),
    "parameters": ("parameters", _parameters),
    "steps": ("steps", _steps),
    "validation_loss": ("best validation loss, {loss}", _best),
    "perplexity": ("its perplexity", _perplexity),
    "train_loss": ("training loss, mean of the last 100", _training),
    "metric": ("{metric}", _metric),
    "seconds": ("seconds", _seconds),
    "tokens_per_second": ("tokens per second", _speed),
}
"""By name in JSON: the title in the table, and where the number comes from."""
