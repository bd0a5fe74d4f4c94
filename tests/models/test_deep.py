"""The three ways to depth, against a loop written by hand."""

from __future__ import annotations

import pytest
import torch

from rnnviz.contracts.model import Plan
from tests.networks import batch, largest_difference, network


@pytest.mark.parametrize("skips", [False, True])
def test_equals_a_loop_written_by_hand(skips: bool) -> None:
    model = network("deep", cell="simple_rnn", layers=1, skips=skips)
    p = dict(model.named_parameters())
    b = batch([5, 5])
    x = torch.nn.functional.one_hot(b.inputs, 11).double()
    h, expected = torch.zeros(2, 6, dtype=torch.float64), []
    for t in range(5):
        e = torch.tanh(x[:, t] @ p["entering.linear.weight"].T + p["entering.linear.bias"])
        through = torch.tanh(
            h @ p["recurrent.kernel.weight_deep_l0"].T + p["recurrent.kernel.bias_deep_l0"]
        )
        old = through + h if skips else through
        h = torch.tanh(
            e @ p["recurrent.kernel.weight_ih_l0"].T
            + p["recurrent.kernel.bias_ih_l0"]
            + old @ p["recurrent.kernel.weight_hh_l0"].T
            + p["recurrent.kernel.bias_hh_l0"]
        )
        r = torch.tanh(h @ p["leaving.linear.weight"].T + p["leaving.linear.bias"])
        expected.append(r @ p["readout.weight"].T + p["readout.bias"])
    assert largest_difference(model(b).logits, torch.stack(expected, 1)) < 1e-12


def test_its_equations_say_what_comes_back() -> None:
    equations = {e.result: e.symbols for e in network("deep").structure.parts[0].cell.equations}
    assert "{U:f} {p}" in equations["f"]
    skips = network("deep", skips=True).structure.parts[0].cell.equations
    assert "{U:f} ({p} + {h-})" in {e.result: e.symbols for e in skips}["f"]


def test_only_skips_lead_past_the_perceptron() -> None:
    for skips in (False, True):
        graph = network("deep", cell="simple_rnn", layers=1, skips=skips).graph(Plan.full(3))
        direct = [e for e in graph.edges if e.span == 1 and e.target.startswith("recurrent/0/h")]
        assert len(direct) == (2 if skips else 0)


def test_overfits_four_sequences() -> None:
    torch.manual_seed(0)
    model = network("deep", torch.float32, init_range=0.0, hidden_size=24, layers=1)
    b = batch([8, 8, 8, 8])
    optimizer = torch.optim.Adam(model.parameters(), 0.02)
    for _ in range(150):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(b).logits.flatten(0, 1), b.targets.flatten())
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    assert float(loss.detach()) < 0.1
