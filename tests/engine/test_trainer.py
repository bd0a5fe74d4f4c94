from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from rnnviz.engine.session import Session
from rnnviz.engine.trainer import NotFinite, TrainerState

Make = Callable[..., Session]
OPTIMIZERS = ("sgd", "momentum", "rmsprop", "adam")


def losses(session: Session, steps: int) -> list[float]:
    return [session.trainer.step().loss for _ in range(steps)]


def weights(session: Session) -> list[torch.Tensor]:
    return [value.clone() for value in session.model.state_dict().values()]


def same(left: list[torch.Tensor], right: list[torch.Tensor]) -> bool:
    return all(torch.equal(a, b) for a, b in zip(left, right, strict=True))


@pytest.mark.parametrize("dropout", [0.0, 0.4])
def test_same_seed_same_run_bit_for_bit(session: Make, dropout: float) -> None:
    one = session(model__dropout=dropout)
    first = losses(one, 15)
    torch.rand(7)
    two = session(model__dropout=dropout)
    assert losses(two, 15) == first
    assert same(weights(one), weights(two))
    assert losses(session(model__dropout=dropout, training__seed=2), 15) != first


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_continues_exactly_where_it_was(session: Make, optimizer: str) -> None:
    options = {"training__optimizer": optimizer, "model__dropout": 0.3}
    whole = session(**options)
    expected = losses(whole, 20)
    half = session(**options)
    losses(half, 10)
    state = half.trainer.state()
    losses(half, 3)
    other = session(**options)
    other.trainer.load_state(state)
    assert losses(other, 10) == expected[10:]
    assert same(weights(other), weights(whole))
    assert other.trainer.tokens == whole.trainer.tokens


def test_state_is_a_copy(session: Make) -> None:
    run = session()
    run.trainer.step()
    state: TrainerState = run.trainer.state()
    before = {name: value.clone() for name, value in state.model.items()}
    losses(run, 3)
    assert all(torch.equal(state.model[name], value) for name, value in before.items())


def reference(session: Session, steps: int) -> list[float]:
    """The same training, written by hand with nn.LSTM."""
    vocabulary = session.task.sizes.inputs
    source = session.model.state_dict()
    lstm = nn.LSTM(vocabulary, 10, 2, batch_first=True)
    readout = nn.Linear(10, vocabulary)
    lstm.load_state_dict(
        {n.rsplit(".", 1)[-1]: v for n, v in source.items() if "kernel" in n}, strict=True
    )
    readout.load_state_dict({n: source[f"readout.{n}"] for n in ("weight", "bias")})
    parameters = [*lstm.parameters(), *readout.parameters()]
    optimizer = torch.optim.RMSprop(parameters, lr=2e-3, alpha=0.95)
    found, state = [], None
    for step in range(steps):
        batch = session.task.train_batch(step)
        x = F.one_hot(batch.inputs, vocabulary).float()
        output, state = lstm(x, state if batch.continues else None)
        loss = F.cross_entropy(readout(output).flatten(0, 1), batch.targets.flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_value_(parameters, 5.0)
        optimizer.step()
        state = tuple(part.detach() for part in state)
        found.append(loss.item())
    return found


def test_equals_a_loop_written_by_hand(session: Make) -> None:
    run = session()
    expected = reference(run, 150)
    assert run.task.batches_per_epoch < 150
    assert losses(run, 150) == expected


def test_first_loss_is_that_of_guessing(session: Make) -> None:
    run = session()
    guess = math.log(run.task.sizes.outputs)
    assert run.trainer.step().loss == pytest.approx(guess, abs=0.1)


def test_learns(session: Make) -> None:
    run = session(training__optimizer="adam", training__learning_rate=0.02)
    found = losses(run, 150)
    assert sum(found[-10:]) < 0.75 * sum(found[:10])


@pytest.mark.parametrize("clip", ["norm", "value", "none"])
def test_row_tells_the_norms(session: Make, clip: str) -> None:
    run = session(training__clip=clip, training__clip_threshold=1e-3)
    row = run.trainer.step()
    assert row.step == 1
    assert row.tokens == 48
    assert row.epoch == pytest.approx(1 / run.task.batches_per_epoch)
    gradients = torch.cat([p.grad.flatten() for p in run.model.parameters()])
    assert row.norm_clipped == pytest.approx(float(gradients.norm()), rel=1e-4)
    if clip == "none":
        assert row.norm == row.norm_clipped
        assert math.isnan(row.clip)
    else:
        assert row.norm > row.norm_clipped
        assert row.clip == 1e-3


def test_not_finite_leaves_the_weights_alone(session: Make) -> None:
    run = session()
    losses(run, 3)
    run.trainer.learning_rate = 1e38
    run.trainer.step()
    before, state = weights(run), run.trainer.state()
    with pytest.raises(NotFinite) as caught:
        run.trainer.step()
    assert caught.value.step == run.trainer.done + 1 == 5
    assert "step 5" in str(caught.value)
    assert same(before, weights(run))
    after = run.trainer.state()
    assert all(torch.equal(after.optimizer[n], value) for n, value in state.optimizer.items())


def test_decay_begins_after_its_epochs(session: Make) -> None:
    run = session(training__decay=0.5, training__decay_after=2, training__learning_rate=0.01)
    epoch = run.task.batches_per_epoch
    rates = [run.trainer.step().learning_rate for _ in range(4 * epoch)]
    assert rates == [0.01] * (2 * epoch) + [0.005] * epoch + [0.0025] * epoch


def test_live_options_count_from_the_next_step(session: Make) -> None:
    run = session()
    run.trainer.learning_rate = 0.5
    run.trainer.clip_threshold = 0.25
    row = run.trainer.step()
    assert (row.learning_rate, row.clip) == (0.5, 0.25)


def test_validation_is_the_mean_over_tokens_with_carried_state(session: Make) -> None:
    run = session(model__dropout=0.5, task__validation_fraction=0.3)
    losses(run, 5)
    total, state, batches = 0.0, None, list(run.task.validation_batches())
    run.model.eval()
    with torch.no_grad():
        for batch in batches:
            output = run.model(batch, state)
            state = output.state
            total += float(F.cross_entropy(output.logits.flatten(0, 1), batch.targets.flatten()))
    run.model.train()
    assert len(batches) > 1
    assert run.trainer.validate() == pytest.approx(total / len(batches), rel=1e-6)
    assert run.model.training


def test_validation_changes_nothing(session: Make) -> None:
    one, two = session(model__dropout=0.2), session(model__dropout=0.2)
    losses(one, 4)
    losses(two, 4)
    one.trainer.validate()
    assert losses(one, 4) == losses(two, 4)


def test_seconds_leave_pauses_out(session: Make) -> None:
    run = session()
    run.trainer.step()
    run.trainer.watch.stop()
    stood = run.trainer.watch.seconds
    assert run.trainer.watch.seconds == stood
    assert run.trainer.step().seconds > stood
