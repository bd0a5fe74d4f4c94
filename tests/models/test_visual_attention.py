"""Attention over a picture against PyTorch's own layers and the formulas of Xu et al."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from rnnviz.contracts.model import Batch, Plan
from rnnviz.recurrence.tap import NO_LAYER, Recorder
from tests.networks import SIZES, batch, example, gradients, largest_difference, network


def written_out(model: nn.Module, b: Batch) -> Tensor:
    """The network with PyTorch's layers, one step after another."""
    p = dict(model.named_parameters())
    assert b.picture is not None
    seen = 2 * b.picture.double() - 1
    for name in ("first", "second"):
        seen = F.max_pool2d(F.relu(_convolved(seen, p, name)), 2)
    down = torch.tensor([-1.0, 1.0]).double().view(1, 1, 2, 1).expand(len(seen), 1, 2, 2)
    seen = torch.cat((seen, down, down.transpose(2, 3)), 1)
    cells = F.relu(_convolved(seen, p, "last")).flatten(2).transpose(1, 2)
    cell = nn.GRUCell(p["decoder.kernel.weight_ih_l0"].shape[1], 6).double()
    h = torch.tanh(F.linear(cells.mean(1), p["bridge.weight"], p["bridge.bias"]))
    rows = []
    for tokens in b.inputs.unbind(1):
        query = F.linear(h, p["attention.query.weight"], p["attention.query.bias"])[:, None]
        keys = cells @ p["attention.key.weight"].T
        scores = torch.tanh(query + keys) @ p["attention.score.weight"][0]
        context = (torch.softmax(scores, 1)[..., None] * cells).sum(1)
        x = torch.cat((F.one_hot(tokens, SIZES.inputs).double(), context), 1)
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        used = {name: p[f"decoder.kernel.{name}_l0"] for name in names}
        h = torch.func.functional_call(cell, used, (x, h))
        both = torch.cat((h, context), 1)
        rows.append(F.linear(both, p["readout.weight"], p["readout.bias"]))
    return torch.stack(rows, 1)


def _convolved(seen: Tensor, p: dict[str, nn.Parameter], name: str) -> Tensor:
    weight = p[f"grid.{name}.weight"]
    kernel = weight.reshape(len(weight), -1, 3, 3)
    return F.conv2d(seen, kernel, p[f"grid.{name}.bias"], padding=1)


def test_numbers_and_gradients_are_those_of_pytorchs_layers() -> None:
    model = network("visual_attention", cell="gru", layers=1, features=5)
    b = example("visual_attention", [4, 4])
    ours, theirs = model(b).logits, written_out(model, b)
    assert largest_difference(ours, theirs) < 1e-10
    found = [gradients(logits.square().sum(), model) for logits in (ours, theirs)]
    assert largest_difference(*found) < 1e-10


def test_rows_of_the_map_sum_to_one_over_the_cells() -> None:
    model, recorder = network("visual_attention"), Recorder()
    b = example("visual_attention", [5])
    output = model.tapped(b, recorder)
    shown = recorder.stacked("decoder", NO_LAYER, "attention")
    assert output.attention is not None
    assert torch.equal(shown, output.attention[0])
    assert shown.shape == (5, 4)
    assert (shown.sum(-1) - 1).abs().max() < 1e-12


def test_the_plan_counts_the_cells() -> None:
    b = example("visual_attention", [3])
    assert b.grid == (2, 2)
    plan = Plan.of(b)
    assert plan.source_time == 4
    graph = network("visual_attention").graph(plan)
    edges = {(e.source, e.target) for e in graph.edges if e.weights == "attention"}
    assert edges == {(f"source@{j}", f"context@{t}") for j in range(4) for t in range(3)}


def test_left_and_right_are_told_apart() -> None:
    model = network("visual_attention").eval()
    picture = torch.zeros(1, 3, 8, 8)
    picture[..., 2:6, 0:4] = 1
    tokens = batch([3]).inputs
    found = [
        model(Batch(tokens, tokens, picture=shown)).logits for shown in (picture, picture.flip(3))
    ]
    assert largest_difference(*found) > 1e-6


def test_it_needs_a_picture() -> None:
    with pytest.raises(ValueError, match="picture"):
        network("visual_attention")(batch([3]))
