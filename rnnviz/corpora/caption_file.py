"""Which file in a folder of pictures tells what they show."""

from __future__ import annotations

from pathlib import Path

CAPTIONS = ("captions.tsv", "captions.txt", "captions.csv", "captions.token")
"""What it may be called; capital letters are as good."""


def captions_file(folder: Path) -> Path | None:
    """The file, None where there is none or the folder cannot be read."""
    try:
        present = {child.name.lower(): child for child in folder.iterdir() if child.is_file()}
    except OSError:
        return None
    return next((present[name] for name in CAPTIONS if name in present), None)
