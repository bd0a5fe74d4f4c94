"""Texts for ids, from whatever form of vocabulary a script happens to have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rnnviz.contracts.errors import UserError
from rnnviz.corpora.vocabulary import shown

# What vocabularies of torchtext, of tokenizers and of common tutorials call it.
_BY_ID = ("get_itos", "itos", "index2word", "idx2word", "ix_to_char", "int2char", "tokens")
_BY_TEXT = ("get_vocab", "vocab", "get_stoi", "stoi", "word2index", "word2idx")


def names_of(vocabulary: Any) -> tuple[str, ...]:
    """The text of every id as views write it; () for None.

    A string (its characters), a sequence of texts, a mapping from text to id or from id to text, or
    an object that has one of these; UserError for anything else.
    """
    found = _found(vocabulary)
    if found is None:
        raise UserError(
            f"vocab: a {type(vocabulary).__name__} is no vocabulary; give a list of texts by id, "
            "or a dict from text to id."
        )
    return tuple(shown(text) for text in found)


def name(names: tuple[str, ...], index: int) -> str:
    """The text of an id, the id itself where it has none."""
    return names[index] if 0 <= index < len(names) else str(index)


def _found(vocabulary: Any) -> list[str] | None:
    if vocabulary is None:
        return []
    if isinstance(vocabulary, Mapping):
        return _from_mapping(vocabulary)
    if isinstance(vocabulary, Iterable):
        return [str(token) for token in vocabulary]
    for attribute in (*_BY_ID, *_BY_TEXT):
        inside = getattr(vocabulary, attribute, None)
        inside = inside() if callable(inside) else inside
        if isinstance(inside, (Mapping, list, tuple)):
            return _found(inside)
    return None


def _from_mapping(mapping: Mapping[Any, Any]) -> list[str] | None:
    items = list(mapping.items())
    if all(_is_id(value) for _, value in items):
        by_id = {int(value): str(key) for key, value in items}
    elif all(_is_id(key) for key, _ in items):
        by_id = {int(key): str(value) for key, value in items}
    else:
        return None
    return [by_id.get(index, str(index)) for index in range(max(by_id, default=-1) + 1)]


def _is_id(value: Any) -> bool:
    is_integer = hasattr(value, "__index__") and not isinstance(value, bool)
    return is_integer and 0 <= int(value) < 10_000_000
