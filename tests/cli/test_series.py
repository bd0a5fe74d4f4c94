"""A recipe with variants: trained one after another, on equal terms."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rnnviz.contracts.errors import UserError
from rnnviz.engine import recipes
from rnnviz.engine.run_store import Run as StoredRun
from tests.cli.conftest import TINY, Run

CELLS = {"simple-rnn": "simple_rnn", "lstm": "lstm", "gru": "gru"}


def test_three_cells_differ_in_nothing_but_the_cell() -> None:
    variants = recipes.series("three-cells")
    assert {name: config.model.cell for name, config in variants.items()} == CELLS
    rest = [
        {**config.model_dump(), "title": "", "model": {**config.model.model_dump(), "cell": "",
         "hidden_size": 0}} for config in variants.values()
    ]  # fmt: skip
    assert rest[0] == rest[1] == rest[2]


def test_trains_every_variant_into_its_folder(run: Run, corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "three"
    short = ("--corpus", corpus, "--steps", 12, *TINY)
    code, said, _ = run("train", "three-cells", *short, "--out", out)
    assert code == 0
    assert "rnnviz compare" in said
    for name, cell in CELLS.items():
        stored = StoredRun.open(out / name)
        assert stored.config.model.cell == cell
        assert stored.history.column("step").tolist() == list(range(1, 13))
        assert f"{name}: 12 steps" in said
    figure = out / "all.svg"
    assert run("compare", *(out / name for name in CELLS), "--out", figure)[0] == 0
    code, _, err = run("train", "three-cells", *short, "--out", out)
    assert code == 2
    assert "already holds a run" in err


def test_equal_parameters(run: Run, corpus: Path) -> None:
    short = ("--steps", 1, "--set", "training.batch_size=2", "--set", "training.sequence_length=4")
    out = run("train", "three-cells", *short, "--set", "look.sample_length=2", "--json")[1]
    counts = [report["parameters"] for report in json.loads(out).values()]
    assert len(counts) == 3
    assert max(counts) / min(counts) < 1.01


def test_a_toml_of_ones_own_may_have_variants(run: Run, corpus: Path, tmp_path: Path) -> None:
    text = "\n".join(
        [
            "[recipe.variants.slow]", "training.learning_rate = 1e-4",
            "[recipe.variants.fast]", "training.learning_rate = 1e-2",
            "[task]", f'corpus = "{corpus.as_posix()}"', "[training]", "steps = 3",
        ]
    )  # fmt: skip
    (tmp_path / "rates.toml").write_text(text)
    code, said, _ = run("train", tmp_path / "rates.toml", *TINY, "--out", tmp_path / "rates")
    assert code == 0
    assert "slow: 3 steps" in said
    assert StoredRun.open(tmp_path / "rates" / "fast").config.training.learning_rate == 1e-2
    assert StoredRun.open(tmp_path / "rates" / "fast").name == "fast"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[recipe.variants]\nlstm = 3", "write each variant as a table"),
        ("[recipe]\nvariants = 3", "write each variant as a table"),
        ('[recipe.variants."../up"]\nmodel.cell = "gru"', "may not be one"),
        ('[recipe.variants.a]\nmodel.cell = "gpt"', "variant a"),
        ("[recipe.variants.a]\nmodel.cels = 1", "There is no option 'model.cels'"),
        ("[recipe.variants.a]\nnothing = 1", "There is no option 'nothing'"),
    ],
)
def test_mistakes_in_variants_are_one_sentence(text: str, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text)
    with pytest.raises(UserError, match=sentence.replace("(", r"\(")):
        recipes.series(str(path))


def test_a_single_recipe_is_no_series() -> None:
    assert recipes.series("char-lm") == {}


def test_a_series_is_not_for_torchrun(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    place = {"WORLD_SIZE": "2", "RANK": "0", "MASTER_ADDR": "x", "MASTER_PORT": "1"}
    for name, value in place.items():
        monkeypatch.setenv(name, value)
    code, _, err = run("train", "three-cells")
    assert code == 2
    assert "without torchrun" in err
