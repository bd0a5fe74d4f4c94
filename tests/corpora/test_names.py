"""Folders of names: what is read, what is left out, and what letter pairs make of them."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnviz.contracts.config import TaskConfig
from rnnviz.contracts.errors import UserError
from rnnviz.corpora import balance, judged
from rnnviz.corpora.letter_pairs import LetterPairs
from rnnviz.corpora.named import Named, cleaned, read_names, spelled
from rnnviz.corpora.reader import open_texts
from rnnviz.corpora.sentences import Growing, Sentences


def folder(path: Path, **files: str | bytes) -> Path:
    for name, text in files.items():
        data = text if isinstance(text, bytes) else text.encode()
        (path / f"{name}.txt").write_bytes(data)
    return path


def read(path: Path, **changes: Any) -> Named:
    config = TaskConfig(name="name_classes", **{"validation_fraction": 0.2, **changes})
    return read_names(open_texts(path), config, seed=1)


def test_each_file_is_a_class(tmp_path: Path) -> None:
    named = read(folder(tmp_path, b="Bob\nBobby\n", a="Ann\r\n\r\n  Anna  Lena \n"))
    assert named.classes == ("a", "b")
    assert [named.text(i) for i in range(4)] == ["Ann", "Anna Lena", "Bob", "Bobby"]
    assert named.labels.tolist() == [0, 0, 1, 1]


def test_a_subfolder_is_a_class_too(tmp_path: Path) -> None:
    (tmp_path / "north").mkdir()
    folder(tmp_path / "north", one="Ola\n", two="Kari\n")
    assert read(folder(tmp_path, south="Luca\n")).classes == ("north", "south")


def test_twins_and_shared_names_are_counted_and_kept_apart(tmp_path: Path) -> None:
    many = "\n".join(f"name{k % 10}" for k in range(40))
    named = read(folder(tmp_path, a=many, b="NAME1\nother\nthird\n"))
    assert (named.twins, named.shared) == (30, 1)
    sides = [
        {named.text(i).casefold() for i in side}
        for side in (named.split.train, named.split.held_out)
    ]
    assert not sides[0] & sides[1]
    mixed = read(tmp_path, twins="mixed").split
    assert len(mixed.held_out) == 9


def test_files_without_a_name_are_no_classes(tmp_path: Path) -> None:
    named = read(folder(tmp_path, a="Ann\n", b="Bob\n", blank=" \n\n", nothing=""))
    assert named.empty == ("blank", "nothing")
    assert named.classes == ("a", "b")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_make_no_difference(tmp_path: Path, encoding: str) -> None:
    texts = {"a": "Élodie\nZoë\n", "b": "Søren\nBjörk\n"}
    coded = {name: text.replace("\n", "\r\n").encode(encoding) for name, text in texts.items()}
    named = read(folder(tmp_path, **coded), validation_fraction=0.0)
    whole = {named.text(i).replace("?", "") for i in range(4)}
    assert whole <= {"Élodie", "Zoë", "Søren", "Björk"} | {"lodie", "Zo", "Sren", "Bjrk"}
    assert cleaned("Zoe\u0308", False) == "Zoë"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a": "Ann\n"}, "names of “a” only"),
        ({"a": " \n", "b": "\n"}, "no names"),
        ({"a": "x" * 61, "b": "y" * 70}, "too long: put one name on each line"),
        ({f"c{k}": f"Name{k}\n" for k in range(201)}, "201 classes, more than 200"),
        ({"a": b"\x00\x01", "b": "Bob\n"}, "not plain text"),
        ({"a": "", "b": ""}, "is empty"),
    ],
)
def test_folders_that_are_none(tmp_path: Path, files: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        read(folder(tmp_path, **files))


def test_one_file_is_no_folder(tmp_path: Path) -> None:
    folder(tmp_path, a="Ann\n")
    with pytest.raises(UserError, match=r"choose a folder with one \.txt file per class"):
        read(tmp_path / "a.txt")


@given(st.dictionaries(st.sampled_from("abc"), st.binary(max_size=60), max_size=3))
@settings(max_examples=60, deadline=None)
def test_any_bytes_are_names_or_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes]
) -> None:
    path = tmp_path_factory.mktemp("names")
    with suppress(UserError):
        named = read(folder(path, **files))
        assert set(named.labels.tolist()) == set(range(len(named.classes)))


# ---- letter pairs, weights, even batches


def sentences(*names: list[int]) -> Sentences:
    growing = Growing()
    for name in names:
        growing.add([str(i) for i in name])
    table = np.array([int(word) for word in growing.words], np.int32)
    found = growing.finished()
    return Sentences(table[found.ids], found.starts)


def test_letter_pairs_against_brute_force() -> None:
    random = np.random.default_rng(0)
    names = [random.integers(1, 5, random.integers(1, 6)).tolist() for _ in range(40)]
    labels = random.integers(0, 3, 40)
    train = np.arange(30)
    pairs = LetterPairs(sentences(*names), labels, train, (5, 3))
    seen = sorted({p for i in range(30) for p in zip([0, *names[i]], [*names[i], 0], strict=True)})
    counts = {(k, p): 0.5 for k in range(3) for p in seen}
    for i in range(30):
        for p in zip([0, *names[i]], [*names[i], 0], strict=True):
            counts[int(labels[i]), p] += 1
    totals = {k: sum(counts[k, p] for p in seen) for k in range(3)}
    for name in names[30:]:
        scores = [np.log((labels[:30] == k).sum() + 0.5) for k in range(3)]
        for p in zip([0, *name], [*name, 0], strict=True):
            if p in seen:
                scores = [s + np.log(counts[k, p] / totals[k]) for k, s in enumerate(scores)]
        assert pairs.classify([name])[0] == int(np.argmax(scores))


def test_pairs_after_a_letter_are_a_distribution() -> None:
    names = [[1, 2, 3], [1, 2], [3, 1]]
    pairs = LetterPairs(sentences(*names), np.array([0, 0, 1]), np.arange(3), (4, 2))
    for label in (0, 1):
        for first in (1, 2, 3):
            after = [pairs.losses([[first, second]], np.array([label]))[1] for second in (1, 2, 3)]
            end = pairs.losses([[first]], np.array([label]))[1]
            assert np.exp(-np.array([*after, end])).sum() == pytest.approx(1)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=60))
def test_weights_are_one_on_average_and_even_between_classes(labels: list[int]) -> None:
    found = np.array(labels)
    each = balance.weights(found, 5)
    assert each[found].mean() == pytest.approx(1)
    totals = [each[k] * (found == k).sum() for k in set(labels)]
    assert totals == pytest.approx([totals[0]] * len(totals))


def test_even_batches_draw_every_class_equally_often() -> None:
    labels = np.array([0] * 80 + [1] * 15 + [2] * 5)
    which = np.arange(100) + 7
    buckets = balance.Even(which, [np.ones(100, np.int64)], 10, 1, labels)
    for epoch in range(2):
        drawn = np.concatenate([buckets.at(epoch * len(buckets) + k) for k in range(len(buckets))])
        counts = np.bincount(labels[drawn - 7])
        assert counts.sum() == 100
        assert counts.max() - counts.min() <= 2
    assert not np.array_equal(buckets.at(0), buckets.at(len(buckets)))


def test_balanced_accuracy_by_hand() -> None:
    table = judged.confusion(np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1]), 3)
    assert judged.accuracy(table) == 0.75
    assert judged.balanced(table) == pytest.approx((2 / 3 + 1) / 2)


def test_unknown_letters_are_spelled_as_question_marks(tmp_path: Path) -> None:
    named = read(folder(tmp_path, a="Ann\nAnna\n", b="Bob\nBobo\n"), validation_fraction=0.0)
    assert spelled(named.letters, [named.letters.unknown, named.letters.id("n")]) == "?n"
