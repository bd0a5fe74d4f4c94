"""What a look finds in whole networks: checked against autograd and against the networks' own
outputs.
"""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_sequence

from rnnviz.contracts import discovery
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.view import Scene, View
from rnnviz.views.attention import Attention
from tests.recording.looking import look
from tests.recording.networks import (
    SYMBOLS,
    Attending,
    AttendingTwice,
    Classifier,
    Stepping,
    Tagger,
    Translator,
    Unpacking,
)

NAMES = tuple("abcdefghijk")


def ids(*shape: int) -> Tensor:
    return torch.randint(0, SYMBOLS, shape)


def values(snapshot: Snapshot, name: str) -> np.ndarray:
    array = snapshot.get(name)
    assert array is not None, sorted(snapshot.arrays)
    return np.asarray(array.values)


@pytest.mark.parametrize("kind", [nn.RNN, nn.LSTM, nn.GRU])
def test_tokens_states_and_predictions(kind: type[Any]) -> None:
    net = Tagger(kind)
    x, y = ids(3, 7), ids(3, 7)
    seen = look(net, x, targets=y, names=NAMES, item=1)
    assert [part.name for part in seen.structure.parts] == ["rnn.forward", "rnn.backward"]
    assert seen.tokens.input == tuple(NAMES[i] for i in x[1])
    assert seen.tokens.target == tuple(NAMES[i] for i in y[1])
    logits = net.eval()(x)[1]
    assert seen.tokens.output == tuple(NAMES[i] for i in logits.argmax(-1))
    nats = F.cross_entropy(logits, y[1], reduction="none")
    np.testing.assert_allclose(values(seen, "loss"), nats.detach(), atol=1e-5)
    np.testing.assert_allclose(seen.loss, float(nats.mean().detach()), atol=1e-5)
    chances = logits.softmax(-1)
    np.testing.assert_allclose(
        values(seen, "next/probability")[:, 0], chances.amax(-1).detach(), atol=1e-5
    )
    output = net.rnn(net.embedding(x))[0][1].detach()
    top = [values(seen, f"rnn.{way}/1/h") for way in ("forward", "backward")]
    np.testing.assert_allclose(np.concatenate(top, 1), output, atol=1e-5)
    assert seen.tapped_difference < 1e-5


def test_gradients_through_time_are_those_of_autograd() -> None:
    """Of a network unrolled by hand: one LSTM cell per step, every state kept."""
    net = Tagger(nn.LSTM, num_layers=1, bidirectional=False).double()
    x, y = ids(2, 6), ids(2, 6)
    seen = look(net, x, targets=y)
    cell = nn.LSTMCell(5, 6).double()
    for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
        getattr(cell, name).data = getattr(net.rnn, f"{name}_l0").data
    h = c = torch.zeros(2, 6, dtype=torch.float64)
    hs, cs = [], []
    for embedded in net.embedding(x).unbind(1):
        h, c = cell(embedded, (h, c))
        h, c = h.clone(), c.clone()
        hs.append(h)
        cs.append(c)
    loss = F.cross_entropy(net.out(torch.stack(hs, 1))[0], y[0], reduction="sum")
    for name, states in (("h", hs), ("c", cs)):
        slopes = torch.autograd.grad(loss, states, retain_graph=True, allow_unused=True)
        found = values(seen, f"gradient/rnn/0/{name}")
        for t, slope in enumerate(slopes):
            # c_t of the cell is used by itself only through the next step and its own h.
            if slope is not None and name == "h":
                np.testing.assert_allclose(found[t], slope[0], atol=1e-6)
    weights = torch.autograd.grad(loss, net.out.weight)[0]
    np.testing.assert_allclose(values(seen, "parameter_gradient/out.weight"), weights, atol=1e-5)


@pytest.mark.parametrize("quantity", ["h", "c"])
@pytest.mark.parametrize("options", [{}, {"proj_size": 3}, {"bidirectional": False}])
def test_gradients_equal_finite_differences(quantity: str, options: dict[str, Any]) -> None:
    """Moving one unit of one state a little, and letting everything after it follow."""
    net = Tagger(nn.LSTM, **options).double()
    x, y = ids(1, 5), ids(1, 5)
    seen = look(net, x, targets=y)
    for part in seen.structure.parts:
        for layer in range(part.layers):
            found = values(seen, f"gradient/{part.name}/{layer}/{quantity}")
            for t, unit in ((0, 0), (3, 2), (4, 1)):
                place = part.name, layer, quantity, t, unit
                slope = (moved(net, x, y, place, 1e-5) - moved(net, x, y, place, -1e-5)) / 2e-5
                assert found[t, unit] == pytest.approx(slope, abs=1e-6)


