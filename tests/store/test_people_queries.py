from datetime import timedelta
from pathlib import Path

import pytest

from accessctl.store.errors import PeopleUnavailable
from accessctl.store.people_queries import PeopleQueries
from accessctl.store.people_writer import NewCard, PeopleWriter
from policies.people import CardStatus, Validity
from tests.homes import NOON

OPERATOR = "local:maria"


def test_people_come_in_pages(writer: PeopleWriter, queries: PeopleQueries) -> None:
    """Pages that begin after the last id give everybody once, in the order of ids."""
    for number in (3, 1, 2):
        writer.add_person(f"Person {number}", (), OPERATOR, id_=f"p-{number}")
    first = queries.people(limit=2)
    rest = queries.people(after=first[-1].id, limit=2)
    assert [person.id for person in (*first, *rest)] == ["p-1", "p-2", "p-3"]


def test_a_name_is_found_exactly(writer: PeopleWriter, queries: PeopleQueries) -> None:
    """Asking for a name gives those who have exactly this one."""
    for name in ("Ana Marsh", "Ana", "Ana Marsh"):
        writer.add_person(name, (), OPERATOR)
    assert [person.name for person in queries.people(name="Ana Marsh")] == ["Ana Marsh", "Ana Marsh"]


def test_only_active_cards_count(writer: PeopleWriter, queries: PeopleQueries) -> None:
    """A person's cards are counted without those that were revoked."""
    person = writer.add_person("Ana Marsh", (), OPERATOR)
    cards = [
        writer.enrol_card(person.id, NewCard(bytes([number]) * 32, "iso14443-uid", "01"), OPERATOR)
        for number in (1, 2)
    ]
    writer.change_card_status(cards[0].id, CardStatus.LOST, OPERATOR)
    found = queries.person(person.id)
    assert found is not None
    assert found.active_cards == 1


def test_cards_of_one_person(writer: PeopleWriter, queries: PeopleQueries) -> None:
    """Cards can be listed for one person, with their validity."""
    validity = Validity(NOON, NOON + timedelta(days=1))
    people = [writer.add_person(name, (), OPERATOR) for name in ("Ana", "Bo")]
    cards = [
        writer.enrol_card(person.id, NewCard(bytes([place]) * 32, "iso14443-uid", "0A", validity), OPERATOR)
        for place, person in enumerate(people)
    ]
    assert queries.cards(person=people[1].id) == [cards[1]]
    assert {card.id for card in queries.cards()} == {card.id for card in cards}
    assert queries.card(cards[0].id) == cards[0]


def test_names_of_those_who_are_there(writer: PeopleWriter, queries: PeopleQueries) -> None:
    """Names are given for the people in the store; others are left out."""
    person = writer.add_person("Ana Marsh", (), OPERATOR)
    assert queries.names_of([person.id, "p-gone"]) == {person.id: "Ana Marsh"}


def test_what_is_not_there_is_none(queries: PeopleQueries) -> None:
    """An id that nobody has gives nothing."""
    assert queries.person("p-nobody") is None
    assert queries.card("c-none") is None


def test_a_store_that_is_gone_is_a_fault(tmp_path: Path) -> None:
    """A file that cannot be opened is told from one in which nobody is."""
    with pytest.raises(PeopleUnavailable, match=r"people\.db"):
        PeopleQueries(tmp_path / "people.db").people()
