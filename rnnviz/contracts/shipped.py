"""Where the shipped files lie: in the checkout, or inside the installed wheel."""

from __future__ import annotations

from pathlib import Path

from rnnviz.contracts.errors import UserError

_PACKAGE = Path(__file__).resolve().parent.parent


def shipped(name: str) -> Path:
    """The folder `resources`, `sample_corpora` or `benchmarks`; FileNotFoundError when it was
    not installed.
    """
    for candidate in (_PACKAGE / "_shipped" / name, _PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"{name} is missing from this installation")


def locate_corpus(name: str) -> Path:
    """The path behind a configured corpus: `sample:translation/eng-fra.tsv`, or any path with
    `~`. UserError where nothing is named, which would mean the current folder.
    """
    if not name.strip():
        raise UserError("The corpus is empty: name a file or a folder.")
    if name.startswith("sample:"):
        return shipped("sample_corpora") / name.removeprefix("sample:")
    return Path(name).expanduser()
