"""Backpropagation taken apart, in float64 against autograd and against the formula by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, one_hot

from rnnviz.contracts import discovery
from rnnviz.contracts.config import ModelConfig
from rnnviz.contracts.model import Batch, Model
from rnnviz.engine.backpropagation import Terms, deltas, jacobians, norms, same_chunk
from rnnviz.engine.taken_apart import chunk_lengths, obstacle, spans, terms_of
from rnnviz.recurrence.layers import RecurrentLayers
from rnnviz.recurrence.tap import Recorder
from tests.networks import every_cell, example, layers, network

EXACT = 1e-10


def stacks(model: Model) -> list[RecurrentLayers]:
    return [module for module in model.modules() if isinstance(module, RecurrentLayers)]


RECURRENT = [kind for kind in discovery.names("models") if stacks(network(kind))]


def losses_of(logits: Tensor, batch: Batch) -> Tensor:
    return cross_entropy(logits[0], batch.targets[0], reduction="none")


def equal(ours: Tensor, theirs: Tensor) -> bool:
    return bool((ours - theirs).abs().max() < EXACT * max(1.0, float(theirs.abs().max())))


@every_cell
@pytest.mark.parametrize("kind", RECURRENT)
def test_the_terms_add_up_to_the_gradient_of_the_path_that_trains(config: Any, kind: str) -> None:
    model = network(
        kind, cell=config.cell, nonlinearity=config.nonlinearity, skip=2,
        short_connections=config.short_connections,
    ).eval()  # fmt: skip
    batch, seen = example(kind, [5], [4]), Recorder()
    losses = losses_of(model.tapped(batch, seen).logits, batch)
    trained = losses_of(model(batch).logits, batch).sum()
    for stack in stacks(model):
        for layer in range(stack.layers):
            terms = terms_of(stack, layer, seen, losses)
            (whole,) = torch.autograd.grad(trained, stack.weights(layer)[1], retain_graph=True)
            assert equal(terms.total(), whole)
            expected = 1.0 if whole.any() else 0.0
            assert float(terms.shares().sum()) == pytest.approx(expected, abs=EXACT)


def by_hand(steps: int = 7, size: int = 4) -> tuple[nn.RNN, nn.Linear, Tensor, Tensor]:
    torch.manual_seed(3)
    net = nn.RNN(5, size, batch_first=True).double()
    read = nn.Linear(size, 5).double()
    ids = torch.randint(5, (steps + 1,))
    return net, read, one_hot(ids[:-1], 5).double(), ids[1:]


def run(net: nn.RNN, x: Tensor, matrices: list[Tensor]) -> list[Tensor]:
    """Every state, h_0 first, with a matrix W of its own for each step."""
    h = [torch.zeros(1, net.hidden_size, dtype=x.dtype)]
    for x_t, w in zip(x, matrices, strict=True):
        a = x_t[None] @ net.weight_ih_l0.T + net.bias_ih_l0 + h[-1] @ w.T + net.bias_hh_l0
        h.append(torch.tanh(a))
    return h


def taken(net: nn.RNN, read: nn.Linear, x: Tensor, y: Tensor) -> tuple[Terms, list[Tensor]]:
    sums, h = [], [torch.zeros(1, net.hidden_size, dtype=x.dtype)]
    for x_t in x:
        sums.append(h[-1] @ net.weight_hh_l0.T + net.bias_hh_l0)
        h.append(torch.tanh(x_t[None] @ net.weight_ih_l0.T + net.bias_ih_l0 + sums[-1]))
    losses = cross_entropy(read(torch.cat(h[1:])), y, reduction="none")
    return Terms(deltas(losses, sums), torch.cat(h[:-1]).detach()), h


def test_each_term_is_the_derivative_by_the_matrix_of_one_step() -> None:
    """With a copy of W for each step autograd tells the terms apart by itself."""
    net, read, x, y = by_hand()
    copies = [net.weight_hh_l0.detach().clone().requires_grad_() for _ in x]
    h = run(net, x, copies)
    losses = cross_entropy(read(torch.cat(h[1:])), y, reduction="none")
    terms, _ = taken(net, read, x, y)
    lengths, shares, total = terms.norms(), terms.shares(), terms.total()
    for t, loss in enumerate(losses):
        each = torch.autograd.grad(loss, copies, retain_graph=True, materialize_grads=True,
                                   allow_unused=True)  # fmt: skip
        for k, expected in enumerate(each):
            assert equal(torch.outer(terms.deltas[t, k], terms.read[k]), expected)
            assert float(lengths[t, k]) == pytest.approx(float(expected.norm()), abs=EXACT)
            along = float((expected * total).sum() / total.square().sum())
            assert float(shares[t, k]) == pytest.approx(along, abs=EXACT)


def test_each_term_is_the_product_of_the_textbook() -> None:
    """∂L_t/∂h_t · Π_j diag(1 − h_j²) W · ∂h_k/∂W (Pascanu et al. 2013)."""
    net, read, x, y = by_hand()
    terms, states = taken(net, read, x, y)
    h = torch.cat(states).detach().numpy()
    w, v = net.weight_hh_l0.detach().numpy(), read.weight.detach().numpy()
    p = read(torch.cat(states[1:])).softmax(-1).detach().numpy()
    for t in range(len(x)):
        row = (p[t] - np.eye(5)[y[t]]) @ v  # ∂L_t/∂h_t
        for k in range(t, -1, -1):
            expected = np.outer(row * (1 - h[k + 1] ** 2), h[k])
            ours = torch.outer(terms.deltas[t, k], terms.read[k]).numpy()
            assert np.abs(ours - expected).max() < EXACT
            row = row @ (np.diag(1 - h[k + 1] ** 2) @ w)  # one Jacobian further back
        assert not terms.norms()[t, t + 1 :].any()


@every_cell
@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 8])
def test_truncation_is_autograd_with_states_that_are_cut_off(config: Any, chunk: int) -> None:
    torch.manual_seed(1)
    stack, steps = layers(config, layers=2), 8
    read, x = nn.Linear(5, 4).double(), torch.randn(1, steps, 3, dtype=torch.float64)
    y, seen = torch.randint(4, (steps,)), Recorder()
    h, _ = stack.tapped(x, seen)
    losses = cross_entropy(read(h[0]), y, reduction="none")
    state, parts = stack.zero_state(1), []
    for k in range(0, steps, chunk):
        piece, state = stack(x[:, k : k + chunk], state)
        state = tuple(s.detach() for s in state)
        parts.append(piece)
    cut = cross_entropy(read(torch.cat(parts, 1)[0]), y, reduction="sum")
    for layer in (0, 1):
        terms = terms_of(stack, layer, seen, losses)
        (expected,) = torch.autograd.grad(
            cut, stack.weights(layer)[1], retain_graph=True, allow_unused=True,
            materialize_grads=True,
        )  # fmt: skip
        assert equal(terms.truncated(chunk), expected)
        left = terms.lengths_left([chunk, steps])
        assert float(left[0]) == pytest.approx(float(expected.norm() / terms.total().norm()))
        assert float(left[1]) == pytest.approx(1)
        kept = float((terms.shares() * same_chunk(steps, chunk)).sum())
        along = (expected * terms.total()).sum() / terms.total().square().sum()
        assert kept == pytest.approx(float(along), abs=EXACT)


@pytest.mark.parametrize("state", [0, 1])
def test_jacobians_of_an_lstm_are_those_of_a_loop_of_cells(state: int) -> None:
    """As functions from one moment to a later one: of h with c held, and of c, which at its own
    moment also makes h = o tanh(c).
    """
    torch.manual_seed(2)
    stack, cell = layers(ModelConfig(cell="lstm")), nn.LSTMCell(3, 5).double()
    cell.load_state_dict({name[:-3]: values for name, values in stack.kernel.state_dict().items()})
    x, seen = torch.randn(1, 7, 3, dtype=torch.float64), Recorder()
    stack.tapped(x, seen)
    states = list(zip(seen.over_time("p", 0, "h"), seen.over_time("p", 0, "c"), strict=True))
    ours = jacobians(states[6][state], [s[state] for s in states[:6]])
    for k, (h, c) in enumerate(states[:6]):

        def later(given: Tensor, k: int = k, h: Tensor = h, c: Tensor = c) -> Tensor:
            shown = (h / c.tanh()).detach() * given.tanh()
            s = (given, c) if state == 0 else (shown, given)
            for x_t in x[0, k + 1 :]:
                s = cell(x_t[None], s)
            return s[state]

        expected = torch.autograd.functional.jacobian(later, (h, c)[state])[0, :, 0]
        assert equal(ours[k], expected)


def test_a_scaled_turn_stretches_by_its_power() -> None:
    """Linear, W = r Q with orthogonal Q: ‖∂h_t/∂h_k‖ = r^(t−k)."""
    torch.manual_seed(0)
    q, _ = torch.linalg.qr(torch.randn(6, 6, dtype=torch.float64))
    h = [torch.randn(1, 6, dtype=torch.float64, requires_grad=True)]
    for _ in range(30):
        h.append(h[-1] @ (0.8 * q).T)
    found = norms(jacobians(h[30], h[:30]))
    assert np.allclose(found.detach(), 0.8 ** np.arange(30, 0, -1), rtol=1e-12)


def test_norms_are_largest_singular_values() -> None:
    matrices = torch.randn(4, 3, 3, dtype=torch.float64)
    matrices[2, 0, 1] = torch.inf
    found = norms(matrices)
    expected = [np.linalg.norm(m, 2) for m in matrices[[0, 1, 3]].numpy()]
    assert np.allclose(found[[0, 1, 3]], expected, rtol=1e-12)
    assert found[2].isnan()


@pytest.mark.parametrize("steps", [1, 2, 31, 32, 33, 34, 50, 128])
def test_chunk_lengths_rise_to_the_whole(steps: int) -> None:
    found = chunk_lengths(steps)
    assert found == sorted(set(found))
    assert (found[0], found[-1]) == (1, steps)
    assert len(found) < 60


def test_jacobians_are_followed_as_far_as_can_be_afforded() -> None:
    assert spans(50, 128**3) == [(0, 16), (0, 33), (0, 49)]
    assert spans(2, 1) == [(0, 1)]
    assert spans(1, 1) == []
    short = spans(50, 4 * 512**3)
    assert [end for _, end in short] == [16, 33, 49]
    assert all(0 < end - start < 16 for start, end in short)
    assert spans(50, 4 * 4096**3) == []


def test_what_cannot_be_taken_apart_is_told() -> None:
    assert obstacle(network("recurrent"), 128) == ""
    assert "at most 128" in obstacle(network("recurrent"), 129)
    assert "no matrix" in obstacle(network("window"), 5)
    assert "no matrix" in obstacle(network("recursive_tree"), 5)
