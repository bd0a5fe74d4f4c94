"""Notice a word in a stream of letters: the target is 1 where it ends and 0 everywhere else."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from rnnviz.contracts.arrays import NamedArray
from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.evaluation import Evaluation, Example, Figure
from rnnviz.contracts.model import NOTHING_ASKED, Batch, Model, Sizes
from rnnviz.contracts.shipped import locate_corpus
from rnnviz.contracts.snapshot import CorpusSummary, Tokens
from rnnviz.contracts.task import Probe, Progress, evaluating, silent
from rnnviz.corpora import judged
from rnnviz.corpora.encoded import Encoded, encode
from rnnviz.corpora.opened import OpenedTask
from rnnviz.corpora.reader import open_texts
from rnnviz.corpora.rows import cut
from rnnviz.corpora.stream import DRAWN_CHUNKS, Drawn, Read, Stream, ends_of
from rnnviz.corpora.stream_portrait import of_stream
from rnnviz.corpora.vocabulary import Characters, shown

_LONGEST_PROBE, _DEFAULT_PROBE = 500, 60
_EXAMINED, _EXAMPLES, _CONTEXT = 10, 12, 16

Flags = NDArray[np.bool_]


class Detection(OpenedTask[Stream]):
    """Rows of letters that go on from chunk to chunk; two outputs, 0 and 1."""

    name = "detection"
    title = "Word detector"
    sentence = "Learns to say when a certain word has just gone by."
    formats = "any text file, or a folder of .txt files"
    default_corpus = "sample:detection/stream.txt"
    default_model = "recurrent"
    shape = "aligned"
    ignores = ("look.temperature",)
    shows = ("trace",)
    suffixes = (".txt", "")

    def __init__(
        self,
        config: RunConfig,
        letters: Characters,
        summary: CorpusSummary,
        default_probe: str,
        stream: Stream | None = None,
    ) -> None:
        super().__init__(config, summary, stream)
        self._letters, self._default_probe = letters, default_probe
        self._word = letters.encode(_word(config)).astype(np.int64)

    @classmethod
    def open(cls, config: RunConfig, progress: Progress = silent) -> Detection:
        """Read the corpus; UserError where the word cannot be learned from it."""
        task = config.task.model_copy(update={"tokens": "characters"})
        texts = open_texts(locate_corpus(task.corpus), task.encoding, progress)
        encoded = encode(texts, task, progress)
        letters = encoded.vocabulary
        assert isinstance(letters, Characters)
        missing = sorted(set(_word(config)) - set(letters.tokens))
        if missing:
            raise UserError(
                f"{texts.path} does not contain {' '.join(map(shown, missing))}, which "
                f"“{task.word}” is written with: choose another word or corpus."
            )
        word = letters.encode(_word(config)).astype(np.int64)
        words = int(ends_of(word, encoded.tokens).sum())
        drawn = task.stream == "drawn"
        stream: Stream = (
            _drawn(config, encoded, word) if drawn else _read(config, encoded, word, words)
        )
        summary = of_stream(config, texts, encoded, stream, words)
        return cls(config, letters, summary, _first_probe(stream, letters), stream)

    @classmethod
    def restore(cls, config: RunConfig, state: dict[str, Any]) -> Detection:
        """The task without its corpus: probes work, batches do not."""
        letters = Characters(tuple(state["letters"]))
        summary = CorpusSummary.from_data(state["summary"])
        return cls(config, letters, summary, state["default_probe"])

    def state(self) -> dict[str, Any]:
        """The letters, the summary and the default probe."""
        return {
            "letters": list(self._letters.tokens),
            "default_probe": self._default_probe,
            **super().state(),
        }

    @property
    def sizes(self) -> Sizes:
        """Letters in, nothing or the word out."""
        return Sizes(inputs=len(self._letters.tokens), outputs=2)

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """0: nothing; 1: here the word ends."""
        return ("0", "1")

    @property
    def threshold(self) -> float:
        """Above this probability the word counts as noticed."""
        return self._config.task.threshold

    def train_batch(self, step: int) -> Batch:
        """The next chunk of every row."""
        starts = step == 0 or (not isinstance(self.opened, Drawn) and step % self.opened.train == 0)
        return self._batch(*self.opened.chunk(step), continues=not starts)

    def validation_batches(self) -> Iterator[Batch]:
        """Chunks of a stream that is never trained on."""
        for index in range(self.opened.validation):
            yield self._batch(*self.opened.chunk(index, held_out=True), continues=index > 0)

    def read(self, logits: Tensor) -> tuple[str, ...]:
        """1 where the word is thought to end with more than the threshold's probability."""
        noticed = logits.softmax(-1)[:, 1] > self.threshold
        return tuple("1" if one else "0" for one in noticed.tolist())

    def evaluate(self, model: Model) -> Evaluation | None:
        """Hits and false alarms at the threshold on the beginning of the held-out stream."""
        if self._found is None or not self._found.validation:
            return None
        letters, true, said = (
            np.concatenate(part, 1) for part in zip(*self._answers(model), strict=True)
        )
        table = np.array([[(~true & ~said).sum(), (~true & said).sum()],
                          [(true & ~said).sum(), (true & said).sum()]])  # fmt: skip
        confusion = NamedArray("confusion", ("row", "column"), table.astype(np.float32))
        return Evaluation(
            self._figures(table, true, letters),
            {"confusion": confusion},
            ("nothing", shown(_word(self._config))),
            tuple(self._examples(letters, true, said)),
        )

    @property
    def default_probe(self) -> str:
        """A piece of the held-out stream in which the word occurs, if there is one."""
        return self._default_probe

    def probe(self, text: str, model: Model | None = None) -> Probe:
        """At most 500 letters; those that the corpus does not contain are left out."""
        ids = self._encode(text)[:_LONGEST_PROBE]
        if not len(ids):
            raise UserError("The probe is empty: type some letters that the corpus contains.")
        ends = ends_of(self._word, ids).astype(np.int64)
        names = tuple(shown(self._letters.tokens[i]) for i in ids)
        tokens = Tokens(names, tuple(map(str, ends.tolist())), output=())
        batch = Batch(torch.from_numpy(ids)[None], torch.from_numpy(ends)[None])
        return Probe(self._letters.decode(ids.tolist()), batch, tokens)

    def sample(self, model: Model, prompt: str, length: int, temperature: float, seed: int) -> str:
        """Where the network notices the word in `prompt`, or in the default probe; nothing is drawn
        by chance.
        """
        probe = self.probe(prompt or self.default_probe)
        with evaluating(model) as device:
            logits = model(probe.batch.to(device)).logits
        chances = logits[0].softmax(-1)[:, 1].tolist()
        return _marked(probe, chances, self.threshold)

    def _batch(self, letters: NDArray[np.int64], ends: NDArray[np.int64], continues: bool) -> Batch:
        carried = continues and self._config.training.carry_state
        if not carried:
            # A word that began in the chunk before cannot be noticed by who has not read it.
            seen = ends_of(self._word, letters)
            ends = np.where((ends > 0) & ~seen, NOTHING_ASKED, ends)
        return Batch(torch.from_numpy(letters), torch.from_numpy(ends), continues=carried)

    def _answers(self, model: Model) -> Iterator[tuple[NDArray[np.int64], Flags, Flags]]:
        """(B, T) letters, where the word ends and where it is noticed, chunk by chunk."""
        state = None
        with evaluating(model) as device:
            for batch in islice(self.validation_batches(), _EXAMINED):
                output = model(batch.to(device), state)
                state = output.state
                said = output.logits.softmax(-1)[..., 1] > self.threshold
                yield batch.inputs.numpy(), batch.targets.numpy() == 1, said.cpu().numpy()

    def _figures(
        self, table: NDArray[np.int64], true: Flags, letters: NDArray[np.int64]
    ) -> tuple[Figure, ...]:
        half = self._word[len(self._word) // 2 :]
        guess = ends_of(half, letters)
        lazy = judged.rates(int((guess & true).sum()), int(guess.sum()), int(true.sum()))
        hits, alarms = int(table[1, 1]), int(table[0, 1])
        found = judged.rates(hits, hits + alarms, int(table[1].sum()))
        name = f"“{''.join(shown(self._letters.tokens[i]) for i in half)}” is enough"
        rates = zip(("F1", "precision", "recall"), found, lazy, strict=True)
        return (
            *(
                Figure(title, value, baseline=other, baseline_name=name)
                for title, value, other in rates
            ),
            Figure("hits", hits, f"of {int(table[1].sum()):,}"),
            Figure("false alarms", alarms, f"in {true.size:,} letters", better="lower"),
        )

    def _examples(self, letters: NDArray[np.int64], true: Flags, said: Flags) -> Iterator[Example]:
        """The first misses and false alarms, then hits, each with what was read before."""
        for wanted in (true != said, true & said):
            for row, time in np.argwhere(wanted)[: _EXAMPLES // 2].tolist():
                before = letters[row, max(0, time - _CONTEXT + 1) : time + 1].tolist()
                given = "".join(shown(self._letters.tokens[i]) for i in before)
                answers = str(int(true[row, time])), str(int(said[row, time]))
                yield Example(f"…{given}", *answers, right=answers[0] == answers[1])

    def _encode(self, text: str) -> NDArray[np.int64]:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        text = text.lower() if self._config.task.lowercase else text
        return self._letters.encode(text).astype(np.int64)


def _word(config: RunConfig) -> str:
    return config.task.word.lower() if config.task.lowercase else config.task.word


def _drawn(config: RunConfig, encoded: Encoded, word: NDArray[np.int64]) -> Drawn:
    tokens, training = encoded.vocabulary.tokens, config.training
    alphabet = np.array([i for i, token in enumerate(tokens) if not token.isspace()], np.int64)
    validation = math.ceil(DRAWN_CHUNKS * config.task.validation_fraction - 1e-9)
    return Drawn(
        alphabet, word, config.task.word_every, training.batch_size, training.sequence_length,
        validation, training.seed,
    )  # fmt: skip


def _read(config: RunConfig, encoded: Encoded, word: NDArray[np.int64], words: int) -> Read:
    task, training = config.task, config.training
    if words < 2:
        raise UserError(
            f"“{task.word}” occurs {'once' if words else 'nowhere'} in the corpus: choose a word "
            "that occurs more often, or let the stream be drawn."
        )
    rows = cut(
        encoded.tokens, training.batch_size, training.sequence_length, task.validation_fraction
    )
    return Read(rows, word)


def _first_probe(stream: Stream, letters: Characters) -> str:
    """The beginning of the row of the held-out stream, else of the one to train on, in which the
    word comes most often.
    """
    held_out = stream.validation > 0
    most = stream.validation if held_out else stream.train
    chunks = [stream.chunk(index, held_out) for index in range(min(most, _EXAMINED))]
    ids, ends = (
        np.concatenate(parts, 1)[:, :_DEFAULT_PROBE] for parts in zip(*chunks, strict=True)
    )
    return letters.decode(ids[int(ends.sum(1).argmax())].tolist())


def _marked(probe: Probe, chances: list[float], threshold: float) -> str:
    """The probe's text with a mark behind every letter at which the word was noticed."""
    read = "".join(probe.tokens.input)
    found = [f"{t + 1} (p = {p:.2f})" for t, p in enumerate(chances) if p > threshold]
    missed = [
        str(t + 1)
        for t, (p, target) in enumerate(zip(chances, probe.tokens.target, strict=True))
        if target == "1" and p <= threshold
    ]
    noticed = f"noticed at {', '.join(found)}" if found else "nothing noticed"
    return f"{read}: {noticed}" + (f"; missed at {', '.join(missed)}" if missed else "")
