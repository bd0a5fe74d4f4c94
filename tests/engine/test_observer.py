"""Snapshots: complete, exact, and without a trace in what is trained."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from rnnviz.contracts import discovery
from rnnviz.contracts.model import Model, Plan
from rnnviz.contracts.snapshot import NEEDS, Snapshot, Tokens
from rnnviz.contracts.task import Probe, Task
from rnnviz.engine.observer import Observer
from rnnviz.engine.session import Session
from tests.networks import CONFIGURATIONS, SIZES, Nudge, every_cell, example, network

ALL = frozenset(NEEDS)
APART = ("term", "share", "sum", "truncated")


class Letters:
    """As much of a task as an observer asks for."""

    vocabulary = tuple("abcdefghijk")
    losses = Task.losses
    read = Task.read
    threshold = float("nan")


def probe(kind: str = "recurrent", time: int = 5, source_time: int = 4) -> Probe:
    b = example(kind, [time], [source_time])
    spelt = [tuple(Letters.vocabulary[k] for k in row[0]) for row in (b.inputs, b.targets)]
    return Probe("", b, Tokens(spelt[0], spelt[1], ()))


def observer(model: Model) -> Observer:
    return Observer(model, Letters())  # type: ignore[arg-type]


def look(model: Model, at: Probe, needs: frozenset[str] = ALL) -> Snapshot:
    return observer(model).look(at, needs, 7, 3)


def test_a_snapshot_says_what_it_shows() -> None:
    model, at = network("recurrent", torch.float32), probe()
    found = look(model, at)
    assert (found.step, found.generation, found.vocabulary) == (7, 3, Letters.vocabulary)
    assert found.structure == model.structure
    assert found.graph == model.graph(Plan.full(5))
    assert found.tokens.input == at.tokens.input
    logits = model.eval()(at.batch).logits[0]
    assert found.tokens.output == tuple(Letters.vocabulary[k] for k in logits.argmax(-1))
    assert 0 <= found.tapped_difference < 1e-5
    assert found.seconds > 0
    assert found.finished_at > 0


@every_cell
def test_all_needs_give_all_arrays(config: Any) -> None:
    model = network("recurrent", torch.float32, cell=config.cell, nonlinearity=config.nonlinearity)
    found = look(model, probe())
    (part,) = model.structure.parts
    names = [q.name for q in part.cell.quantities] + ["a_x", "a_h"]
    expected = {f"recurrent/{layer}/{name}" for layer in (0, 1) for name in names}
    expected |= {f"gradient/recurrent/{k}/{s}" for k in (0, 1) for s in part.cell.states}
    expected |= {"loss", "target/probability", "next/probability", "next/token", "probability"}
    for layer in (0, 1):
        apart = [f"{kind}/recurrent/{layer}/W_hh" for kind in APART]
        apart += [f"jacobian/recurrent/{layer}/{s}" for s in part.cell.states]
        expected |= {f"backpropagation/{name}" for name in apart}
    for name, _ in model.named_parameters():
        expected |= {f"parameter/{name}", f"parameter_gradient/{name}"}
    assert set(found.arrays) == expected
    assert all(array.name == name for name, array in found.arrays.items())


@pytest.mark.parametrize("attention", ["additive", "none"])
def test_the_two_axes_of_a_translation(attention: str) -> None:
    model = network("encoder_decoder", torch.float32, attention=attention, layers=1)
    found = look(model, probe("encoder_decoder"))
    arrays = found.arrays
    assert arrays["encoder.backward/0/h"].dims == ("source_time", "unit")
    assert arrays["encoder.backward/0/h"].values.shape == (4, 6)
    assert arrays["gradient/encoder.forward/0/h"].dims == ("source_time", "unit")
    assert arrays["decoder/0/h"].values.shape == (5, 6)
    if attention == "additive":
        assert arrays["attention"].dims == ("time", "source_time")
        assert np.allclose(arrays["attention"].values.sum(1), 1, atol=1e-6)
    assert arrays["context"].values.shape == (5 if attention == "additive" else 1, 12)
    assert found.graph == model.graph(Plan.full(5, 4))


def test_only_what_is_needed_is_there() -> None:
    model, at = network("recurrent", torch.float32), probe()
    always = {"loss", "target/probability"}
    assert set(look(model, at, frozenset()).arrays) == always
    layers = (0, 1)
    shown = {
        "states": {f"recurrent/{k}/{q}" for k in layers for q in "hc"},
        "gates": {f"recurrent/{k}/{q}" for k in layers for q in "ifgo"},
        "preactivations": {f"recurrent/{k}/{q}" for k in layers for q in ("a_x", "a_h")},
        "gradients": {f"gradient/recurrent/{k}/{q}" for k in layers for q in "hc"},
        "next": {"next/probability", "next/token", "probability"},
        "attention": set(),
    }
    for need, names in shown.items():
        assert set(look(model, at, frozenset({need})).arrays) == always | names


def test_what_is_taken_apart_adds_up() -> None:
    found = look(network("recurrent", torch.float32), probe(), frozenset({"backpropagation"}))
    arrays = found.arrays
    for layer in (0, 1):
        share, (length, apart), left = (
            arrays[f"backpropagation/{kind}/recurrent/{layer}/W_hh"].values
            for kind in ("share", "sum", "truncated")
        )
        assert share.sum() == pytest.approx(1, abs=1e-5)
        assert apart < 1e-5 * length
        assert list(left[:, 0]) == [1, 2, 3, 4, 5]
        jacobian = arrays[f"backpropagation/jacobian/recurrent/{layer}/h"].values
        assert np.isfinite(jacobian[4, :4]).all()
        assert np.isnan(jacobian[np.triu_indices(5)]).all()
    assert found.absent == {}
    long = look(
        network("recurrent", torch.float32), probe(time=200), frozenset({"backpropagation"})
    )
    assert "at most 128" in long.absent["backpropagation"]


def test_analyses_run_where_their_needs_are_met() -> None:
    model, at = network("recurrent", torch.float32), probe()
    ran = {name.split("/")[0] for name in look(model, at).results}
    leaky = look(network("recurrent", torch.float32, cell="leaky"), at)
    assert ran | {name.split("/")[0] for name in leaky.results} == set(discovery.names("analysis"))
    some = look(model, at, frozenset({"gates"})).results
    assert {name.split("/")[0] for name in some} == {"saturation"}
    assert look(model, at, frozenset()).results == {}


def test_predictions() -> None:
    model, at = network("recurrent"), probe()
    found = look(model, at)
    logits = model(at.batch).logits[0].detach()
    probabilities = logits.softmax(-1)
    losses = cross_entropy(logits, at.batch.targets[0], reduction="none")
    assert np.allclose(found.arrays["loss"].values, losses, atol=1e-6)
    assert found.loss == pytest.approx(float(losses.mean()))
    targets = probabilities.gather(1, at.batch.targets[0][:, None])[:, 0]
    assert np.allclose(found.arrays["target/probability"].values, targets, atol=1e-6)
    best, tokens = (found.arrays[f"next/{kind}"].values for kind in ("probability", "token"))
    assert best.shape == (5, 10)
    assert (np.diff(best, axis=1) <= 0).all()
    assert np.allclose(np.take_along_axis(probabilities.numpy(), tokens, 1), best, atol=1e-6)


@every_cell
@pytest.mark.parametrize("kind", discovery.names("models"))
def test_shown_gradients_are_total_derivatives(config: Any, kind: str) -> None:
    """Of the summed loss by every unit: against autograd by a zero added to the state."""
    model = network(kind, cell=config.cell, nonlinearity=config.nonlinearity)
    at = probe(kind)
    arrays = look(model, at, frozenset({"gradients"})).arrays
    for part in model.structure.parts:
        for state in part.cell.states:
            zero = torch.zeros(1, 6, dtype=torch.float64, requires_grad=True)
            layer = part.layers - 1
            nudge = Nudge(part.name, layer, 2, state, zero)
            logits = model.tapped(at.batch, nudge).logits[0]
            loss = cross_entropy(logits, at.batch.targets[0], reduction="sum")
            (expected,) = torch.autograd.grad(loss, zero)
            shown = arrays[f"gradient/{part.name}/{layer}/{state}"].values[2]
            assert np.allclose(shown, expected[0], rtol=1e-6, atol=1e-12)


def test_parameter_gradients_are_those_of_the_fused_path() -> None:
    model, at = network("recurrent"), probe()
    found = look(model, at, frozenset({"parameters"})).arrays
    loss = cross_entropy(model(at.batch).logits[0], at.batch.targets[0], reduction="sum")
    loss.backward()
    for name, parameter in model.named_parameters():
        assert np.allclose(found[f"parameter/{name}"].values, parameter.detach(), rtol=1e-6)
        assert parameter.grad is not None
        shown = found[f"parameter_gradient/{name}"].values
        assert np.allclose(shown, parameter.grad, rtol=1e-5, atol=1e-9)


def test_looking_leaves_no_trace() -> None:
    model, at = network("recurrent", torch.float32, dropout=0.5).train(), probe()
    model(at.batch).logits.sum().backward()
    before = copy.deepcopy(dict(model.named_parameters()))
    gradients = {name: p.grad for name, p in model.named_parameters()}
    kept = {name: g.clone() for name, g in gradients.items() if g is not None}
    random_state = torch.get_rng_state()
    watching = observer(model)
    watching.look(at, ALL, 0)
    assert torch.equal(torch.get_rng_state(), random_state)
    assert model.training
    for name, parameter in model.named_parameters():
        assert torch.equal(parameter, before[name])
        assert parameter.grad is gradients[name]
        assert torch.equal(parameter.grad, kept[name])
    assert all(p.grad is None for p in watching.model.parameters())


def test_refresh_brings_the_newest_parameters() -> None:
    model, at = network("recurrent", torch.float32), probe()
    watching = observer(model)
    old = watching.look(at, ALL, 0).loss
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1)
    assert watching.look(at, ALL, 1).loss == old
    watching.refresh(model)
    assert watching.look(at, ALL, 1).loss == pytest.approx(look(model, at).loss)
    assert watching.look(at, ALL, 1).loss != old


def test_a_look_in_another_thread_while_training_goes_on() -> None:
    model, at = network("recurrent", torch.float32), probe()
    watching, found = observer(model), []
    expected = watching.look(at, ALL, 0).loss
    thread = threading.Thread(
        target=lambda: found.extend(watching.look(at, ALL, 0) for _ in range(5))
    )
    thread.start()
    while thread.is_alive():
        loss = model(at.batch).logits.logsumexp(-1).sum()
        loss.backward()
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.sub_(0.01 * parameter.grad)
    assert [snapshot.loss for snapshot in found] == [expected] * 5


def test_probes_of_other_lengths_get_their_own_graph() -> None:
    model = network("recurrent", torch.float32)
    watching = observer(model)
    for time in (3, 6, 3):
        graph = watching.look(probe(time=time), frozenset(), 0).graph
        assert max(node.time for node in graph.nodes) == time - 1


def test_a_probe_of_one_token_has_everything() -> None:
    for config in CONFIGURATIONS:
        model = network("recurrent", torch.float32, cell=config.cell)
        found = look(model, probe(time=1))
        assert all(np.isfinite(array.values).all() for array in found.arrays.values())
        assert SIZES.outputs == len(found.vocabulary)


def test_on_a_real_task(session: Callable[..., Session]) -> None:
    run = session()
    at = run.task.probe("the cat")
    found = Observer(run.model, run.task, "named").look(at, ALL, 0)
    assert found.run == "named"
    assert len(found.tokens.output) == len(found.tokens.input) == found.arrays["loss"].size("time")
