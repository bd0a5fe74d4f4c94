"""Snapshots as bytes: arrays as safetensors, the rest as JSON. What all snapshots of a run share
(structure, vocabulary, graph) is kept once, under the hash of its text.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

import numpy as np
from pydantic import TypeAdapter
from safetensors.numpy import load, save

from rnnviz.contracts.arrays import NamedArray
from rnnviz.contracts.graph import Graph
from rnnviz.contracts.snapshot import Snapshot, Tokens
from rnnviz.contracts.structure import Structure

# Arrays up to this many numbers stay with a snapshot after its large ones were given up.
LIGHT = 4096

_GRAPH: TypeAdapter[Graph] = TypeAdapter(Graph)
_TOKENS: TypeAdapter[Tokens] = TypeAdapter(Tokens)
_PLAIN = ("run", "step", "seconds", "tapped_difference", "loss")


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """A snapshot in pieces.

    meta    JSON; refers to `shared` by key
    light   results and small arrays
    heavy   all other arrays
    shared  texts by their key
    """

    meta: str
    light: bytes
    heavy: bytes
    shared: Mapping[str, str]


def encode(snapshot: Snapshot) -> Encoded:
    """Take a snapshot apart; `decode` puts it together."""
    texts = {
        "structure": snapshot.structure.to_json().decode(),
        "vocabulary": json.dumps(snapshot.vocabulary),
        "graph": _GRAPH.dump_json(snapshot.graph).decode(),
    }
    keys = {name: hashlib.sha256(text.encode()).hexdigest()[:24] for name, text in texts.items()}
    arrays, results = dict(snapshot.arrays), dict(snapshot.results)
    meta = {name: getattr(snapshot, name) for name in _PLAIN} | {
        "tokens": asdict(snapshot.tokens),
        "shared": keys,
        "dims": {name: array.dims for name, array in (arrays | results).items()},
        "results": sorted(results),
    }
    small = {name: array for name, array in arrays.items() if array.values.size <= LIGHT}
    large = {name: array for name, array in arrays.items() if array.values.size > LIGHT}
    shared = {keys[name]: text for name, text in texts.items()}
    return Encoded(json.dumps(meta), _pack(small | results), _pack(large), shared)


def decode(meta: str, light: bytes, heavy: bytes | None, shared: Callable[[str], str]) -> Snapshot:
    """The snapshot; without its large arrays where `heavy` is None. `shared` looks a key up."""
    data = json.loads(meta)
    found = _unpack(light, data["dims"]) | (_unpack(heavy, data["dims"]) if heavy else {})
    results = {name: found.pop(name) for name in data["results"] if name in found}
    text = {name: shared(key) for name, key in data["shared"].items()}
    return Snapshot(
        **{name: data[name] for name in _PLAIN},
        tokens=_TOKENS.validate_python(data["tokens"]),
        structure=Structure.from_json(text["structure"]),
        graph=_GRAPH.validate_json(text["graph"]),
        vocabulary=tuple(json.loads(text["vocabulary"])),
        arrays=found,
        results=results,
        live=False,
    )


def _pack(arrays: Mapping[str, NamedArray]) -> bytes:
    return save({name: np.asarray(array.values) for name, array in arrays.items()})


def _unpack(data: bytes, dims: Mapping[str, list[str]]) -> dict[str, NamedArray]:
    return {name: NamedArray(name, tuple(dims[name]), v) for name, v in load(data).items()}
