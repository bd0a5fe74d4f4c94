"""More than two hundred damaged files in every task's format: each is read, or refused with one
sentence that names it; never a traceback.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from rnnviz.contracts import discovery, fitting
from rnnviz.contracts.config import RunConfig, parse
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.shipped import locate_corpus
from rnnviz.contracts.task import Task

NAMES = discovery.names("tasks")
HEAD = 6_000

Damage = Callable[[bytes, random.Random], bytes]


def flipped(data: bytes, source: random.Random) -> bytes:
    found = bytearray(data)
    for _ in range(20):
        found[source.randrange(len(found))] ^= 1 << source.randrange(8)
    return bytes(found)


def shuffled(data: bytes, source: random.Random) -> bytes:
    lines = data.splitlines(keepends=True)
    source.shuffle(lines)
    return b"".join(lines)


def without_separators(data: bytes, source: random.Random) -> bytes:
    return data.replace(b"\t", b" ").replace(b",", b" ").replace(b";", b" ")


def doubled_separators(data: bytes, source: random.Random) -> bytes:
    return data.replace(b"\t", b"\t\t").replace(b",", b",,").replace(b"(", b"((")


DAMAGES: dict[str, Damage] = {
    "empty": lambda data, source: b"",
    "blank lines": lambda data, source: b"\n \n\t\n",
    "one byte": lambda data, source: b"x",
    "cut": lambda data, source: data[: source.randrange(1, len(data))],
    "cut in the middle of a line": lambda data, source: data[: len(data) // 2 + 7],
    "flipped bits": flipped,
    "random bytes": lambda data, source: source.randbytes(2000),
    "zeros": lambda data, source: bytes(2000),
    "zeros inside": lambda data, source: data[:500] + bytes(50) + data[500:],
    "utf-16": lambda data, source: data.decode("utf-8", "ignore").encode("utf-16"),
    "latin-1": lambda data, source: data.replace(b"e", b"\xe9"),
    "old line ends": lambda data, source: data.replace(b"\n", b"\r"),
    "no line ends": lambda data, source: data.replace(b"\n", b" "),
    "shuffled lines": shuffled,
    "no separators": without_separators,
    "doubled separators": doubled_separators,
    "one line": lambda data, source: data.splitlines()[0] + b"\n",
    "one line again and again": lambda data, source: (data.splitlines()[0] + b"\n") * 50,
    "markup": lambda data, source: b"<html><body><p>Not found</p></body></html>\n" * 20,
    "a program": lambda data, source: b"import os; os.system('true')\n" * 20,
    "a pickle": lambda data, source: b"\x80\x04\x95\x1a\x00cposix\nsystem\n(S'false'\ntR.",
    "signs": lambda data, source: "∑☃𝄞 \u202e\u0301\ufeff (a) 1,2\t3\n".encode() * 30,
}


def config(name: str, corpus: Path) -> RunConfig:
    return parse(
        {
            "task": {"name": name, "corpus": str(corpus), "validation_fraction": 0.2},
            "model": {"kind": fitting.models_for(name)[0]},
            "training": {"batch_size": 4, "sequence_length": 8},
        }
    )


def head(path: Path) -> bytes:
    """The beginning of a file, whole lines."""
    data = path.read_bytes()[:HEAD]
    return data[: data.rfind(b"\n") + 1] or data


def damaged(name: str, damage: str, folder: Path) -> Path:
    """The task's own corpus, its text files damaged."""
    change, source = DAMAGES[damage], random.Random(f"{name} {damage}")
    original = locate_corpus(fitting.default_corpus(name))
    if original.is_file():
        path = folder / original.name
        path.write_bytes(change(head(original), source))
        return path
    path = folder / original.name
    shutil.copytree(original, path, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    for file in sorted(path.rglob("*")):
        if file.is_file() and file.suffix in (".txt", ".tsv", ".csv", ".conllu"):
            file.write_bytes(change(head(file), source))
    return path


def test_there_are_more_than_two_hundred() -> None:
    assert len(NAMES) * len(DAMAGES) > 200


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", NAMES)
def test_read_or_refused_with_a_sentence(name: str, damage: str, tmp_path: Path) -> None:
    path = damaged(name, damage, tmp_path)
    task = discovery.find("tasks", name, Task)
    try:
        opened = task.open(config(name, path))
    except UserError as error:
        text = str(error)
        assert text.rstrip().endswith((".", "”", "…", ")")), text
        assert len(text) < 500, text
        return
    batch = opened.train_batch(0)
    assert batch.inputs.shape[0] >= 1
    assert opened.summary.facts
