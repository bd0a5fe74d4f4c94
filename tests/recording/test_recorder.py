"""`rnnviz.record` from a script's side: what it writes, what it survives, what it never does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

import rnnviz
from rnnviz.cli import main
from rnnviz.contracts.errors import UserError
from rnnviz.engine.run_store import Run
from rnnviz.engine.scene import scene
from tests import patience
from tests.recording.networks import SYMBOLS, Tagger


@pytest.fixture
def batch() -> tuple[Tensor, Tensor]:
    x = torch.randint(0, SYMBOLS, (4, 6))
    return x, x.roll(1, 1)


def train(net: nn.Module, batch: tuple[Tensor, Tensor], rec: Any, steps: int = 5) -> list[float]:
    optimizer = torch.optim.SGD(net.parameters(), 0.1)
    losses = []
    for _ in range(steps):
        loss = F.cross_entropy(net(batch[0]).transpose(1, 2), batch[1])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
        if rec is not None:
            rec.step(loss)
    return losses


def test_a_run_like_any_other(tmp_path: Path, batch: tuple[Tensor, Tensor]) -> None:
    net, (x, y) = Tagger(), batch
    optimizer = torch.optim.SGD(net.parameters(), 0.25)
    settings = {"units": 6, "deep": {"device": torch.device("cpu")}}
    with rnnviz.record(
        tmp_path / "r", net, x, targets=y, vocab="abcdefghijk", optimizer=optimizer, budget=None,
        title="mine", config=settings, weights=True,
    ) as rec:  # fmt: skip
        losses = train(net, batch, rec)
        rec.sample("abc", prompt="a", temperature=0.5, seed=3)
    run = Run.open(tmp_path / "r")
    assert run.from_script
    assert run.name == "mine"
    assert run.options == {"units": 6, "deep.device": "cpu"}
    np.testing.assert_allclose(run.history.column("loss"), losses, atol=1e-6)
    assert set(run.history.column("learning_rate")) == {0.25}
    assert run.playback.snapshot_steps(full=True) == (0, 1, 2, 3, 4, 5)
    assert run.samples[0].text == "abc"
    snapshot = run.last_snapshot()
    assert snapshot is not None
    assert snapshot.structure == run.structure
    kept = load_file(tmp_path / "r" / "weights.safetensors")
    assert all(torch.equal(kept[name], value) for name, value in net.state_dict().items())


def test_gradient_norms_are_those_of_the_step(tmp_path: Path, batch: tuple[Tensor, Tensor]) -> None:
    net, norms = Tagger(), []
    with rnnviz.record(tmp_path / "r", net, batch[0]) as rec:
        for index in range(3):
            net.zero_grad()
            loss = F.cross_entropy(net(batch[0]).transpose(1, 2), batch[1])
            loss.backward()
            before = nn.utils.clip_grad_norm_(net.parameters(), 0.01)
            norms.append(float(before))
            rec.step(loss, norm=before, clip=0.01, tokens=24, metric=index, epoch=0.5)
    history = Run.open(tmp_path / "r").history
    np.testing.assert_allclose(history.column("norm"), norms, rtol=1e-5)
    known = history.column("norm_clipped")
    np.testing.assert_allclose(known[np.isfinite(known)], 0.01, rtol=1e-3)
    assert list(history.column("tokens")) == [24, 48, 72]
    assert list(history.column("metric")) == [0, 1, 2]


def test_recording_changes_no_bit_of_the_training(
    tmp_path: Path, batch: tuple[Tensor, Tensor]
) -> None:
    def run(record: bool) -> tuple[list[float], dict[str, Tensor]]:
        torch.manual_seed(5)
        net = Tagger(nn.LSTM, dropout=0.5)
        rec = None
        if record:
            rec = rnnviz.record(tmp_path / "r", net, batch[0], targets=batch[1], budget=None)
        losses = train(net, batch, rec, 6)
        if rec is not None:
            rec.close()
        return losses, net.state_dict()

    plain, recorded = run(False), run(True)
    assert plain[0] == recorded[0]
    assert all(torch.equal(plain[1][name], recorded[1][name]) for name in plain[1])


def test_every_and_budget(tmp_path: Path, batch: tuple[Tensor, Tensor]) -> None:
    net = Tagger()
    with rnnviz.record(tmp_path / "a", net, batch[0], every=4, budget=None) as rec:
        train(net, batch, rec, 10)
    assert Run.open(tmp_path / "a").playback.snapshot_steps() == (0, 4, 8, 10)
    with rnnviz.record(tmp_path / "b", net, batch[0], budget=0.001) as rec:
        train(net, batch, rec, 10)
        rec.look()
    # The untrained network, the first step, and where it was asked for.
    assert Run.open(tmp_path / "b").playback.snapshot_steps() == (0, 1, 10)


def test_what_cannot_work_is_said_before_training(
    tmp_path: Path, batch: tuple[Tensor, Tensor]
) -> None:
    net, (x, y) = Tagger(), batch
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.txt").write_text("do not touch")
    rnnviz.record(tmp_path / "r", net, x).close()
    wrong: list[tuple[str, Any, Any, dict[str, Any]]] = [
        ("overwrite=True", tmp_path / "r", net, {}),
        ("holds no run", tmp_path / "other", net, {}),
        ("torch module", tmp_path / "n", "net", {}),
        ("no nn.RNN", tmp_path / "n", nn.Linear(3, 3), {}),
        ("targets", tmp_path / "n", net, {"targets": torch.zeros(7, dtype=torch.long)}),
        ("no vocabulary", tmp_path / "n", net, {"vocab": 7}),
        ("no submodule 'nobody'", tmp_path / "n", net, {"attention": "nobody"}),
        ("percentage", tmp_path / "n", net, {"budget": 0}),
        ("every", tmp_path / "n", net, {"every": 0}),
        ("item", tmp_path / "n", net, {"item": -1}),
        ("tensor", tmp_path / "n", net, {"loss": lambda output, probe: 3.0}),
        ("probe: the network cannot read it", tmp_path / "n", net, {"probe": torch.randn(3)}),
    ]
    for words, path, model, options in wrong:
        given = {"probe": x} | options
        with pytest.raises(UserError, match=words):
            rnnviz.record(path, model, **given)
    assert not (tmp_path / "n").exists()
    assert (tmp_path / "other" / "thesis.txt").read_text() == "do not touch"
    rnnviz.record(tmp_path / "r", net, x, targets=y, overwrite=True).close()


def test_a_cell_of_a_notebook_run_twice(tmp_path: Path, batch: tuple[Tensor, Tensor]) -> None:
    first = rnnviz.record(tmp_path / "r", Tagger(), batch[0])
    first.step(1.0)
    second = rnnviz.record(tmp_path / "r", Tagger(), batch[0], overwrite=True)
    first.step(2.0)
    second.step(3.0)
    first.close()
    second.close()
    assert list(Run.open(tmp_path / "r").history.column("loss")) == [3.0]


def test_a_failing_look_does_not_stop_the_training(
    tmp_path: Path, batch: tuple[Tensor, Tensor]
) -> None:
    net = Tagger()
    rec = rnnviz.record(tmp_path / "r", net, batch[0], budget=None)
    net.out = nn.Linear(1, 1)  # type: ignore[assignment]  # from now on the probe does not fit
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for index in range(6):
            rec.step(float(index))
    assert 1 <= len(told) <= 2  # the same sentence once, and that no more looks are tried
    assert all("Training is not affected" in str(warning.message) for warning in told)
    rec.close()
    run = Run.open(tmp_path / "r")
    assert list(run.history.column("loss")) == [0, 1, 2, 3, 4, 5]
    assert run.playback.snapshot_steps() == (0,)


def test_warnings_as_errors_do_not_stop_it_either(
    tmp_path: Path, batch: tuple[Tensor, Tensor], capsys: pytest.CaptureFixture[str]
) -> None:
    rec = rnnviz.record(tmp_path / "r", Tagger(), batch[0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rec.step(1.0, accuracy=0.5)
    assert "no scalar 'accuracy'" in capsys.readouterr().err
    rec.close()
    assert list(Run.open(tmp_path / "r").history.column("loss")) == [1.0]


def test_a_full_disk_is_a_sentence(
    tmp_path: Path, batch: tuple[Tensor, Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    rec = rnnviz.record(tmp_path / "r", Tagger(), batch[0], budget=None)

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("rnnviz.engine.record.Record.add_snapshot", full)
    with pytest.warns(RuntimeWarning, match="No space left on device"):
        rec.step(1.0)
    monkeypatch.undo()
    rec.close()
    assert list(Run.open(tmp_path / "r").history.column("loss")) == [1.0]


def test_losses_of_any_kind(tmp_path: Path, batch: tuple[Tensor, Tensor]) -> None:
    given = [torch.tensor(1.5), 2, torch.tensor([1.0, 3.0]), None, float("nan"), np.float32(4)]
    with rnnviz.record(tmp_path / "r", Tagger(), batch[0]) as rec:
        for loss in given:
            rec.step(loss)
    found = Run.open(tmp_path / "r").history.column("loss")
    np.testing.assert_array_equal(found, [1.5, 2, 2, np.nan, np.nan, 4])


def test_other_processes_of_a_distributed_training_write_nothing(
    tmp_path: Path, batch: tuple[Tensor, Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.distributed.is_initialized", lambda: True)
    monkeypatch.setattr("torch.distributed.get_rank", lambda: 1)
    with rnnviz.record(tmp_path / "r", Tagger(), batch[0]) as rec:
        rec.step(1.0)
        rec.look()
        rec.sample("text")
    assert not (tmp_path / "r").exists()


# ---- scripts that know nothing else of this project

SCRIPT = """
import torch
from torch import nn
import rnnviz

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(6, 4)
        self.lstm = nn.LSTM(4, 8, batch_first=True)
        self.head = nn.Linear(8, 6)

    def forward(self, x):
        return self.head(self.lstm(self.embed(x))[0])

