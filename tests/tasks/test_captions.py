"""Captions: folders of pictures of every kind, what is left out and said, and the probe."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from rnnviz.app.opening import kind_of
from rnnviz.contracts.config import RunConfig, parse
from rnnviz.contracts.errors import UserError
from rnnviz.corpora.image_files import as_png, from_png, read_image
from rnnviz.corpora.pictures import read_captioned
from rnnviz.engine.inside import Inside
from rnnviz.engine.session import make_model
from rnnviz.tasks.captions import Captions

COLOURS = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255), "white": (255,) * 3}


def config(corpus: Path | str, **task: Any) -> RunConfig:
    settings = {"name": "captions", "picture_size": 8, "validation_fraction": 0.3, **task}
    model = {"kind": "visual_attention", "hidden_size": 8, "features": 4, "layers": 1}
    training = {"batch_size": 4}
    return parse(
        {"task": {"corpus": str(corpus), **settings}, "model": model, "training": training}
    )


def folder(path: Path, captions: str | None = None, name: str = "captions.tsv") -> Path:
    """One plain picture per colour, told by its name."""
    path.mkdir(exist_ok=True)
    for colour, rgb in COLOURS.items():
        Image.new("RGB", (8, 8), rgb).save(path / f"{colour}.png")
    lines = "".join(f"{colour}.png\tall {colour} here\n" for colour in COLOURS)
    (path / name).write_text(lines if captions is None else captions, encoding="utf-8")
    return path


def opened(path: Path, **task: Any) -> Captions:
    return Captions.open(config(path, **task))


def test_reads_a_folder_as_flickr_writes_it(tmp_path: Path) -> None:
    lines = "image,caption\n" + "".join(
        f'{colour}.png,"all {colour}, here"\n{colour}.png,so {colour}\n' for colour in COLOURS
    )
    found = read_captioned(folder(tmp_path, lines, "captions.txt"), config(tmp_path))
    assert len(found.names) == 4
    assert len(found.of) == 8
    assert found.caption(0) == "all red, here" or "<unk>" in found.caption(0)
    assert not {*found.of[found.train]} & {*found.of[found.held_out]}


def test_numbers_after_names_and_a_folder_of_images(tmp_path: Path) -> None:
    place = folder(tmp_path)
    (place / "Images").mkdir()
    for colour in COLOURS:
        (place / f"{colour}.png").rename(place / "Images" / f"{colour}.png")
    lines = "".join(f"{c}.png#{k}\t{c} again\r\n" for c in COLOURS for k in range(2))
    (place / "captions.tsv").write_bytes(b"\xef\xbb\xbf" + lines.encode())
    found = read_captioned(place / "captions.tsv", config(place))
    assert len(found.names) == 4
    assert not found.left_out.counts


def test_what_cannot_be_used_is_counted_and_named_with_its_line(tmp_path: Path) -> None:
    place = folder(tmp_path)
    (place / "broken.png").write_bytes((place / "red.png").read_bytes()[:40])
    (place / "words.png").write_text("no picture")
    more = "gone.png\tnot there\nbroken.png\thalf\nwords.png\ttext\nred.png\t\n"
    more += "../outside.png\tno\nred.png\t" + "very " * 20 + "long\n"
    with (place / "captions.tsv").open("a") as file:
        file.write(more)
    task = opened(place)
    facts = dict(task.summary.facts)
    assert "2 missing pictures" in facts["left out"]
    assert "2 damaged pictures" in facts["left out"]
    assert "1 without a caption" in facts["left out"]
    assert "1 too long" in facts["left out"]
    assert "line 5: there is no picture gone.png" in task.summary.warnings[0]


def test_equal_pictures_stay_on_one_side(tmp_path: Path) -> None:
    lines = "".join(f"{c}.png\t{c}\ncopy-{c}.png\t{c}\n" for c in COLOURS)
    place = folder(tmp_path, lines)
    for colour, rgb in COLOURS.items():
        Image.new("RGB", (8, 8), rgb).save(place / f"copy-{colour}.png")
    for seed in range(5):
        changed = config(place).replaced({"training.seed": seed})
        found = read_captioned(place, changed)
        keys = [
            {found.pixels[found.of[i]].tobytes() for i in side}
            for side in (found.train, found.held_out)
        ]
        assert not keys[0] & keys[1]
        assert found.duplicates == 4


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "I;16", "I", "F", "CMYK", "PA"])
def test_every_mode_becomes_colours(tmp_path: Path, mode: str) -> None:
    white = Image.new("L", (5, 9), 255)
    deep = {"I;16": 65535, "I": 65535, "F": 1.0}
    image = Image.new(mode, (5, 9), deep[mode]) if mode in deep else white.convert(mode)
    suffix = "tif" if mode in ("F", "I;16", "I", "CMYK", "PA") else "png"
    if mode == "PA":
        image, suffix = white.convert("P"), "png"
        image.info["transparency"] = 3
    image.save(tmp_path / f"a.{suffix}")
    pixels = read_image(tmp_path / f"a.{suffix}", 8)
    assert pixels.shape == (3, 8, 8)
    assert pixels.min() == 255


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (500, 3), (33, 8)])
def test_any_size_is_scaled_and_centred(tmp_path: Path, size: tuple[int, int]) -> None:
    Image.new("RGB", size, (0, 0, 0)).save(tmp_path / "a.png")
    pixels = read_image(tmp_path / "a.png", 16)
    assert pixels.shape == (3, 16, 16)
    assert pixels[:, 7:9, 7:9].min() < 200


def test_what_is_transparent_is_white(tmp_path: Path) -> None:
    Image.new("RGBA", (8, 8), (200, 0, 0, 0)).save(tmp_path / "a.png")
    assert read_image(tmp_path / "a.png", 8).min() == 255


def test_a_picture_that_would_fill_the_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.new("1", (9000, 9000)).save(tmp_path / "a.png")
    with pytest.raises(UserError, match="million pixels"):
        read_image(tmp_path / "a.png", 8)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    with pytest.raises(UserError, match="million pixels"):
        read_image(tmp_path / "a.png", 8)


def test_png_keeps_every_pixel() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (3, 7, 5), dtype=np.uint8)
    assert np.array_equal(from_png(as_png(pixels)), pixels)


@pytest.mark.parametrize(
    ("captions", "reason"),
    [
        ("red.png\tone only\n", "fewer than two"),
        ("nothing.png\there\nnone.png\teither\n", "2 missing pictures"),
        ("just some text\nwithout any\n", "without a caption"),
        ("", "is empty"),
    ],
)
def test_too_little_is_said_in_a_sentence(tmp_path: Path, captions: str, reason: str) -> None:
    with pytest.raises(UserError, match=reason):
        opened(folder(tmp_path, captions))


def test_a_folder_without_captions_says_what_to_put_there(tmp_path: Path) -> None:
    (folder(tmp_path) / "captions.tsv").unlink()
    with pytest.raises(UserError, match=r"captions\.tsv"):
        opened(tmp_path)
    with pytest.raises(UserError, match="does not exist"):
        opened(tmp_path / "nowhere")


def test_a_folder_of_pictures_opens_this_task(tmp_path: Path) -> None:
    assert kind_of(folder(tmp_path)) == "captions"


def test_probes_by_name_by_path_and_with_a_caption(tmp_path: Path) -> None:
    task = opened(folder(tmp_path / "a"))
    model = make_model(config(tmp_path / "a"), task.sizes).eval()
    for text in ("green.png", str(tmp_path / "a" / "blue.png")):
        probe = task.probe(text, model)
        assert probe.tokens.input[0] == "<s>"
        assert probe.tokens.grid == (2, 2)
        assert probe.tokens.source == ("1,1", "1,2", "2,1", "2,2")
    told = task.probe("green.png => all mauve here", model)
    assert told.tokens.target[-1] == "</s>"
    assert "<unk>" in told.tokens.target
    assert "mauve" in task.remark("green.png => all mauve here")
    for bad, reason in (("", "empty"), ("nowhere.png", "no picture"), ("x\0.png", "no picture")):
        with pytest.raises(UserError, match=reason):
            task.probe(bad, model)
    with pytest.raises(UserError, match="no caption"):
        task.probe("green.png")


def test_restored_it_has_its_picture_without_the_folder(tmp_path: Path) -> None:
    task = opened(folder(tmp_path / "a"))
    state = task.state()
    restored = Captions.restore(config(tmp_path / "gone"), state)
    shown = restored.probe(restored.default_probe).batch.picture
    assert shown is not None
    assert torch.equal(shown, task.probe(task.default_probe).batch.picture)  # type: ignore[arg-type]
    assert base64.b64decode(state["shown_picture"]).startswith(b"\x89PNG")


def test_a_look_holds_the_picture_and_where_it_was_looked_at(tmp_path: Path) -> None:
    task = opened(folder(tmp_path))
    model = make_model(config(tmp_path), task.sizes).eval()
    probe = task.probe(task.default_probe, model)
    arrays = Inside(model, task, probe.batch, frozenset({"attention", "next"})).arrays()
    assert probe.batch.picture is not None
    expected = probe.batch.picture[0].permute(1, 2, 0).numpy()
    assert np.array_equal(arrays["picture"].values, expected)
    assert arrays["attention"].values.shape == (len(probe.tokens.input), 4)
    assert "picture" not in Inside(model, task, probe.batch, frozenset({"next"})).arrays()


def test_it_learns_to_tell_four_pictures_apart(tmp_path: Path) -> None:
    torch.manual_seed(0)
    path = folder(tmp_path)
    settings = config(path, validation_fraction=0.0).replaced(
        {"model.hidden_size": 24, "model.features": 16, "model.init_range": 0.0}
    )
    task = Captions.open(settings)
    model = make_model(settings, task.sizes)
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    for step in range(80):
        batch = task.train_batch(step)
        optimizer.zero_grad()
        task.loss(model(batch), batch).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    for colour in COLOURS:
        assert task.probe(f"{path}/{colour}.png", model).tokens.target[1] == colour


def test_little_of_the_shipped_batches_only_fills_up() -> None:
    found = read_captioned(
        Path("sample_corpora/captions/shapes").resolve(), config("sample:captions/shapes")
    )
    assert found.buckets(config("sample:captions/shapes"))[0].padding() <= 0.1
    assert not found.left_out.counts
