"""A run that a script records: steps and looks are written as they come, and nothing that goes
wrong reaches the script. `rnnviz.record` makes it.
"""

from __future__ import annotations

import atexit
import json
import os
import sys
import time
import warnings
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import torch
from safetensors.torch import save
from torch import nn

from rnnviz.contracts.errors import UserError
from rnnviz.contracts.snapshot import Sample, Snapshot
from rnnviz.engine import disk, run_folder
from rnnviz.engine.layout import FACTS, WEIGHTS
from rnnviz.engine.run_folder import RunFolder, Unsaved
from rnnviz.recording.calm import calm
from rnnviz.recording.copying import bare, private_copy
from rnnviz.recording.describing import structure
from rnnviz.recording.glass import Glass, Wishes, device_of
from rnnviz.recording.pacing import Pace
from rnnviz.recording.probe import Probe
from rnnviz.recording.scalars import Scalars
from rnnviz.recording.stations import stations

FLUSH_SECONDS = 0.5
"""Scalars are written at least this often, so that a killed script loses less than a second."""

MOST_FAILURES = 3
"""After so many looks in a row that failed, no more are tried."""

_open: dict[Path, weakref.ref[Recording]] = {}


class Recording:
    """A run that is being recorded. `record` makes it."""

    _folder: RunFolder | None

    def __init__(
        self,
        path: Path,
        model: nn.Module,
        probe: Probe,
        wishes: Wishes,
        scalars: Scalars,
        pace: Pace,
        facts: dict[str, Any],
        megabytes: int,
        weights: bool,
        overwrite: bool,
    ) -> None:
        self.path = path
        self._model, self._probe, self._wishes = bare(model), probe, wishes
        self._scalars, self._pace, self._weights = scalars, pace, weights
        self._process = os.getpid()
        self._step = 0
        self._looked_at = -1
        self._flushed_at = time.monotonic()
        self._failures = 0
        self._said: set[str] = set()
        self._folder = None
        if not _is_first_process():
            return
        _close_older(path)
        _require_free(path, overwrite)
        self._glass = Glass(self._model, probe, wishes, facts["title"] or path.resolve().name)
        first = self._first_look()
        facts = facts | {
            "threads": torch.get_num_threads(),
            "structure": json.loads(self._structure(first).to_json()),
        }
        self._folder = run_folder.create_for_script(path, facts, megabytes, overwrite)
        if first is not None:
            self._keep(first)
        _open[path.resolve()] = weakref.ref(self)
        # A bound method would keep the recording, and so the network, alive.
        atexit.register(_at_exit, weakref.ref(self))

    def step(self, loss: Any = None, **scalars: Any) -> None:
        """One optimizer update is done: `loss` as tensor or number, and what else is known of it:
        `validation_loss`, `metric`, `learning_rate`, `epoch`, `tokens` (of this batch), `norm`
        (before clipping), `clip`.

        Call it after `backward` and before the next `zero_grad`, so that gradients can be measured.
        """
        self._step += 1
        if self._folder is None:
            return
        try:
            with self._harmless("The scalars of a step were not recorded"):
                self._scalars.add(self._step, loss, scalars)
            if self._pace.due(self._step):
                self.look()
        finally:
            if time.monotonic() - self._flushed_at >= FLUSH_SECONDS:
                self._flush()

    def look(self) -> None:
        """Look inside now, whatever the budget says."""
        if self._folder is None or self._failures >= MOST_FAILURES:
            return
        began = time.perf_counter()
        self._failures += 1
        with self._harmless("The network could not be looked into"):
            self._keep(self._glass.look(self._step))
            self._failures = 0
        self._pace.spend(time.perf_counter() - began)

    def sample(self, text: str, prompt: str = "", temperature: float = 1.0, seed: int = 0) -> None:
        """Keep a text that the network wrote, for the view of samples."""
        if self._folder is None:
            return
        with self._harmless("A sample was not recorded"):
            sample = Sample(self._step, str(prompt), str(text), float(temperature), int(seed))
            self._folder.add_sample(sample)

    def save_weights(self) -> None:
        """Put the network's weights into the run, as `weights.safetensors`."""
        if self._folder is None:
            return
        with self._harmless("The weights were not saved"):
            tensors = {n: v for n, v in self._model.state_dict().items() if torch.is_tensor(v)}
            data = save({n: v.detach().cpu().clone().contiguous() for n, v in tensors.items()})
            disk.write(self.path / WEIGHTS, data)

    def close(self) -> None:
        """End the recording, with a last look at the network as it is now."""
        self._close()

    def _close(self, look: bool = True, problem: str = "") -> None:
        # A process that was forked off shares what this one writes.
        if self._folder is None or os.getpid() != self._process:
            return
        if look and self._looked_at != self._step:
            self.look()
        self._flush()
        if self._weights:
            self.save_weights()
        folder, self._folder = self._folder, None
        _open.pop(self.path.resolve(), None)
        with self._harmless("The run was not closed"):
            folder.say("failed" if problem else "finished", problem)
            folder.close()

    def __enter__(self) -> Recording:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # After an error the network may be in any state; after Ctrl+C it is where training stood.
        failed = isinstance(error, Exception)
        self._close(not failed, f"The script ended: {_sentence(error)}." if failed else "")

    def __del__(self) -> None:
        # A function that returns without closing it still leaves a whole run.
        if not sys.is_finalizing() and getattr(self, "_folder", None) is not None:
            self._close()

    def __repr__(self) -> str:
        state = "closed" if self._folder is None else "open"
        return f"<rnnviz recording {str(self.path)!r}, step {self._step}, {state}>"

    # ---- inside

    def _first_look(self) -> Snapshot | None:
        """At the untrained network; UserError where the probe is not one that it can read."""
        try:
            return self._glass.look(0)
        except UserError:
            raise
        except Exception as error:
            self._require_probe()
            self._warn(f"The network could not be looked into ({_sentence(error)}).")
            self._failures = MOST_FAILURES
            return None

    def _require_probe(self) -> None:
        """Run the probe as the script would."""
        try:
            with calm(device_of(self._model)):
                self._probe.call(private_copy(self._model))
        except Exception as error:
            raise UserError(
                f"probe: the network cannot read it ({_sentence(error)}); give what you would "
                "call it with: a tensor, a tuple of arguments, a dict of keyword arguments, or a "
                "function of the network."
            ) from error

    def _structure(self, first: Snapshot | None) -> Any:
        if first is not None:
            return first.structure
        found = stations(self._model)
        return structure(self._model, found, {s.path: "time" for s in found}, 0, False)

    def _keep(self, snapshot: Snapshot) -> None:
        assert self._folder is not None
        self._folder.add_snapshot(snapshot, full=True)
        self._looked_at = snapshot.step

    def _flush(self) -> None:
        self._flushed_at = time.monotonic()
        with self._harmless("Scalars were not recorded"):
            rows = self._scalars.take()
            if rows and self._folder is not None:
                self._folder.add_steps(rows)

    @contextmanager
    def _harmless(self, what: str) -> Iterator[None]:
        """Nothing that goes wrong in the block reaches the script; each message is told once."""
        try:
            yield
        except (UserError, Unsaved) as error:
            self._warn(str(error))
        except Exception as error:
            more = "; no more looks are tried" if self._failures >= MOST_FAILURES else ""
            self._warn(f"{what} ({_sentence(error)}){more}.")

    def _warn(self, message: str) -> None:
        if message in self._said:
            return
        self._said.add(message)
        text = f"rnnviz: {message.rstrip('.')}. Training is not affected."
        try:
            warnings.warn(text, RuntimeWarning, stacklevel=5)
        except RuntimeWarning:
            # The script turns warnings into errors; this one must not end it.
            print(text, file=sys.stderr)


def _require_free(path: Path, overwrite: bool) -> None:
    if (path / FACTS).is_file() and not overwrite:
        raise UserError(
            f"{path} already holds a run; choose another folder or give overwrite=True."
        )
    run_folder.require_free(path, overwrite)


def _is_first_process() -> bool:
    """False in the other processes of a distributed training: one of them writes."""
    distributed = torch.distributed
    ready = distributed.is_available() and distributed.is_initialized()
    return not ready or distributed.get_rank() == 0


def _close_older(path: Path) -> None:
    """A notebook's cell that is run again leaves its old recording behind."""
    older = _open.pop(path.resolve(), None)
    recording = older() if older is not None else None
    if recording is not None:
        recording._close(look=False)


def _at_exit(reference: weakref.ref[Recording]) -> None:
    recording = reference()
    if recording is not None:
        # A script that ends with an error has no good last state to show.
        error = getattr(sys, "last_value", None)
        recording._close(error is None, "" if error is None else _sentence(error))


def _sentence(error: BaseException | None) -> str:
    first = (str(error).strip().splitlines() or [""])[0].rstrip(".")
    return f"{type(error).__name__}: {first}" if first else type(error).__name__
