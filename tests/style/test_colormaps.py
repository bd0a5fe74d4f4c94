"""Colour maps are even, start at the panel, and map values to the rows they should."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.contracts.picture import ColourScale
from rnnviz.style import colormaps, oklab, palette

NAMES = ("signed", "unit", "magnitude", "ink")


@pytest.mark.parametrize("theme", palette.THEMES)
@pytest.mark.parametrize("name", NAMES)
def test_tables_are_256_opaque_bytes(name: str, theme: str) -> None:
    table = colormaps.lut(name, theme)
    assert table.shape == (256, 3)
    assert table.dtype == np.uint8
    assert not table.flags.writeable


@pytest.mark.parametrize("theme", palette.THEMES)
def test_zero_of_signed_is_the_panel(theme: str) -> None:
    scale = ColourScale("signed", -1.0, 1.0)
    assert tuple(colormaps.rgb(np.array(0.0), scale, theme)) == palette.rgb("panel", theme)


@pytest.mark.parametrize("theme", palette.THEMES)
@pytest.mark.parametrize("name", NAMES)
def test_lightness_steps_are_even(name: str, theme: str) -> None:
    light = oklab.lightness(colormaps.lut(name, theme))
    arm = light[127::-1] if name == "signed" else light
    steps = np.diff(arm[arm > 0.2])  # bytes are too coarse to judge what is nearly black
    assert np.all(np.sign(steps.mean()) * steps > -0.012)  # monotone up to 8-bit rounding
    smooth = np.convolve(steps, np.ones(16) / 16, mode="valid")
    assert np.ptp(smooth) < 0.35 * abs(smooth.mean())


@pytest.mark.parametrize("theme", palette.THEMES)
def test_arms_of_signed_are_equally_dark(theme: str) -> None:
    light = oklab.lightness(colormaps.lut("signed", theme))
    assert np.abs(light - light[::-1]).max() < 0.02


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20),
    st.floats(-10, 10),
    st.floats(0.01, 10),
)
def test_indices_stay_in_range_and_keep_order(values: list[float], low: float, span: float) -> None:
    rows = colormaps.indices(np.sort(np.array(values)), low, low + span)
    assert rows.max() < 256
    assert np.all(np.diff(rows.astype(int)) >= 0)


def test_ends_infinities_and_missing_values() -> None:
    values = np.array([0.0, 1.0, -np.inf, np.inf, np.nan])
    assert list(colormaps.indices(values, 0.0, 1.0)) == [0, 255, 0, 255, colormaps.MISSING]


def test_missing_values_have_the_faint_colour() -> None:
    colour = colormaps.rgb(np.array([np.nan]), ColourScale("unit", 0.0, 1.0), "dark")
    assert tuple(colour[0]) == palette.rgb("faint", "dark")


def test_a_range_without_extent_does_not_divide_by_zero() -> None:
    assert colormaps.indices(np.array([2.0]), 2.0, 2.0)[0] == 0
