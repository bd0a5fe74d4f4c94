"""LSTMVis projects and NeuroX activations, read back as their documents say, against the fused
kernels run once over the whole text.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.contracts.errors import UserError
from rnnviz.engine.run_store import Run
from rnnviz.interchange import lstmvis, neurox
from rnnviz.interchange.passages import Text
from rnnviz.interchange.words import WordList
from tests.recorded import TEXT

WORDS = TEXT[:430]


def quiet(*_: object) -> None: ...


def described(folder: Path) -> dict[str, Any]:
    """`lstm.yml` read line by line: only the few forms of YAML that stand in it."""
    lines = (folder / "lstm.yml").read_text(encoding="utf-8")
    head, rest = lines.split("  types: [")
    entries = rest.split("  ]\n")[0].replace("false", "False").replace("true", "True")
    found: dict[str, Any] = {"types": ast.literal_eval(f"[{entries}]")}
    section = found
    for line in head.splitlines():
        name, _, value = line.strip().partition(":")
        if not line.startswith(" "):
            section = found
        section[name] = value.strip().strip('"') or {}
        section = section if value.strip() else section[name]
    return found


def read_project(folder: Path) -> tuple[list[str], dict[str, np.ndarray]]:
    """The words and the states by path, in the way of LSTMVis' own data handler."""
    about = described(folder)
    names = about["files"]
    words = {}
    for line in (folder / names[about["word_sequence"]["dict_file"]]).read_text().splitlines():
        word, number = line.split()
        words[int(number)] = word
    with h5py.File(folder / names[about["word_sequence"]["file"]]) as file:
        ids = file[about["word_sequence"]["path"]][:].tolist()
    with h5py.File(folder / names[about["states"]["file"]]) as file:
        states = {kind["path"]: file[kind["path"]][:] for kind in about["types"]}
    return [words[i] for i in ids], states


def fused(run: Run, text: str) -> list[torch.Tensor]:
    """h of each layer (T, H) by PyTorch's kernels, layer by layer, over the whole text at once."""
    kernel = run.model.recurrent.kernel
    x = run.model.embedding(run.task.running(text)[None])
    found = []
    for layer in range(kernel.num_layers):
        one = torch.nn.LSTM(x.shape[-1], kernel.hidden_size, batch_first=True)
        own = {n: t for n, t in kernel.state_dict().items() if n.endswith(f"_l{layer}")}
        one.load_state_dict({n.replace(f"_l{layer}", "_l0"): t for n, t in own.items()})
        with torch.no_grad():
            x = one(x)[0]
        found.append(x[0])
    return found


def test_an_lstmvis_project_holds_the_whole_text(letters: Run, tmp_path: Path) -> None:
    said = lstmvis.write(letters, tmp_path / "p", Text(words=WORDS), quiet)
    assert said.startswith("430 tokens")
    words, states = read_project(tmp_path / "p")
    assert words == list(WORDS.replace(" ", "␣").replace("\n", "↵"))
    expected = {f"{q}{layer}" for q in "hcifgo" for layer in (1, 2)}
    assert set(states) == expected
    assert all(s.shape == (430, 8) and s.dtype == np.float32 for s in states.values())
    for layer, h in enumerate(fused(letters, WORDS), start=1):
        # Stretch after stretch: the state is carried over their borders.
        assert np.allclose(states[f"h{layer}"], h.numpy(), atol=1e-6)


def test_what_is_bounded_is_not_squashed_again(letters: Run, tmp_path: Path) -> None:
    lstmvis.write(letters, tmp_path / "p", Text(words=WORDS), quiet)
    _, states = read_project(tmp_path / "p")
    for kind in described(tmp_path / "p")["types"]:
        values = states[kind["path"]]
        assert kind["transform"] == ("tanh" if kind["path"].startswith("c") else "none")
        assert kind["type"] == ("output" if kind["path"].startswith("h") else "state")
        if kind["unsigned"]:
            assert values.min() >= 0
        if kind["transform"] == "none":
            assert np.abs(values).max() <= 1


def test_the_held_out_part_is_read_where_no_text_is_named(letters: Run, tmp_path: Path) -> None:
    lstmvis.write(letters, tmp_path / "p", Text(most=60), quiet)
    words, states = read_project(tmp_path / "p")
    assert 60 <= len(words) <= 260
    assert "".join(words[:10]).replace("␣", " ").replace("↵", "\n") in TEXT
    assert len(states["h1"]) == len(words)


