"""Encoder and decoder: the alignment, the context, and what padding must not do."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import cross_entropy

from rnnviz.contracts.model import Batch, Plan
from rnnviz.recurrence.attention import AdditiveAttention
from rnnviz.recurrence.tap import NO_LAYER, Recorder
from tests.networks import SIZES, batch, largest_difference, network


@given(lengths=st.lists(st.integers(1, 8), min_size=1, max_size=4))
@settings(max_examples=40, deadline=None)
def test_alignment_rows_sum_to_one_and_are_zero_on_padding(lengths: list[int]) -> None:
    attention = AdditiveAttention(4, 6, 5).double()
    values = torch.randn(len(lengths), max(lengths), 6, dtype=torch.float64)
    memory = attention.remember(values, torch.tensor(lengths))
    query = torch.randn(len(lengths), 4, dtype=torch.float64)
    context, weights = attention(query, memory)
    assert (weights.sum(-1) - 1).abs().max() < 1e-12
    for row, length in enumerate(lengths):
        assert not weights[row, length:].any()
        assert weights[row, :length].min() > 0
        expected = weights[row, :length] @ values[row, :length]
        assert (context[row] - expected).abs().max() < 1e-12


def test_alignment_is_bahdanaus_formula() -> None:
    attention = AdditiveAttention(4, 6, 5).double()
    values = torch.randn(1, 3, 6, dtype=torch.float64)
    query = torch.randn(1, 4, dtype=torch.float64)
    u, w, v = attention.key.weight, attention.query.weight, attention.score.weight[0]
    scores = torch.stack(
        [v @ torch.tanh(w @ query[0] + attention.query.bias + u @ h) for h in values[0]]
    )
    _, weights = attention(query, attention.remember(values, None))
    assert largest_difference(weights[0], torch.softmax(scores, 0)) < 1e-12


def test_alignment_is_tapped_and_returned() -> None:
    model, recorder = network("encoder_decoder"), Recorder()
    output = model.tapped(batch([4], [5]), recorder)
    shown = recorder.stacked("decoder", NO_LAYER, "attention")
    assert output.attention is not None
    assert torch.equal(shown, output.attention[0])
    assert shown.shape == (4, 5)
    assert (shown.sum(-1) - 1).abs().max() < 1e-12


def test_ragged_alignment_is_zero_on_padding() -> None:
    attention = network("encoder_decoder")(batch([4, 4], [2, 5])).attention
    assert attention is not None
    assert not attention[0, :, 2:].any()
    assert (attention.sum(-1) - 1).abs().max() < 1e-12


@pytest.mark.parametrize("attention", ["additive", "none"])
def test_tokens_in_the_padding_change_nothing(attention: str) -> None:
    model = network("encoder_decoder", attention=attention)
    b = batch([4, 4], [2, 5])
    assert b.source is not None
    before = model(b).logits
    b.source[0, 2:] = (b.source[0, 2:] + 1) % SIZES.source
    assert torch.equal(model(b).logits, before)


def test_without_attention_the_context_is_the_encoders_end_at_every_step() -> None:
    model, recorder = network("encoder_decoder", attention="none", layers=1), Recorder()
    output = model.tapped(batch([4], [5]), recorder)
    context = recorder.stacked("decoder", NO_LAYER, "context")
    ahead = recorder.stacked("encoder.forward", 0, "h")[-1]
    back = recorder.stacked("encoder.backward", 0, "h")[0]
    assert torch.equal(context, torch.cat((ahead, back))[None])
    assert output.attention is None
    assert not model.structure.has_attention


def test_decoder_starts_from_the_encoders_end() -> None:
    model = network("encoder_decoder", layers=2, cell="lstm")
    begin = model.start(batch([4], [5]))
    h, c = begin.state
    assert h.shape == c.shape == (2, 1, 6)
    assert h.abs().min() > 0
    assert not c.any()


def test_parts_and_their_axes() -> None:
    parts = {part.name: part for part in network("encoder_decoder").structure.parts}
    assert [(p.axis, p.reverse) for p in parts.values()] == [
        ("source_time", False),
        ("source_time", True),
        ("time", False),
    ]
    assert list(parts) == ["encoder.forward", "encoder.backward", "decoder"]


def test_context_edges_are_weighted_by_the_alignment() -> None:
    graph = network("encoder_decoder", layers=1).graph(Plan.full(3, 2))
    weighted = [(e.source, e.target) for e in graph.edges if e.weights == "attention"]
    assert len(weighted) == 3 * 2 * 2
    assert ("encoder.backward/0/h@1", "context@2") in weighted
    assert graph.node("encoder.backward/0/h@1").axis == "source_time"
    backward = [e.span for e in graph.edges if e.target.startswith("encoder.backward/0/h@")]
    assert set(backward) == {0, -1}


def test_it_needs_a_source() -> None:
    with pytest.raises(ValueError, match="source"):
        network("encoder_decoder")(batch([3]))


def test_learns_to_copy() -> None:
    torch.manual_seed(0)
    model = network(
        "encoder_decoder", torch.float32, cell="gru", layers=1, hidden_size=24, init_range=0.0
    )
    optimizer = torch.optim.Adam(model.parameters(), 2e-2)
    for _ in range(120):
        source = torch.randint(1, 9, (32, 4))
        inputs = torch.cat((torch.zeros(32, 1, dtype=torch.long), source[:, :-1]), 1)
        logits = model(Batch(inputs, source, source=source)).logits
        loss = cross_entropy(logits.flatten(0, 1), source.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert (logits.argmax(-1) == source).float().mean() > 0.9
