"""Images as a film on disk: GIF, MP4 or numbered PNG files. Each takes images one by one, so that
a long film needs no more memory than a short one (a GIF keeps one byte per pixel).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image as Pillow

from rnnviz.contracts.errors import UserError

if TYPE_CHECKING:
    from rnnviz.export.film import Image

FIRST_SECONDS, LAST_SECONDS = 1.0, 1.5
"""How long the ends of a film stand, to be read before it moves and before it begins anew."""

CODECS = ("libx264", "libopenh264", "mpeg4")
"""H.264 plays everywhere; MPEG-4 is what every build has."""

_BT709 = 1


def durations(count: int, fps: float) -> list[int]:
    """Milliseconds that each of `count` frames stands."""
    each = 1000.0 / fps
    ends = {0: FIRST_SECONDS * 1000, count - 1: LAST_SECONDS * 1000}
    return [round(max(each, ends.get(index, 0.0))) for index in range(count)]


def write_gif(
    images: Iterable[Image], path: Path, milliseconds: Sequence[int], sample: Sequence[Image]
) -> None:
    """A GIF that repeats for ever; all frames share the 256 colours that suit `sample`."""
    palette = _palette(sample)
    frames = (_indexed(image, palette) for image in images)
    first = next(frames)
    first.save(
        path, format="GIF", save_all=True, append_images=frames, loop=0, disposal=1,
        duration=list(milliseconds), optimize=False,
    )  # fmt: skip


def _palette(sample: Sequence[Image]) -> Pillow.Image:
    beside = Pillow.fromarray(np.concatenate(list(sample)))
    return beside.quantize(256, method=Pillow.Quantize.MEDIANCUT, dither=Pillow.Dither.NONE)


def _indexed(image: Image, palette: Pillow.Image) -> Pillow.Image:
    # Dithering would flicker, and what flickers does not compress.
    return Pillow.fromarray(image).quantize(palette=palette, dither=Pillow.Dither.NONE)


def write_pngs(images: Iterable[Image], folder: Path, name: str) -> None:
    """`folder/NAME-00001.png` and so on; a name that every tool for films can count through."""
    for number, image in enumerate(images, start=1):
        Pillow.fromarray(image).save(folder / f"{name}-{number:05d}.png", format="PNG")


def write_mp4(images: Iterable[Image], path: Path, milliseconds: Sequence[int], fps: float) -> None:
    """An MP4 that browsers and slides play: H.264 where this machine has it, 4:2:0, index first.

    UserError where the library for films cannot be loaded or refuses.
    """
    av = _library()
    try:
        with av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as film:
            stream: Any = None
            for image, lasts in zip(images, milliseconds, strict=True):
                stream = stream or _stream(av, film, image, fps)
                # Repeating costs nothing, and players that ignore time stamps still wait.
                for _ in range(max(1, round(lasts * fps / 1000))):
                    film.mux(stream.encode(_frame(av, image)))
            film.mux(stream.encode())
    except av.FFmpegError as error:
        raise UserError(f"Cannot write {path.name}: {error.strerror}.") from None


def _library() -> Any:
    try:
        import av
    except ImportError as error:
        raise UserError(
            f"MP4 needs the package av, which cannot be loaded ({error}); choose .gif or a folder "
            "of PNG files instead."
        ) from None
    return av


def _stream(av: Any, film: Any, first: Image, fps: float) -> Any:
    """The best codec there is; pictures with thin lines want quality before size."""
    stream = film.add_stream(_codec(av), rate=Fraction(fps).limit_denominator(1000))
    stream.height, stream.width = first.shape[:2]
    stream.pix_fmt = "yuv420p"
    stream.options = {"crf": "18"} if stream.name == "libx264" else {}
    stream.bit_rate = 0 if stream.name == "libx264" else 8_000_000
    context = stream.codec_context
    context.colorspace = context.color_primaries = context.color_trc = _BT709
    return stream


def _codec(av: Any) -> str:
    for name in CODECS:
        try:
            av.codec.Codec(name, "w")
        except av.FFmpegError:
            continue
        return name
    raise UserError("This machine cannot write MP4: choose .gif or a folder of PNG files instead.")


def _frame(av: Any, image: Image) -> Any:
    frame = av.VideoFrame.from_ndarray(image, format="rgb24")
    return frame.reformat(format="yuv420p", dst_colorspace="ITU709")
