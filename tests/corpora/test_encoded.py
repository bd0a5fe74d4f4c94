"""A corpus becomes ids in memory or in a cache file; both hold the same, and memory stays small."""

from __future__ import annotations

import os
import resource
import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from rnnviz.contracts.config import TaskConfig
from rnnviz.contracts.errors import Cancelled, UserError
from rnnviz.contracts.task import Progress
from rnnviz.corpora.encoded import Encoded, encode
from rnnviz.corpora.reader import Texts, open_texts
from rnnviz.corpora.token_store import TokenStore
from tests import patience

CHARACTERS = TaskConfig()
WORDS = TaskConfig(tokens="words", vocabulary_size=10)


@pytest.fixture
def texts(tmp_path: Path) -> Texts:
    path = tmp_path / "a.txt"
    path.write_text("Ein Text, ein zweiter Text – größer.\n" * 50, encoding="utf-8")
    return open_texts(path)


@pytest.mark.parametrize("config", [CHARACTERS, WORDS, TaskConfig(lowercase=True)])
def test_file_and_memory_hold_the_same(texts: Texts, tmp_path: Path, config: TaskConfig) -> None:
    home = tmp_path / "cache"
    kept = encode(texts, config)
    filed = encode(texts, config, home=home, in_memory=0)
    reused = encode(texts, config, home=home, in_memory=0, progress=_cancel)
    for other in (filed, reused):
        assert np.array_equal(other.tokens, kept.tokens)
        assert np.array_equal(other.counts, kept.counts)
        assert other.vocabulary.tokens == kept.vocabulary.tokens
        assert not other.tokens.flags.writeable
    assert sorted(path.suffix for path in home.iterdir()) == [".ids", ".json", ".lock"]


def test_characters_decode_to_the_text(texts: Texts) -> None:
    encoded = encode(texts, CHARACTERS)
    assert encoded.vocabulary.decode(encoded.tokens.tolist()) == "".join(texts.chunks())
    assert encoded.tokens.dtype == np.uint8


def test_lowercase(texts: Texts) -> None:
    encoded = encode(texts, TaskConfig(lowercase=True))
    assert encoded.vocabulary.decode(encoded.tokens.tolist()) == "".join(texts.chunks()).lower()


def test_unknown_share(texts: Texts) -> None:
    encoded = encode(texts, TaskConfig(tokens="words", vocabulary_size=10))
    assert encoded.unknown_share == 0.0
    path = texts.path.with_name("b.txt")
    path.write_text(" ".join(f"w{i}" for i in range(20)))
    assert encode(open_texts(path), WORDS).unknown_share == 0.5


def test_other_content_is_another_file(texts: Texts, tmp_path: Path) -> None:
    home = tmp_path / "cache"
    encode(texts, CHARACTERS, home=home, in_memory=0)
    texts.path.write_text("something else entirely")
    encoded = encode(open_texts(texts.path), CHARACTERS, home=home, in_memory=0)
    assert len(encoded.tokens) == 23


def test_damaged_cache_is_made_anew(texts: Texts, tmp_path: Path) -> None:
    home = tmp_path / "cache"
    first = encode(texts, CHARACTERS, home=home, in_memory=0).tokens.copy()
    for suffix, data in ((".json", b"{"), (".json", b'{"dtype": "uint8"}'), (".ids", b"short")):
        next(home.glob(f"*{suffix}")).write_bytes(data)
        assert np.array_equal(encode(texts, CHARACTERS, home=home, in_memory=0).tokens, first)


def test_cancelled_leaves_nothing(texts: Texts, tmp_path: Path) -> None:
    def cancel_late(what: str, fraction: float) -> None:
        if what == "encoding":
            raise Cancelled

    home = tmp_path / "cache"
    with pytest.raises(Cancelled):
        encode(texts, CHARACTERS, cancel_late, home, 0)
    assert [path.suffix for path in home.iterdir()] == [".lock"]


