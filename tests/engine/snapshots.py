"""Snapshots to record in tests."""

from __future__ import annotations

import numpy as np

from rnnviz.contracts.arrays import NamedArray
from rnnviz.contracts.graph import Edge, Graph, Node
from rnnviz.contracts.snapshot import Snapshot, Tokens
from rnnviz.contracts.structure import CellInfo, ParameterInfo, Part, Quantity, Structure

CELL = CellInfo("plain", "plain cell", ("h",), ("h",), (Quantity("h", "state", "state"),), ())
STRUCTURE = Structure(
    "recurrent",
    "plain",
    (Part("recurrent", "layers", CELL, 1, 3),),
    (ParameterInfo("w", "hidden_hidden", (3, 3)),),
)
GRAPH = Graph(
    (
        Node("x@0", "input", 0, "time", 0, "x"),
        Node("h@0", "state", 0, "time", 1, "h", "recurrent/0/h"),
    ),
    (Edge("x@0", "h@0", "U"),),
)


def snapshot(step: int, large: int = 10_000, seed: int = 0) -> Snapshot:
    """A snapshot with one small and one large array, and one result."""
    random = np.random.default_rng(seed + step)
    arrays = {
        "loss": NamedArray("loss", ("time",), random.normal(size=5)),
        "next/token": NamedArray("next/token", ("time", "slot"), random.integers(0, 9, (5, 2))),
        "big": NamedArray("big", ("row", "column"), random.normal(size=(large, 1))),
    }
    results = {"norms/h": NamedArray("norms/h", ("layer",), random.normal(size=5000))}
    return Snapshot(
        "run",
        step,
        Tokens(("a", "␣"), ("␣", "b"), ("é", "b")),
        STRUCTURE,
        GRAPH,
        ("a", "b", "␣", "é"),
        arrays,
        results,
        seconds=0.25,
        tapped_difference=1e-7,
        loss=1.5,
    )
