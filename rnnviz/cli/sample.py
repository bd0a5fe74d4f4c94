"""`rnnviz sample`: text from a trained network."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rnnviz.contracts.errors import UserError
from rnnviz.engine.run_store import Run
from rnnviz.engine.session import use_threads


def run(args: argparse.Namespace) -> int:
    """Print one sample."""
    recorded = Run.open(Path(args.run))
    use_threads(recorded.config.training.threads)
    look = recorded.config.look
    temperature = look.temperature if args.temperature is None else args.temperature
    if not 0 < temperature <= 10:
        raise UserError(f"--temperature {temperature:g}: choose a number above 0, at most 10.")
    prompt = look.sample_prompts[0] if args.prompt is None else args.prompt
    text = recorded.task.sample(recorded.model, prompt, args.length, temperature, args.seed)
    if remark := recorded.task.remark(prompt):
        print(f"rnnviz: {remark}", file=sys.stderr)
    print(text)
    return 0
