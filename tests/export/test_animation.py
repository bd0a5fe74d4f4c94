from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from rnnviz.contracts.errors import Cancelled, UserError
from rnnviz.contracts.picture import Axis, ColourScale, Heatmap, Line, Panel, Picture
from rnnviz.export import encoders
from rnnviz.export.animation import Play, write_animation
from rnnviz.export.film import Film, Look
from rnnviz.export.steady import Steady

SMALL = Look(width=4.0, dpi=60)


def image(reach: float, shift: float = 0.0, clipped: bool = False) -> Picture:
    values = np.sin(np.arange(48).reshape(6, 8) + shift) * reach
    scale = ColourScale("signed", -reach, reach, "c, clipped" if clipped else "c")
    panel = Panel(
        "c",
        Axis("position", low=-0.5, high=7.5),
        Axis("unit", low=-0.5, high=5.5),
        (Heatmap(values, scale),),
        title="c",
        colour_bar=scale,
    )
    return Picture("Memory", ((panel,),), f"reach {reach:g}", stacked=True)


def curve(length: int) -> Picture:
    x = np.arange(1.0, length + 1)
    line = Line(x, x**2, "loss")
    axes = Axis("step", low=1.0, high=max(length, 2)), Axis("loss", low=0.0, high=float(length**2))
    return Picture("Curve", ((Panel("loss", *axes, (line,), legend=True),),))


def play(pictures: list[Picture | None], fps: float = 10.0) -> Play:
    return Play(range(len(pictures)), lambda step: pictures[step], fps)


@given(st.lists(st.floats(1e-3, 1e6), min_size=1, max_size=6))
def test_common_ranges_hold_every_picture_and_stay_symmetric(reaches: list[float]) -> None:
    steady = Steady()
    for reach in reaches:
        steady.see(image(reach))
    for reach in reaches:
        (panel,) = steady.applied(image(reach)).rows[0]
        assert isinstance(panel, Panel)
        (mark,) = panel.marks
        assert isinstance(mark, Heatmap)
        assert (
            mark.scale
            == panel.colour_bar
            == ColourScale("signed", -max(reaches), max(reaches), "c")
        )


def test_curves_grow_over_one_axis() -> None:
    steady = Steady()
    for length in (2, 9, 4):
        steady.see(curve(length))
    (panel,) = steady.applied(curve(2)).rows[0]
    assert isinstance(panel, Panel)
    assert (panel.x.low, panel.x.high, panel.y.high) == (1.0, 9.0, 81.0)


def test_what_is_clipped_once_is_called_clipped() -> None:
    steady = Steady()
    steady.see(image(5.0, clipped=True))
    steady.see(image(20.0))
    (panel,) = steady.applied(image(20.0)).rows[0]
    assert isinstance(panel, Panel)
    assert panel.colour_bar == ColourScale("signed", -20.0, 20.0, "c, clipped")


def test_only_the_numbers_move_between_frames() -> None:
    """Axes stay where they are although labels and captions change in width."""
    pictures = [image(1.0), image(1000.0, shift=1.0), image(30.0, shift=2.0)]
    film = Film(Look(width=6.0, height=3.0, dpi=80))
    for picture in pictures:
        film.see(picture)
    first, *others = (film.image(p, 0, 0.5).astype(int) for p in pictures)
    (places,) = film._places.values()
    left, low, wide, high = places[0]
    for other in others:
        rows, columns = np.nonzero(np.abs(first - other).sum(-1))
        below_caption = rows > 50
        rows, columns = rows[below_caption], columns[below_caption]
        height, width = first.shape[:2]
        assert columns.min() >= left * width - 1
        assert columns.max() <= (left + wide) * width + 1
        assert rows.min() >= (1 - low - high) * height - 1
        assert rows.max() <= (1 - low) * height + 1


@pytest.mark.parametrize("dpi", [60, 61, 75])
def test_all_images_have_one_even_size(dpi: int) -> None:
    film = Film(Look(width=3.7, dpi=dpi))
    pictures = [image(1.0), curve(5), Picture("Memory", message="Nothing yet.")]
    for picture in pictures:
        film.see(picture)
    wide, high = film.size
    assert wide % 2 == high % 2 == 0
    assert {film.image(p, 3, 0.1).shape for p in pictures} == {(high, wide, 3)}


