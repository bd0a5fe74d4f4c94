"""Reads image files of any kind and size as small pictures of one size, with pillow."""

from __future__ import annotations

import warnings
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from rnnviz.contracts.errors import UserError

Pixels = NDArray[np.uint8]

_MOST_PIXELS = 64_000_000
_GROUND = (255, 255, 255)
_DEEP = ("I", "F")


def read_image(path: Path, size: int) -> Pixels:
    """(3, size, size) the picture, scaled to fit and centred on white; the first one of a film.
    UserError when it is none, is damaged, or is unreasonably large.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of metadata; what is too large is refused below
            with Image.open(path) as image:
                return _small(image, path, size)
    except FileNotFoundError:
        raise UserError(f"{path} does not exist: check the name of the picture.") from None
    except UnidentifiedImageError:
        raise UserError(f"{path} is not a picture that can be read: save it as PNG.") from None
    except Image.DecompressionBombError:
        raise _too_large(path) from None
    except MemoryError:
        raise _too_large(path) from None
    except Exception as error:  # pillow's readers raise whatever a damaged file leads them to
        if isinstance(error, UserError):
            raise
        raise UserError(f"{path} is damaged or not a picture: save it anew as PNG.") from None


def as_png(pixels: Pixels) -> bytes:
    """The bytes of a PNG file of pixels (3, H, W)."""
    target = BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels.transpose(1, 2, 0))).save(target, "PNG")
    return target.getvalue()


def from_png(data: bytes) -> Pixels:
    """What `as_png` wrote: (3, H, W)."""
    with Image.open(BytesIO(data)) as image:
        return _channels_first(image.convert("RGB"))


def _small(image: Image.Image, path: Path, size: int) -> Pixels:
    if image.width * image.height > _MOST_PIXELS:
        raise _too_large(path)
    image.draft("RGB", (2 * size, 2 * size))  # JPEG: no more than is needed
    upright = _in_colours(ImageOps.exif_transpose(image))
    share = size / max(upright.size)
    wide, high = (max(round(share * side), 1) for side in upright.size)
    framed = Image.new("RGB", (size, size), _GROUND)
    framed.paste(upright.resize((wide, high)), ((size - wide) // 2, (size - high) // 2))
    return _channels_first(framed)


def _in_colours(image: Image.Image) -> Image.Image:
    """RGB, on white where it is transparent; deep greys brought to 0..255."""
    if image.mode.startswith(_DEEP):
        return Image.fromarray(_shallow(np.asarray(image))).convert("RGB")
    if "A" in image.getbands() or "a" in image.getbands() or "transparency" in image.info:
        above = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", above.size, (*_GROUND, 255)), above).convert(
            "RGB"
        )
    return image.convert("RGB")


def _shallow(values: NDArray[np.generic]) -> Pixels:
    """Greys of 16 or 32 bits or floating point, by the largest number that their kind has."""
    found = np.nan_to_num(np.asarray(values, np.float64), posinf=0.0, neginf=0.0)
    top = float(found.max(initial=0.0))
    scale = next((most for most in (1.0, 255.0, 65535.0) if top <= most), top)
    if values.dtype.kind in "iu" and top <= 1:
        scale = 255.0
    return np.clip(found * (255 / scale), 0, 255).astype(np.uint8)


def _channels_first(image: Image.Image) -> Pixels:
    return np.ascontiguousarray(np.asarray(image, np.uint8).transpose(2, 0, 1))


def _too_large(path: Path) -> UserError:
    return UserError(
        f"{path} has more than {_MOST_PIXELS // 1_000_000} million pixels: make it smaller first."
    )
