"""Ids and text, both ways."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.contracts.errors import UserError
from rnnviz.corpora import words
from rnnviz.corpora.counting import between_words, count_characters, count_words
from rnnviz.corpora.vocabulary import Characters, Words, id_type, remark, shown
from rnnviz.corpora.words import UNKNOWN

WORLD = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(WORLD)
def test_characters_round_trip(text: str) -> None:
    vocabulary, counts = count_characters([text])
    ids = vocabulary.encode(text)
    assert vocabulary.decode(ids.tolist()) == text
    assert np.array_equal(np.concatenate(list(vocabulary.encode_corpus([text]))), ids)
    assert np.array_equal(np.bincount(ids), counts)


@given(st.lists(WORLD, min_size=1))
def test_counts_of_pieces_add_up(pieces: list[str]) -> None:
    whole, counts = count_characters(["".join(pieces)])
    parts, added = count_characters(pieces)
    assert parts.tokens == whole.tokens == tuple(sorted(set("".join(pieces))))
    assert np.array_equal(counts, added)


def test_foreign_characters_are_left_out() -> None:
    vocabulary, _ = count_characters(["abc"])
    assert vocabulary.decode(vocabulary.encode("a?世b").tolist()) == "ab"


def test_too_many_characters_for_a_text() -> None:
    text = "".join(map(chr, [*range(0x20, 0xD800), *range(0xE000, 0x15000)]))
    with pytest.raises(UserError, match="different characters"):
        count_characters([text])


def test_shown() -> None:
    assert [shown(c) for c in " \n\ta\x00\u200bé"] == ["␣", "↵", "⇥", "a", "U+0000", "U+200B", "é"]


def test_smallest_type() -> None:
    found = [id_type(size) for size in (2, 256, 257, 65536, 65537)]
    assert found == [np.uint8, np.uint8, np.uint16, np.uint16, np.int32]


SENTENCES = [
    "She said: \"Don't go, it costs 1,200.50!\"\n(Well-known, isn't it?)\n\nYes; no.",
    "“Hi,” he said… (twice) -- 5% off.",
    "नमस्ते दुनिया, re\u0301sume\u0301 und Größe.",
]


@pytest.mark.parametrize("text", SENTENCES)
def test_joined_words_read_like_the_text(text: str) -> None:
    composed = text.replace("e\u0301", "é")
    assert words.join(words.split(text)) == composed
    assert words.split(composed) == words.split(text)


def test_split() -> None:
    text = "Don't pay 3.50 for well-known <unk>... no -- wait!\n"
    expected = ["Don't", "pay", "3.50", "for", "well-known", "<unk>", "...", "no", "--", "wait"]
    assert words.split(text) == [*expected, "!", "\n"]


def test_split_clitics() -> None:
    text = "L’homme qu'il voit, n'est-ce pas ?"
    tokens = ["L’", "homme", "qu'", "il", "voit", ",", "n'", "est", "-ce", "pas", "?"]
    assert words.split_clitics(text) == tokens
    assert words.join(tokens) == "L’homme qu'il voit, n'est-ce pas?"


def test_an_unclosed_quotation_mark_ends_with_its_paragraph() -> None:
    text = 'He said "no.\n\n"Yes, it\nis," she said.'
    assert words.join(words.split(text)) == text


def test_rare_words_are_unknown() -> None:
    vocabulary, counts = count_words(["b b b a a a c c d"], 3)
    assert vocabulary.tokens == ("<unk>", "a", "b", "c")
    assert counts.tolist() == [1, 3, 3, 2]
    assert vocabulary.encode("a x b").tolist() == [1, 0, 2]


def test_something_is_unknown_even_where_all_words_fit() -> None:
    text = "the " * 1000 + " ".join(f"w{i}" for i in range(100))
    vocabulary, counts = count_words([text], 10_000)
    assert counts[vocabulary.unknown] == int(0.005 * 1100)
    assert counts.sum() == 1100


def test_unknown_words_of_a_prepared_corpus_stay_unknown() -> None:
    vocabulary, counts = count_words(["a a <unk> <unk> <unk> b b"], 10)
    assert vocabulary.tokens == ("<unk>", "a", "b")
    assert counts.tolist() == [3, 2, 2]


def test_table_of_words_stays_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rnnviz.corpora.counting._MOST_WORDS", 100)
    chunks = [f"often often {' '.join(f'w{i}x{j}' for j in range(30))}" for i in range(50)]
    vocabulary, counts = count_words(chunks, 20)
    assert vocabulary.tokens[1] == "often"
    assert counts[1] == 100
    assert counts.sum() == 50 * 32


@given(st.text("ab \n'", max_size=60), st.integers(1, 7))
def test_words_are_never_torn(text: str, size: int) -> None:
    pieces = [text[i : i + size] for i in range(0, len(text), size)]
    found = [token for chunk in between_words(pieces, False) for token in words.split(chunk)]
    assert found == words.split(text)


def test_a_word_without_end_is_cut() -> None:
    longest = max(map(len, between_words(["x" * 10_000] * 100, False)))
    assert longest < 80_000


@given(st.lists(st.sampled_from(["a", "b", "c", "zz"])))
def test_words_encode_what_they_know(tokens: list[str]) -> None:
    vocabulary = Words(("<unk>", "a", "b", "c"))
    known = [token if token != "zz" else "<unk>" for token in tokens]
    assert [vocabulary.tokens[i] for i in vocabulary.encode(" ".join(tokens))] == known


# What words end at, what holds them together, what normalisation changes, and anything at all.
MARKS = "ab1 .,'’-\n\t\u00a0\u2000\u2028\x85\x1c\u0301\u0338é=≠Σσ<unk>\u200d\u0e31"
ANY = st.characters(exclude_categories=["Cs"])
ODD = st.text(st.one_of(st.sampled_from(MARKS), ANY), max_size=80)


@given(ODD)
def test_pieces_hold_the_tokens_of_the_text(text: str) -> None:
    pieces = words.pieces(text)
    assert [token for piece in pieces for token in words.split(piece)] == words.split(text)
    clitics = [token for piece in pieces for token in words.split_clitics(piece)]
    assert clitics == words.split_clitics(text)


@given(st.lists(ODD, max_size=5), st.integers(1, 12))
def test_words_are_counted_and_encoded_as_one_by_one(chunks: list[str], size: int) -> None:
    counter = Counter(token for chunk in chunks for token in words.split(chunk))
    vocabulary, counts = count_words(chunks, size)
    assert counts.sum() == counter.total()
    for word, count in zip(vocabulary.tokens[1:], counts[1:], strict=True):
        assert counter[word] == count
    encoded = list(vocabulary.encode_corpus(chunks))
    for chunk, ids in zip(chunks, encoded, strict=True):
        assert ids.tolist() == vocabulary.encode(chunk).tolist()
        assert ids.dtype == vocabulary.encode(chunk).dtype


def test_what_is_remembered_stays_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rnnviz.corpora.words.MOST_REMEMBERED", 10)
    lengths = words.Remembered(len)
    assert [lengths["x" * size] for size in range(40)] == list(range(40))
    assert len(lengths) <= 10
    chunks = [" ".join(f"w{i % 7}x{i * j % 11}" for i in range(60)) for j in range(9)]
    bounded = count_words(chunks, 1000)
    monkeypatch.undo()
    free = count_words(chunks, 1000)
    assert bounded[0].tokens == free[0].tokens
    assert np.array_equal(bounded[1], free[1])


def test_what_cannot_be_read_is_named() -> None:
    letters = Characters(("\n", "a", "b"))
    assert remark(letters, "ab\na") == ""
    assert remark(letters, "xa\txy") == "Not in the corpus, left out: x ⇥ y."
    many = remark(letters, "cdefghijklm")
    assert many == "Not in the corpus, left out: c d e f g h i j and 3 more."
    known = Words((UNKNOWN, "a", "tree"))
    assert remark(known, "a tree") == remark(known, f"a {UNKNOWN}") == ""
    assert remark(known, "a house, a house") == "Not in the corpus, read as <unk>: house ,."
