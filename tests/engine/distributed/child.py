"""What one of several processes does in `test_same_losses`: one training after another."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch.distributed as dist
from torch.distributed.distributed_c10d import PrefixStore

from rnnviz.contracts.config import load
from rnnviz.contracts.task import silent
from rnnviz.engine import checkpoints
from rnnviz.engine.distributed import Together, join
from rnnviz.engine.session import build
from rnnviz.engine.trainer import NotFinite, Trainer

STEPS = 24


def course(trainer: Trainer, folder: Path) -> dict[str, Any]:
    """Steps, a validation, a state that is gone back to, and a step that cannot be done."""
    rows = [asdict(trainer.step()) for _ in range(STEPS)]
    validation = trainer.validate()
    state = trainer.state()
    checkpoints.write(folder, state)
    ahead = [trainer.step().loss for _ in range(3)]
    trainer.load_state(state)
    again = [trainer.step().loss for _ in range(3)]
    trainer.learning_rate = 1e38
    trainer.step()
    broken = ""
    try:
        trainer.step()
    except NotFinite as error:
        broken = error.what
    parts = {"rows": rows, "validation": validation, "ahead": ahead, "again": again}
    return {**parts, "broken": broken}


def main() -> None:
    team = join()
    for path in sorted(Path(sys.argv[1]).glob("*.toml")):
        here = Together(PrefixStore(path.stem, team._store), team.share.index, team.share.parts)
        trainer = build(load(path), silent, here).trainer
        if not here.leads:
            here.obey(trainer)
            continue
        found = course(trainer, path.with_suffix(".checkpoints"))
        here.order("end")
        path.with_suffix(".json").write_text(json.dumps(found))
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