def moved(
    net: nn.Module, x: Tensor, y: Tensor, place: tuple[str, int, str, int, int], by: float
) -> float:
    """The summed loss with one number moved as it passes."""
    from rnnviz.recording.copying import private_copy
    from rnnviz.recording.ledger import Ledger
    from rnnviz.recording.stations import stations
    from rnnviz.recording.unrolling import unroll

    class Moving(Ledger):
        def at(self, part: str, layer: int, time: int, row: int) -> Any:
            def name(quantity: str, value: Tensor) -> Tensor:
                if (part, layer, quantity, time) == place[:4]:
                    value = value.clone()
                    value[row, place[4]] += by
                return value

            return name

    twin = private_copy(net)
    unroll(twin, stations(twin), Moving())
    with torch.no_grad():
        return float(F.cross_entropy(twin(x)[0], y[0], reduction="sum"))


def test_a_class_from_packed_rows() -> None:
    net = Classifier()
    x, lengths = ids(3, 8), torch.tensor([4, 6, 2])
    truth = torch.tensor([0, 2, 1])
    seen = look(net, (x, lengths), targets=truth, item=0, names=NAMES, classes=("p", "q", "r"))
    assert seen.tokens.input == tuple(NAMES[i] for i in x[0, :4])
    logits = net.eval()(x, lengths)[0]
    assert seen.tokens.output[:-1] == ("", "", "")
    assert seen.tokens.output[-1] == "pqr"[int(logits.argmax())]
    assert seen.tokens.target[-1] == "p"
    assert seen.loss == pytest.approx(
        float(F.cross_entropy(logits[None], torch.tensor([0])).detach()), abs=1e-5
    )
    assert values(seen, "gradient/rnn/0/h").shape == (4, 6)


def test_numbers_and_a_cell_in_a_loop() -> None:
    net = Stepping()
    x, y = torch.randn(4, 9, 2), torch.randn(4, 9, 1)
    seen = look(net, x, targets=y, item=2)
    assert seen.tokens.input == tuple(f"t{t}" for t in range(9))
    errors = ((net(x) - y) ** 2)[2, :, 0].detach()
    np.testing.assert_allclose(values(seen, "loss"), errors, atol=1e-5)
    np.testing.assert_allclose(
        values(seen, "value/output")[:, 0], net(x)[2, :, 0].detach(), atol=1e-5
    )
    assert values(seen, "cell/0/f").shape == (9, 6)


def test_translation_has_two_axes_and_attention() -> None:
    net = Translator()
    x, y = ids(2, 6), ids(2, 4)
    seen = look(net, (x, y), targets=y, names=NAMES)
    axes = {part.name: part.axis for part in seen.structure.parts}
    assert axes == {"encoder": "source_time", "decoder": "time"}
    assert seen.tokens.source == tuple(NAMES[i] for i in x[0])
    assert seen.tokens.input == tuple(NAMES[i] for i in y[0])
    attention = values(seen, "attention")
    assert attention.shape == (4, 6)
    np.testing.assert_allclose(attention.sum(1), 1, atol=1e-5)
    assert seen.structure.has_attention
    # The decoder begins with the encoder's last state, and says so.
    begun = values(seen, "decoder/0/h-")
    np.testing.assert_allclose(begun[0], values(seen, "encoder/0/h")[-1], atol=1e-6)


def test_translation_of_equal_lengths_still_has_two_axes() -> None:
    seen = look(Translator(), (ids(2, 5), ids(2, 5)), names=NAMES)
    axes = {part.name: part.axis for part in seen.structure.parts}
    assert axes == {"encoder": "source_time", "decoder": "time"}


def test_attention_of_many_heads_without_being_asked_for() -> None:
    net = Attending()
    x = ids(2, 5)
    seen = look(net, x, targets=x)
    hidden, _ = net.rnn(net.embedding(x))
    _, weights = net.mixing(hidden, hidden, hidden)
    np.testing.assert_allclose(values(seen, "attention"), weights[0].detach(), atol=1e-5)


def test_each_of_several_that_attend_is_recorded_and_drawn() -> None:
    net = AttendingTwice()
    x = ids(2, 5)
    seen = look(net, x, targets=x)
    hidden, _ = net.rnn(net.embedding(x))
    mixed, first = net.mixing(hidden, hidden, hidden)
    _, second = net.again(mixed, mixed[:, :3], mixed[:, :3])
    for name, weights in (("", second), ("/again", second), ("/mixing", first)):
        np.testing.assert_allclose(
            values(seen, f"attention{name}"), weights[0].detach(), atol=1e-5, rtol=0
        )
    picture = Attention().draw(Scene(snapshot=seen))
    titles = [panel.title for row in picture.rows for panel in row if panel.colour_bar]
    assert titles == ["again", "mixing"]


def test_a_dictionary_with_logits_and_a_kept_state() -> None:
    net = Unpacking()
    x, lengths = torch.randn(2, 5, 3), torch.tensor([3, 5])
    net(x, lengths)  # now it holds tensors with a history, which cannot be copied as they are
    for probe in ({"x": x, "lengths": lengths}, (x, lengths), lambda net: net(x, lengths)):
        seen = look(net, probe, targets=torch.zeros(2, 5, dtype=torch.long), item=0)
        assert values(seen, "rnn/1/h").shape == (3, 4)
        assert values(seen, "next/probability").shape == (3, 2)


