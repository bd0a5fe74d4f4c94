"""The drawn graph of a network nobody described: its arrows are what autograd says."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from rnnviz.contracts.graph import Graph
from tests.recording.looking import look
from tests.recording.networks import Classifier, Stepping, Tagger, Translator


def arrows(graph: Graph, start: str, end: str) -> set[tuple[int, int]]:
    """Times of the arrows between nodes whose ids begin like this."""
    nodes = {node.id: node for node in graph.nodes}
    return {
        (nodes[edge.source].time, nodes[edge.target].time)
        for edge in graph.edges
        if edge.source.startswith(start) and edge.target.startswith(end)
    }


def straight(count: int) -> set[tuple[int, int]]:
    return {(t, t) for t in range(count)}


def onward(count: int) -> set[tuple[int, int]]:
    return {(t, t + 1) for t in range(count - 1)}


def backward(count: int) -> set[tuple[int, int]]:
    return {(t + 1, t) for t in range(count - 1)}


def test_both_directions_of_two_layers() -> None:
    graph = look(Tagger(), torch.randint(0, 11, (2, 5))).graph
    for layer in (0, 1):
        assert arrows(graph, f"rnn.forward/{layer}", f"rnn.forward/{layer}") == onward(5)
        assert arrows(graph, f"rnn.backward/{layer}", f"rnn.backward/{layer}") == backward(5)
    for below in ("forward", "backward"):
        for above in ("forward", "backward"):
            assert arrows(graph, f"rnn.{below}/0", f"rnn.{above}/1") == straight(5)
        assert arrows(graph, "input", f"rnn.{below}/0") == straight(5)
        assert arrows(graph, f"rnn.{below}/1", "output") == straight(5)
        assert arrows(graph, f"rnn.{below}/0", "output") == set()


def test_an_answer_from_the_last_state() -> None:
    net = Classifier()
    graph = look(net, (torch.randint(0, 11, (2, 6)), torch.tensor([4, 6]))).graph
    assert arrows(graph, "rnn/0", "rnn/0") == onward(4)
    assert arrows(graph, "rnn/0", "output") == {(3, 3)}


def test_attention_sees_every_source_word() -> None:
    graph = look(Translator(), (torch.randint(0, 11, (1, 4)), torch.randint(0, 11, (1, 3)))).graph
    assert arrows(graph, "encoder/0", "decoder/0") == {(s, t) for s in range(4) for t in range(3)}
    assert arrows(graph, "decoder/0", "decoder/0") == onward(3)
    assert arrows(graph, "source", "encoder/0") == straight(4)
    assert arrows(graph, "input", "decoder/0") == straight(3)
    assert {edge.weights for edge in graph.edges if edge.source.startswith("encoder/0/h")} == {
        "", "attention",
    }  # fmt: skip


def test_a_decoder_that_sees_only_the_end_of_the_encoder() -> None:
    class Plain(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = nn.LSTM(3, 4, batch_first=True)
            self.decoder = nn.LSTM(2, 4, batch_first=True)

        def forward(self, source: Tensor, target: Tensor) -> Any:
            _, state = self.encoder(source)
            return self.decoder(target, state)[0]

    seen = look(Plain(), (torch.randn(1, 5, 3), torch.randn(1, 5, 2)))
    assert {p.name: p.axis for p in seen.structure.parts} == {
        "encoder": "source_time", "decoder": "time",
    }  # fmt: skip
    assert arrows(seen.graph, "encoder/0", "decoder/0") == {(4, 0)}


def test_cells_one_above_another_with_a_skipping_connection() -> None:
    class Stacked(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.low, self.high = nn.GRUCell(2, 3), nn.GRUCell(3, 3)
            self.out = nn.Linear(6, 2)

        def forward(self, x: Tensor) -> Tensor:
            low = high = x.new_zeros(len(x), 3)
            answers, before = [], x.new_zeros(len(x), 3)
            for now in x.unbind(1):
                low, before = self.low(now, low), low
                high = self.high(low + before, high)
                answers.append(self.out(torch.cat((low, high), 1)))
            return torch.stack(answers, 1)

    graph = look(Stacked(), torch.randn(2, 4, 2)).graph
    assert arrows(graph, "low/0", "low/0") == onward(4)
    assert arrows(graph, "low/0", "high/0") == straight(4) | onward(4)
    assert arrows(graph, "low/0", "output") == straight(4)
    assert arrows(graph, "high/0", "output") == straight(4)


def test_long_probes_are_drawn_by_their_pattern() -> None:
    """Beyond some steps only one is asked, and the others are alike."""
    graph = look(Stepping(), torch.randn(1, 60, 2)).graph
    assert arrows(graph, "cell/0", "cell/0") == onward(60)
    graph = look(Tagger(nn.GRU, num_layers=1), torch.randint(0, 11, (1, 60))).graph
    assert arrows(graph, "rnn.backward/0", "output") == straight(60)
