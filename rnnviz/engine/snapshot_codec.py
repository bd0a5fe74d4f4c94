"""Snapshots as bytes: arrays as safetensors, the rest as JSON in its header. What all snapshots of
a run share (structure, vocabulary, graph) is kept once, under the hash of its text.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from pydantic import TypeAdapter
from safetensors import SafetensorError
from safetensors.numpy import load, save

from rnnviz.contracts.arrays import NamedArray
from rnnviz.contracts.graph import Graph
from rnnviz.contracts.snapshot import Snapshot, Tokens
from rnnviz.contracts.structure import Structure

# Arrays up to this many numbers stay with a snapshot after its large ones were given up.
LIGHT = 4096

# Probes of other lengths have other graphs; so many parsed texts of each kind are kept.
KEPT_TEXTS = 16

_GRAPH: TypeAdapter[Graph] = TypeAdapter(Graph)
_TOKENS: TypeAdapter[Tokens] = TypeAdapter(Tokens)
_PLAIN = ("run", "step", "seconds", "tapped_difference", "loss")
_KEY = re.compile(r"[0-9a-f]{24}")

# What damaged bytes can make the parsers raise.
DAMAGE = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    SafetensorError,
)


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """A snapshot in pieces.

    light   results, small arrays and all that is no array; refers to `shared` by key
    heavy   all other arrays
    shared  texts by their key
    """

    light: bytes
    heavy: bytes
    shared: Mapping[str, str]


class Encoder:
    """Takes snapshots apart; remembers the texts of what one snapshot shares with the next."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[object, str, str]] = {}

    def encode(self, snapshot: Snapshot) -> Encoded:
        """`Decoder.decode` puts it together."""
        texts = {
            "structure": self._text("structure", snapshot.structure, _structure_text),
            "vocabulary": self._text("vocabulary", snapshot.vocabulary, json.dumps),
            "graph": self._text("graph", snapshot.graph, _graph_text),
        }
        arrays, results = dict(snapshot.arrays), dict(snapshot.results)
        small = {name: array for name, array in arrays.items() if array.values.size <= LIGHT}
        heavy = _pack({name: arrays[name] for name in arrays if name not in small})
        about = {name: getattr(snapshot, name) for name in _PLAIN} | {
            "tokens": asdict(snapshot.tokens),
            "shared": {name: key for name, (key, _) in texts.items()},
            "dims": {name: array.dims for name, array in (arrays | results).items()},
            "results": sorted(results),
            "needs": sorted(snapshot.needs),
            "absent": dict(snapshot.absent),
            "heavy": zlib.crc32(heavy),
        }
        light = _with_text(_pack(small | results), json.dumps(about))
        return Encoded(light, heavy, dict(texts.values()))

    def _text(self, kind: str, value: object, write: Callable[[Any], str]) -> tuple[str, str]:
        known = self._known.get(kind)
        if known is None or known[0] is not value:
            text = write(value)
            known = self._known[kind] = value, key_of(text), text
        return known[1:]


class Decoder:
    """Puts snapshots together; keeps what it parsed for the snapshots that follow.

    text  looks a shared text up by its key; may raise OSError
    """

    def __init__(self, text: Callable[[str], str]) -> None:
        self._text = text
        self._parsed: dict[tuple[str, str], Any] = {}

    def decode(self, light: bytes, heavy: bytes | None) -> Snapshot:
        """The snapshot; without its large arrays where `heavy` is None or of another moment.

        Raises one of `DAMAGE` where the bytes are not what was written.
        """
        about = json.loads(_text_in(light))
        found = _unpack(light, about["dims"])
        whole = heavy is not None and zlib.crc32(heavy) == about["heavy"]
        if heavy is not None and whole:
            found |= _unpack(heavy, about["dims"])
        results = {name: found.pop(name) for name in about["results"] if name in found}
        keys = about["shared"]
        return Snapshot(
            **{name: about[name] for name in _PLAIN},
            tokens=_TOKENS.validate_python(about["tokens"]),
            structure=self._shared(keys["structure"], Structure.from_json),
            graph=self._shared(keys["graph"], _GRAPH.validate_json),
            vocabulary=self._shared(keys["vocabulary"], _vocabulary),
            arrays=found,
            results=results,
            live=False,
            needs=frozenset(map(str, about["needs"])) if whole else frozenset(),
            absent={str(need): str(why) for need, why in dict(about.get("absent", {})).items()},
        )

    def _shared(self, key: str, parse: Callable[[str], Any]) -> Any:
        if (parse.__qualname__, key) not in self._parsed:
            text = self._text(key) if _KEY.fullmatch(key) else ""
            if key_of(text) != key:
                raise ValueError(f"the shared text {key[:40]} was changed")
            while len(self._parsed) >= 3 * KEPT_TEXTS:
                del self._parsed[next(iter(self._parsed))]
            self._parsed[parse.__qualname__, key] = parse(text)
        return self._parsed[parse.__qualname__, key]


def key_of(text: str) -> str:
    """The name of a shared text: its hash."""
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _structure_text(structure: Structure) -> str:
    return structure.to_json().decode()


def _graph_text(graph: Graph) -> str:
    return _GRAPH.dump_json(graph).decode()


def _vocabulary(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def _pack(arrays: Mapping[str, NamedArray]) -> bytes:
    return save({name: np.asarray(array.values) for name, array in arrays.items()})


def _unpack(data: bytes, dims: Mapping[str, list[str]]) -> dict[str, NamedArray]:
    found = load(data).items()
    return {name: NamedArray.adopting(name, tuple(dims[name]), values) for name, values in found}


def _with_text(data: bytes, text: str) -> bytes:
    """Safetensors with a text, and the checksum of text and arrays, in its header."""
    header, arrays = _parts(data)
    check = zlib.crc32(arrays, zlib.crc32(text.encode()))
    about = {"__metadata__": {"snapshot": text, "crc32": str(check)}}
    packed = json.dumps(about | header).encode()
    packed = packed.ljust(-len(packed) % 8 + len(packed))
    return len(packed).to_bytes(8, "little") + packed + arrays


def _text_in(data: bytes) -> str:
    header, arrays = _parts(data)
    text = str(header["__metadata__"]["snapshot"])
    if str(zlib.crc32(arrays, zlib.crc32(text.encode()))) != header["__metadata__"]["crc32"]:
        raise ValueError("its checksum differs")
    return text


def _parts(data: bytes) -> tuple[dict[str, Any], bytes]:
    """The header, and the bytes of the arrays."""
    end = 8 + int.from_bytes(data[:8], "little")
    return json.loads(data[8:end]), data[end:]
