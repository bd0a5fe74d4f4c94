"""`rnnviz convert`: a run in the format of another tool."""

from __future__ import annotations

import argparse
from pathlib import Path

from rnnviz.cli.progress import Bar
from rnnviz.contracts.errors import UserError
from rnnviz.export.whole import require_empty
from rnnviz.interchange.formats import FORMATS


def run(args: argparse.Namespace) -> int:
    """Write it and say what was written."""
    chosen = next(each for each in FORMATS if each.name == args.format)
    if (args.text or args.words or args.tokens) and not chosen.reads:
        raise UserError(f"{chosen.title} hold no text: leave --text, --words and --tokens out.")
    out = Path(args.out)
    require_empty(out)
    _make_parent(out)
    from rnnviz.engine.run_store import Run
    from rnnviz.interchange.passages import MOST_TOKENS, Text

    text = Text(args.text and Path(args.text), args.words or "", args.tokens or MOST_TOKENS)
    with Bar("token" if chosen.reads else "step") as bar:
        done = chosen.write(Run.open(Path(args.run)), out, text, bar.tell)
    print(done)
    return 0


def _make_parent(out: Path) -> None:
    try:
        out.absolute().parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"Cannot write {out}: {error.strerror or error}.") from None
