"""What depends on a graph alone is worked out once for each graph."""

from __future__ import annotations

from dataclasses import replace

from rnnviz.contracts.graph import Graph
from rnnviz.tracks.graph_layout import places_of
from rnnviz.tracks.kept import kept
from tests import snapshots


def test_a_graph_is_asked_once_and_its_like_anew() -> None:
    asked: list[tuple[Graph, int]] = []

    @kept
    def count(graph: Graph, more: int) -> int:
        asked.append((graph, more))
        return len(graph.nodes) + more

    graph = snapshots.language_snapshot().graph
    alike, smaller = replace(graph), replace(graph, nodes=graph.nodes[:3], edges=())
    found = [count(each, 1) for each in (graph, graph, alike, smaller, graph)]
    assert found == [len(graph.nodes) + 1] * 3 + [4, len(graph.nodes) + 1]
    assert len(asked) == 3
    assert count(graph, 2) == len(graph.nodes) + 2


def test_places_stay_the_same_object_for_the_same_graph() -> None:
    graph = snapshots.language_snapshot().graph
    assert places_of(graph, "full") is places_of(graph, "full")
    assert places_of(graph, "full") is not places_of(graph, "strips")
    assert places_of(replace(graph), "full") == places_of(graph, "full")
