"""What `rnnviz train` is to train: from a recipe, from where a run stopped, or from a kept state of
another run.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Any

from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.errors import UserError
from rnnviz.engine import facts
from rnnviz.engine.origin import Branch, Origin, Resume
from rnnviz.engine.recipes import configuration
from rnnviz.engine.run_store import Run


@dataclass(frozen=True, slots=True)
class Plan:
    """A configuration, where the run is kept (None: nowhere), and what it goes on from."""

    config: RunConfig
    out: Path | None
    origin: Origin | None = None


def planned(args: argparse.Namespace) -> Plan:
    """What the command line asks for; UserError names what is wrong."""
    begun = [name for name in ("recipe", "resume", "branch") if getattr(args, name) is not None]
    if len(begun) > 1:
        raise UserError("Choose one of a recipe, --resume and --branch: they begin differently.")
    if not begun:
        raise UserError(
            "Say what to train: a recipe or a .toml file, or --resume RUN_DIR, or --branch RUN_DIR."
        )
    if args.resume is not None:
        return _resumed(args)
    if args.branch is not None:
        return _branched(args)
    return Plan(configuration(args.recipe).replaced(changes(args)), out_of(args.out))


def changes(args: argparse.Namespace) -> dict[str, Any]:
    """Dotted options with their new values, from `--set`, `--corpus` and `--steps`."""
    found: dict[str, Any] = {}
    for assignment in args.set:
        name, equals, value = assignment.partition("=")
        if not equals:
            raise UserError(f"--set {assignment}: write it as section.field=value.")
        found[name.strip()] = _value(value)
    if args.corpus is not None:
        found["task.corpus"] = args.corpus
    if args.epochs is not None:
        found["training.epochs"] = args.epochs
    if args.steps is not None:
        found["training.steps"] = args.steps
    return found


def _resumed(args: argparse.Namespace) -> Plan:
    for name in ("set", "corpus", "out", "overwrite"):
        if getattr(args, name):
            raise UserError(
                f"--resume goes on exactly as before, so --{name} cannot stand beside it; "
                "use --branch RUN_DIR --out NEW_DIR to change something."
            )
    run = Run.open(Path(args.resume))
    config = run.config.replaced(changes(args))
    _require_steps(run, run.state.step, config)
    _require_corpus(run)
    return Plan(config, run.path, Resume(run))


def _require_corpus(run: Run) -> None:
    """UserError, with the command that goes on in any case, where the corpus moved or changed."""
    try:
        facts.require_same_corpus(run.facts, run.config)
    except UserError as error:
        place = quote(f"{run.path}@{run.state.step}")
        raise UserError(
            f"{error} With a corpus that lies elsewhere a new run goes on from there: "
            f"rnnviz train --branch {place} --corpus PATH --out NEW_DIR"
        ) from None


def _branched(args: argparse.Namespace) -> Plan:
    if args.out is None:
        raise UserError("--branch needs --out NEW_DIR: the run that it begins from stays as it is.")
    path, step = _place(args.branch)
    origin = Branch(Run.open(path), step)
    config = origin.run.config.replaced(changes(args))
    _require_steps(origin.run, origin.step, config)
    return Plan(config, out_of(args.out), origin)


def _place(text: str) -> tuple[Path, int | None]:
    """`RUN_DIR` or `RUN_DIR@STEP`."""
    name, _, step = text.rpartition("@")
    if name and step.isdecimal() and not Path(text).exists():
        return Path(name), int(step)
    if name and Path(name, "run.json").exists() and not Path(text).exists():
        raise UserError(f"{step!r} is not a step: write {name}@STEP with a whole number.")
    return Path(text), None


def _require_steps(run: Run, done: int, config: RunConfig) -> None:
    batches = run.corpus.chunks_train if run.corpus else 1
    if done >= config.settled(batches).training.steps:
        raise UserError(
            f"All {done:,} steps are done; "
            f"add --steps N, with more than {done:,} in all, to train on."
        )


def out_of(given: str | None) -> Path | None:
    """Where to keep a run; UserError where `--out` is there and says nothing."""
    if given == "":
        raise UserError("--out is empty: name a folder for the run.")
    return None if given is None else Path(given)


def _value(text: str) -> Any:
    """JSON lists stay lists; everything else is text that the field reads as it needs."""
    if text.startswith("["):
        try:
            return json.loads(text)
        except ValueError:
            raise UserError(f'{text} is not a list; write it like ["one", "two"].') from None
    return text
