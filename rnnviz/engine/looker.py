"""Looking inside while training goes on: a second thread with its own copy of the network, so that
training pays for a look only with copying its parameters (docs/decisions/0003-looking-thread.md).
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch

from rnnviz.contracts import events
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.events import Event
from rnnviz.contracts.model import Model
from rnnviz.contracts.snapshot import NEEDS, NOW_AND_THEN, USUAL, Snapshot
from rnnviz.engine.observer import Budget, Observer
from rnnviz.engine.session import Session
from rnnviz.engine.toll import Toll

RARELY = 3
"""Of so many recorded looks one brings what is wanted now and then."""


@dataclass(frozen=True, slots=True)
class _Job:
    request: events.Look
    step: int
    edition: int
    resting: bool


class Looker:
    """Looks whenever fresh parameters came. All public methods belong to the training thread.

    show   gets every snapshot and whether training rested, in the looking thread
    wants  whether the snapshot of a step (and resting) will be recorded: then it holds everything,
           that is not costly, for any view may be opened on the record
    """

    def __init__(
        self,
        session: Session,
        name: str,
        show: Callable[[Snapshot, bool], None],
        tell: Callable[[Event], None],
        wants: Callable[[int, bool], bool] = lambda step, resting: False,
    ) -> None:
        look = session.config.look
        self._task = session.task
        self._threads = session.threads
        self._observer = Observer(session.model, session.task, name)
        self._budget = Budget(look.budget_percent, look.snapshots_per_second)
        self._show = show
        self._tell = tell
        self._wants = wants
        self._request: events.Look | None = None
        self._edition = 0
        self._handed = (0, -1)
        self._remarked = ""
        self._toll = Toll()
        self._served_at = time.perf_counter()
        self._beside = False
        self._goal = session.config.training.steps
        self._recorded = 0
        self._idle = threading.Event()
        self._idle.set()
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._look_on, name="rnnviz looking", daemon=True)
        self._thread.start()

    def ask(self, request: events.Look) -> None:
        """Look like this from now on; answers to earlier requests are dropped."""
        self._request = request
        self._edition += 1

    def forget(self) -> None:
        """Drop what is being looked at: training went back."""
        self._edition += 1

    def set(self, name: str, value: float) -> None:
        """Change the budget."""
        if name not in ("budget_percent", "snapshots_per_second"):
            raise UserError(f"There is no live option {name!r}.")
        setattr(self._budget, name, value)

    def behind(self, step: int) -> bool:
        """True when the present state was not handed over yet."""
        return self._request is not None and self._handed != (self._edition, step)

    def serve(self, model: Model, step: int, resting: bool) -> None:
        """Copy the parameters over when a look is due; while resting it always is."""
        self._count(resting)
        self._hand_over(model, step, resting)
        self._beside = self._beside or not self._idle.is_set()
        self._served_at = time.perf_counter()

    def _count(self, resting: bool) -> None:
        """Tell the toll how long the step took that has just been done."""
        ended = self._beside and self._idle.is_set()
        if not resting:
            self._toll.step(time.perf_counter() - self._served_at, self._beside)
        if ended:
            self._toll.look_ended()
            self._beside = False

    def _hand_over(self, model: Model, step: int, resting: bool) -> None:
        if self._request is None or not self._idle.is_set() or not self.behind(step):
            return
        asked_anew = self._handed[0] != self._edition
        if resting or asked_anew or self._budget.due():
            self._observer.refresh(model)
            self._handed = self._edition, step
            self._idle.clear()
            self._jobs.put(_Job(self._request, step, self._edition, resting))

    def finish(self, model: Model, step: int) -> None:
        """Wait until the present state has been looked at."""
        self._idle.wait()
        self.serve(model, step, resting=True)
        self._idle.wait()

    def close(self) -> None:
        """End after the look that is going on."""
        self._jobs.put(None)
        self._thread.join()

    def _remark(self, text: str) -> None:
        remark = self._task.remark(text)
        if remark != self._remarked:
            self._remarked = remark
            self._tell(events.Remarked(remark))

    def _look_on(self) -> None:
        # PyTorch counts threads per thread: a new one would take every core away from training.
        torch.set_num_threads(self._threads)
        while (job := self._jobs.get()) is not None:
            try:
                self._look(job)
            except UserError as error:
                self._tell(events.Warned(str(error)))
            except Exception as error:
                self._tell(events.Warned(f"Looking failed: {type(error).__name__}: {error}"))
            finally:
                self._idle.set()

    def _look(self, job: _Job) -> None:
        text = job.request.probe or self._task.default_probe
        self._remark(text)
        probe = self._task.probe(text, self._observer.model)
        needs, generation = self._needs(job), job.request.generation
        # Processor time, not wall time: waiting for training to yield costs training nothing.
        began = time.thread_time()
        snapshot = self._observer.look(probe, needs, job.step, generation)
        if job.resting:
            self._budget.rest()
        else:
            self._budget.spend(self._toll.of_a_look(time.thread_time() - began))
        if job.edition == self._edition:
            self._show(snapshot, job.resting)
        self._tell(events.LookCost(self._budget.share, self._budget.rate))

    def _needs(self, job: _Job) -> frozenset[str]:
        """What will be recorded holds what views may need; what is costly, now and then or last."""
        needs = job.request.needs
        if not self._wants(job.step, job.resting):
            return needs
        if job.resting and job.step >= self._goal:
            return needs | frozenset(NEEDS)
        costly = NOW_AND_THEN if job.resting or self._recorded % RARELY == 0 else frozenset()
        self._recorded += 1
        return needs | USUAL | costly
