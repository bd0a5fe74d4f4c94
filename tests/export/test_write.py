"""Files on disk: true vectors with their text, reproducible, whole or not at all."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

from rnnviz.contracts import discovery
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.picture import Axis, ColourScale, Heatmap, Image, Panel, Picture, Table, Texts
from rnnviz.contracts.view import View
from rnnviz.export import SUFFIXES, figure, write_picture
from rnnviz.export.ink import settings
from rnnviz.style import palette
from tests import snapshots

VIEWS = discovery.every("views", View)
SCENE = snapshots.scene_of(snapshots.translation_snapshot())
SVG = "{http://www.w3.org/2000/svg}"


def words(path: Path) -> str:
    return "\n".join(ET.parse(path).getroot().itertext())


def image(rows: int, columns: int) -> Picture:
    values = np.linspace(-1, 1, rows * columns).reshape(rows, columns)
    panel = Panel(
        "image",
        Axis("column", low=-0.5, high=columns - 0.5),
        Axis("row", low=-0.5, high=rows - 0.5),
        (Heatmap(values, ColourScale("signed", -1, 1, "value")),),
        title="an image",
    )
    return Picture("Image", ((panel,),), "made up")


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_becomes_a_vector_file_with_words(name: str, tmp_path: Path) -> None:
    view = VIEWS[name]()
    picture = view.picture(snapshots.scene_for(view))
    path = write_picture(picture, tmp_path / f"{name}.svg")
    text = words(path)
    assert picture.title in text
    few = ("samples", "picture")
    assert len(list(ET.parse(path).getroot().iter(f"{SVG}path"))) > 1 or name in few
    assert ("<image" in path.read_text(encoding="utf-8")) == (name == "picture")


@pytest.mark.parametrize("suffix", ["svg", "pdf", "png", "csv", "npz"])
@pytest.mark.parametrize("name", ["score", "inspector"])
def test_equal_pictures_give_equal_bytes(name: str, suffix: str, tmp_path: Path) -> None:
    first, second = (
        write_picture(VIEWS[name]().picture(SCENE), tmp_path / f"{k}.{suffix}").read_bytes()
        for k in range(2)
    )
    assert first == second
    assert len(first) > 500


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_a_theme_changes_the_paper(theme: str, tmp_path: Path) -> None:
    text = write_picture(image(3, 4), tmp_path / "a.svg", theme).read_text(encoding="utf-8")
    ink = palette.colour("muted", theme)
    assert f"fill: {ink}" in text
    assert text.count("<path") > 12


def test_small_images_are_cells_and_large_ones_one_image(tmp_path: Path) -> None:
    small = write_picture(image(50, 60), tmp_path / "small.svg").read_text(encoding="utf-8")
    large = write_picture(image(300, 400), tmp_path / "large.svg").read_text(encoding="utf-8")
    assert "<image" not in small
    assert small.count("<path") > 3000
    assert large.count("<image") == 1


def test_a_picture_keeps_its_colours_and_its_upper_row_on_top(tmp_path: Path) -> None:
    rgb = np.array([[[255, 0, 0]], [[0, 0, 255]]], np.uint8)
    x, y = Axis(low=-0.5, high=0.5), Axis(low=-0.5, high=1.5, inverted=True)
    panel = Panel("p", x, y, (Image(rgb, label="two"),))
    path = write_picture(Picture("Two", ((panel,),)), tmp_path / "a.png")
    pixels = plt.imread(path)[:, :, :3]
    red, blue = (np.argwhere((pixels == rgb[row, 0] / 255).all(2)) for row in (0, 1))
    assert len(red) == pytest.approx(len(blue), rel=0.05)
    assert len(red) > 1000
    assert red[:, 0].max() <= blue[:, 0].min()


def test_png_has_the_size_asked_for(tmp_path: Path) -> None:
    data = write_picture(image(3, 4), tmp_path / "a.png", width=5, height=3, dpi=100).read_bytes()
    assert int.from_bytes(data[16:20], "big") == 500
    assert int.from_bytes(data[20:24], "big") == 300


def test_strange_letters_are_written_safely(tmp_path: Path) -> None:
    texts = ("\x00", "\x1b[31m", "<&>", "$x$", "\ud800", "\ufffe", "☃漢🙂", "a\tb")
    places = np.arange(len(texts), dtype=float)
    mark = Texts(places, places, texts)
    panel = Panel("p", Axis(low=-1, high=9), Axis(low=-1, high=9), (mark,), title="$\\bad{$")
    for suffix in ("svg", "pdf", "png"):
        path = write_picture(Picture("<&\x00$", ((panel,),)), tmp_path / f"a.{suffix}")
        assert path.stat().st_size > 500
    assert "<&>" in words(tmp_path / "a.svg")
    assert "$x$" in words(tmp_path / "a.svg")


def test_a_message_is_written_too(tmp_path: Path) -> None:
    path = write_picture(Picture("Score", message="Nothing to see yet."), tmp_path / "a.svg")
    assert "Nothing to see yet." in words(path)


@pytest.mark.parametrize("name", ["picture.jpg", "picture", "picture.svgz"])
def test_an_unknown_suffix_names_the_known_ones(name: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"\.svg, \.pdf, \.png, \.csv, \.npz"):
        write_picture(image(2, 2), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_missing_folder_is_said_in_one_sentence(suffix: str, tmp_path: Path) -> None:
    target = tmp_path / "nowhere" / f"a.{suffix}"
    with pytest.raises(UserError, match=re.escape(f"Cannot write {target}: ")):
        write_picture(image(2, 2), target)


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = write_picture(image(2, 2), tmp_path / "a.csv")
    before = target.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("rnnviz.export.numbers.write_csv", full)
    with pytest.raises(UserError, match="No space left on device"):
        write_picture(image(3, 3), target)
    assert target.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_an_unknown_theme_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="sepia"):
        write_picture(image(2, 2), tmp_path / "a.svg", theme="sepia")


@pytest.mark.parametrize("size", [(12.0, 7.0), (7.0, 4.0)])
def test_words_do_not_stand_on_one_another(size: tuple[float, float]) -> None:
    rows = tuple((f"parameter {index}", index, index / 7) for index in range(40))
    table = Table("t", ("name", "n", "norm"), rows, title="norms")
    plot = image(4, 9).rows[0]
    with settings():
        drawn = figure.draw(Picture("Many rows", (plot, (table,)), "made up"), "light", *size)
        figure.settle(drawn)
        axes = drawn.axes[-1]
        boxes = [text.get_window_extent() for text in axes.texts]
    written = [text.get_text() for text in axes.texts]
    assert "parameter 0" in written
    assert re.fullmatch(r"… \d+ more", written[-3])
    assert not [a for i, a in enumerate(boxes) for b in boxes[:i] if a.overlaps(b)]