def test_a_packed_probe() -> None:
    net = nn.LSTM(3, 4)
    rows = [torch.randn(3, 3), torch.randn(5, 3)]
    seen = look(net, pack_sequence(rows, enforce_sorted=False), item=1)
    np.testing.assert_allclose(values(seen, "recurrent/0/h"), net(rows[1])[0].detach(), atol=1e-5)


def test_own_loss() -> None:
    net = Tagger(nn.GRU)
    x = ids(2, 5)
    seen = look(net, x, loss=lambda output, probe: output[:, -1].pow(2).sum())
    assert seen.loss == pytest.approx(float(net(x)[:, -1].pow(2).sum().detach()), rel=1e-5)
    assert np.abs(values(seen, "gradient/rnn.forward/0/h")).max() > 0


def test_without_a_loss_the_view_says_what_to_give() -> None:
    seen = look(Tagger(), ids(1, 5), names=NAMES)
    view = discovery.find("views", "gradients", View)()
    assert "targets=" in view.missing(Scene(snapshot=seen))


def test_one_hot_probes_have_tokens() -> None:
    net = nn.GRU(SYMBOLS, 4, batch_first=True)
    x = ids(1, 6)
    seen = look(net, F.one_hot(x, SYMBOLS).float(), names=NAMES)
    assert seen.tokens.input == tuple(NAMES[i] for i in x[0])


def test_nothing_is_changed() -> None:
    """Weights, gradients, modes, hooks, buffers, classes and every random generator."""
    net = Tagger(nn.LSTM, dropout=0.3)
    net.train()
    net.embedding.eval()
    x = ids(2, 5)
    net(x).sum().backward()
    before = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    gradients = {name: p.grad.clone() for name, p in net.named_parameters() if p.grad is not None}
    kinds = [type(module) for module in net.modules()]
    states = torch.get_rng_state(), np.random.get_state()[1].copy(), random.getstate()  # type: ignore[index]
    with torch.no_grad():
        look(net, x, targets=x)
    assert torch.equal(states[0], torch.get_rng_state())
    assert (states[1] == np.random.get_state()[1]).all()  # type: ignore[index]
    assert states[2] == random.getstate()
    assert all(torch.equal(before[name], tensor) for name, tensor in net.state_dict().items())
    for name, parameter in net.named_parameters():
        assert parameter.grad is not None
        assert torch.equal(gradients[name], parameter.grad)
    assert [type(module) for module in net.modules()] == kinds
    assert (net.training, net.embedding.training, net.rnn.training) == (True, False, True)
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in net.modules())
    assert torch.backends.mha.get_fastpath_enabled()


def test_what_cannot_be_copied_is_shared() -> None:
    class Holding(Tagger):
        def __init__(self) -> None:
            super().__init__()
            self.words = (word for word in ("no", "copy"))

    seen = look(Holding(), ids(1, 4), targets=ids(1, 4))
    assert seen.tapped_difference < 1e-5


def test_weights_that_are_computed_from_others() -> None:
    net = Tagger(nn.GRU, bidirectional=False, num_layers=1)
    nn.utils.parametrizations.weight_norm(net.rnn, "weight_hh_l0")
    x = ids(1, 5)
    seen = look(net, x, targets=x)
    assert seen.tapped_difference < 1e-5
    roles = {info.name: info.role for info in seen.structure.parameters}
    assert roles["rnn.parametrizations.weight_hh_l0.original1"] == "hidden_hidden"


class OptimizedModule(nn.Module):
    """What `torch.compile` returns is called so and holds the network so; importing that takes
    seconds.
    """

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self._orig_mod = net


def test_compiled_and_wrapped_networks() -> None:
    net = Tagger()
    x = ids(1, 4)
    for wrapped in (
        nn.DataParallel(net),
        OptimizedModule(net),
        OptimizedModule(nn.DataParallel(net)),
    ):
        seen = look(wrapped, x)
        assert [part.name for part in seen.structure.parts] == ["rnn.forward", "rnn.backward"]


@pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")
def test_every_view_draws_what_it_can() -> None:
    probes: list[tuple[nn.Module, Any, dict[str, Any]]] = [
        (Tagger(), ids(2, 6), {"targets": ids(2, 6), "names": NAMES}),
        (Translator(), (ids(1, 5), ids(1, 4)), {"targets": ids(1, 4), "names": NAMES}),
        (Stepping(), torch.randn(1, 7, 2), {"targets": torch.randn(1, 7, 1)}),
        (Classifier(), (ids(2, 6), torch.tensor([6, 3])), {"targets": torch.tensor([1, 0])}),
        (Attending(), ids(1, 6), {}),
        (nn.LSTM(3, 5, proj_size=2), torch.randn(6, 1, 3), {}),
    ]
    for net, probe, wishes in probes:
        seen = look(net, probe, **wishes)
        drawn = set()
        for name, kind in discovery.every("views", View).items():
            view, scene = kind(), Scene(snapshot=seen, structure=seen.structure)
            if not view.missing(scene):
                assert view.picture(scene).rows
                drawn.add(name)
        assert {"states", "graph", "score", "inspector", "cell", "parameters"} <= drawn
