"""Settings survive damage, old versions and full disks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.app import settings
from rnnviz.app.settings import MOST_RECENT, Settings


def test_round_trip(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "settings.json"
    kept = Settings(theme="dark", font_scale=1.5, options={"states": {"sort": "activity"}})
    kept.remember_run(tmp_path / "run")
    settings.save(kept, path)
    assert settings.load(path) == kept
    assert [p.name for p in path.parent.iterdir()] == ["settings.json"]


@given(damage=st.binary(max_size=200))
def test_a_damaged_file_gives_defaults_and_is_put_aside(
    tmp_path_factory: pytest.TempPathFactory, damage: bytes
) -> None:
    folder = tmp_path_factory.mktemp("settings")
    path = folder / "settings.json"
    path.write_bytes(b"\xff" + damage)
    assert settings.load(path) == Settings()
    assert [p.name for p in folder.iterdir() if "damaged" in p.name]


def test_wrong_types_give_defaults(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"theme": 3, "geometry": "big"}))
    assert settings.load(path) == Settings()


def test_unknown_names_of_a_later_version_are_ignored(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"theme": "dark", "holograms": True, "font_scale": 2}))
    assert settings.load(path) == Settings(theme="dark", font_scale=2.0)


def test_saving_to_an_impossible_place_does_not_raise(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder")
    settings.save(Settings(), file / "settings.json")
    assert file.read_text() == "not a folder"


def test_recent_is_bounded_and_newest_first() -> None:
    kept = Settings()
    for number in range(30):
        kept.remember_corpus(f"text-{number}")
    kept.remember_corpus("text-25")
    assert kept.recent_corpora[:2] == ["text-25", "text-29"]
    assert len(kept.recent_corpora) == MOST_RECENT == len(set(kept.recent_corpora))
