"""Where in the site file a problem stands: the line that an admin has to look at."""

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessctl.tui.rules.toml_lines import Place, TomlLines, under

DEMO = files("accessctl.demo").joinpath("site.toml").read_text(encoding="utf-8")
FULL = Path(__file__).parents[1].joinpath("config", "full.toml").read_text(encoding="utf-8")
SITES = {"demo": DEMO, "full": FULL}


def key_paths(value: object, at: str = "") -> Iterator[tuple[str, str]]:
    """Give every path of a parsed file, with the key at its end."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield under(at, key), key
            yield from key_paths(inner, under(at, key))
    if isinstance(value, list):
        for number, inner in enumerate(value):
            yield from key_paths(inner, f"{at}[{number}]")


@pytest.mark.parametrize("name", SITES)
def test_every_key_of_a_whole_site_file_is_found_in_a_line_that_has_it(name: str) -> None:
    """Tables, blocks, inline tables, lists over several lines: nothing is left out, nothing is guessed."""
    text = SITES[name]
    lines, found = text.split("\n"), TomlLines(text)
    for path, key in key_paths(tomllib.loads(text)):
        place = found.places.get(path)
        assert place is not None, path
        assert key in lines[place.line - 1], path


@pytest.mark.parametrize("name", SITES)
@given(data=st.data())
def test_lines_that_say_nothing_move_every_place_and_change_none(name: str, data: st.DataObject) -> None:
    """Whatever stands above a key, the key is where it is."""
    text = SITES[name]
    filler = data.draw(st.lists(st.sampled_from(["", "# [doors.no]", "# x = 1", "\t", "#'''"]), max_size=9))
    moved = TomlLines("\n".join([*filler, text])).places
    before = TomlLines(text).places
    assert moved == {path: Place(place.line + len(filler), place.column) for path, place in before.items()}


@given(st.text(alphabet="[]{}=,.\"'#\\ \n\tab0-", max_size=200) | st.text(max_size=80))
def test_any_text_at_all_is_looked_through(text: str) -> None:
    """Somebody is just typing: no half-written line raises, and each place is one of the text."""
    lines = text.split("\n")
    for place in TomlLines(text).places.values():
        assert 1 <= place.line <= len(lines)
        assert 1 <= place.column <= len(lines[place.line - 1]) + 1


def test_nested_brackets_do_not_end_it() -> None:
    """Nobody writes this, and a cat on the keyboard might."""
    assert TomlLines("a = " + "[" * 5000).of("a") == Place(1, 1)


MISTAKEN = """\
[site]
name = "A" # [not.a.table]
[board]
"a\\u0000.b" = 5
'x y' = 1

[[holidays]]
date = 2026-12-24
[[holidays]]
date = "x"

[levels.yard]
policies = [
    { access_points = ["gate-in",
        "gate-in"], schedule = "day" },
]
[doors.gate]
strike = { gpio = 5, lock = 'x' }
note = \"\"\"
[doors.rear]
\"\"\"
"""


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("site.name", Place(2, 1)),
        ("site.timezone", Place(1, 1)),
        ('board."a\\x00.b"', Place(4, 1)),
        ('board."x y"', Place(5, 1)),
        ("holidays[1].date", Place(10, 1)),
        ("holidays[0].name", Place(7, 1)),
        ("levels.yard.policies[0].access_points[1]", Place(15, 9)),
        ("levels.yard.policies[0].schedule", Place(15, 21)),
        ("doors.gate.strike.lock", Place(18, 22)),
        ("doors.rear.strike", Place(17, 1)),
        ("line 3, column 2", Place(3, 2)),
        ("line 900, column 2", Place(22, 2)),
        ("muster_points", None),
        ("the text", None),
    ],
)
def test_a_problem_stands_where_its_key_is_or_where_it_is_missing(path: str, place: Place | None) -> None:
    """A key that is missing is missing in its table; a syntax error names its line itself."""
    assert TomlLines(MISTAKEN).of(path) == place
