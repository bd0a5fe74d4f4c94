"""`rnnviz compare`, on real runs."""

from __future__ import annotations

import csv
import json
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from rnnviz.cli import main
from rnnviz.engine.run_store import Run as StoredRun
from tests.cli.conftest import TINY, Run


@pytest.fixture(scope="module")
def gru(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Like `trained`, with another cell and more steps."""
    out = tmp_path_factory.mktemp("more") / "gru"
    arguments = ["train", "char-lm", "--corpus", str(corpus), "--steps", "30", *TINY]
    assert main([*arguments, "--set", "model.cell=gru", "--out", str(out)]) == 0
    return out


def test_prints_what_differs(run: Run, trained: Path, gru: Path) -> None:
    code, out, err = run("compare", trained, gru)
    assert (code, err) == (0, "")
    first = [line.split()[0] for line in out.splitlines() if line.strip()]
    assert "model.cell" in first
    assert "training.steps" in first
    assert "model.hidden_size" not in first
    full = run("compare", trained, gru, "--full")[1]
    assert "model.hidden_size" in full
    assert "small" in out.splitlines()[0]
    assert "gru" in out.splitlines()[0]


def test_json_has_results_and_differences(run: Run, trained: Path, gru: Path) -> None:
    code, out, _ = run("compare", trained, gru, "--json")
    report = json.loads(out)
    assert code == 0
    assert [row["steps"] for row in report["runs"]] == [20, 30]
    assert [row["path"] for row in report["runs"]] == [str(trained), str(gru)]
    history = StoredRun.open(gru).history
    valid = history.column("validation_loss")
    assert report["runs"][1]["validation_loss"] == pytest.approx(np.nanmin(valid))
    assert report["different"]["model.cell"] == ["lstm", "gru"]
    assert report["different"]["model.forget_bias"] == [1.0, None]


@pytest.mark.parametrize("suffix", ["svg", "pdf", "png", "csv", "npz"])
def test_one_figure(run: Run, trained: Path, gru: Path, tmp_path: Path, suffix: str) -> None:
    target = tmp_path / "new" / f"fig.{suffix}"
    code, out, err = run("compare", trained, gru, "--out", target, "--theme", "dark")
    assert (code, out, err) == (0, f"{target}\n", "")
    assert target.stat().st_size > 1000


def test_the_figure_says_which_runs_and_views(
    run: Run, trained: Path, gru: Path, tmp_path: Path
) -> None:
    target = tmp_path / "fig.svg"
    wish = ("--view", "gates", "--unit", 3, "--size", "14x12", "--along", "tokens", "--log")
    assert run("compare", trained, gru, "--out", target, *wish)[0] == 0
    text = "\n".join(ET.parse(target).getroot().itertext())
    for word in ("small: Gates", "gru: Gates", "training loss", "tokens", "unit 3", "model.cell"):
        assert word in text


def test_the_difference_in_numbers(run: Run, trained: Path, corpus: Path, tmp_path: Path) -> None:
    """Two starts of one network: A − B is what the two exports say."""
    other = tmp_path / "other"
    arguments = ("train", "char-lm", "--corpus", corpus, "--steps", 20, *TINY)
    assert run(*arguments, "--set", "training.seed=2", "--out", other)[0] == 0
    target = tmp_path / "apart.npz"
    assert run("compare", trained, other, "--what", "difference", "--out", target)[0] == 0
    values = []
    for path in (trained, other):
        assert run("export", path, "--view", "states", tmp_path / "one.npz")[0] == 0
        with np.load(tmp_path / "one.npz") as file:
            order = file["heat/recurrent/1/h/y_ids"]
            values.append(file["heat/recurrent/1/h/0-h layer 2/values"][np.argsort(order)])
    with np.load(target) as file:
        name = "Difference: States/heat/recurrent/1/h"
        order = file[f"{name}/y_ids"]
        apart = file[f"{name}/0-difference of h layer 2/values"]
    np.testing.assert_allclose(apart, (values[0] - values[1])[order], atol=1e-6)


def test_a_step_takes_the_look_nearest_to_it(
    run: Run, trained: Path, gru: Path, tmp_path: Path
) -> None:
    known = StoredRun.open(gru).playback.snapshot_steps(full=True)
    target = tmp_path / "step.csv"
    assert run("compare", trained, gru, "--what", "view", "--step", 1, "--out", target)[0] == 0
    with target.open(encoding="utf-8", newline="") as file:
        said = [row[1] for row in csv.reader(file) if row[:1] == ["subtitle"]]
    assert said[1].startswith(f"step {min(known, key=lambda s: abs(s - 1)):,} · ")


def test_a_text_of_ones_own(run: Run, trained: Path, gru: Path, tmp_path: Path) -> None:
    target = tmp_path / "text.csv"
    text = ("--what", "view", "--probe", "a dog sat")
    assert run("compare", trained, gru, *text, "--out", target)[0] == 0
    assert target.read_text(encoding="utf-8").count("probe “a dog sa") == 2


def test_show_opens_the_window(
    run: Run, trained: Path, gru: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[list[Path]] = []

    def window(compared: list[Path]) -> int:
        opened.append(compared)
        return 0

    monkeypatch.setattr("rnnviz.app.main.run_window", window)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert run("compare", trained, gru, "--show") == (0, "", "")
    assert opened == [[trained, gru]]
    assert run("compare", trained, "nowhere", "--show")[0] == 2
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert "no display" in run("compare", trained, gru, "--show")[2]


def test_weights_at_an_earlier_step(run: Run, trained: Path, gru: Path, tmp_path: Path) -> None:
    target = tmp_path / "weights.npz"
    wish = ("--what", "view", "--view", "parameters", "--step", 1, "--out", target)
    assert run("compare", trained, gru, *wish) == (0, f"{target}\n", "")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("A",), "Name 2 to 4 runs"),
        (("A", "A"), "named twice"),
        (("A", "B", "C", "D", "E"), "Name 2 to 4 runs"),
        (("A", "nowhere"), "is not a run"),
        (("A", "B", "--view", "gatse", "--out", "x.svg"), "no view 'gatse'"),
        (("A", "B", "--out", "x.gif"), "must end in one of"),
        (("A", "B", "--what", "view", "--view", "attention", "--out", "x.svg"), "nothing"),
        (("A", "B", "--unit", "99", "--out", "x.svg"), "There is no unit 99"),
        (("A", "B", "--what", "difference", "--view", "training", "--out", "x.svg"), "no heat map"),
        (("A", "damaged"), "damaged"),
    ],
)
def test_mistakes_are_one_sentence(
    run: Run,
    trained: Path,
    gru: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    damaged = tmp_path / "damaged"
    shutil.copytree(trained, damaged)
    facts = (damaged / "run.json").read_bytes()
    (damaged / "run.json").write_bytes(facts[: len(facts) // 2])
    named = {"A": str(trained), "B": str(gru), "damaged": str(damaged)}
    code, out, err = run("compare", *(named.get(a, a) for a in arguments))
    assert (code, out) == (2, "")
    assert sentence in err
    assert err.count("\n") == 1
    assert "Traceback" not in err
    assert not (tmp_path / "x.svg").exists()
