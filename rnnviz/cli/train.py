"""`rnnviz train`: the same run as in the window, with a progress bar instead."""

from __future__ import annotations

import argparse
import json
import math
import signal
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shlex import quote
from typing import Any

from tqdm import tqdm

from rnnviz.cli import judgement, series
from rnnviz.cli.plan import planned
from rnnviz.contracts import events
from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.evaluation import Evaluation
from rnnviz.contracts.history import StepRow
from rnnviz.contracts.snapshot import USUAL
from rnnviz.engine import team as teams
from rnnviz.engine.origin import Origin
from rnnviz.engine.runner import Runner
from rnnviz.engine.team import ALONE, Team

POLL_SECONDS = 0.05

# Nobody watches: looks only serve the record.
LOOK_PERCENT = 1.0

# The training loss of one batch jumps; its mean over so many steps is reported.
AVERAGED_STEPS = 100


def run(args: argparse.Namespace) -> int:
    """Train to the end, or until Ctrl+C; both save. 2 where that failed, 130 after Ctrl+C.

    Started by torchrun, only the first process says and writes anything.
    """
    variants = series.variants(args)
    if variants:
        return series.run(variants, args, train)
    team = teams.find()
    if not team.leads:
        return team.follow()
    try:
        plan = planned(args)
        report = train(plan.config, plan.out, args.overwrite, team, plan.origin)
    except BaseException as error:
        team.close(str(error) or type(error).__name__)
        raise
    team.close()
    if args.json:
        print(json.dumps(report))
    else:
        _tell(report, plan.out)
    if report["saved"] is False:
        return 2
    return 130 if report["interrupted"] else 0


def train(
    config: RunConfig,
    out: Path | None,
    overwrite: bool = False,
    team: Team = ALONE,
    origin: Origin | None = None,
) -> dict[str, Any]:
    """Run it with a progress bar on stderr; what is reported at the end."""
    runner = Runner(config, out, overwrite, team, origin)
    with _Watch(config, saving=out is not None) as watch, _heeding_signals(watch):
        runner.start()
        _begin(runner, config, out)
        while not (watch.over or watch.interrupted):
            time.sleep(POLL_SECONDS)
            watch.follow(runner)
        runner.send(events.Stop())
        while not runner.join(POLL_SECONDS):
            watch.follow(runner)
        watch.follow(runner)
    return watch.report()


