"""Picture: where in the picture the network looked for each word it wrote (Xu et al. 2015)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from rnnviz.contracts.picture import Axis, Image, Mark, Panel, Picture, Texts
from rnnviz.contracts.snapshot import Snapshot
from rnnviz.contracts.view import Scene, View
from rnnviz.tracks.caption import absent, subtitle
from rnnviz.tracks.focus import Values, as_floats, find, series, table
from rnnviz.tracks.tokens import shorten

_DARK = 0.2  # of its brightness is left where nothing is looked at
_GAP, _HEAD, _FOOT = 0.12, 0.26, 0.2  # shares of a picture's side
_LONGEST = 10


class AttentionOnPicture(View):
    """The selected word's look at the picture, large, above those of all words."""

    name = "picture"
    title = "Picture"
    sentence = "The picture, lit where the network looked for each word; wrong words are marked."
    needs = frozenset({"attention", "next"})
    depends = frozenset({"snapshot", "selection", "hover", "window"})
    menu_order = 62

    def missing(self, scene: Scene) -> str:
        """Says what network looks at pictures."""
        snapshot = scene.snapshot
        invitation = (
            "Train a network on captions of pictures: what it looks at for each word will be lit "
            "here."
        )
        if snapshot is None or snapshot.tokens.grid == (0, 0):
            return invitation
        if _pixels(snapshot) is None or _maps(snapshot) is None:
            return absent(scene, "attention", invitation)
        return ""

    def draw(self, scene: Scene) -> Picture:
        """One large pair and small multiples."""
        snapshot = scene.snapshot
        assert snapshot is not None
        pixels, maps = _pixels(snapshot), _maps(snapshot)
        assert pixels is not None
        assert maps is not None
        time = scene.selection.time
        chosen = min(max(len(maps) // 2 if time is None else time, 0), len(maps) - 1)
        rows = (
            (_large(snapshot, pixels, maps, chosen),),
            (_every(scene, snapshot, pixels, maps),),
        )
        numbers = {"attention": maps.reshape(len(maps), -1)}
        return Picture(self.title, rows, subtitle(scene, _about(snapshot, chosen)), numbers=numbers)


def _pixels(snapshot: Snapshot) -> Values | None:
    """(H, W, 3) in [0, 1]."""
    found = find(snapshot, "picture")
    if found is None or found.values.ndim != 3:
        return None
    pixels = np.clip(np.nan_to_num(as_floats(found)), 0, 1)
    return pixels[:, :, :3] if pixels.shape[2] >= 3 else np.repeat(pixels[:, :, :1], 3, axis=2)


def _maps(snapshot: Snapshot) -> Values | None:
    """(T, rows, columns) the weights of each word, None where they do not fit the grid."""
    weights, grid = table(snapshot, "attention"), snapshot.tokens.grid
    if weights is None or weights.shape[1] != math.prod(grid):
        return None
    return np.nan_to_num(weights).reshape(-1, *grid)


def _lit(pixels: Values, weights: Values) -> NDArray[np.uint8]:
    """The picture, bright where the weights are largest and dark where they are small."""
    height, width = pixels.shape[:2]
    down = np.arange(height) * weights.shape[0] // height
    across = np.arange(width) * weights.shape[1] // width
    share = weights[down][:, across] / max(float(weights.max()), 1e-12)
    return _bytes(pixels * (_DARK + (1 - _DARK) * np.clip(share, 0, 1)[:, :, None]))


def _bytes(pixels: Values) -> NDArray[np.uint8]:
    return np.round(255 * pixels).astype(np.uint8)


def _placed(rgb: NDArray[np.uint8], x: float, y: float, label: str, time: int = -1) -> Image:
    """A picture of side 1 with its upper left corner at (x, y)."""
    dy, dx = (1 / size for size in rgb.shape[:2])
    selects = ({"time": time},) if time >= 0 else ()
    return Image(rgb, x + dx / 2, y + dy / 2, dx, dy, label, selects)


def _large(snapshot: Snapshot, pixels: Values, maps: Values, chosen: int) -> Panel:
    word, colour, _ = _word(snapshot, chosen)
    second = 1 + _GAP
    marks: tuple[Mark, ...] = (
        _placed(_bytes(pixels), 0, 0, "the picture"),
        _placed(_lit(pixels, maps[chosen]), second, 0, f"looked at for {word}"),
        Texts(
            np.array([0.5, second + 0.5]), np.full(2, -0.08), ("the picture", word), "words",
            colours=("muted", colour), size=1.2,
        ),
    )  # fmt: skip
    return _bare("selected", marks, second + 1, 1.0, 0.18, 1.25)


def _every(scene: Scene, snapshot: Snapshot, pixels: Values, maps: Values) -> Panel:
    columns = _columns(len(maps), scene.width, scene.height / 2)
    wide, high = 1 + _GAP, 1 + _HEAD + _FOOT
    places = [(t % columns * wide, t // columns * high) for t in range(len(maps))]
    words = [_word(snapshot, t) for t in range(len(maps))]
    images = [
        _placed(_lit(pixels, maps[t]), x, y, f"{words[t][0]} {_most(maps[t])}", t)
        for t, (x, y) in enumerate(places)
    ]
    x = np.array([x + 0.5 for x, _ in places])
    y = np.array([y for _, y in places])
    selects = tuple({"time": t} for t in range(len(maps)))
    true = Texts(
        x, y - 0.1, tuple(shorten(word, _LONGEST) for word, _, _ in words), "word",
        colours=tuple(colour for _, colour, _ in words), selects=selects,
    )  # fmt: skip
    said = Texts(
        x, y + 1.09, tuple(shorten(wrong, _LONGEST + 3) for _, _, wrong in words), "said instead",
        colour="bad", size=0.85,
    )  # fmt: skip
    rows = -(-len(maps) // columns)
    return _bare("words", (*images, true, said), columns * wide - _GAP, rows * high - _HEAD, _HEAD)


def _bare(
    name: str, marks: tuple[Mark, ...], wide: float, high: float, head: float, height: float = 1.0
) -> Panel:
    """A drawing without axes, its upper left picture at (0, 0), `head` above it."""
    x = Axis(low=-0.04, high=wide + 0.04, visible=False)
    y = Axis(low=-head, high=high + 0.04, inverted=True, visible=False)
    return Panel(name, x, y, marks, equal=True, height=height)


def _columns(count: int, width: float, height: float) -> int:
    """So many side by side that the pictures become as large as they can."""

    def side(columns: int) -> float:
        rows = -(-count // columns)
        return min(width / (columns * (1 + _GAP)), height / (rows * (1 + _HEAD + _FOOT)))

    return max(range(1, count + 1), key=side)


def _word(snapshot: Snapshot, time: int) -> tuple[str, str, str]:
    """The word that was to be written, its colour, and what was said instead where it is wrong."""
    true, said = _get(snapshot.tokens.target, time), _get(snapshot.tokens.output, time)
    if not true or not said:
        return true or said, "text", ""
    return (true, "good", "") if true == said else (true, "bad", f"✗ {said}")


def _about(snapshot: Snapshot, time: int) -> str:
    word, _, wrong = _word(snapshot, time)
    chances = series(snapshot, "target/probability")
    known = chances is not None and time < len(chances) and np.isfinite(chances[time])
    chance = f", p = {chances[time]:.3f}" if known and chances is not None else ""
    return f"t = {time} “{word}”{chance}" + (f", said “{wrong[2:]}”" if wrong else "")


def _most(weights: Values) -> str:
    row, column = np.unravel_index(int(weights.argmax()), weights.shape)
    return f"mostly row {row + 1}, column {column + 1}: {weights.max():.2f}"


def _get(items: tuple[str, ...], index: int) -> str:
    return items[index] if index < len(items) else ""