torch.manual_seed(0)
net = Net()
optimizer = torch.optim.Adam(net.parameters(), 1e-2)
x = torch.randint(0, 6, (4, 9))
rec = rnnviz.record("run", net, x[:1], targets=x[:1].roll(1, 1), vocab=list("abcdef"),
                    optimizer=optimizer)
for step in range(20):
    loss = nn.functional.cross_entropy(net(x).transpose(1, 2), x.roll(1, 1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    rec.step(loss)
    if step == CRASH:
        END
"""


def script(folder: Path, crash: int, end: str = "pass") -> subprocess.CompletedProcess[str]:
    code = SCRIPT.replace("CRASH", str(crash)).replace("END", end)
    (folder / "script.py").write_text(textwrap.dedent(code))
    return subprocess.run(
        [sys.executable, "script.py"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(Path(rnnviz.__file__).parents[1])},
        capture_output=True,
        text=True,
        timeout=patience.SECONDS,
    )


def test_a_script_without_an_end_and_every_view_of_its_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    done = script(tmp_path, 99)
    assert done.returncode == 0, done.stderr
    run = tmp_path / "run"
    assert Run.open(run).playback.snapshot_steps()[-1] == 20
    assert main(["export", str(run), "--all", str(tmp_path / "pictures"), "--format", "csv"]) == 0
    drawn = {path.stem for path in (tmp_path / "pictures").iterdir()}
    expected = {"score", "inspector", "training", "graph", "states", "gates", "cell"}
    assert expected | {"gradients", "text", "prediction", "parameters", "sizes"} <= drawn
    capsys.readouterr()
    assert main(["sample", str(run)]) == 2
    assert "was recorded from a script" in capsys.readouterr().err


def test_an_error_in_the_middle_goes_through_and_leaves_a_run(
    tmp_path: Path, batch: tuple[Tensor, Tensor]
) -> None:
    def broken() -> None:
        with rnnviz.record(tmp_path / "r", Tagger(), batch[0], budget=None, every=9) as rec:
            rec.step(2.0)
            raise ZeroDivisionError("of the script")

    with pytest.raises(ZeroDivisionError, match="of the script"):
        broken()
    run = Run.open(tmp_path / "r")
    assert list(run.history.column("loss")) == [2.0]
    assert run.playback.snapshot_steps() == (0,)


def test_a_script_that_is_killed_leaves_a_run(tmp_path: Path) -> None:
    code = "import os, time; time.sleep(0.6); rec.step(loss); os.kill(os.getpid(), 9)"
    done = script(tmp_path, 10, code)
    assert done.returncode != 0
    run = Run.open(tmp_path / "run")
    assert len(run.history) >= 11
    seen = scene(run)
    assert seen.snapshot is not None
    assert json.loads((tmp_path / "run" / "run.json").read_text())["origin"] == "script"


def test_importing_the_package_is_light() -> None:
    code = (
        "import sys, os, rnnviz; assert not {'torch', 'PySide6', 'numpy'} & set(sys.modules);"
        "assert 'OPENBLAS_NUM_THREADS' not in os.environ"
    )
    here = {"PYTHONPATH": str(Path(rnnviz.__file__).parents[1]), "PATH": os.environ["PATH"]}
    subprocess.run([sys.executable, "-c", code], check=True, env=here)
