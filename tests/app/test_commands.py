"""Finding commands by a few letters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rnnviz.app.commands import matches, ranked

TITLES = ["View: Gates", "View: Gradients through time", "Layout: Gradients", "Run: Train or pause"]


def test_letters_in_order_are_enough() -> None:
    assert matches("grthr", "View: Gradients through time")
    assert not matches("thrgr", "Gradients through")


def test_whole_words_come_first() -> None:
    assert TITLES[ranked("gates", TITLES)[0]] == "View: Gates"
    assert ranked("", TITLES) == [0, 1, 2, 3]  # as in the menus


@given(text=st.text(max_size=30), data=st.data())
def test_every_subsequence_matches(text: str, data: st.DataObject) -> None:
    kept = [c for c in text if data.draw(st.booleans())]
    lowered = "".join(kept)
    # Lower-casing can change a letter's length; then it is no subsequence any more.
    if all(len(c.lower()) == 1 for c in text):
        assert matches(lowered, text)
