"""What the held-out part says of a network is told where it was trained on the command line."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import TINY, Run


def test_figures_and_classes_are_reported(run: Run) -> None:
    code, out, _ = run("train", "names", "--steps", 3, *TINY, "--json")
    report = json.loads(out)
    assert code == 0
    found = {figure["name"]: figure for figure in report["figures"]}
    assert found["accuracy"]["value"] == report["metric"]
    assert found["balanced accuracy"]["baseline"] > 0.5
    recalls = [row["recall"] for row in report["classes"].values() if row["examples"]]
    assert found["balanced accuracy"]["value"] == pytest.approx(sum(recalls) / len(recalls))
    assert all(
        {"examples", "precision", "recall"} == row.keys() for row in report["classes"].values()
    )


def test_figures_are_told_with_what_is_held_against_them(run: Run) -> None:
    _, out, _ = run("train", "names", "--steps", 3, *TINY)
    (line,) = [line for line in out.splitlines() if line.startswith("Of what was held out")]
    assert "balanced accuracy" in line
    assert line.count("letter pairs") == 1


def test_numbers_have_no_perplexity(run: Run) -> None:
    _, out, _ = run("train", "series", "--steps", 3, *TINY)
    assert "perplexity" not in out
    assert "nats" not in out
