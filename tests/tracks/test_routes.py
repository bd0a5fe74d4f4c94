"""Arrows past a row run between the columns: never over a node that is not their own."""

from __future__ import annotations

from itertools import pairwise

import pytest

from rnnviz.contracts.snapshot import Snapshot
from rnnviz.tracks import routes
from rnnviz.tracks.graph_layout import Place, Places, places_of
from tests import snapshots

SNAPSHOTS = {name: make() for name, make in snapshots.KINDS.items()}


def crosses(piece: routes.Piece, place: Place) -> bool:
    """Whether an upright or level line runs through a rectangle."""
    (x0, x1), (y0, y1) = sorted((piece[0], piece[2])), sorted((piece[1], piece[3]))
    across = x0 < place.x + place.width / 2 - 1e-6 and x1 > place.x - place.width / 2 + 1e-6
    return (
        across and y0 < place.y + place.height / 2 - 1e-6 and y1 > place.y - place.height / 2 + 1e-6
    )


def far_edges(snapshot: Snapshot) -> tuple[Places, list[tuple[str, str]]]:
    places = places_of(snapshot.graph, "full")
    far = [edge for edge in snapshot.graph.edges if routes.passes_a_row(edge, places)]
    return places, [(edge.source, edge.target) for edge in far]


@pytest.mark.parametrize("name", SNAPSHOTS)
def test_ways_round_run_over_no_node(name: str) -> None:
    snapshot = SNAPSHOTS[name]
    places, far = far_edges(snapshot)
    for source, target in () if snapshot.graph.is_tree else far:
        for lane in range(routes.LANES):
            for piece in routes.around(places[source], places[target], lane):
                assert [node for node, place in places.items() if crosses(piece, place)] == []


def test_ways_begin_and_end_at_their_nodes() -> None:
    places, far = far_edges(SNAPSHOTS["translation"])
    assert far
    for source, target in far:
        way = routes.around(places[source], places[target], 0)
        joints = [(first[2:], second[:2]) for first, second in pairwise(way)]
        assert all(end == start for end, start in joints)
        assert way[0][0] == places[source].x + places[source].width / 2
        end = places[target]
        assert abs(way[-1][2] - end.x) <= end.width / 2 + 1e-9
        assert abs(way[-1][3] - end.y) <= end.height / 2 + 1e-9


def test_many_arrows_into_one_node_are_a_rail_with_one_arrow() -> None:
    sources = [Place(float(x), 0.4, 0.86, 0.8) for x in range(5)]
    along, start = routes.rail(sources, Place(0.0, 6.0, 0.3, 1.5))
    assert along[0] == 0.0
    assert along[2] == start.x == 4.0
    assert along[1] == along[3] == start.y > 0.8


def test_the_head_is_where_the_way_ends_or_backward_where_it_begins() -> None:
    way = routes.around(Place(0.0, 0.4, 0.86, 0.8), Place(0.0, 4.0, 0.3, 1.5), 1)
    plain, headed = routes.split([way], backward=False)
    assert plain.tolist() == [list(piece) for piece in way[:-1]]
    assert headed.tolist() == [list(way[-1])]
    plain, headed = routes.split([way], backward=True)
    assert plain.tolist() == [list(piece) for piece in way[1:]]
    assert headed.tolist() == [list(way[0])]
