"""Every colour word resolves, reads well, and stays apart for colour-blind readers."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from rnnviz.style import oklab, palette

WORDS = ("text", "muted", "accent", "good", "bad", "warning", "cursor", "selection", "state:h")
# Viénot, Brettel & Mollon (1999): what a reader without red or green cones sees, in linear light.
PROTAN = np.array([[0.11238, 0.88762, 0.0], [0.11238, 0.88762, -0.0], [0.00401, -0.00401, 1.0]])
DEUTAN = np.array([[0.29275, 0.70725, 0.0], [0.29275, 0.70725, -0.0], [-0.02234, 0.02234, 1.0]])


@pytest.mark.parametrize("theme", palette.THEMES)
@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("surface", ["panel", "window"])
def test_words_are_readable(theme: str, word: str, surface: str) -> None:
    assert palette.contrast(palette.colour(word, theme), palette.colour(surface, theme)) >= 4.5


@pytest.mark.parametrize("theme", palette.THEMES)
def test_curves_stand_out_from_the_panel(theme: str) -> None:
    for index in range(8):
        ink = palette.colour(f"series:{index}", theme)
        assert palette.contrast(ink, palette.colour("panel", theme)) >= 2.9


@pytest.mark.parametrize("theme", palette.THEMES)
@pytest.mark.parametrize("eye", [np.eye(3), PROTAN, DEUTAN], ids=["all", "protan", "deutan"])
@pytest.mark.parametrize("gates", ["ifgo", "rzn"])
def test_gates_stay_apart(theme: str, eye: np.ndarray, gates: str) -> None:
    seen = [_seen(palette.rgb(f"gate:{gate}", theme), eye) for gate in gates]
    for one, other in combinations(seen, 2):
        assert np.linalg.norm(one - other) > 0.07


def test_numbered_colours_repeat_after_eight() -> None:
    assert palette.colour("series:9") == palette.colour("series:1") == palette.colour("layer:1")


def test_contrast_of_black_and_white_is_21() -> None:
    assert palette.contrast("#000000", "#ffffff") == pytest.approx(21.0)


@pytest.mark.parametrize("theme", palette.THEMES)
def test_readable_on_picks_the_clearer_one(theme: str) -> None:
    for word in ("panel", "text", "accent", "series:3"):
        background = palette.colour(word, theme)
        assert palette.contrast(palette.readable_on(background, theme), background) >= 3.0


@pytest.mark.parametrize("word", ["", "blue", "gate:", "series:", "series:x", "gate:q"])
def test_unknown_words_are_refused(word: str) -> None:
    with pytest.raises(ValueError, match="no colour"):
        palette.colour(word)


def test_unknown_theme_is_refused() -> None:
    with pytest.raises(ValueError, match="no theme"):
        palette.colour("text", "sepia")


def _seen(colour: tuple[int, int, int], eye: np.ndarray) -> np.ndarray:
    return oklab.lab(oklab.encode(oklab.decode(colour) @ eye.T))