def test_a_translator_becomes_two_projects(pairs: Run, tmp_path: Path) -> None:
    lstmvis.write(pairs, tmp_path / "p", Text(most=20), quiet)
    read, source = read_project(tmp_path / "p" / "source")
    written, target = read_project(tmp_path / "p" / "target")
    assert read[:2] == ["the", read[1]]
    assert written[0] == "<s>"
    assert {"encoder.forward_h1", "encoder.backward_h2"} <= set(source)
    assert {"h1", "r2", "z1", "n1"} <= set(target)
    assert len(source["encoder.forward_h1"]) == len(read)
    assert len(target["h1"]) == len(written)


def test_examples_are_read_line_by_line(pairs: Run, tmp_path: Path) -> None:
    path = tmp_path / "my.txt"
    path.write_text("the u cat sees a => le chat u voit a\n\nthe v cat sees b\n", encoding="utf-8")
    neurox.write(pairs, tmp_path / "n", Text(path), quiet)
    lines = (tmp_path / "n" / "source" / "tokens.txt").read_text().splitlines()
    assert lines == ["the u cat sees a", "the v cat sees b"]
    first = (tmp_path / "n" / "target" / "tokens.txt").read_text().splitlines()[0]
    assert first == "<s> le chat u voit a"


def load_hdf5(path: Path) -> list[np.ndarray]:
    """The activations as NeuroX' loader arranges them: (tokens, layers * units) per sentence."""
    with h5py.File(path) as file:
        order = json.loads(file["sentence_to_index"][0])
        return [_flat(file[number][:]) for number in order.values()]


def load_json(path: Path) -> list[np.ndarray]:
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        features = json.loads(line)["features"]
        rows = [np.concatenate([layer["values"] for layer in f["layers"]]) for f in features]
        found.append(np.vstack(rows))
    return found


def _flat(layers: np.ndarray) -> np.ndarray:
    return np.swapaxes(layers, 0, 1).reshape(layers.shape[1], -1)


def test_neurox_activations_in_both_forms(letters: Run, tmp_path: Path) -> None:
    neurox.write(letters, tmp_path / "n", Text(words=WORDS), quiet)
    folder = tmp_path / "n"
    sentences = [line.split() for line in (folder / "tokens.txt").read_text("utf-8").splitlines()]
    assert "".join(t for s in sentences for t in s) == WORDS.replace(" ", "␣").replace("\n", "↵")
    expected = np.concatenate([h.numpy() for h in fused(letters, WORDS)], 1)
    for found in (load_hdf5(folder / "activations.hdf5"), load_json(folder / "activations.json")):
        assert [len(a) for a in found] == [len(s) for s in sentences]
        assert np.allclose(np.concatenate(found), expected, atol=1e-6)


def test_sentences_that_come_again_stay_apart(letters: Run, tmp_path: Path) -> None:
    neurox.write(letters, tmp_path / "n", Text(words="the cat sat.\n" * 3), quiet)
    with h5py.File(tmp_path / "n" / "activations.hdf5") as file:
        table = json.loads(file["sentence_to_index"][0])
    assert list(table.values()) == ["0", "1", "2"]
    assert list(table)[1].endswith("(Occurrence 2)")


@pytest.mark.parametrize("writer", [lstmvis, neurox])
def test_nothing_to_read_leaves_nothing(letters: Run, tmp_path: Path, writer: Any) -> None:
    with pytest.raises(UserError, match="nothing to read"):
        writer.write(letters, tmp_path / "p", Text(words="§§§"), quiet)
    assert list(tmp_path.iterdir()) == []


@given(st.lists(st.text(max_size=3), max_size=30), st.booleans())
def test_words_and_numbers_are_unique_and_solid(tokens: list[str], numbered: bool) -> None:
    """Whatever the tokens are: `line.split()` gives a word and its number, one of each."""
    known = {token: 7 * index for index, token in enumerate(dict.fromkeys(tokens))}
    words = WordList()
    numbers = words.numbers(tokens, [known[t] for t in tokens] if numbered else [])
    lines = [line.split() for line in words.listed().split("\n")[:-1]]
    assert all(len(line) == 2 for line in lines)
    assert len({word for word, _ in lines}) == len(lines) == len(set(tokens))
    back = {int(number): word for word, number in lines}
    for token, number in zip(tokens, numbers, strict=True):
        assert back[number].startswith("".join(token.split()) or "·")
