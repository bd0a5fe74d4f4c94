"""The example of the documentation runs as a script and as a notebook, and its runs open."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnnviz.engine.run_store import Run

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


def cells() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((EXAMPLES / "record.ipynb").read_text("utf-8"))[
        "cells"
    ]
    return found


def test_the_notebook_is_the_script() -> None:
    blocks = re.split(r"(?m)^# %%.*\n", (EXAMPLES / "record.py").read_text("utf-8"))[1:]
    assert len(blocks) == len(cells())
    for block, cell in zip(blocks, cells(), strict=True):
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            text = "\n".join(f"# {line}".rstrip() for line in text.split("\n"))
        assert text == block.strip("\n")
        assert set(cell) >= {"id", "metadata"}
        assert (cell["cell_type"] == "code") == ("outputs" in cell)


def test_it_runs_and_what_it_records_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in cells():
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]).replace("STEPS = 300", "STEPS = 12"), names)
    letters, reversing = (Run.open(tmp_path / "runs" / name) for name in ("letters", "reversing"))
    assert len(letters.history) == len(reversing.history) == 12
    assert letters.options == {"units": 48, "lr": 5e-3}
    snapshot = reversing.last_snapshot()
    assert snapshot is not None
    assert snapshot.tokens.input[0] == "<s>"
    attention = snapshot.get("attention")
    assert attention is not None
    np.testing.assert_allclose(np.asarray(attention.values).sum(1), 1, atol=1e-5)
