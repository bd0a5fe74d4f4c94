"""Snapshots as an observer hands them over: a random network in NumPy, its numbers consistent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from rnnviz.analysis.eigenvalues import Eigenvalues
from rnnviz.contracts import discovery
from rnnviz.contracts.arrays import NamedArray, address
from rnnviz.contracts.cell import Cell
from rnnviz.contracts.evaluation import Evaluation, Example, Figure
from rnnviz.contracts.graph import Edge, Graph, Node
from rnnviz.contracts.history import History, StepRow
from rnnviz.contracts.snapshot import CorpusSummary, Sample, Snapshot, TokenCount, Tokens
from rnnviz.contracts.structure import CellInfo, ParameterInfo, Part, Structure
from rnnviz.contracts.view import Scene, View

Floats = NDArray[np.float64]

TEXT = "To be, or not to be, that is the question: whether 'tis nobler in the mind to suffer"
SOURCE = ("the", "black", "cat", "sleeps", "in", "the", "small", "garden", "<eos>")
TARGET = ("le", "chat", "noir", "dort", "dans", "le", "petit", "jardin", "<eos>")


def cell_info(name: str) -> CellInfo:
    return discovery.find("cells", name, Cell).info


def sigmoid(x: Floats) -> Floats:
    return 1 / (1 + np.exp(-x))


@dataclass
class Maker:
    """Collects arrays and parameters of one random network."""

    cell: CellInfo
    random: np.random.Generator
    arrays: dict[str, NamedArray] = field(default_factory=dict)
    parameters: list[ParameterInfo] = field(default_factory=list)

    def put(self, name: str, dims: tuple[str, ...], values: NDArray[np.generic]) -> None:
        self.arrays[name] = NamedArray(name, dims, values)

    def parameter(
        self, name: str, role: str, values: Floats, part: str = "", layer: int = -1
    ) -> Floats:
        dims = ("row", "column")[: values.ndim]
        self.put(f"parameter/{name}", dims, values)
        gradient = self.random.normal(0, 0.1, values.shape) * np.abs(values)
        self.put(f"parameter_gradient/{name}", dims, gradient)
        self.parameters.append(ParameterInfo(name, role, values.shape, part, layer))
        return values

    def layer(self, part: Part, layer: int, inputs: Floats) -> Floats:
        """Run one layer over `inputs` (T, I) and record everything; returns h (T, H)."""
        size, blocks = part.hidden_size, self.cell.blocks
        rows = len(blocks) * size
        start, suffix = f"{part.name}.", f"_l{layer}"
        spread = 1.2 / np.sqrt(size)
        w_in = self.parameter(
            f"{start}weight_ih{suffix}", "input_hidden",
            self.random.normal(0, 0.9, (rows, inputs.shape[1])), part.name, layer,
        )  # fmt: skip
        w_state = self.parameter(
            f"{start}weight_hh{suffix}", "hidden_hidden",
            self.random.normal(0, spread, (rows, size)), part.name, layer,
        )  # fmt: skip
        bias = self.parameter(
            f"{start}bias_ih{suffix}", "bias", self.random.normal(0, 0.4, rows), part.name, layer
        )
        zero = self.parameter(f"{start}bias_hh{suffix}", "bias", np.zeros(rows), part.name, layer)
        records = _run(self.cell.name, inputs @ w_in.T + bias, w_state, zero, part.reverse)
        for quantity, values in records.items():
            dim = "row" if quantity.startswith("a_") else "unit"
            self.put(address(part.name, layer, quantity), (part.axis, dim), values)
        self._gradients(part, layer, records["h"])
        if part.axis == "time":
            self._taken_apart(part, layer, len(records["h"]))
        return records["h"]

    def _taken_apart(self, part: Part, layer: int, steps: int) -> None:
        """Terms that fade by a third with each step, and Jacobians from the last moment."""
        apart = np.subtract.outer(np.arange(steps), np.arange(steps))
        terms = np.where(apart >= 0, 0.7 ** np.maximum(apart, 0), 0.0)
        chunks = np.arange(1, steps + 1)
        jacobian = np.full((steps, steps), np.nan)
        jacobian[-1, :-1] = terms[-1, :-1]
        where = address(part.name, layer, "W_hh")
        both = ("time", "time")
        self.put(f"backpropagation/term/{where}", both, terms)
        self.put(f"backpropagation/share/{where}", both, terms / terms.sum())
        self.put(f"backpropagation/sum/{where}", ("slot",), np.array([2.0, 4e-7]))
        left = np.stack((chunks, chunks / steps), 1)
        self.put(f"backpropagation/truncated/{where}", ("slot", "column"), left)
        for state in self.cell.states:
            name = f"backpropagation/jacobian/{address(part.name, layer, state)}"
            self.put(name, both, jacobian)

    def _gradients(self, part: Part, layer: int, states: Floats) -> None:
        decay = np.exp(-0.12 * np.arange(len(states))[::-1])[:, None]
        for name in self.cell.states:
            noise = self.random.normal(0, 0.3, states.shape) * decay
            self.put("gradient/" + address(part.name, layer, name), (part.axis, "unit"), noise)


def _run(name: str, a_x: Floats, weights: Floats, bias: Floats, reverse: bool) -> dict[str, Floats]:
    size = weights.shape[1]
    state = {"h": np.zeros(size), "c": np.zeros(size)}
    rows: list[dict[str, Floats]] = []
    for row in a_x[::-1] if reverse else a_x:
        a_h = weights @ state["h"] + bias
        now = STEPS[name](row, a_h, state)
        rows.append({**now, "a_x": row, "a_h": a_h})
        state = {key: now.get(key, state[key]) for key in state}
    return {key: np.stack([r[key] for r in (rows[::-1] if reverse else rows)]) for key in rows[0]}


def _lstm(x: Floats, h: Floats, state: dict[str, Floats]) -> dict[str, Floats]:
    i, f, g, o = np.split(x + h, 4)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    c = f * state["c"] + i * g
    return {"i": i, "f": f, "g": g, "o": o, "c": c, "h": o * np.tanh(c)}


def _gru(x: Floats, h: Floats, state: dict[str, Floats]) -> dict[str, Floats]:
    (xr, xz, xn), (hr, hz, hn) = np.split(x, 3), np.split(h, 3)
    r, z = sigmoid(xr + hr), sigmoid(xz + hz)
    n = np.tanh(xn + r * hn)
    return {"r": r, "z": z, "n": n, "h": (1 - z) * n + z * state["h"]}


def _simple(x: Floats, h: Floats, state: dict[str, Floats]) -> dict[str, Floats]:
    return {"a": x + h, "h": np.tanh(x + h)}


Step = Callable[[Floats, Floats, dict[str, Floats]], dict[str, Floats]]
STEPS: dict[str, Step] = {"lstm": _lstm, "gru": _gru, "simple_rnn": _simple}


def language_snapshot(
    cell: str = "lstm",
    layers: int = 2,
    units: int = 32,
    time: int = 40,
    seed: int = 0,
    step: int = 900,
    live: bool = True,
) -> Snapshot:
    """A character model looked at over `time` positions."""
    maker = Maker(cell_info(cell), np.random.default_rng(seed))
    text = [TEXT[index % len(TEXT)] for index in range(time + 1)]
    shown = tuple("␣" if letter == " " else letter for letter in text)
    vocabulary = tuple(sorted(set(shown) | set("abcdefghij")))
    part = Part("recurrent", "recurrent", maker.cell, layers, units)
    ids = [vocabulary.index(token) for token in shown]
    signal = np.eye(len(vocabulary))[ids[:-1]]
    for layer in range(layers):
        signal = maker.layer(part, layer, signal)
    tokens = _readout(maker, signal, ids[1:], vocabulary, Tokens(shown[:-1], shown[1:], ()))
    structure = Structure(
        "recurrent", f"{layers}×{units} {maker.cell.title}", (part,), tuple(maker.parameters)
    )
    graph = language_graph(time, layers, "recurrent")
    return _snapshot(maker, step, tokens, structure, graph, vocabulary, live)


def translation_snapshot(
    attention: bool = True, units: int = 24, seed: int = 0, source: int = 9, target: int = 9
) -> Snapshot:
    """A bidirectional encoder and a decoder, with or without attention."""
    maker = Maker(cell_info("gru"), np.random.default_rng(seed))
    words = tuple(SOURCE[index % len(SOURCE)] for index in range(source))
    goal = tuple(TARGET[index % len(TARGET)] for index in range(target))
    vocabulary = ("<pad>", "<bos>", *sorted(set(TARGET)))
    parts = (
        Part("encoder.forward", "encoder →", maker.cell, 1, units, "source_time"),
        Part("encoder.backward", "encoder ←", maker.cell, 1, units, "source_time", True),
        Part("decoder", "decoder", maker.cell, 1, units),
    )
    embedded = maker.random.normal(0, 1, (source, 12))
    for part in parts[:2]:
        maker.layer(part, 0, embedded)
    states = maker.layer(parts[2], 0, maker.random.normal(0, 1, (target, 12)))
    ids = [vocabulary.index(word) for word in goal]
    tokens = Tokens(("<bos>", *goal[:-1]), goal, (), words)
    tokens = _readout(maker, states, ids, vocabulary, tokens)
    if attention:
        maker.put("attention", ("time", "source_time"), alignment(target, source, maker.random))
    structure = Structure(
        "encoder_decoder", "translation", parts, tuple(maker.parameters), has_attention=attention
    )
    graph = translation_graph(source, target, attention)
    return _snapshot(maker, 900, tokens, structure, graph, vocabulary, True)


def alignment(target: int, source: int, random: np.random.Generator) -> Floats:
    """Weights near the diagonal whose rows sum to 1."""
    ideal = np.linspace(0, source - 1, target)[:, None]
    scores = -((np.arange(source)[None, :] - ideal) ** 2) / 0.8
    weights = np.exp(scores + random.normal(0, 0.5, scores.shape))
    return weights / weights.sum(axis=1, keepdims=True)


def _readout(
    maker: Maker, states: Floats, ids: list[int], vocabulary: tuple[str, ...], tokens: Tokens
) -> Tokens:
    size = len(vocabulary)
    matrix = maker.parameter(
        "readout.weight", "readout", maker.random.normal(0, 0.7, (size, states.shape[1]))
    )
    bias = maker.parameter("readout.bias", "bias", np.zeros(size))
    logits = states @ matrix.T + bias
    # Push towards the truth, so that the network looks half trained.
    logits[np.arange(len(ids)), ids] += maker.random.uniform(0, 4, len(ids))
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    order = np.argsort(-chances, axis=1)[:, : min(10, size)]
    true = chances[np.arange(len(ids)), ids]
    maker.put("next/token", ("time", "slot"), order)
    maker.put("next/probability", ("time", "slot"), np.take_along_axis(chances, order, axis=1))
    maker.put("target/probability", ("time",), true)
    maker.put("loss", ("time",), -np.log(true))
    return replace(tokens, output=tuple(vocabulary[index] for index in order[:, 0]))


def _snapshot(
    maker: Maker,
    step: int,
    tokens: Tokens,
    structure: Structure,
    graph: Graph,
    vocabulary: tuple[str, ...],
    live: bool,
) -> Snapshot:
    loss = float(np.asarray(maker.arrays["loss"].values).mean())
    arrays = maker.arrays
    return Snapshot(
        "test", step, tokens, structure, graph, vocabulary, arrays,
        results=results(structure, arrays), loss=loss, live=live,
    )  # fmt: skip


def results(structure: Structure, arrays: dict[str, NamedArray]) -> dict[str, NamedArray]:
    """What the analyses would add: orders of the units, gradient norms, gates' saturation,
    eigenvalues.
    """
    found = {array.name: array for array in Eigenvalues().compute(arrays, structure)}
    for part in structure.parts:
        for layer in range(part.layers):
            at = f"{part.name}/{layer}"
            states = np.asarray(arrays[f"{at}/h"].values)
            orders = {"activity": states.mean(axis=0), "similarity": states[len(states) // 2]}
            for name, values in orders.items():
                key = f"unit_order/{at}/{name}"
                found[key] = NamedArray(key, ("unit",), np.argsort(values))
            norms = np.linalg.norm(np.asarray(arrays[f"gradient/{at}/h"].values), axis=1)
            found[f"gradient_norm/{at}"] = NamedArray(f"gradient_norm/{at}", (part.axis,), norms)
            for gate in part.cell.gates:
                values = np.asarray(arrays[f"{at}/{gate}"].values)
                shares = np.stack([(values < 0.1).mean(axis=0), (values > 0.9).mean(axis=0)], -1)
                key = f"saturation/{at}/{gate}"
                found[key] = NamedArray(key, ("unit", "slot"), shares)
    return found


# ---- graphs


def language_graph(time: int, layers: int, part: str) -> Graph:
    nodes, edges = [], []
    for t in range(time):
        nodes.append(Node(f"x@{t}", "input", t, "time", 0, "x"))
        below = f"x@{t}"
        for layer in range(layers):
            here = f"{part}/{layer}/h@{t}"
            nodes.append(Node(here, "state", t, "time", layer + 1, "h", f"{part}/{layer}/h"))
            edges.append(Edge(below, here, f"{part}.weight_ih_l{layer}"))
            if t:
                before = f"{part}/{layer}/h@{t - 1}"
                edges.append(Edge(before, here, f"{part}.weight_hh_l{layer}", span=1))
            below = here
        for row, kind in enumerate(("output", "target", "loss"), start=layers + 1):
            nodes.append(Node(f"{kind}@{t}", kind, t, "time", row, kind[0]))
        edges.append(Edge(below, f"output@{t}", "readout.weight"))
        edges += [Edge(f"{kind}@{t}", f"loss@{t}") for kind in ("output", "target")]
    return Graph(tuple(nodes), tuple(edges))


def translation_graph(source: int, target: int, attention: bool) -> Graph:
    nodes, edges = [], []
    rows = ("encoder.forward", "encoder.backward")
    for s in range(source):
        nodes.append(Node(f"source@{s}", "source", s, "source_time", 0, "x"))
        for row, part in enumerate(rows):
            here = f"{part}/0/h@{s}"
            nodes.append(Node(here, "state", s, "source_time", row + 1, "h", f"{part}/0/h"))
            edges.append(Edge(f"source@{s}", here, f"{part}.weight_ih_l0"))
            before = s - 1 if row == 0 else s + 1
            if 0 <= before < source:
                span = s - before
                edges.append(Edge(f"{part}/0/h@{before}", here, f"{part}.weight_hh_l0", span))
    for t in range(target):
        nodes.append(Node(f"context@{t}", "context", t, "time", 3, "c"))
        nodes.append(Node(f"x@{t}", "input", t, "time", 4, "y"))
        here = f"decoder/0/h@{t}"
        nodes.append(Node(here, "state", t, "time", 5, "s", "decoder/0/h"))
        nodes.append(Node(f"output@{t}", "output", t, "time", 6, "o"))
        edges += [Edge(f"context@{t}", here), Edge(f"x@{t}", here, "decoder.weight_ih_l0")]
        edges.append(Edge(here, f"output@{t}", "readout.weight"))
        if t:
            edges.append(Edge(f"decoder/0/h@{t - 1}", here, "decoder.weight_hh_l0", 1))
        for s in range(source) if attention else (source - 1,):
            weights = "attention" if attention else ""
            edges += [Edge(f"{part}/0/h@{s}", f"context@{t}", "", 0, weights) for part in rows[:1]]
    return Graph(tuple(nodes), tuple(edges))


# ---- what stands beside snapshots


def history(steps: int = 900, seed: int = 0, clip: float = 5.0) -> History:
    """A run that learns."""
    random = np.random.default_rng(seed)
    rows = []
    for step in range(1, steps + 1):
        loss = 1.5 + 2.7 * np.exp(-step / 150) + random.normal(0, 0.06)
        norm = float(np.exp(random.normal(0.4, 0.7)))
        valid = 1.6 + 2.6 * np.exp(-step / 150) if step % 100 == 0 else float("nan")
        rows.append(
            StepRow(step, step / 423, float(loss), norm, min(norm, clip), clip,
                    2e-3 * 0.97 ** (step // 300), step / 20, step * 2500, valid)
        )  # fmt: skip
    return History(rows)


def samples() -> tuple[Sample, ...]:
    texts = (
        "tot aon e the the bous an the sor the",
        "And the sear of the word thou me hath\nthat the mare and so the wither",
        "KING: I have the state of the will not\nbe so the sun of heaven, and the day",
    )
    return tuple(
        Sample(step, "The ", f"The {text}", 0.8, 1)
        for step, text in zip((100, 300, 500), texts, strict=True)
    )


def evaluation(step: int = 900, classes: int = 5, seed: int = 0) -> Evaluation:
    """Of a classifier that gets better with the steps and likes the larger classes."""
    random = np.random.default_rng(seed)
    labels = tuple(f"class {number}" for number in range(classes))
    true = random.integers(0, classes, 300) * random.integers(0, 2, 300)
    known = random.random(300) < step / 1000
    said = np.where(known, true, random.integers(0, classes, 300))
    counts = np.zeros((classes, classes))
    np.add.at(counts, (true, said), 1)
    accuracy = float((true == said).mean())
    largest = float(np.bincount(true).max() / len(true))
    figures = (
        Figure("accuracy", accuracy, "", "higher", largest, "always the largest class"),
        Figure("loss", 2.0 - accuracy, "nats", "lower"),
    )
    examples = tuple(
        Example(f"given {k}", labels[true[k]], labels[said[k]], bool(true[k] == said[k]))
        for k in range(12)
    )
    arrays = {"confusion": NamedArray("confusion", ("row", "column"), counts), **_predicted(random)}
    arrays |= _by_lag(step / 1000)
    return Evaluation(figures, arrays, labels, examples, step)


def _predicted(random: np.random.Generator) -> dict[str, NamedArray]:
    """A series of 60 moments with one that was not expected, as its task hands it over."""
    true = np.sin(np.arange(60) / 5)[:, None]
    said = true + 0.1 * random.normal(size=true.shape)
    said[40] += 2
    odd = (np.arange(60) == 40).astype(float)
    found = [
        NamedArray("series/true", ("time", "slot"), true),
        NamedArray("series/predicted", ("time", "slot"), said),
        NamedArray("series/limit", ("slot",), np.array([0.6])),
        NamedArray("series/flagged", ("time",), odd),
        NamedArray("series/marked", ("time",), odd),
    ]
    return {array.name: array for array in found}


def _by_lag(known: float) -> dict[str, NamedArray]:
    """Less and less is right the further back it was read."""
    steps = np.array([1, 2, 5, 10, 20, 47, 100], float)
    found = {
        "lag/steps": steps,
        "lag/accuracy": 0.2 + 0.8 * np.exp(-steps / (100 * known**2 + 1)),
        "lag/guessing": np.full(len(steps), 0.2),
    }
    return {name: NamedArray(name, ("slot",), values) for name, values in found.items()}


def corpus() -> CorpusSummary:
    rows = tuple(tuple(TEXT[(r * 7 + c * 11) % 60 :][:20] for c in range(6)) for r in range(8))
    counts = tuple(TokenCount(t, 9000 - 700 * k) for k, t in enumerate("␣etaoinshrdl"))
    return CorpusSummary(
        "prose.txt", "prose.txt", "language_model", 120_432, "utf-8", "characters", 120_100, 65,
        counts, ("It was late when the ferry came in.", "“You are early,” she said."),
        (("size", "120 kB"), ("characters", "120,100"), ("vocabulary", "65 characters")),
        ("3 % of the words are unknown to the vocabulary.",), rows, 50, 45, 3, 50,
    )  # fmt: skip


def leaky_snapshot() -> Snapshot:
    """A language model of leaky units, as far as views look at it."""
    made = language_snapshot("simple_rnn")
    tau = NamedArray("time_constant/recurrent/0", ("unit",), np.geomspace(1, 50, 40))
    return replace(made, results={**made.results, tau.name: tau})


def words_snapshot(width: int = 6) -> Snapshot:
    """A language model with learned vectors for what it reads, as far as views look at it."""
    made = language_snapshot("gru", layers=1, time=9)
    vectors = np.random.default_rng(5).normal(size=(len(made.vocabulary), width))
    name = "embedding.weight"
    array = NamedArray(f"parameter/{name}", ("row", "column"), vectors)
    described = ParameterInfo(name, "embedding", vectors.shape, "", -1)
    structure = replace(made.structure, parameters=(*made.structure.parameters, described))
    return replace(made, structure=structure, arrays={**made.arrays, array.name: array})


def memory_snapshot(slots: int = 6, width: int = 4) -> Snapshot:
    """A neural Turing machine, as far as views look at it."""
    made = language_snapshot(time=9)
    random = np.random.default_rng(3)
    steps = len(made.tokens.input)
    heads = random.dirichlet(np.ones(slots), (2, steps))
    added = [
        NamedArray("memory", ("time", "slot", "unit"), random.normal(size=(steps, slots, width))),
        NamedArray("memory/read", ("time", "slot"), heads[0]),
        NamedArray("memory/write", ("time", "slot"), heads[1]),
        NamedArray("memory/erase", ("time", "unit"), random.random((steps, width))),
        NamedArray("memory/add", ("time", "unit"), random.normal(size=(steps, width))),
    ]
    structure = replace(made.structure, model="neural_turing_machine")
    arrays = {**made.arrays, **{array.name: array for array in added}}
    return replace(made, structure=structure, arrays=arrays)


def classifier_snapshot(
    classes: tuple[str, ...] = ("0", "1"), threshold: float = 0.9, time: int = 40, seed: int = 0
) -> Snapshot:
    """A network that tells classes apart while it reads; without a threshold the likeliest counts.

    Something is asked at every fourth position and at the last one.
    """
    made, random = language_snapshot(time=time, seed=seed), np.random.default_rng(seed)
    scores = np.exp(3 * random.normal(0, 1, (time, len(classes))))
    chances = scores / scores.sum(axis=1, keepdims=True)
    arrays = dict(made.arrays)
    arrays["probability"] = NamedArray("probability", ("time", "vocab"), chances)
    said = chances.argmax(axis=1)
    if threshold == threshold:
        arrays["threshold"] = NamedArray("threshold", ("slot",), np.array([threshold]))
        said = (chances[:, -1] > threshold).astype(int)
    asked = [t % 4 == 0 or t == time - 1 for t in range(time)]
    true = tuple(str(random.choice(classes)) if one else "" for one in asked)
    tokens = replace(made.tokens, target=true, output=tuple(classes[k] for k in said))
    return replace(made, arrays=arrays, tokens=tokens, vocabulary=classes)


def picture_snapshot(side: int = 16, words: int = 9) -> Snapshot:
    """A network that describes a picture, as far as views look at it."""
    made, random = language_snapshot(time=words), np.random.default_rng(4)
    rows = columns = side // 4
    said = ("a", "red", "circle", "above", "a", "blue", "square", "!", "</s>")
    true = tuple(said[t % len(said)] for t in range(words))
    written = tuple("green" if word == "blue" else word for word in true)
    cells = tuple(f"{r + 1},{c + 1}" for r in range(rows) for c in range(columns))
    weights = random.dirichlet(np.full(rows * columns, 0.3), words)
    pixels = random.random((side, side, 3))
    added = [
        NamedArray("attention", ("time", "source_time"), weights),
        NamedArray("picture", ("row", "column", "slot"), pixels),
    ]
    return replace(
        made,
        structure=replace(made.structure, model="visual_attention", has_attention=True),
        tokens=Tokens(("<s>", *true[:-1]), true, written, cells, (rows, columns)),
        arrays={**made.arrays, **{array.name: array for array in added}},
    )


KINDS: dict[str, Callable[[], Snapshot]] = {
    "classifier": classifier_snapshot,
    "language": language_snapshot,
    "translation": translation_snapshot,
    "leaky": leaky_snapshot,
    "memory": memory_snapshot,
    "picture": picture_snapshot,
    "words": words_snapshot,
}
"""Every view is filled by one of these; a view for something new adds the network that fills it."""


def scene_of(snapshot: Snapshot, steps: int = 200) -> Scene:
    """That snapshot with everything else that a scene may have."""
    evaluations = tuple(evaluation(step) for step in (300, 600, 900))
    return Scene(
        snapshot,
        history(steps),
        samples=samples(),
        corpus=corpus(),
        past=(snapshot,),
        evaluations=evaluations,
    )


def scene_for(view: View) -> Scene:
    """The first scene of `KINDS` that fills `view`."""
    scenes = (scene_of(make()) for make in (translation_snapshot, *KINDS.values()))
    return next(scene for scene in scenes if not view.missing(scene))
