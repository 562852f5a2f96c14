import re

import pytest

from accessctl.config import load
from accessctl.simulate.devices import DEVICES
from accessctl.simulate.ordering import ORDERS
from accessctl.simulate.output import EFFECTS
from accessctl.simulate.showing import FACTORS, PINS
from accessctl.simulate.trace import DOES
from policies.people import CardStatus
from tests.docs.pages import DOCS, blocks_of, text_of
from tests.simulate.lines import Play

PAGE = text_of(DOCS / "trace.md")


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}")[2].partition("\n## ")[0]


def words_of(cells: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", cells))


def first_cells(text: str) -> set[str]:
    return {
        word for line in text.splitlines() if line.startswith("| `") for word in words_of(line.split("|")[1])
    }


def test_the_example_gives_what_the_page_shows(play: Play) -> None:
    """Site and trace of the page, typed as they stand there, give its output to the byte."""
    (site,) = blocks_of(PAGE, "toml")
    trace, printed = blocks_of(PAGE, "jsonl")
    assert play(site, *trace.splitlines()) == printed


def test_the_site_of_the_page_is_sound() -> None:
    """It can be copied as it stands."""
    assert load(blocks_of(PAGE, "toml")[0]).name == "Kade Warehouse"


def test_every_line_is_explained() -> None:
    """Each `do` has a heading of its own, or shares one."""
    headings = " ".join(re.findall(r"^## (.+)$", PAGE, re.MULTILINE))
    assert {"person", *DOES} <= words_of(headings)


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("`badge`", {"right", *PINS, *FACTORS} - {"finger"}),
        ("`badge`", {status.value for status in CardStatus} | {"unknown", "unreadable"}),
        ("What is printed", set(EFFECTS)),
        ("`clock`", set(DEVICES)),
    ],
)
def test_every_word_is_explained(title: str, words: set[str]) -> None:
    """What can be written, or is printed, stands on the page."""
    assert words <= words_of(section(title))


def test_every_order_is_explained_and_no_other() -> None:
    """The table of orders is that of the code."""
    assert first_cells(section("`order`")) - {"order"} == set(ORDERS)
