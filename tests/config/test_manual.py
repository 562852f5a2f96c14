"""The manual of the site file says what the code does."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from accessctl.config import load
from accessctl.config.asking import ASKS
from accessctl.config.findings import findings
from accessctl.config.reading import Key, Reading, Table, every_key, under
from accessctl.config.schema import SiteFile
from hardware.card_formats import FORMATS
from tests.config.sites import complaints_of

PAGE = (Path(__file__).parents[2] / "docs" / "site-file.md").read_text(encoding="utf-8")
ROWS = {
    cells[0].strip("`"): cells[1:]
    for cells in ([cell.strip() for cell in line.split("|")[1:-1]] for line in PAGE.splitlines())
    if cells and cells[0].startswith("`")
}


def every_declared(schema: type[Table], at: str = "") -> dict[str, Key[object]]:
    found: dict[str, Key[object]] = {}
    for declared in schema.keys.values():
        path = under(at, declared.name)
        found[path] = declared
        inner = getattr(declared.kind, "schema", None)
        if inner is not None:
            found |= every_declared(inner, path + getattr(declared.kind, "step", ""))
    return found


def test_the_manual_has_every_key_and_no_other() -> None:
    """A key that is added, renamed or dropped must be so in the manual too, in the same order."""
    assert list(ROWS) == list(every_key(SiteFile))


def test_the_manual_says_which_keys_are_required() -> None:
    """A key is called required exactly where a file without it is refused."""
    required = {path for path, declared in every_declared(SiteFile).items() if declared.required}
    assert {path for path, cells in ROWS.items() if cells[-1] == "required"} == required


def test_the_manual_gives_each_default() -> None:
    """Numbers, flags and words stand there as one would write them."""
    for path, declared in every_declared(SiteFile).items():
        default = declared.default
        if declared.required or default in (None, (), {}):
            continue
        word = getattr(default, "name", None) or next(
            (w for w, asks in ASKS.items() if asks == default), None
        )
        seconds = getattr(default, "total_seconds", None)
        written = f'"{word.lower()}"' if word else f"{seconds():g}" if seconds else json.dumps(default)
        assert ROWS[path][-1] == f"`{written}`", path


EXAMPLE, *SNIPPETS = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


def test_the_example_of_the_manual_loads() -> None:
    """What people copy works as it stands, and nothing is found in it."""
    site = load(EXAMPLE)
    assert site.name == "Kade Warehouse"
    assert list(findings(site)) == []


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda text: text.partition("]")[0].strip("["))
def test_the_example_of_each_section_is_right(snippet: str) -> None:
    """Only what lies outside of it is missing."""
    reading = Reading()
    SiteFile.read(tomllib.loads(snippet), "", reading)
    sections = {declared.name for declared in SiteFile.keys.values()}
    assert [str(each) for each in reading.problems if each.path not in sections] == []


def test_the_manual_names_every_layout_that_is_known() -> None:
    """Whoever sets a reader up finds the name of what its cards have."""
    section = PAGE.partition("## `[card_formats.<id>]`")[2].partition("\n|")[0]
    assert set(re.findall(r"`([a-z0-9]+)`", section)) == set(FORMATS)


def test_every_section_with_rules_has_an_example() -> None:
    """What is harder to write than a name is shown."""
    shown = {section for snippet in SNIPPETS for section in tomllib.loads(snippet)}
    shown |= set(tomllib.loads(EXAMPLE))
    assert shown == {declared.name for declared in SiteFile.keys.values()}


def test_the_manual_shows_problems_as_they_are_printed() -> None:
    """The wording of the first page of the manual is the wording of the code."""
    shown = complaints_of(
        ("gpio = 23", "gpio = 17"), ("release_time_s", "relese_time_s"), ('door = "cage"', 'door = "caeg"')
    )
    (printed,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    as_here = printed.replace("doors.rear.strike", "doors.cage.strike").replace("doors.lobby", "doors.gate")
    as_here = as_here.replace("doors.rear", "doors.gate").replace("rear-in", "cage-in")
    as_here = as_here.replace('"reer"', '"caeg"').replace('"rear"', '"cage"')
    assert sorted(as_here.splitlines()) == sorted(shown)
