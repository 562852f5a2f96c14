import random
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from accessctl.home import Home
from accessctl.store import people_search
from accessctl.store.people_search import PeopleFilter, PeopleSearch
from accessctl.store.people_writer import NewCard, PeopleWriter
from accessctl.store.words import words_of

OPERATOR = "local:maria"
PEOPLE = {
    "ana": "Ana Marsh",
    "bo": "Bo Müller",
    "p-anders": "Carla Nowak",
    "dmitri": "Dmitri Ánsgar Marshall",
    "eve": "Eve O'Brien",
}


@pytest.fixture
def search(home: Home, writer: PeopleWriter) -> PeopleSearch:
    for id_, name in PEOPLE.items():
        roles = ("picker", "driver") if id_ == "ana" else ("driver-late",)
        writer.add_person(name, roles, OPERATOR, id_=id_, groups=("acme",) if id_ == "bo" else ())
    return PeopleSearch(home.people)


def found(search: PeopleSearch, q: str | None = None, **more: object) -> list[str]:
    wanted = replace(PeopleFilter(q), **more)  # type: ignore[arg-type]
    return [row.id for row in search.search(wanted=wanted)]


@pytest.mark.parametrize(
    ("typed", "who"),
    [
        ("a", ["ana", "dmitri"]),
        ("MAR", ["ana", "dmitri"]),
        ("marsh", ["ana", "dmitri"]),
        ("marsha", ["dmitri"]),
        ("mar an", ["ana", "dmitri"]),
        ("ans dm", ["dmitri"]),
        ("muller", ["bo"]),
        ("Mü", ["bo"]),
        ("bri", ["eve"]),
        ("o'bri", ["eve"]),
        ("p-an", ["p-anders"]),
        ("P-AN nowak", ["p-anders"]),
        ("anders", []),
        ("nobody", []),
        ("-", []),
        ("%", []),
        ("", sorted(PEOPLE)),
        ("  ", sorted(PEOPLE)),
    ],
)
def test_people_are_found_by_what_was_typed_so_far(search: PeopleSearch, typed: str, who: list[str]) -> None:
    """Each word typed begins a word of the name, or the id, whatever its case and accents."""
    assert found(search, typed) == who


@pytest.mark.parametrize(("few", "many"), [(0, 0), (0, 100), (100, 100)])
def test_every_way_of_looking_finds_the_same(
    search: PeopleSearch, monkeypatch: pytest.MonkeyPatch, few: int, many: int
) -> None:
    """Whether a word is common decides what is gone through, not who is found."""
    expected = {typed: found(search, typed) for typed in ("a", "mar an", "p-", "eve bri", "x")}
    monkeypatch.setattr(people_search, "FEW", few)
    monkeypatch.setattr(people_search, "MANY", many)
    assert {typed: found(search, typed) for typed in expected} == expected


def test_filters_narrow_what_is_found(search: PeopleSearch, writer: PeopleWriter) -> None:
    """By role and group, by being disabled, by having a card, by the exact name."""
    writer.change_person("bo", lambda row: replace(row, disabled=True), OPERATOR)
    card = writer.enrol_card("eve", NewCard(bytes(32), "iso14443-uid", "F6"), OPERATOR)
    assert found(search, role="driver") == ["ana"]
    assert found(search, group="acme") == ["bo"]
    assert found(search, disabled=True) == ["bo"]
    assert found(search, "e", has_card=True) == ["eve"]
    assert "eve" not in found(search, has_card=False)
    assert found(search, name="Ana Marsh") == ["ana"]
    assert found(search, name="Ana") == []
    assert card.person == "eve"


def test_a_search_goes_on_behind_an_id(search: PeopleSearch) -> None:
    """Pages follow each other by id, and together they are what one page would have been."""
    pages, after = [], ""
    while some := search.search(after=after, limit=1, wanted=PeopleFilter("mar")):
        pages += [row.id for row in some]
        after = some[-1].id
    assert pages == ["ana", "dmitri"]


def test_who_is_renamed_is_found_by_the_new_name_alone(search: PeopleSearch, writer: PeopleWriter) -> None:
    """The words of an old name are gone with it: names must be erasable."""
    writer.change_person("ana", lambda row: replace(row, name="Zoë Quist"), OPERATOR)
    assert found(search, "marsh") == ["dmitri"]
    assert found(search, "zoe") == ["ana"]


def test_who_is_deleted_leaves_no_word(home: Home, search: PeopleSearch) -> None:
    """Whatever deletes a person deletes the words of the name with them."""
    with closing(sqlite3.connect(home.people)) as connection:
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("DELETE FROM person WHERE id = 'eve'")
        connection.commit()
        left = connection.execute("SELECT count(*) FROM person_word WHERE person = 'eve'").fetchone()
    assert left == (0,)
    assert found(search, "eve") == []


def test_it_finds_whom_a_plain_look_finds(home: Home, writer: PeopleWriter) -> None:
    """Against a look at every name, for many names and beginnings of a few letters."""
    chance = random.Random(7)
    names = {f"n{number}": " ".join(_word(chance) for _ in range(3)) for number in range(200)}
    for id_, name in names.items():
        writer.add_person(name, (), OPERATOR, id_=id_)
    search = PeopleSearch(home.people)
    for _ in range(100):
        typed = [_word(chance)[: chance.randint(1, 3)] for _ in range(chance.randint(1, 2))]
        expected = sorted(
            id_
            for id_, name in names.items()
            if all(id_.startswith(each) or any(w.startswith(each) for w in words_of(name)) for each in typed)
        )
        assert found(search, " ".join(typed)) == expected


def _word(chance: random.Random) -> str:
    return "".join(chance.choice("abn") for _ in range(4))