def test_old_files_make_room(texts: Texts, tmp_path: Path) -> None:
    home = tmp_path / "cache"
    home.mkdir()
    (home / "left.123.part").write_bytes(b"x")
    os.utime(home / "left.123.part", (0, 0))
    ids = np.zeros(10, np.uint8)
    for age in range(6):
        TokenStore(f"k{age}", home, 0).save([ids], 10, ids.dtype, {})
        os.utime(home / f"k{age}.ids", (age, age))
    assert sorted(path.stem for path in home.glob("*.ids")) == ["k2", "k3", "k4", "k5"]
    assert len(list(home.iterdir())) == 8


def test_what_another_process_is_writing_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "other.123.part").write_bytes(b"x")
    TokenStore("k", tmp_path, 0).save([np.zeros(10, np.uint8)], 10, np.dtype(np.uint8), {})
    assert (tmp_path / "other.123.part").exists()


def test_one_encodes_while_the_other_waits(texts: Texts, tmp_path: Path) -> None:
    counting, waiting = threading.Event(), threading.Event()
    said: list[str] = []

    def slow(what: str, fraction: float) -> None:
        counting.set()
        assert waiting.wait(patience.SECONDS)

    def patient(what: str, fraction: float) -> None:
        said.append(what)
        waiting.set()

    def encoded(progress: Progress) -> Encoded:
        return encode(texts, CHARACTERS, progress, tmp_path, 0)

    with ThreadPoolExecutor() as pool:
        first = pool.submit(encoded, slow)
        assert counting.wait(patience.SECONDS)
        second = pool.submit(encoded, patient)
        assert np.array_equal(first.result().tokens, second.result().tokens)
    assert set(said) == {"waiting for another process that encodes this text"}


def test_a_folder_of_shards_is_one_text(texts: Texts, tmp_path: Path) -> None:
    folder = tmp_path / "shards"
    folder.mkdir()
    lines = "".join(texts.chunks()).splitlines(keepends=True)
    for index, line in enumerate(lines):
        (folder / f"{index:03d}.txt").write_text(line, encoding="utf-8")
    for config in (CHARACTERS, WORDS):
        whole = encode(texts, config)
        shards = encode(open_texts(folder), config, home=tmp_path / "cache", in_memory=0)
        assert isinstance(shards.tokens.base, np.memmap)
        assert shards.vocabulary.tokens == whole.vocabulary.tokens
        assert np.array_equal(shards.tokens, whole.tokens)


@pytest.mark.parametrize("in_memory", [0, 1000])
@pytest.mark.parametrize("count", [9, 11])
def test_wrong_count_is_noticed(tmp_path: Path, in_memory: int, count: int) -> None:
    ids = np.zeros(10, np.uint8)
    with pytest.raises(ValueError, match=r"ids|broadcast"):
        TokenStore("k", tmp_path, in_memory).save([ids], count, ids.dtype, {})


def test_no_place_for_the_cache(texts: Texts) -> None:
    with pytest.raises(UserError, match="free some space"):
        encode(texts, CHARACTERS, home=texts.path / "below", in_memory=0)


def test_disk_refuses_more(texts: Texts, tmp_path: Path) -> None:
    home = tmp_path / "cache"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(UserError, match=r"Cannot keep .* free some space"):
            encode(texts, CHARACTERS, home=home, in_memory=0)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [path.suffix for path in home.iterdir()] == [".lock"]


def test_memory_stays_bounded(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("Zwölf Boxkämpfer jagen Viktor.\n".encode() * 600_000)
    tracemalloc.start()
    try:
        encoded = encode(open_texts(path), CHARACTERS, home=tmp_path, in_memory=0)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(encoded.tokens) == 31 * 600_000
    assert peak < 12e6


def _cancel(what: str, fraction: float) -> None:
    raise AssertionError("a reused corpus is not read again")
