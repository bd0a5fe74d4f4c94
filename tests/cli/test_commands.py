from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

import rnnviz
from rnnviz.cli.arguments import COMMANDS
from tests.cli.conftest import TINY, Run


def test_version(run: Run) -> None:
    assert run("--version") == (0, f"rnnviz {rnnviz.__version__}\n", "")


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_help_shows_an_example(run: Run, command: str) -> None:
    code, out, err = run(*([command] if command else []), "--help")
    assert (code, err) == (0, "")
    example = out.split("example")[1]
    assert f"rnnviz {command}".strip() in example or command == "window"


def test_train_help_names_every_option(run: Run) -> None:
    _, out, _ = run("train", "--help")
    for name in ("model.hidden_size", "training.seed", "look.temperature", "task.corpus"):
        assert name in out


def test_recipes(run: Run) -> None:
    code, out, _ = run("recipes", "--json")
    recipes = json.loads(out)
    assert code == 0
    assert recipes[0]["name"] == "char-lm"
    covered = {system for recipe in recipes for system in recipe["systems"]}
    assert {"A1", "A9", "A10", "A12", "A13", "B5", "B9", "B11"} <= covered
    assert {"A11", "C1", "C2", "C9", "C10", "D1", "D2", "D4"} <= covered
    _, plain, _ = run("recipes")
    assert all(recipe["name"] in plain and recipe["sentence"] in plain for recipe in recipes)


def test_train_reports_one_json_object(run: Run, corpus: Path) -> None:
    code, out, _ = run("train", "char-lm", "--corpus", corpus, "--steps", 12, *TINY, "--json")
    report = json.loads(out.splitlines()[-1])
    assert code == 0
    assert report["steps"] == 12
    assert report["val_perplexity"] == pytest.approx(math.exp(report["val_loss"]))
    assert 0 < report["train_loss"] < 4
    assert report["tokens_per_second"] > 0
    assert report["parameters"] > 100


def test_same_seed_same_report(run: Run, corpus: Path) -> None:
    def losses(seed: int) -> tuple[float, float]:
        seeded = ("--set", f"training.seed={seed}", "--json")
        out = run("train", "char-lm", "--corpus", corpus, "--steps", 8, *TINY, *seeded)[1]
        report = json.loads(out)
        return report["train_loss"], report["val_loss"]

    assert losses(7) == losses(7) != losses(8)


def test_train_says_what_it_kept(run: Run, corpus: Path, tmp_path: Path) -> None:
    small = ("train", "char-lm", "--corpus", corpus, "--steps", 3, *TINY)
    _, out, _ = run(*small)
    assert "add --out" in out
    code, out, _ = run(*small, "--out", tmp_path / "kept")
    assert code == 0
    assert "rnnviz export" in out
    assert (tmp_path / "kept" / "config.toml").is_file()


def test_train_takes_a_toml(run: Run, trained: Path) -> None:
    config = trained / "config.toml"
    code, out, _ = run("train", config, "--set", 'look.sample_prompts=["the"]', "--json")
    assert code == 0
    assert json.loads(out)["steps"] == 20


def test_overwrites_only_when_told(run: Run, trained: Path, corpus: Path, tmp_path: Path) -> None:
    small = ("train", "char-lm", "--corpus", corpus, "--steps", 3, *TINY, "--out", tmp_path / "r")
    assert run(*small)[0] == 0
    code, _, err = run(*small)
    assert code == 2
    assert "already holds a run" in err
    assert run(*small, "--overwrite")[0] == 0


def test_sample_is_reproducible(run: Run, trained: Path) -> None:
    asked = ("sample", trained, "--prompt", "the ", "--length", 30, "--temperature", 0.5)
    code, out, _ = run(*asked, "--seed", 3)
    assert code == 0
    assert len(out) == 31
    assert run(*asked, "--seed", 3)[1] == out != run(*asked, "--seed", 4)[1]


def test_sample_says_what_the_corpus_does_not_contain(run: Run, trained: Path) -> None:
    code, out, err = run("sample", trained, "--prompt", "the €at", "--length", 5)
    assert (code, len(out)) == (0, 6)
    assert err == "rnnviz: Not in the corpus, left out: €.\n"
    assert run("sample", trained, "--prompt", "the cat", "--length", 5)[2] == ""


def test_views(run: Run, trained: Path) -> None:
    everything = {view["name"] for view in json.loads(run("views", "--json")[1])}
    filled = {view["name"] for view in json.loads(run("views", trained, "--json")[1])}
    assert {"training", "states", "gates", "gradients", "samples"} <= filled < everything
    assert "attention" in everything - filled
    assert "gates" in run("views", trained)[1]


@pytest.mark.parametrize("suffix", ["svg", "pdf", "png", "csv", "npz"])
def test_export_one_view(run: Run, trained: Path, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / "deep" / f"states.{suffix}"
    code, out, _ = run(
        "export", trained, "--view", "states", path, "--size", "6x4", "--theme", "dark",
        "--layer", 1, "--unit", 2, "--time", 3, "--dpi", 60,
    )  # fmt: skip
    assert (code, out.strip()) == (0, str(path))
    starts = {"svg": b"<?xml", "pdf": b"%PDF", "png": b"\x89PNG", "csv": b"", "npz": b"PK"}
    data = path.read_bytes()
    assert data.startswith(starts[suffix])
    assert len(data) > 200


def test_export_of_exact_numbers(run: Run, trained: Path, tmp_path: Path) -> None:
    run("export", trained, "--view", "training", tmp_path / "t.npz")
    with np.load(tmp_path / "t.npz") as numbers:
        assert len(numbers.files) > 0


def test_export_all(run: Run, trained: Path, tmp_path: Path) -> None:
    names = [view["name"] for view in json.loads(run("views", trained, "--json")[1])]
    code, _, _ = run("export", trained, "--all", tmp_path / "all", "--format", "csv")
    assert code == 0
    assert sorted(path.stem for path in (tmp_path / "all").iterdir()) == sorted(names)
    assert all(path.stat().st_size > 0 for path in (tmp_path / "all").iterdir())


def test_bench_lists_names(run: Run) -> None:
    names = json.loads(run("bench", "--json")[1])
    assert {"train", "corpus"} <= set(names)
    assert run("bench")[1].split() == names