@contextmanager
def _heeding_signals(watch: _Watch) -> Iterator[None]:
    """Ctrl+C, and the polite signal of a scheduler or of torchrun, end a run: saved. The second one
    does not wait for that.

    The first is only noted: an exception in the middle of whatever runs just then may be lost
    there, in a finalizer for instance.
    """

    def heed(number: int, frame: object) -> None:
        if watch.interrupted:
            raise KeyboardInterrupt
        watch.interrupted = True

    deaf = signal.SIG_IGN, None  # as a shell starts jobs in the background; not ours to restore
    heard = [n for n in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(n) not in deaf]
    before = {number: signal.signal(number, heed) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _begin(runner: Runner, config: RunConfig, out: Path | None) -> None:
    if out is not None:
        runner.send(events.SetOption("budget_percent", LOOK_PERCENT))
        runner.send(events.Look(USUAL, config.look.probe))
    runner.send(events.Train())


class _Watch:
    """Turns a runner's events into a progress bar and a report."""

    def __init__(self, config: RunConfig, saving: bool) -> None:
        # None: nothing is to be saved.
        self._saved = True if saving else None
        self.over = False
        self.interrupted = False
        self._trouble = ""
        self._state = "preparing"
        self._rows: deque[StepRow] = deque(maxlen=AVERAGED_STEPS)
        self._validated: StepRow | None = None
        self.evaluation: Evaluation | None = None
        self._parameters = 0
        self._unit = "nats"
        # None: tqdm shows nothing where stderr is no terminal.
        self._bar = tqdm(total=config.training.steps, unit="step", disable=None, file=sys.stderr)

    def __enter__(self) -> _Watch:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def follow(self, runner: Runner) -> None:
        """Take in what has happened since the last call."""
        for event in runner.poll():
            match event:
                case events.Progressed(what, fraction):
                    self._bar.set_description(f"{what} {fraction:.0%}")
                case events.Ready():
                    self._parameters = event.structure.parameter_count
                    self._unit = event.corpus.loss_unit
                    self._bar.total = event.goal
                    self._bar.set_description("training")
                case events.Rows(rows):
                    self._add(rows)
                case events.Evaluated(evaluation):
                    self.evaluation = evaluation
                case events.Warned(message, unsaved):
                    self._saved = self._saved and not unsaved
                    self._bar.clear()
                    print(f"rnnviz: {message}", file=sys.stderr)
                case events.Changed():
                    self._change(event)

    def report(self) -> dict[str, Any]:
        """The run in figures; UserError where it could not be trained to its end."""
        if self._trouble:
            raise UserError(self._trouble)
        last, checked = self._rows[-1] if self._rows else None, self._validated
        loss = checked.validation_loss if checked else math.nan
        nats = self._unit == "nats"
        return {
            "steps": last.step if last else 0,
            "train_loss": _number(_mean([row.loss for row in self._rows])),
            "val_loss": _number(loss),
            "loss_unit": self._unit,
            "val_perplexity": _number(math.exp(min(loss, 700.0)) if nats else math.nan),
            "metric": _number(checked.metric if checked else math.nan),
            "tokens_per_second": _number(last.tokens / last.seconds if last else math.nan),
            "seconds": _number(last.seconds if last else math.nan),
            "parameters": self._parameters,
            "figures": judgement.figures(self.evaluation),
            "classes": judgement.classes(self.evaluation),
            "saved": self._saved,
            "interrupted": self.interrupted,
        }

    def _add(self, rows: tuple[StepRow, ...]) -> None:
        self._rows.extend(rows)
        for row in rows:
            if not math.isnan(row.validation_loss):
                self._validated = row
        self._bar.update(rows[-1].step - self._bar.n)
        checked = f", validation {self._validated.validation_loss:.3f}" if self._validated else ""
        self._bar.set_postfix_str(f"{rows[-1].loss:.3f} {self._unit}{checked}")

    def _change(self, event: events.Changed) -> None:
        if event.state == "failed" or (event.state == "paused" and event.message):
            self._trouble = event.message
        trained = self._state == "training"
        self._state = event.state
        self.over = self.over or event.state not in ("preparing", "training", "paused")
        self.over = self.over or (event.state == "paused" and trained)


def _tell(report: dict[str, Any], out: Path | None) -> None:
    if report["interrupted"] and not report["steps"]:
        kept = out is not None and report["saved"] and out.exists()
        further = f"go on with: rnnviz train --resume {quote(str(out))}"
        rest = further if kept else "there is nothing to keep."
        print(f"Stopped before the first step; {rest}")
        return
    said = [f"{report['steps']:,} steps, {report['parameters']:,} parameters"]
    unit, perplexity = report["loss_unit"], report["val_perplexity"]
    if report["train_loss"] is not None:
        said.append(f"training loss {report['train_loss']:.3f} {unit}")
    if report["val_loss"] is not None:
        wavers = "" if perplexity is None else f" (perplexity {perplexity:.2f})"
        said.append(f"validation loss {report['val_loss']:.3f} {unit}{wavers}")
    print("; ".join(said) + ".")
    if judged := judgement.words(report["figures"]):
        print(f"Of what was held out: {judged}.")
    if out is None:
        print("Nothing was kept; add --out RUN_DIR to keep the run.")
    elif report["saved"]:
        print(f"Kept in {out}; draw it with: rnnviz export {quote(str(out))} --all pictures")


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else math.nan


def _number(value: float) -> float | None:
    """JSON has no NaN."""
    return value if math.isfinite(value) else None
