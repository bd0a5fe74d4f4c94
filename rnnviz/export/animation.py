"""One view over a range of recorded steps, as GIF, MP4 or a folder of PNG files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rnnviz.contracts.errors import UserError
from rnnviz.contracts.picture import Picture
from rnnviz.export import encoders
from rnnviz.export.figure import require_room
from rnnviz.export.film import Film, Image, Look
from rnnviz.export.whole import whole_file, whole_folder

KINDS = ("gif", "mp4", "pngs")
"""What an animation can be written as; `pngs` is a folder of numbered PNG files."""

MOST_GIF_BYTES = 500_000_000
"""Pillow keeps all frames of a GIF until its end."""

_SAMPLED = 4
"""Frames that decide on the 256 colours of a GIF."""

Told = Callable[[str, int, int], None]
"""Called as told("drawing", done, of); raises `Cancelled` when the user has had enough."""


@dataclass(frozen=True, slots=True)
class Play:
    """What is played: the picture of each of these steps, `fps` of them a second.

    `picture` gives None where a step cannot fill the view; such steps are left out.
    """

    steps: Sequence[int]
    picture: Callable[[int], Picture | None]
    fps: float = 12.0


def write_animation(
    play: Play, path: Path, kind: str, look: Look, told: Told = lambda *_: None
) -> int:
    """Write the animation, whole or not at all; how many steps it shows.

    UserError where fewer than two steps can fill the view, the images would be too large, or
    nothing can be written to `path`.
    """
    film = Film(look)
    steps = [step for step in _watched(play.steps, "reading", told) if _seen(film, play, step)]
    if len(steps) < 2:
        raise UserError(
            "Fewer than two recorded moments in this range can fill the view: choose a wider range "
            "or record the run for longer."
        )
    _require_room(film, kind, len(steps))
    shots = _Shots(film, play, steps, told)
    if kind == "pngs":
        whole_folder(path, lambda folder: encoders.write_pngs(shots.all(), folder, path.name))
    else:
        whole_file(path, lambda file: _encode(shots, file, kind, play.fps))
    return len(steps)


def _encode(shots: _Shots, file: Path, kind: str, fps: float) -> None:
    milliseconds = encoders.durations(len(shots.steps), fps)
    if kind == "mp4":
        encoders.write_mp4(shots.all(), file, milliseconds, fps)
    else:
        encoders.write_gif(shots.all(), file, milliseconds, shots.few(_SAMPLED))


def _seen(film: Film, play: Play, step: int) -> bool:
    picture = play.picture(step)
    if picture is None:
        return False
    film.see(picture)
    return True


def _require_room(film: Film, kind: str, frames: int) -> None:
    wide, high = film.size
    require_room(wide, high)
    if kind == "gif" and wide * high * frames > MOST_GIF_BYTES:
        raise UserError(
            f"A GIF of {frames:,} frames of {wide:,} × {high:,} pixels is too large: choose fewer "
            "frames, a smaller size or dpi, or MP4."
        )


class _Shots:
    """The images of a film, drawn one after the other."""

    def __init__(self, film: Film, play: Play, steps: Sequence[int], told: Told) -> None:
        self._film, self._play, self.steps, self._told = film, play, steps, told

    def all(self) -> Iterator[Image]:
        """Every image, told about."""
        for number, step in enumerate(_watched(self.steps, "drawing", self._told)):
            yield self._image(number, step)

    def few(self, count: int) -> list[Image]:
        """`count` images from all over the film."""
        last = len(self.steps) - 1
        chosen = sorted({round(k * last / (count - 1)) for k in range(count)})
        return [self._image(number, self.steps[number]) for number in chosen]

    def _image(self, number: int, step: int) -> Image:
        picture = self._play.picture(step)
        assert picture is not None
        return self._film.image(picture, step, number / (len(self.steps) - 1))


def _watched(steps: Sequence[int], what: str, told: Told) -> Iterator[int]:
    for number, step in enumerate(steps):
        told(what, number, len(steps))
        yield step
    told(what, len(steps), len(steps))
