"""Every `rnnviz` command that the documentation shows can be typed as it stands there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from rnnviz.cli.arguments import COMMANDS, parse
from rnnviz.cli.plan import changes
from rnnviz.contracts.shipped import shipped
from rnnviz.engine.recipes import configuration

ROOT = shipped("resources").parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PAGES += sorted((ROOT / "docs" / "systems").glob("*.md"))
_NAMES = "|".join(COMMANDS)
COMMAND = re.compile(rf"^ *(?:torchrun .*-m )?(rnnviz (?:{_NAMES}) .+)$", re.MULTILINE)


def documented() -> list[list[str]]:
    """The words of each command, without the comment after it."""
    texts = (page.read_text(encoding="utf-8") for page in PAGES)
    found = {line for text in texts for line in COMMAND.findall(text.replace("\\\n", " "))}
    lines = {line.partition(" && ")[0] for line in found}
    return [shlex.split(line, comments=True)[1:] for line in sorted(lines)]


@pytest.mark.parametrize("command", documented(), ids=" ".join)
def test_a_documented_command_is_understood(command: list[str]) -> None:
    given = parse(command)
    if given.module == "train" and given.recipe is not None and Path(given.recipe).suffix == "":
        assert configuration(given.recipe).replaced(changes(given))


def test_there_are_many() -> None:
    found = documented()
    assert len(found) > 30
    assert {"train", "runs", "sample", "export", "compare", "convert"} <= {c[0] for c in found}
