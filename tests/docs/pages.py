"""The pages of the documentation, and the pieces that tests compare."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
FIRST_PAGES = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")


def pages() -> list[Path]:
    """Give every page of the documentation."""
    return [*(ROOT / name for name in FIRST_PAGES), *sorted(DOCS.rglob("*.md"))]


def text_of(path: Path) -> str:
    """Give a page's text."""
    return path.read_text(encoding="utf-8")


def blocks_of(text: str, kind: str) -> list[str]:
    """Give the fenced blocks of one kind; ``""`` is the kind of those that name none."""
    return [block for named, block in _parts(text) if named == kind]


def prose_of(text: str) -> str:
    """Give a page without its fenced blocks."""
    return "".join(block for named, block in _parts(text) if named is None)


def _parts(text: str) -> Iterator[tuple[str | None, str]]:
    """Cut a page where fences stand; what is outside of any has no kind."""
    named: str | None = None
    for count, part in enumerate(re.split(r"^```(.*)\n", text, flags=re.MULTILINE)):
        if count % 2:
            named = part if named is None else None
        else:
            yield named, part


def rows_of(text: str) -> Iterator[list[str]]:
    """Give the cells of every row of a table that begins with code."""
    for line in text.splitlines():
        if line.startswith("| `"):
            yield [cell.strip() for cell in line.strip().strip("|").split("|")]


def unquoted(cell: str) -> str:
    """Take the backquotes off a cell."""
    return cell.strip("`")
