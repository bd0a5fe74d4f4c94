from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rnnviz.engine.run_store import Run as RecordedRun
from tests import patience
from tests.cli.conftest import TINY, Run
from tests.recorded import wait_for_steps

WRONG = [
    ("trian",),
    ("train",),
    ("train", "nonsense"),
    ("train", "absent.toml"),
    ("train", "char-lm", "extra"),
    ("train", "char-lm", "--steps", "many"),
    ("train", "char-lm", "--steps", "0"),
    ("train", "char-lm", "--set", "model.hidden_size"),
    ("train", "char-lm", "--set", "model.hidden_size=big"),
    ("train", "char-lm", "--set", "model.hidden_size=0"),
    ("train", "char-lm", "--set", "model.colour=red"),
    ("train", "char-lm", "--set", "colour=red"),
    ("train", "char-lm", "--set", "model.cell=unknown"),
    ("train", "char-lm", "--set", "training.learning_rate=nan"),
    ("train", "char-lm", "--set", "look.sample_prompts=[1"),
    ("train", "char-lm", "--set", "model.kind=encoder_decoder"),
    ("train", "char-lm", "--corpus", "absent.txt"),
    ("train", "char-lm", "--corpus", ""),
    ("train", "char-lm", "--out", ""),
    ("train", "char-lm", "--out", "/dev/null/run"),
    ("sample",),
    ("sample", "absent"),
    ("sample", "RUN", "--length", "-3"),
    ("sample", "RUN", "--temperature", "0"),
    ("sample", "RUN", "--seed", "99999999999999999999"),
    ("views", "absent"),
    ("views", "CORPUS"),
    ("export", "RUN"),
    ("export", "RUN", "--view", "states"),
    ("export", "RUN", "--view", "unheard", "x.svg"),
    ("export", "RUN", "--view", "states", "x.docx"),
    ("export", "RUN", "--view", "attention", "x.svg"),
    ("export", "RUN", "--view", "states", "x.svg", "--size", "3xx4"),
    ("export", "RUN", "--view", "states", "x.svg", "--size", "0x0"),
    ("export", "RUN", "--view", "states", "x.png", "--dpi", "100000"),
    ("export", "RUN", "--view", "states", "x.png", "--size", "90x90", "--dpi", "1200"),
    ("export", "RUN", "--view", "states", "x.svg", "--unit", "99"),
    ("export", "RUN", "--view", "states", "x.svg", "--layer", "-1"),
    ("export", "RUN", "--view", "states", "x.svg", "--time", "9999"),
    ("export", "RUN", "--view", "states", "CORPUS/x.svg"),
    ("export", "RUN", "--all", "x", "x.svg"),
    ("export", "absent", "--all", "x"),
    ("compare", "RUN", "RUN", "--step", "-3"),
    ("bench", "unheard"),
]

MEANT = {
    "model.hidden_sise": "model.hidden_size",
    "modell.hidden_size": "model.hidden_size",
    "hidden_size": "model.hidden_size",
    "trainig.learning_rate": "training.learning_rate",
}


@pytest.mark.parametrize("name", MEANT)
def test_a_misspelt_option_is_answered_with_the_one_that_was_meant(run: Run, name: str) -> None:
    code, out, err = run("train", "char-lm", "--set", f"{name}=3")
    assert (code, out) == (2, "")
    assert f"{name!r}; did you mean {MEANT[name]}?" in err


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_wrong_usage_is_one_sentence(
    run: Run,
    trained: Path,
    corpus: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
) -> None:
    monkeypatch.chdir(tmp_path)
    places = {"RUN": str(trained), "CORPUS": str(corpus)}
    given = [places.get(a, a.replace("CORPUS/", f"{corpus}/")) for a in arguments]
    code, out, err = run(*given)
    assert (code, out) == (2, "")
    assert err.startswith("rnnviz: ")
    assert err.endswith(".\n")
    assert err.count("\n") == 1


