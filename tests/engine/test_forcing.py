"""Both losses stand in the evaluation of a network that reads its own outputs, and what it is
taught with follows the schedule.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from rnnviz.contracts import discovery
from rnnviz.contracts.config import RunConfig, parse
from rnnviz.contracts.model import TeacherForced
from rnnviz.contracts.task import Task
from rnnviz.engine.session import make_model
from rnnviz.engine.trainer import Trainer


def trainer(path: Path, **training: object) -> Trainer:
    text = path / "text.txt"
    text.write_text("a rose is a rose is a rose. " * 60, encoding="utf-8")
    plain: RunConfig = parse(
        {
            "task": {"name": "language_model", "corpus": str(text), "validation_fraction": 0.1},
            "model": {"kind": "hidden_and_output", "hidden_size": 8, "layers": 1},
            "training": {"batch_size": 4, "sequence_length": 10, "steps": 4, **training},
        }
    )
    task = discovery.find("tasks", "language_model", Task).open(plain)
    torch.manual_seed(0)
    return Trainer(plain, task, make_model(plain, task.sizes))


def test_both_losses_are_those_of_the_held_out_part(tmp_path: Path) -> None:
    one = trainer(tmp_path, carry_state=False)
    evaluation = one.evaluate()
    assert evaluation is not None
    figures = {figure.name: figure for figure in evaluation.figures}
    assert figures["loss, free running"].value == pytest.approx(one.validate(), rel=1e-5)
    model, batches = one.model, list(one.task.validation_batches())
    assert isinstance(model, TeacherForced)
    forced = [float(one.task.loss(model.eval().forced(b), b).detach()) for b in batches]
    assert figures["loss, teacher forcing"].value == pytest.approx(sum(forced) / len(forced))
    assert figures["loss, free running"].baseline == figures["loss, teacher forcing"].value


@pytest.mark.parametrize(
    ("forcing", "shares"),
    [("always", [1, 1, 1, 1]), ("scheduled", [1, 0.75, 0.5, 0.25]), ("never", [0, 0, 0, 0])],
)
def test_the_share_of_true_outputs_follows_the_schedule(
    tmp_path: Path, forcing: str, shares: list[float]
) -> None:
    one, seen = trainer(tmp_path, teacher_forcing=forcing), []
    for _ in range(4):
        one.step()
        assert isinstance(one.model, TeacherForced)
        seen.append(one.model.forced_share)
    assert seen == shares


def test_a_scheduled_run_goes_on_exactly_as_it_would_have(tmp_path: Path) -> None:
    whole, torn = (trainer(tmp_path, teacher_forcing="scheduled") for _ in range(2))
    losses = [whole.step().loss for _ in range(4)]
    torn.step()
    torn.step()
    state = torn.state()
    again = trainer(tmp_path, teacher_forcing="scheduled")
    again.load_state(state)
    torch.rand(7)
    assert [again.step().loss for _ in range(2)] == losses[2:]
