"""Begins, ends and replaces runs. A run that is prepared but untrained already shows corpus,
sizes and states.
"""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from rnnviz.app.going_on import branching, can_branch, can_resume, resuming
from rnnviz.app.jobs import Job
from rnnviz.app.run_model import RunModel
from rnnviz.app.settings import runs_path
from rnnviz.contracts import events
from rnnviz.contracts.config import LookConfig, RunConfig
from rnnviz.contracts.errors import UserError

if TYPE_CHECKING:
    from rnnviz.contracts.source import Source
    from rnnviz.engine.watcher import Watcher

# Fields that may change while a run trains; every other change needs a new run.
LIVE = {
    "training.learning_rate": "learning_rate",
    "training.clip_threshold": "clip_threshold",
    "look.temperature": "temperature",
    "look.budget_percent": "budget_percent",
    "look.snapshots_per_second": "snapshots_per_second",
}

WATCHED = (
    "Another process trains this run, so it can only be watched here: "
    "change a setting to train a network of your own."
)


def differences(old: RunConfig, new: RunConfig) -> dict[str, Any]:
    """Dotted names of the fields that differ, with their new values."""
    before, after = old.model_dump(), new.model_dump()
    return {
        f"{section}.{name}": value
        for section in ("task", "model", "training", "look")
        for name, value in after[section].items()
        if before[section][name] != value
    }


