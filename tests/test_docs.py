"""The documentation is in step: its links lead somewhere, its lists have every part, its numbers
have neither gaps nor doubles.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rnnviz.contracts import discovery

ROOT = Path(__file__).resolve().parent.parent
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_links_and_pictures_are_there(page: Path) -> None:
    links = [link for link in LINK.findall(_prose(page)) if not link.startswith("http")]
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_decisions_are_numbered_without_gaps_or_doubles() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    titles = [page.read_text("utf-8").splitlines()[0] for page in pages]
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    assert [title.split(". ")[0] for title in titles] == [f"# {int(p.name[:4])}" for p in pages]


def test_the_readme_maps_every_package() -> None:
    packages = {path.parent.name for path in (ROOT / "rnnviz").glob("*/__init__.py")}
    readme = (ROOT / "README.md").read_text("utf-8")
    assert packages == set(re.findall(r"^rnnviz/(\w+)/", readme, re.MULTILINE))


def test_the_index_names_every_page() -> None:
    index = (ROOT / "docs" / "README.md").read_text("utf-8")
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert [page for page in sorted(pages) if f"({page})" not in index] == []


@pytest.mark.parametrize(("page", "folder"), [("corpora.md", "tasks"), ("views.md", "views")])
def test_a_page_names_every_part(page: str, folder: str) -> None:
    text = (ROOT / "docs" / page).read_text("utf-8")
    assert [name for name in discovery.names(folder) if f"`{name}`" not in text] == []


def _prose(page: Path) -> str:
    """Without code, where brackets mean something else."""
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.S)
    return re.sub(r"`[^`\n]*`", "", text)
