"""The list on paper and on the phone: everything is on it, and no name is taken for markup."""

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from accessctl.muster_sheet.phone import phone_page
from accessctl.muster_sheet.sheet import plain_text, print_page
from accessctl.muster_sheet.view import MusterView, Tick, view_of
from tests.muster_sheet.answering import ANA, BEN, CARA, answers, at, exit_request, muster, stay

NASTY = '<script>alert(1)</script> "O\'Neil" & </style>'


def running(**more: object) -> MusterView:
    """Give a muster with one missing, one safe, and one who came since."""
    told = answers(
        stay(ANA),
        stay(BEN),
        stay(CARA, "office", minutes=40),
        going_on=muster([BEN], [ANA]),
        events=(exit_request(5),),
    )
    return view_of(replace(told, **more))  # type: ignore[arg-type]


def phone(view: MusterView, *, may_tick: bool = True) -> str:
    return phone_page(view, action="/muster/safe", csrf='a"b<c', nonce="n0nce", may_tick=may_tick)


class Tags(HTMLParser):
    """Every tag of a page, and its words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize("made", [print_page, phone])
def test_no_name_is_taken_for_markup(made: Callable[[MusterView], str]) -> None:
    """Names, areas, the site and what went wrong are shown as they are written."""
    going_on = muster([ANA])
    going_on["missing"][0]["name"] = NASTY
    areas = [{"id": "floor", "name": NASTY, "outside": False}]
    told = answers(going_on=going_on, site={"areas": areas}, status={"site": NASTY}, partial=NASTY)
    page = made(view_of(told))
    plain = Tags(made(running()))
    found = Tags(page)
    assert found.words.count(NASTY) >= 4
    assert sum(tag == "script" for tag, _ in found.tags) == sum(tag == "script" for tag, _ in plain.tags)
    assert {name for _, attributes in found.tags for name in attributes} <= {
        name for _, attributes in plain.tags for name in attributes
    }


@pytest.mark.parametrize("made", [print_page, phone])
def test_nothing_is_loaded_from_elsewhere(made: Callable[[MusterView], str]) -> None:
    """No link, no picture, no font, no script of another place."""
    page = made(running())
    assert not re.search(r"https?:|//[a-z]|@import|url\(|<link|<img|src=", page)


def test_the_printed_page_says_what_it_is_and_how_old() -> None:
    """Site, instant, age, boxes, since when and how sure; it breaks between rows and not within them."""
    page = print_page(running(), now=at(64))
    found = Tags(page)
    for words in (
        "Kade Warehouse",
        "4 min 00 s ago",
        "1 MISSING of 2",
        "Ben Ode",
        "exit button since",
        "came in since",
    ):
        assert words in found.words
    assert page.count('class="box"><span>') == 3
    assert "@media print" in page
    assert "break-inside: avoid" in page
    assert "<script" not in page


def test_the_text_has_a_box_for_everybody() -> None:
    """Ticked for who is safe; a long name has a line of its own."""
    going_on = muster([BEN], [ANA])
    going_on["missing"][0]["name"] = "Bartholomew Montgomery-Featherstonehaugh the Third\x1b[31m"
    lines = plain_text(view_of(answers(stay(ANA), going_on=going_on))).splitlines()
    assert any(line.startswith("[x] Ana Marsh") for line in lines)
    assert "[ ] Bartholomew Montgomery-Featherstonehaugh the Third?[31m" in lines
    assert all(len(line) <= 100 for line in lines)


def test_an_empty_site_is_said_to_be_empty() -> None:
    """An empty sheet is not a broken one."""
    view = view_of(answers())
    assert "Nobody is inside." in plain_text(view)
    assert "Nobody is inside." in print_page(view)


def test_the_phone_has_a_form_for_each_who_is_not_safe() -> None:
    """With the fields that the server asks for; nothing needs a script."""
    found = Tags(phone(running()))
    forms = [attributes for tag, attributes in found.tags if tag == "form"]
    assert forms == [{"method": "post", "action": "/muster/safe"}] * 2
    fields = [attributes for tag, attributes in found.tags if tag == "input"]
    assert {field["value"] for field in fields if field["name"] == "person"} == {BEN, CARA}
    assert {field["value"] for field in fields if field["name"] == "csrf"} == {'a"b<c'}
    assert {field["value"] for field in fields if field["name"] == "since"} == {at(30).isoformat()}
    assert [attributes["nonce"] for tag, attributes in found.tags if tag in {"script", "style"}] == [
        "n0nce"
    ] * 2


def test_the_missing_stand_above_the_safe_on_the_phone() -> None:
    """Whoever is looked for is seen first."""
    words = Tags(phone(running())).words
    assert words.index("Ben Ode") < words.index("Ana Marsh")


def test_who_may_not_tick_has_no_button() -> None:
    """Nor has anybody while no muster is going on."""
    assert "<form" not in phone(running(), may_tick=False)
    assert "<form" not in phone(view_of(answers(stay(ANA))))


def test_the_phone_says_what_became_of_a_tick() -> None:
    """The server puts it in words."""
    page = phone_page(running(), action="/m", csrf="c", nonce="n", may_tick=True, said="refused: no muster")
    assert "refused: no muster" in Tags(page).words


def test_a_tick_that_was_not_sent_is_marked_on_paper() -> None:
    """Paper lasts longer than the line is gone."""
    view = view_of(answers(stay(ANA), going_on=muster([ANA])), ticks=[Tick(ANA, at(61), "vera", unsent=True)])
    assert "not sent yet" in print_page(view)
    assert "not sent yet" in plain_text(view)
