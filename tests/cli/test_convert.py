from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.recorded import record

FILES = {
    "lstmvis": {"lstm.yml", "states.hdf5", "train.hdf5", "words.dict"},
    "neurox": {"activations.hdf5", "activations.json", "tokens.txt"},
    "pytorch": {
        "model.pt", "model.safetensors", "vocabulary.json", "config.toml", "load.py", "README.md"
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record(tmp_path_factory.mktemp("made")).path


@pytest.mark.parametrize("name", FILES)
def test_a_run_in_another_format(run: Run, made: Path, tmp_path: Path, name: str) -> None:
    out = tmp_path / "deep" / name
    code, said, err = run("convert", made, "--to", name, out)
    assert (code, err) == (0, "")
    assert str(out) in said
    assert set(os.listdir(out)) == FILES[name]
    assert os.listdir(out.parent) == [name]


def test_words_and_files_to_read(run: Run, made: Path, tmp_path: Path) -> None:
    assert run("convert", made, "--to", "lstmvis", tmp_path / "a", "--words", "the cat")[0] == 0
    (tmp_path / "my.txt").write_bytes("the dog sat".encode("utf-16"))
    asked = ("--to", "neurox", tmp_path / "b", "--text", tmp_path / "my.txt", "--tokens", "50")
    assert run("convert", made, *asked)[0] == 0
    assert (tmp_path / "b" / "tokens.txt").read_text("utf-8") == "t h e ␣ d o g ␣ s a t\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("RUN", "x"), "--to"),
        (("RUN", "--to", "onnx", "x"), "invalid choice"),
        (("absent", "--to", "pytorch", "x"), "not a run"),
        (("RUN", "--to", "pytorch", "x", "--words", "the"), "hold no text"),
        (("RUN", "--to", "lstmvis", "x", "--text", "absent.txt"), "absent.txt"),
        (("RUN", "--to", "lstmvis", "x", "--words", "§§"), "nothing to read"),
        (("RUN", "--to", "lstmvis", "x", "--tokens", "0"), "above 0"),
        (("RUN", "--to", "pytorch", "RUN"), "not empty"),
        (("RUN", "--to", "pytorch", "/dev/null/x"), "Cannot write"),
    ],
    ids=str,
)
def test_what_cannot_be_converted_is_one_sentence(
    run: Run, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...], sentence: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    code, out, err = run("convert", *(str(made) if a == "RUN" else a for a in arguments))
    assert (code, out) == (2, "")
    assert sentence in err
    assert err.count("\n") == 1
    assert os.listdir(tmp_path) == []


def test_a_full_disk_leaves_nothing_behind(made: Path, tmp_path: Path) -> None:
    """A limit on the size of files stands for a full disk."""
    starved = (
        "import resource, signal, sys; from rnnviz.cli import main; "
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (500,) * 2); "
        "sys.exit([main(['convert', sys.argv[1], '--to', name, sys.argv[2] + '/' + name]) "
        "for name in ('lstmvis', 'neurox', 'tensorboard', 'pytorch')] != [2] * 4)"
    )
    done = subprocess.run(
        [sys.executable, "-c", starved, str(made), str(tmp_path)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("Cannot write") == 4, done.stderr
    assert "Traceback" not in done.stderr
    assert os.listdir(tmp_path) == []