def test_several_mistakes_in_a_file_are_all_named(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text("[model]\nhiden_size = 3\nlayers = 99\n[trainig]\nsteps = 1\n")
    code, _, err = run("train", path)
    assert code == 2
    for name in ("bad.toml", "model.hiden_size", "model.layers", "trainig"):
        assert name in err
    path.write_text("[model\n")
    assert "not valid TOML" in run("train", path)[2]
    path.write_text("model = 3\n")
    assert "model must be a section" in run("train", path)[2]


@pytest.mark.parametrize("content", [b"", b"x", bytes(range(256)) * 40])
def test_bad_corpora(run: Run, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.txt"
    path.write_bytes(content)
    code, _, err = run("train", "char-lm", "--corpus", path, *TINY)
    assert code == 2
    assert err.count("\n") == 1
    assert "Traceback" not in err


def test_nan_names_the_step_and_keeps_the_run(run: Run, corpus: Path, tmp_path: Path) -> None:
    fast = ("--set", "training.learning_rate=1000", "--set", "training.optimizer=sgd")
    wild = (*fast, "--set", "model.cell=simple_rnn", "--set", "model.nonlinearity=relu")
    loose = ("--set", "training.clip=none", "--steps", "200", "--out", tmp_path / "run")
    code, _, err = run("train", "char-lm", "--corpus", corpus, *TINY, *wild, *loose)
    assert code == 2
    assert "no longer a finite number at step" in err
    assert RecordedRun.open(tmp_path / "run").state.model


def test_damaged_run(run: Run, trained: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(trained, copy)
    (copy / "steps.bin").write_bytes(b"nonsense" * 1000)
    code, _, err = run("views", copy)
    assert code == 2
    assert "Cannot read the record" in err


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "rnnviz", *map(str, arguments)]


def bare() -> dict[str, str]:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return {name: value for name, value in os.environ.items() if name not in hidden}


def test_without_a_display() -> None:
    done = subprocess.run(command(), env=bare(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "rnnviz train" in done.stderr
    assert done.stderr.count("\n") == 1


def test_light_commands_do_not_load_torch() -> None:
    check = (
        "import sys; from rnnviz.cli import main; code = [main([c]) for c in "
        "('recipes', 'views', 'runs', '--help', '--version')]; assert code == [0] * 5, code; "
        "assert not {'torch', 'PySide6', 'matplotlib'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", check], check=True, stdout=subprocess.DEVNULL)


def test_interrupted_training_saves(corpus: Path, tmp_path: Path) -> None:
    long = command("train", "char-lm", "--corpus", corpus, "--steps", 10**7, *TINY, "--json")
    process = subprocess.Popen(
        [*long, "--out", str(tmp_path / "run")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Who runs the tests in the background of a shell does not hear this signal.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    wait_for_steps(tmp_path / "run")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=patience.SECONDS)
    assert process.returncode == 130
    assert "Traceback" not in err
    report = json.loads(out)
    assert report["interrupted"]
    recorded = RecordedRun.open(tmp_path / "run")
    assert recorded.state.step == report["steps"] == len(recorded.history) > 0


def test_closed_pipe_is_no_error(trained: Path) -> None:
    sampling = command("sample", trained, "--length", 3000)
    process = subprocess.Popen(sampling, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.wait(patience.SECONDS) == 0
    assert process.stderr.read() == b""
    process.stderr.close()


def test_a_run_that_could_not_be_saved_is_a_failure(corpus: Path, tmp_path: Path) -> None:
    """A limit on the size of files stands for a disk that fills up while training."""
    starved = (
        "import resource, signal, sys; from rnnviz.cli import main; "
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000,) * 2); sys.exit(main(sys.argv[1:]))"
    )
    often = ("--set", "look.sample_every=5", "--set", "training.checkpoint_every=0.2")
    training = ("train", "char-lm", "--corpus", str(corpus), *TINY, "--steps", "900", *often)
    done = subprocess.run(
        [sys.executable, "-c", starved, *training, "--out", str(tmp_path / "run"), "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "what was saved before is kept" in done.stderr
    assert json.loads(done.stdout)["saved"] is False
    assert RecordedRun.open(tmp_path / "run").state.model


def test_a_display_that_does_not_answer() -> None:
    environment = bare() | {"QT_QPA_PLATFORM": "absent"}
    done = subprocess.run(command(), env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Qt cannot open a window here" in done.stderr
    assert done.stderr.count("\n") == 1


def test_what_the_terminal_cannot_write_is_a_question_mark(tmp_path: Path) -> None:
    narrow = os.environ | {"PYTHONIOENCODING": "ascii:strict"}
    command = [sys.executable, "-m", "rnnviz", "runs", str(tmp_path / "└ ä")]
    done = subprocess.run(command, env=narrow, capture_output=True, text=True)
    assert done.returncode == 2
    assert "? ?" in done.stderr
    assert "Traceback" not in done.stderr
