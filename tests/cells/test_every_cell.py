"""What every cell promises. A new file in rnnviz/cells is tested here without being named."""

from __future__ import annotations

import math
import re
from collections import Counter
from itertools import pairwise

import pytest
import torch
from matplotlib.mathtext import MathTextParser
from torch import Tensor

from rnnviz.contracts.cell import READ
from rnnviz.contracts.config import ModelConfig
from rnnviz.contracts.structure import Block, CellInfo, Part, Structure
from rnnviz.recurrence.tap import Recorder
from rnnviz.style.notation import NOTATIONS, write
from tests.networks import cell, every_cell, layers, random_state

UNITS, ROWS = 5, 4
Point = tuple[float, float]


def info(config: ModelConfig) -> CellInfo:
    return cell(config).info


def one_step(config: ModelConfig) -> tuple[Counter[str], dict[str, Tensor], dict[str, Tensor]]:
    """How often each quantity was named, all values after the step, and those before it."""
    c = cell(config)
    rows = len(c.info.blocks) * UNITS
    a_x, a_h = torch.randn(ROWS, rows), torch.randn(ROWS, rows)
    own = c.parameters(UNITS)
    kept = len(c.info.states) + max(c.info.reach - 1, 0)
    state = tuple(torch.rand(ROWS, UNITS) for _ in range(kept))
    named: list[tuple[str, Tensor]] = []

    def tap(quantity: str, value: Tensor) -> Tensor:
        named.append((quantity, value))
        return value

    c.recur(state, torch.randn(rows, UNITS), torch.randn(rows), tap, own)
    new = c.step(a_x, a_h, state, tap, own)
    values = dict(named)
    assert all(values[name] is s for name, s in zip(c.info.states, new, strict=True))
    before = dict(zip(c.info.states, state, strict=False)) | {"a_x": a_x, "a_h": a_h}
    return Counter(name for name, _ in named), values, before


@every_cell
def test_each_quantity_is_named_once(config: ModelConfig) -> None:
    counts, _, _ = one_step(config)
    assert counts == Counter([READ, *(q.name for q in info(config).quantities)])


@every_cell
def test_values_stay_in_their_range(config: ModelConfig) -> None:
    _, values, _ = one_step(config)
    for quantity in info(config).quantities:
        found = values[quantity.name]
        assert quantity.low is None or found.min() >= quantity.low
        assert quantity.high is None or found.max() <= quantity.high


@every_cell
def test_gates_and_candidates_have_the_range_of_their_kind(config: ModelConfig) -> None:
    ranges = {"gate": (0, 1), "candidate": (-1, 1)}
    for quantity in info(config).quantities:
        assert ranges.get(quantity.kind, (quantity.low, quantity.high)) == (
            quantity.low,
            quantity.high,
        )
        assert quantity.title
        assert quantity.help


@every_cell
def test_each_quantity_has_one_equation(config: ModelConfig) -> None:
    results = [equation.result for equation in info(config).equations]
    assert sorted(results) == sorted(q.name for q in info(config).quantities)


@every_cell
def test_the_numbers_of_each_equation_are_true(config: ModelConfig) -> None:
    """Puts recorded values into the formula and computes it, as a reader would by hand."""
    _, values, before = one_step(config)
    blocks = info(config).blocks

    def number(match: re.Match[str]) -> str:
        name, block, earlier = match.groups()
        if block:
            part = before["a_x" if name == "x" else "a_h"]
            return repr(float(part[1, blocks.index(block) * UNITS + 2]))
        return repr(float((before if earlier else values)[name][1, 2]))

    functions = {"sigmoid": lambda a: 1 / (1 + math.exp(-a)), "tanh": math.tanh, "max": max}
    for equation in (e for e in info(config).equations if e.numbers):
        text = re.sub(r"\{(\w+)(?::(\w+))?(-)?\}", number, equation.numbers)
        left, right = text.split("=", 1)
        formula = right.replace("·", "*").replace("−", "-").replace("σ", "sigmoid").strip()
        assert float(left) == pytest.approx(eval(formula, functions), abs=1e-6)


@every_cell
@pytest.mark.parametrize("notation", NOTATIONS)
def test_symbols_can_be_typeset(config: ModelConfig, notation: str) -> None:
    for equation in info(config).equations:
        MathTextParser("path").parse(f"${write(equation.symbols, notation)}$")


@every_cell
def test_survives_json(config: ModelConfig) -> None:
    structure = Structure("m", "M", (Part("p", "P", info(config), 1, 2),), ())
    assert Structure.from_json(structure.to_json()) == structure


@every_cell
def test_recorded_by_the_layers_that_run_it(config: ModelConfig) -> None:
    recorder = Recorder()
    layers(config).tapped(torch.randn(1, 4, 3, dtype=torch.float64), recorder)
    names = {q.name for q in info(config).quantities} | {"a_x", "a_h", READ}
    assert set(recorder.recorded()) == {("p", 0, name) for name in names}


@every_cell
def test_state_is_what_the_info_says(config: ModelConfig) -> None:
    stack = layers(config, layers=2)
    _, state = stack(torch.randn(3, 4, 3, dtype=torch.float64), random_state(stack, 3))
    kept = len(info(config).states) + max(info(config).reach - 1, 0)
    assert [tuple(s.shape) for s in state] == [(2, 3, 5)] * kept


def _path(wire_index: int, drawn: CellInfo) -> list[Point]:
    blocks = {block.id: block for block in drawn.diagram}
    wire = drawn.wires[wire_index]
    ends = blocks[wire.source], blocks[wire.target]
    return [(ends[0].x, ends[0].y), *wire.through, (ends[1].x, ends[1].y)]


def _on(segment: tuple[Point, Point], block: Block) -> bool:
    (x0, y0), (x1, y1) = segment
    inside_x = min(x0, x1) - 0.02 < block.x < max(x0, x1) + 0.02
    return inside_x and min(y0, y1) - 0.02 < block.y < max(y0, y1) + 0.02


@every_cell
def test_drawing_lies_in_the_unit_square_without_overlap(config: ModelConfig) -> None:
    blocks = info(config).diagram
    assert len({block.id for block in blocks}) == len(blocks) > 0
    for k, block in enumerate(blocks):
        assert 0 <= block.x <= 1
        assert 0 <= block.y <= 1
        for other in blocks[:k]:
            assert max(abs(block.x - other.x), abs(block.y - other.y)) >= 0.1, (block, other)


@every_cell
def test_wires_are_orthogonal_and_pass_no_other_block(config: ModelConfig) -> None:
    drawn = info(config)
    for k, wire in enumerate(drawn.wires):
        path = _path(k, drawn)
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(path)), wire
        others = [b for b in drawn.diagram if b.id not in (wire.source, wire.target)]
        assert not [b for b in others for segment in pairwise(path) if _on(segment, b)], wire


@every_cell
def test_drawing_shows_every_quantity_and_connects_every_block(config: ModelConfig) -> None:
    drawn = info(config)
    names = {q.name for q in drawn.quantities}
    shown = [thing.quantity for thing in (*drawn.diagram, *drawn.wires)]
    assert names <= set(shown)
    assert {name.removesuffix("-") for name in shown} <= names | {""}
    joined = {end for wire in drawn.wires for end in (wire.source, wire.target)}
    assert joined == {block.id for block in drawn.diagram}
    ports = {b.quantity for b in drawn.diagram if b.kind == "port"}
    assert {*drawn.states, *(f"{name}-" for name in drawn.states)} <= ports