def test_a_gif_has_the_frames_and_their_times(tmp_path: Path) -> None:
    pictures = [image(1.0, shift) for shift in (0.0, 1.0, 2.0, 3.0)]
    assert write_animation(play(pictures), tmp_path / "a.gif", "gif", SMALL) == 4
    with Image.open(tmp_path / "a.gif") as film:
        assert film.n_frames == 4
        assert film.info["loop"] == 0
        times = []
        for number in range(4):
            film.seek(number)
            times.append(film.info["duration"])
    assert times == [1000, 100, 100, 1500]
    assert [path.name for path in tmp_path.iterdir()] == ["a.gif"]


def test_an_mp4_plays_everywhere_and_shows_the_pictures(tmp_path: Path) -> None:
    pictures = [image(1.0, shift) for shift in (0.0, 1.0, 2.0)]
    write_animation(play(pictures, 12.0), tmp_path / "a.mp4", "mp4", SMALL)
    data = (tmp_path / "a.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    with av.open(str(tmp_path / "a.mp4")) as film:
        stream = film.streams.video[0]
        frames = [frame.to_ndarray(format="rgb24").astype(int) for frame in film.decode(video=0)]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert stream.average_rate == 12
    assert len(frames) == 12 + 1 + 18
    expected = _drawn(pictures)
    for number, which in ((0, 0), (12, 1), (13, 2), (-1, 2)):
        # Colour is halved in resolution: what remains of that in a small picture is not the codec.
        distances = [np.abs(frames[number] - each).mean() for each in expected]
        assert int(np.argmin(distances)) == which
        assert distances[which] < 5


def test_a_folder_of_images_is_exact(tmp_path: Path) -> None:
    pictures = [image(1.0), image(2.0), image(3.0)]
    write_animation(play(pictures), tmp_path / "frames", "pngs", SMALL)
    names = sorted(path.name for path in (tmp_path / "frames").iterdir())
    assert names == [f"frames-0000{number}.png" for number in (1, 2, 3)]
    for name, expected in zip(names, _drawn(pictures), strict=True):
        with Image.open(tmp_path / "frames" / name) as found:
            assert np.array_equal(np.asarray(found), expected)


def _drawn(pictures: list[Picture]) -> list[np.ndarray]:
    film = Film(SMALL)
    for picture in pictures:
        film.see(picture)
    last = len(pictures) - 1
    return [film.image(p, k, k / last).astype(int) for k, p in enumerate(pictures)]


def test_steps_that_show_nothing_are_left_out(tmp_path: Path) -> None:
    pictures = [None, image(1.0), None, image(2.0)]
    assert write_animation(play(pictures), tmp_path / "a.gif", "gif", SMALL) == 2
    with pytest.raises(UserError, match="Fewer than two"):
        write_animation(play([None, image(1.0)]), tmp_path / "b.gif", "gif", SMALL)


@pytest.mark.parametrize("kind", ["gif", "mp4", "pngs"])
def test_cancelled_leaves_nothing(kind: str, tmp_path: Path) -> None:
    def told(what: str, done: int, of: int) -> None:
        if what == "drawing" and done == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        write_animation(play([image(1.0)] * 4), tmp_path / "a", kind, SMALL, told)
    assert list(tmp_path.iterdir()) == []


def test_progress_is_told_to_the_end(tmp_path: Path) -> None:
    heard = []
    pictures = [image(1.0), image(2.0)]
    write_animation(play(pictures), tmp_path / "a", "pngs", SMALL, lambda *news: heard.append(news))
    assert heard[-1] == ("drawing", 2, 2)
    assert ("reading", 0, 2) in heard


def test_too_large_a_film_is_refused_before_it_is_drawn(tmp_path: Path) -> None:
    pictures = [image(1.0)] * 200
    with pytest.raises(UserError, match="choose fewer frames"):
        write_animation(
            play(pictures), tmp_path / "a.gif", "gif", Look(width=20, height=20, dpi=100)
        )
    with pytest.raises(UserError, match="too large"):
        write_animation(
            play(pictures[:2]), tmp_path / "a.mp4", "mp4", Look(width=60, height=60, dpi=1200)
        )


@pytest.mark.parametrize("make", [Path.touch, Path.mkdir])
def test_a_folder_that_holds_something_is_left_alone(
    make: Callable[[Path], None], tmp_path: Path
) -> None:
    make(tmp_path / "there")
    if (tmp_path / "there").is_dir():
        (tmp_path / "there" / "mine.txt").touch()
    with pytest.raises(UserError, match="choose"):
        write_animation(play([image(1.0)] * 2), tmp_path / "there", "pngs", SMALL)
    assert (tmp_path / "there").exists()


def test_durations_keep_both_ends_readable() -> None:
    assert encoders.durations(3, 0.5) == [2000, 2000, 2000]
    assert encoders.durations(4, 12.0) == [1000, 83, 83, 1500]
