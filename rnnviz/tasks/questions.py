"""Answer questions about a few facts, one of which or two together hold the answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.evaluation import Evaluation, Example, Figure
from rnnviz.contracts.model import NOTHING_ASKED, Batch, Model, Sizes
from rnnviz.contracts.shipped import locate_corpus
from rnnviz.contracts.snapshot import CorpusSummary, TokenCount, Tokens
from rnnviz.contracts.task import Probe, Progress, evaluating, silent
from rnnviz.corpora import judged, portrait
from rnnviz.corpora.held_out import Split, split
from rnnviz.corpora.opened import BucketedTask
from rnnviz.corpora.reader import Texts, open_texts
from rnnviz.corpora.sentences import Buckets, Indices, both
from rnnviz.corpora.stories import Question, read_questions, typed, words

_EXAMINED, _EXAMPLES, _LINES, _MOST_FACTS = 400, 12, 12, 200


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """The questions of a corpus, and which of them are kept aside."""

    questions: Sequence[Question]
    cut: Split

    def buckets(self, config: RunConfig) -> tuple[Buckets, Buckets]:
        """Batches of questions about as many facts, to train on and kept aside."""
        lengths = np.array([len(q.facts) for q in self.questions], np.int64)
        return both(config.training, self.cut.train, self.cut.held_out, lengths)


class Questions(BucketedTask[Asked]):
    """Facts and a question in; the answer, one word of a few, is asked for after the last hop."""

    name = "questions"
    title = "Questions about facts"
    sentence = "Learns to answer questions about a few sentences told before."
    formats = "numbered lines; a question has its answer behind a tab"
    default_corpus = "sample:questions/one-fact.txt"
    default_model = "memory_network"
    shape = "questions"
    ignores = (
        "training.sequence_length",
        "training.carry_state",
        "task.lowercase",
        "look.temperature",
    )
    shows = ("attention",)
    suffixes = (".txt",)

    def __init__(
        self,
        config: RunConfig,
        vocabulary: tuple[str, ...],
        answers: tuple[str, ...],
        summary: CorpusSummary,
        default_probe: str,
        asked: Asked | None = None,
    ) -> None:
        super().__init__(config, summary, asked)
        self._words, self._answers, self._default_probe = vocabulary, answers, default_probe
        self._ids = {word: k for k, word in enumerate(vocabulary)}
        self._answer_ids = {answer: k for k, answer in enumerate(answers)}

    @classmethod
    def open(cls, config: RunConfig, progress: Progress = silent) -> Questions:
        """Read the stories; UserError when they are none or always have the same answer."""
        task = config.task
        texts = open_texts(locate_corpus(task.corpus), task.encoding, progress)
        found = [_recent(q, config.model.memory_facts) for q in read_questions(texts, progress)]
        answers = Counter(question.answer for question in found)
        if len(answers) < 2:
            raise UserError(
                f"{texts.path} has no questions with different answers: write them like "
                "“3 Where is Ada?”, a tab, “attic”."
            )
        cut = split(
            ((q.facts, q.question, q.answer) for q in found),
            task.validation_fraction,
            config.training.seed,
        )
        used = sorted({word for q in found for part in (*q.facts, q.question) for word in part})
        shown = found[int((cut.held_out if len(cut.held_out) else cut.train)[0])]
        asked = Asked(found, cut)
        summary = _summary(config, texts, asked, answers)
        vocabulary = ("<pad>", "<unk>", *used)
        return cls(config, vocabulary, tuple(sorted(answers)), summary, _written(shown), asked)

    @classmethod
    def restore(cls, config: RunConfig, state: dict[str, Any]) -> Questions:
        """The task without its corpus: probes and answers work, batches do not."""
        summary = CorpusSummary.from_data(state["summary"])
        vocabulary, answers = tuple(state["words"]), tuple(state["answers"])
        return cls(config, vocabulary, answers, summary, state["default_probe"])

    def state(self) -> dict[str, Any]:
        """Words, answers, the summary and the default probe."""
        return {
            "words": list(self._words),
            "answers": list(self._answers),
            "default_probe": self._default_probe,
            **super().state(),
        }

    @property
    def sizes(self) -> Sizes:
        """Words of facts and questions in, answers out."""
        return Sizes(inputs=len(self._words), outputs=len(self._answers))

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """The answers."""
        return self._answers

    def batch(self, which: Indices) -> Batch:
        """Questions with their facts."""
        return self._batch([self.opened.questions[k] for k in which.tolist()])

    def evaluate(self, model: Model) -> Evaluation | None:
        """Right answers, and how often the attention fell on a fact that they follow from."""
        found = self._found
        if found is None or not len(found.cut.held_out):
            return None
        asked = [found.questions[k] for k in found.cut.held_out[:_EXAMINED].tolist()]
        with evaluating(model) as device:
            output = model(self._batch(asked).to(device))
            said = output.logits[:, -1].argmax(-1).cpu().numpy()
            looked = None if output.attention is None else output.attention.cpu()
        true = np.array([self._answer_ids[q.answer] for q in asked], np.int64)
        table = judged.confusion(true, said, len(self._answers))
        largest = float(table.sum(1).max() / table.sum())
        figures = (
            Figure("accuracy", judged.accuracy(table), "", "higher", largest, "most frequent"),
            Figure("balanced accuracy", judged.balanced(table)),
            *_supported(asked, looked),
        )
        examples = tuple(
            Example(_written(q), q.answer, self._answers[s], q.answer == self._answers[s])
            for q, s in zip(asked[:_EXAMPLES], said.tolist(), strict=False)
        )
        arrays = {"confusion": judged.as_array(table)}
        return Evaluation(figures, arrays, self._answers, examples)

    @property
    def default_probe(self) -> str:
        """A held-out question with its facts and its answer."""
        return self._default_probe

    def probe(self, text: str, model: Model | None = None) -> Probe:
        """Sentences, the last of which is the question; `=> answer` behind it where it is known."""
        question = self._typed(text)
        batch = self._batch([question])
        hops = batch.inputs.shape[1]
        read = (" ".join(question.question) + "?", *(f"hop {k + 1}" for k in range(1, hops)))
        known = question.answer if question.answer in self._answer_ids else ""
        facts = tuple(" ".join(fact) for fact in question.facts) or ("nothing",)
        return Probe(text.strip(), batch, Tokens(read, (*("",) * (hops - 1), known), (), facts))

    def sample(self, model: Model, prompt: str, length: int, temperature: float, seed: int) -> str:
        """The question of `prompt` (or of the default probe) and the three likeliest answers."""
        question = self._typed(prompt if prompt.strip() else self._default_probe)
        with evaluating(model) as device:
            logits = model(self._batch([question]).to(device)).logits[0, -1].cpu()
        chances, best = logits.softmax(-1).topk(min(3, len(self._answers)))
        said = [
            f"{self._answers[k]} {p:.2f}"
            for k, p in zip(best.tolist(), chances.tolist(), strict=True)
        ]
        return f"{' '.join(question.question)}? {', '.join(said)}"

    def _typed(self, text: str) -> Question:
        told, _, answer = text.partition("=>")
        facts, question = typed(told)
        found = Question(facts, question, " ".join(words(answer)))
        return _recent(found, self._config.model.memory_facts)

    def _batch(self, questions: Sequence[Question]) -> Batch:
        """Facts (B, S, W) and questions (B, Q) filled up; one input per hop."""
        hops, rows = self._config.model.hops, len(questions)
        most = max(1, *(len(q.facts) for q in questions))
        wide = max((len(fact) for q in questions for fact in q.facts), default=1)
        facts = np.zeros((rows, most, wide), np.int64)
        asked = np.zeros((rows, max(len(q.question) for q in questions)), np.int64)
        targets = np.full((rows, hops), NOTHING_ASKED, np.int64)
        for row, q in enumerate(questions):
            for k, fact in enumerate(q.facts):
                facts[row, k, : len(fact)] = self._encoded(fact)
            asked[row, : len(q.question)] = self._encoded(q.question)
            targets[row, -1] = self._answer_ids.get(q.answer, NOTHING_ASKED)
        return Batch(
            torch.arange(hops).expand(rows, -1),
            torch.from_numpy(targets),
            context=torch.from_numpy(asked),
            facts=torch.from_numpy(facts),
        )

    def _encoded(self, sentence: Sequence[str]) -> list[int]:
        return [self._ids.get(word, 1) for word in sentence]


def _recent(question: Question, most: int) -> Question:
    """With the newest facts only, as many as the memory holds."""
    gone = max(len(question.facts) - most, 0)
    supporting = tuple(k - gone for k in question.supporting if k >= gone)
    return replace(question, facts=question.facts[gone:], supporting=supporting)


def _supported(asked: Sequence[Question], looked: Tensor | None) -> tuple[Figure, ...]:
    """How often at least one hop looked most at a fact that the answer follows from."""
    known = [k for k, q in enumerate(asked) if q.supporting]
    if looked is None or not known:
        return ()
    places = looked.argmax(-1).tolist()  # (B, hops)
    hits = [bool(set(places[k]) & set(asked[k].supporting)) for k in known]
    chance = [len(asked[k].supporting) / max(len(asked[k].facts), 1) for k in known]
    value, random = sum(hits) / len(hits), sum(chance) / len(chance)
    return (Figure("looked at a supporting fact", value, "", "higher", random, "one at random"),)


def _written(question: Question) -> str:
    told = "".join(f"{' '.join(fact)}. " for fact in question.facts)
    return f"{told}{' '.join(question.question)}? => {question.answer}"


def _summary(config: RunConfig, texts: Texts, asked: Asked, answers: Counter[str]) -> CorpusSummary:
    training, validation = asked.buckets(config)
    questions, cut = asked.questions, asked.cut
    counts = Counter(word for q in questions for part in (*q.facts, q.question) for word in part)
    facts = [len(q.facts) for q in questions]
    return CorpusSummary(
        **portrait.origin(config.task, texts),
        unit="questions",
        token_count=len(questions),
        vocabulary_size=len(counts),
        most_frequent=tuple(TokenCount(word, n) for word, n in counts.most_common(20)),
        first_lines=texts.first_lines(_LINES),
        facts=(
            ("questions", f"{len(questions):,}"),
            ("facts before a question", f"{min(facts)} to {max(facts)}"),
            ("answers", ", ".join(name for name, _ in answers.most_common(8))),
            ("held out", f"{len(cut.held_out):,} questions"),
            ("twins, kept on one side", f"{cut.duplicates:,}"),
            ("padding", f"{training.padding():.1%} of the facts read"),
        ),
        warnings=() if len(cut.held_out) else ("Nothing is held out.",),
        **portrait.batching(training, validation),
        chunk_length=config.model.hops,
        metric="accuracy" if len(cut.held_out) else "",
    )
