"""Looks inside a network while it learns: snapshots from a private copy, within a budget of time.

The copy lives on the CPU, as a probe is too short to fill an accelerator, and always in evaluation
mode: looking draws no random numbers and touches neither the trained network nor its gradients.
"""

from __future__ import annotations

import copy
import math
import statistics
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace

import torch

from rnnviz.contracts import discovery
from rnnviz.contracts.analysis import Analysis
from rnnviz.contracts.arrays import NamedArray
from rnnviz.contracts.graph import Graph
from rnnviz.contracts.model import Batch, Model, Plan
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.task import Probe, Task
from rnnviz.engine.inside import Inside


class Observer:
    """Makes snapshots of a model.

    `look` may run in another thread than training, as long as `refresh` is not called meanwhile.
    """

    def __init__(self, model: Model, task: Task, run: str = "") -> None:
        self.model = copy.deepcopy(model).cpu().eval()
        self.model.zero_grad(set_to_none=True)
        self._parameters = list(self.model.parameters())
        self._structure = self.model.structure
        self._task, self._vocabulary = task, task.vocabulary
        self._run = run
        self._graphs: dict[Plan, Graph] = {}
        kinds = discovery.every("analysis", Analysis)
        self._analyses = [kind() for kind in kinds.values()]

    def refresh(self, model: Model) -> None:
        """Copy the parameters of `model`, on whatever device it is, into the private copy."""
        with torch.no_grad():
            for mine, new in zip(self._parameters, model.parameters(), strict=True):
                mine.copy_(new)

    def look(self, probe: Probe, needs: frozenset[str], step: int, generation: int = 0) -> Snapshot:
        """The snapshot of `probe` after `step` updates, with the groups in `needs`."""
        began = time.perf_counter()
        inside = Inside(self.model, self._task, probe.batch, needs)
        arrays = inside.arrays()
        results = self._analyse(arrays, needs)
        return Snapshot(
            run=self._run,
            step=step,
            tokens=replace(probe.tokens, output=self._task.read(inside.logits.detach())),
            structure=self._structure,
            graph=self._graph(probe.batch),
            vocabulary=self._vocabulary,
            arrays=arrays,
            results=results,
            tapped_difference=inside.difference,
            loss=inside.mean_loss,
            needs=needs,
            absent=inside.absent,
            generation=generation,
            seconds=time.perf_counter() - began,
            finished_at=time.monotonic(),
        )

    def _analyse(
        self, arrays: Mapping[str, NamedArray], needs: frozenset[str]
    ) -> dict[str, NamedArray]:
        ready = [analysis for analysis in self._analyses if analysis.needs <= needs]
        found = [array for a in ready for array in a.compute(arrays, self._structure)]
        return {array.name: array for array in found}

    def _graph(self, batch: Batch) -> Graph:
        """The unrolled graph, kept from look to look as long as the probe keeps its form."""
        plan = Plan.of(batch)
        if plan not in self._graphs:
            self._graphs = {plan: self.model.graph(plan)}
        return self._graphs[plan]


class Budget:
    """Spaces looks so that they keep within a share of the time and a number per second.

    budget_percent        share of wall time, in percent; may be changed at any time
    snapshots_per_second  most looks a second; may be changed at any time
    clock                 seconds, monotonic
    """

    def __init__(
        self,
        budget_percent: float,
        snapshots_per_second: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.budget_percent = budget_percent
        self.snapshots_per_second = snapshots_per_second
        self._clock = clock
        self._looks: deque[tuple[float, float]] = deque(maxlen=20)  # (began, seconds)
        self._cost = 0.0
        self._last = -math.inf

    def rest(self) -> None:
        """Tell that a look ends for which nothing had to wait; the next one need not come soon."""
        self._last = self._clock()

    def due(self) -> bool:
        """True when another look keeps within both limits."""
        return self._clock() - self._last >= self._spacing()

    def spend(self, seconds: float) -> None:
        """Tell what the look that ends now has cost."""
        self._last = self._clock() - seconds
        self._looks.append((self._last, seconds))
        # The median of the last few: one slow look (the first, a paging pause) must not blind us.
        self._cost = statistics.median(seconds for _, seconds in list(self._looks)[-5:])

    def _spacing(self) -> float:
        return max(100 * self._cost / self.budget_percent, 1 / self.snapshots_per_second)

    @property
    def share(self) -> float:
        """Part of the wall time (0..1) that went into the last looks."""
        return sum(seconds for _, seconds in list(self._looks)[:-1]) / self._span()

    @property
    def rate(self) -> float:
        """Looks per second lately."""
        return max(len(self._looks) - 1, 0) / self._span()

    def _span(self) -> float:
        """Seconds from the start of the first to the start of the last look that is remembered."""
        span = self._looks[-1][0] - self._looks[0][0] if self._looks else 0.0
        return span or float("inf")