class RunControl(QObject):
    """Carries out what the run bar, the form and the start page ask for."""

    loaded = Signal()
    load_failed = Signal(str)
    begun = Signal(object)
    refused = Signal(str)

    def __init__(self, run: RunModel, parent: QObject) -> None:
        super().__init__(parent)
        self.setObjectName("run_control")
        self.run = run
        self.torch_ready = False
        self.stale = False
        self._ending: list[Source] = []
        self._waiting: tuple[RunConfig, bool, Path | None] | None = None
        self._train_when_ready = False
        self._generation = 0
        self._resumed = False
        self._refusal = ""
        self._debounce = QTimer(self)
        self._debounce.setSingleShot(True)
        self._debounce.setInterval(500)
        self._debounce.timeout.connect(self._prepare_waiting)
        self._loader = Job(_load_engine, "load_torch", self)
        self._loader.done.connect(self._on_loaded)
        self._loader.failed.connect(self._on_load_failed)
        run.prepared.connect(self._on_prepared)
        run.changed.connect(self._on_changed)

    def load(self) -> None:
        """Import PyTorch beside the window."""
        self._loader.start()

    def _on_loaded(self) -> None:
        self.torch_ready = True
        self.loaded.emit()
        self._prepare_waiting()

    def _on_load_failed(self, error: Exception) -> None:
        self.load_failed.emit(
            f"PyTorch could not be loaded: {error}. Install torch again and restart."
        )

    # ---- runs

    def prepare(
        self, config: RunConfig, train: bool = False, soon: bool = False, path: Path | None = None
    ) -> None:
        """Replace the run by a new one; with `train` it begins as soon as it can, with `soon`
        after a moment. It is kept in `path`, else in a new folder of its own.
        """
        self._waiting = (config, train, path)
        self.stale = False
        if soon:
            self._debounce.start()
        else:
            self._prepare_waiting()

    def _prepare_waiting(self) -> None:
        if not self.torch_ready or self._waiting is None:
            return
        (config, self._train_when_ready, chosen), self._waiting = self._waiting, None
        from rnnviz.engine.runner import Runner

        self.release()
        path = chosen or new_run_path(config)
        self.run.begin(Runner(config, path), config, path)
        self.begun.emit(config)

    def watch(self, watcher: Watcher) -> None:
        """Replace the run by one on disk, which has been opened."""
        self.release()
        self._waiting, self.stale = None, False
        self.run.begin(watcher, watcher.config, watcher.path)
        self.begun.emit(watcher.config)
        if self._refusal:
            self.run.warned.emit(self._refusal)
            self._refusal = ""

    def resume(self) -> None:
        """Train the shown run on where it stopped, in its own folder."""
        path = self.run.path
        if path is None or not self.torch_ready or not can_resume(self.run):
            return
        try:
            runner, config = resuming(path)
        except UserError as error:
            self.run.warned.emit(str(error))
            return
        self.release()
        self._train_when_ready = self._resumed = True
        self.run.take_over(runner, config)

    def branch(self, config: RunConfig, step: int) -> None:
        """Replace the shown run by a new one with `config` that begins with what it had learned
        at about `step`.
        """
        path = self.run.path
        if path is None or not self.torch_ready or not can_branch(self.run):
            return
        out = new_run_path(config)
        try:
            runner = branching(path, step, config, out)
        except UserError as error:
            self.run.warned.emit(str(error))
            return
        self.release()
        self._waiting, self.stale, self._train_when_ready = None, False, True
        self.run.begin(runner, config, out)
        self.begun.emit(config)

    def _on_prepared(self) -> None:
        if self._train_when_ready:
            self._train_when_ready = False
            self.run.send(events.Train())

    def _on_changed(self, news: set[str]) -> None:
        """A run that cannot be trained on, because somebody else was faster or its corpus changed,
        is looked at again, and that is said.
        """
        if "state" not in news or not self._resumed or self.run.state in ("preparing", "paused"):
            return
        self._resumed = False
        if self.run.state == "failed":
            self._refusal = self.run.message
            self.refused.emit(str(self.run.path))

    def release(self) -> None:
        """Let the current run end by itself; it saves what it has."""
        source = self.run.release()
        if source is not None:
            self._ending.append(source)

    def close(self, timeout: float) -> bool:
        """End everything within `timeout` seconds; False when something is still working."""
        self._debounce.stop()
        self.release()
        until = time.monotonic() + timeout
        self._loader.wait(max(0.0, timeout))
        joined = [source.join(max(0.05, until - time.monotonic())) for source in self._ending]
        return all(joined)

    def tidy(self) -> None:
        """Forget runs that have ended."""
        self._ending = [source for source in self._ending if not source.join(0.0)]

    # ---- what the user asks for

    def change(self, config: RunConfig) -> None:
        """The form changed. An untrained run is prepared anew, a trained one gets what it can
        take live.
        """
        current = self.run.config
        if self._waiting is not None:
            self.prepare(config, train=self._waiting[1], soon=True)
            return
        if self.run.read_only and (current is None or self.run.state == "watched"):
            # What somebody else trains stays in sight until the user trains a network of the form.
            self.stale = True
            return
        if current is None or (self.run.step == 0 and self.run.state != "training"):
            self.prepare(config, soon=True)
            return
        changed = differences(current, config)
        for name in changed.keys() & LIVE.keys():
            self.run.send(events.SetOption(LIVE[name], float(changed[name])))
        self.stale = bool(changed.keys() - LIVE.keys())

    def train(self, config: RunConfig) -> None:
        """Go on, or begin with `config` where there is nothing to go on with."""
        if self.run.state == "watched" and not self.stale:
            self.run.warned.emit(WATCHED)
            return
        going_on = not self.stale and self._waiting is None
        if self.run.state in ("paused", "finished") and going_on:
            self.run.send(events.Train())
        elif self.run.state == "recorded" and going_on and can_resume(self.run):
            self.resume()
        else:
            self.prepare(config, train=True)

    def pause(self) -> None:
        self._train_when_ready = False
        self.run.send(events.Pause())

    def step(self) -> None:
        self.run.send(events.Train(steps=1))

    def stop(self) -> None:
        self.run.send(events.Stop())

    def rewind(self) -> None:
        self.run.send(events.Rewind())

    def write_sample(self, prompt: str, look: LookConfig) -> None:
        self.run.send(
            events.WriteSample(prompt, look.sample_length, look.temperature, seed=int(time.time()))
        )

    def look(self, needs: frozenset[str], probe: str) -> None:
        """Say what the visible views need and which text they show."""
        self._generation += 1
        self.run.send(events.Look(needs, probe, self._generation))


def new_run_path(config: RunConfig) -> Path:
    """A folder name that sorts by time and says what was trained; it is made when training
    begins.
    """
    corpus = Path(config.task.corpus.removeprefix("sample:")).stem
    words = (
        re.sub(r"[^A-Za-z0-9]+", "-", f"{config.title or config.model.cell} {corpus}")
        .strip("-")
        .lower()
    )
    stamp = time.strftime("%Y%m%d-%H%M%S")
    path = runs_path() / f"{stamp}-{words[:48]}"
    number = 1
    while path.exists():
        number += 1
        path = path.with_name(f"{stamp}-{words[:48]}-{number}")
    return path


def _load_engine() -> None:
    import rnnviz.engine.runner  # noqa: F401
