"""What tasks share that open a corpus, and that are restored from a run without it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from functools import cached_property
from typing import Any, Generic, Protocol, TypeVar

from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.model import Batch
from rnnviz.contracts.snapshot import CorpusSummary
from rnnviz.contracts.task import Task
from rnnviz.corpora.sentences import Buckets, Indices


class Bucketed(Protocol):
    """A corpus of examples that have lengths."""

    def buckets(self, config: RunConfig) -> tuple[Buckets, Buckets]:
        """Batches of the examples to train on and of those kept aside."""


Corpus = TypeVar("Corpus")
Examples = TypeVar("Examples", bound=Bucketed)


class OpenedTask(Task, Generic[Corpus]):
    """Base of tasks that read a corpus. `_found` is None in one that was restored without it."""

    def __init__(self, config: RunConfig, summary: CorpusSummary, found: Corpus | None) -> None:
        super().__init__(config, summary)
        self._found = found

    def state(self) -> dict[str, Any]:
        """The summary; a task adds its vocabulary and what else it needs for probes."""
        return {"summary": self._summary.to_data()}

    @property
    def opened(self) -> Corpus:
        """The corpus; RuntimeError where the task was restored without it."""
        if self._found is None:
            raise RuntimeError("restored without its corpus: there are no batches")
        return self._found


class BucketedTask(OpenedTask[Examples]):
    """Base of tasks whose batches are examples of about equal length."""

    @abstractmethod
    def batch(self, which: Indices) -> Batch:
        """The examples `which` of the opened corpus."""

    @cached_property
    def buckets(self) -> tuple[Buckets, Buckets]:
        """Batches of the examples to train on and of those kept aside."""
        return self.opened.buckets(self._config)

    def train_batch(self, step: int) -> Batch:
        """Examples of about equal length, in an order drawn anew for each epoch."""
        return self.batch(self.buckets[0].at(step))

    def validation_batches(self) -> Iterator[Batch]:
        """The held-out examples, shortest first."""
        return map(self.batch, self.buckets[1].in_order())
