"""Tagging: CoNLL-U as it is found in the wild, tags at the words they belong to, baselines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import conllu
import numpy as np
import pytest
import torch

from rnnviz.contracts.config import RunConfig, parse
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.model import NOTHING_ASKED
from rnnviz.contracts.shipped import locate_corpus
from rnnviz.engine.session import make_model
from rnnviz.tasks.tagging import Tagging

SENTENCES = [
    [("the", "DET"), (noun, "NOUN"), (verb, "VERB"), (".", "PUNCT")]
    for noun in ("saw", "light", "run", "walk", "play")
    for verb in ("run", "light", "walk", "saw", "play")
] + [[("runs", "VERB"), ("today", "ADV")], [("go", "VERB")]]
SHIPPED = "sample:tagging/tagged.conllu"


def config(path: Path | str, **changes: Any) -> RunConfig:
    plain = {
        "task": {"name": "tagging", "corpus": str(path), "validation_fraction": 0.2},
        "model": {"hidden_size": 8, "layers": 1, "input": "embedding", "embedding_size": 6},
        "training": {"batch_size": 4},
    }
    return parse(plain).replaced(changes)


def lines(sentence: list[tuple[str, str]]) -> str:
    return "".join(
        f"{k}\t{word}\t{word}\t{tag}\t_\t_\t0\troot\t_\t_\n"
        for k, (word, tag) in enumerate(sentence, 1)
    )


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="")
    return path


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write(tmp_path / "a.conllu", "\n".join(map(lines, SENTENCES)))


def test_comments_ranges_empty_nodes_and_line_ends_are_no_trouble(tmp_path: Path) -> None:
    text = (
        "\ufeff# newdoc\n# text = du pain\n1-2\tdu\t_\t_\t_\t_\t_\t_\t_\t_\n"
        "1\tde\tde\tADP\t_\t_\t_\t_\t_\t_\n2\tle\tle\tDET\t_\t_\t_\t_\t_\t_\n"
        "2.1\tghost\t_\tVERB\t_\t_\t_\t_\t_\t_\n3\tpain\tpain\tNOUN\t_\t_\t_\t_\t_\t_\n\n\n"
        "1 oui oui INTJ\n2\tnon\tnon\t_\t_\t_\t_\t_\t_\t_"
    ).replace("\n", "\r\n")
    task = Tagging.open(
        config(write(tmp_path / "b.conllu", text), **{"task.validation_fraction": 0})
    )
    assert task.vocabulary == ("ADP", "DET", "INTJ", "NOUN")
    batch = task.train_batch(0)
    assert batch.lengths is not None
    found = sorted(
        batch.targets[row, :length].tolist() for row, length in enumerate(batch.lengths.tolist())
    )
    assert found == [[0, 1, 3], [2, NOTHING_ASKED]]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("This is running text\nwithout columns", r"odd.conllu, line 1 is no line of CoNLL-U"),
        ("1\ta\t_\tDET\n\n1\tb\t_\tNOUN\nword\n", r"line 4 is no line of CoNLL-U, like 1 of 3"),
        ("1\ta\t_\t_\n\n1\tb\t_\t_\n", "0 tags in its fourth column"),
        ("1\ta\t_\tX\n\n1\tb\t_\tX\n", "only one tag, X"),
        ("# nothing\n\n", "fewer than two tagged sentences"),
        ("\n".join(f"1\tw{k}\t_\tT{k}\n" for k in range(90)), "90 tags"),
    ],
)
def test_a_file_that_is_none_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        Tagging.open(config(write(tmp_path / "odd.conllu", text)))


def test_tags_stand_at_their_words(corpus: Path) -> None:
    task = Tagging.open(config(corpus, **{"training.batch_size": 40, "task.word_dropout": 0.0}))
    b = task.train_batch(0)
    words, tags = task.state()["words"], task.vocabulary
    assert b.lengths is not None
    known = {tuple(s) for s in SENTENCES}
    for row, length in enumerate(b.lengths.tolist()):
        pairs = tuple(
            (words[i], tags[t])
            for i, t in zip(b.inputs[row].tolist(), b.targets[row].tolist(), strict=True)
            if t != NOTHING_ASKED
        )
        assert len(pairs) == length
        assert any(
            all(
                w in (x, "<unk>") or w.startswith("<-")
                for (w, _), (x, _) in zip(pairs, s, strict=True)
            )
            and [t for _, t in pairs] == [t for _, t in s]
            for s in known
            if len(s) == length
        )


def test_the_reader_agrees_with_a_library() -> None:
    path = locate_corpus(SHIPPED)
    expected = conllu.parse(path.read_text(encoding="utf-8"))
    task = Tagging.open(config(SHIPPED))
    assert task.summary.token_count == sum(map(len, expected))
    counts = {f"{tag} {n:,}" for tag, n in tag_counts(expected).items()}
    assert set(dict(task.summary.facts)["tags"].split(", ")) == counts


def tag_counts(sentences: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    for sentence in sentences:
        for token in sentence:
            found[token["upos"]] = found.get(token["upos"], 0) + 1
    return found


def test_little_of_the_shipped_corpus_is_padding() -> None:
    task = Tagging.open(config(SHIPPED, **{"training.batch_size": 32}))
    assert task.opened.rows.training.padding() <= 0.1


def test_the_baseline_is_the_most_frequent_tag_of_each_word() -> None:
    task = Tagging.open(config(SHIPPED, **{"task.validation_fraction": 0.1}))
    rows = task.opened.rows
    counts: dict[int, dict[int, int]] = {}
    starts, targets = rows.sentences.starts, task.opened.targets
    for index in rows.train.tolist():
        for i, t in zip(
            rows.sentences[index], targets[starts[index] : starts[index + 1]].tolist(), strict=True
        ):
            counts.setdefault(i, {}).setdefault(t, 0)
            counts[i][t] += 1
    right = total = 0
    for index in rows.held_out.tolist():
        for i, t in zip(
            rows.sentences[index], targets[starts[index] : starts[index + 1]].tolist(), strict=True
        ):
            if rows.lexicon.knows(np.array([i]))[0]:
                best = max(counts[i].items(), key=lambda item: (item[1], -item[0]))[0]
                right += best == t
                total += 1
    reached = {b.name: b.value for b in task.summary.baselines}["most frequent tag"]
    assert reached == pytest.approx(right / total, abs=0.01)
    assert reached < 0.9


def test_unknown_words_are_read_by_their_ending() -> None:
    task = Tagging.open(config(SHIPPED))
    lexicon = task.opened.rows.lexicon
    assert lexicon.tokens[lexicon.id("unicycling")] == "<-ing>"
    assert lexicon.tokens[lexicon.id("Driving")] in ("Driving", "driving")
    assert lexicon.tokens[lexicon.id("zzq")] == "<unk>"


def test_a_typed_sentence_is_tagged(corpus: Path) -> None:
    task = Tagging.open(config(corpus))
    model = make_model(config(corpus), task.sizes)
    known = task.probe("the/DET light/NOUN runs/VERB")
    assert known.tokens.target == ("DET", "NOUN", "VERB")
    typed = task.probe("the light runs.", model)
    assert len(typed.tokens.input) == 4
    assert typed.tokens.target == ("",) * 4
    assert (typed.batch.targets >= 0).all()
    assert task.sample(model, "the light", 1, 1.0, 1).startswith("the/")
    with pytest.raises(UserError, match="empty"):
        task.probe(" \n ")


def test_overfits_four_sentences(tmp_path: Path) -> None:
    path = write(tmp_path / "four.conllu", "\n".join(map(lines, SENTENCES[6:10])))
    settings = {"task.validation_fraction": 0.0, "task.word_dropout": 0.0, "model.init_range": 0.0}
    task = Tagging.open(config(path, **settings))
    torch.manual_seed(0)
    model = make_model(config(path, **settings), task.sizes)
    optimizer = torch.optim.Adam(model.parameters(), 5e-2)
    for step in range(60):
        b = task.train_batch(step)
        loss = task.loss(model(b), b)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    assert float(loss.detach()) < 0.05
