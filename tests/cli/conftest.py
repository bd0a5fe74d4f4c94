from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rnnviz.cli import main

Run = Callable[..., tuple[int, str, str]]

TINY = (
    "--set", "model.hidden_size=8", "--set", "training.batch_size=5",
    "--set", "training.sequence_length=10", "--set", "look.sample_length=10",
    "--set", "look.sample_every=10", "--set", "training.threads=1",
)  # fmt: skip


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("corpus") / "text.txt"
    path.write_text("the cat sat on the mat, and so did a dog.\n" * 60, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def trained(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small finished run."""
    out = tmp_path_factory.mktemp("runs") / "small"
    arguments = ["train", "char-lm", "--corpus", str(corpus), "--steps", "20", *TINY]
    assert main([*arguments, "--out", str(out)]) == 0
    return out


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process: exit code, stdout, stderr."""

    def command(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return command
