"""The lines that load the weights, run in a process that cannot import rnnviz."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from rnnviz.contracts.model import Batch
from rnnviz.engine.run_store import Run
from rnnviz.interchange import pytorch
from rnnviz.interchange.passages import Text
from tests.interchange.conftest import TRANSLATION
from tests.recorded import record

NETWORKS: dict[str, dict[str, Any]] = {
    "lstm": {"model__cell": "lstm"},
    "gru": {"model__cell": "gru", "model__input": "embedding", "model__embedding_size": 5},
    "relu": {"model__cell": "simple_rnn", "model__nonlinearity": "relu", "model__layers": 1},
    "leaky": {"model__cell": "leaky"},
    "output too": {"model__kind": "hidden_and_output", "model__cell": "lstm"},
    "embedded, output too": {
        "model__kind": "hidden_and_output",
        "model__cell": "gru",
        "model__input": "embedding",
        "model__embedding_size": 5,
    },
    "translation": TRANSLATION,
}
PLAIN = ("lstm", "gru", "relu")

# One process for all: loading PyTorch takes longer than everything that is tested here.
ALONE = """
import os, sys
import torch
sys.modules["rnnviz"] = None
for folder in sys.argv[1:]:
    os.chdir(folder)
    names = {}
    exec(open("load.py", encoding="utf-8").read(), names)
    if "forward" in names:
        tokens = torch.load("tokens.pt", weights_only=True)
        with torch.no_grad():
            first, state = names["forward"](tokens[:, :5])
            second, _ = names["forward"](tokens[:, 5:], state)
        torch.save(torch.cat((first, second), 1), "said.pt")
    else:
        own = {f"{p}.{n}": t.detach() for p, m in names["modules"].items()
               for n, t in m.named_parameters()}
        torch.save(own, "loaded.pt")
"""

Written = dict[str, tuple[Run, Path]]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """Every network, its folder, and in it what the lines made of it without rnnviz."""
    made: Written = {}
    for name, changes in NETWORKS.items():
        run = record(tmp_path_factory.mktemp(name), looks=(0, 2), **changes)
        folder = run.path.parent / "weights"
        pytorch.write(run, folder, Text(), lambda *_: None)
        torch.save(torch.randint(0, len(run.task.vocabulary), (3, 11)), folder / "tokens.pt")
        made[name] = run, folder
    _alone([str(folder) for _, folder in made.values()])
    return made


def _alone(folders: list[str]) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    command = [sys.executable, "-c", ALONE, *folders]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", PLAIN)
def test_the_lines_give_the_same_network(written: Written, name: str) -> None:
    run, folder = written[name]
    tokens, said = (torch.load(folder / f"{f}.pt", weights_only=True) for f in ("tokens", "said"))
    with torch.no_grad():
        expected = run.model(Batch(tokens, tokens)).logits
    assert torch.allclose(said, expected, atol=1e-6)
    code = (folder / "load.py").read_text(encoding="utf-8")
    assert len(code.splitlines()) <= 20
    assert code in (folder / "README.md").read_text(encoding="utf-8")


def test_other_networks_load_part_by_part(written: Written) -> None:
    run, folder = written["translation"]
    loaded = torch.load(folder / "loaded.pt", weights_only=True)
    ours = run.model.state_dict()
    assert loaded.keys() == ours.keys()
    assert all(torch.equal(loaded[name], ours[name]) for name in ours)
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert "rnnviz/models/encoder_decoder.py" in readme


def test_tensors_of_no_module_are_named(written: Written) -> None:
    _, folder = written["leaky"]
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert "belong to no module of PyTorch: `recurrent.kernel.weight_ih_l0`" in readme
    assert torch.load(folder / "loaded.pt", weights_only=True).keys() == {
        "readout.weight",
        "readout.bias",
    }


def test_all_weights_are_there_twice(written: Written) -> None:
    run, folder = written["translation"]
    ours = run.model.state_dict()
    plain = torch.load(folder / "model.pt", weights_only=True)
    safe = load_file(folder / "model.safetensors")
    for name, tensor in ours.items():
        assert torch.equal(plain[name], tensor)
        assert torch.equal(safe[name], tensor)
    assert plain.keys() == safe.keys() == ours.keys()
