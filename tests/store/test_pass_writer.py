"""Passes in the people's store: found as cards are, limited, and ended."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from accessctl.home import Home
from accessctl.store.people import PeopleReader
from accessctl.store.people_errors import DuplicateCard, UnknownPass, UnknownPerson
from accessctl.store.people_queries import PASS, CardRow, PeopleQueries
from accessctl.store.people_writer import NewCard, PeopleWriter
from policies.people import CardStatus, Validity
from tests.homes import NOON
from tests.store.test_people_writer import OPERATOR, outbox

DAY = timedelta(days=1)
TIMES = Validity(NOON, NOON + DAY)


@pytest.fixture
def reader(home: Home) -> Iterator[PeopleReader]:
    reader = PeopleReader(home.people)
    yield reader
    reader.close()


def person(writer: PeopleWriter, name: str = "Jon Abbey") -> str:
    return writer.add_person(name, ("driver",), OPERATOR).id


def new(number: int, *, points: tuple[str, ...] | None = None, uses: int | None = None) -> NewCard:
    return NewCard(bytes([number]) * 32, PASS, "0F", TIMES, points=points, uses=uses, label="Abbey, bay 4")


def status(queries: PeopleQueries, card: CardRow) -> CardStatus:
    row = queries.card(card.id)
    assert row is not None
    return row.status


def test_a_pass_is_found_as_a_card_is(
    home: Home, writer: PeopleWriter, reader: PeopleReader, queries: PeopleQueries
) -> None:
    """The door finds its person by the tag; the list says where and how often it counts."""
    jon = person(writer)
    made = writer.enrol_pass(jon, new(1, points=("gate-in", "yard-in"), uses=2), OPERATOR)
    holder = reader.holder_of(bytes([1]) * 32)
    assert holder is not None
    assert (holder.person.id, holder.card.id, holder.card.validity) == (jon, made.id, TIMES)
    assert queries.passes() == [made]
    assert (made.technology, made.points, made.uses, made.label) == (
        PASS,
        ("gate-in", "yard-in"),
        2,
        "Abbey, bay 4",
    )


def test_the_record_is_told_of_a_pass_and_not_of_its_label(home: Home, writer: PeopleWriter) -> None:
    """What limits it is told; the label may be somebody's name, which must stay erasable."""
    jon = person(writer)
    made = writer.enrol_pass(jon, new(1, points=("gate-in", "yard-in"), uses=2), OPERATOR)
    told = outbox(home)[-1]
    assert (told["type"], told["person"], told["credential"], told["operator"]) == (
        "credential_enrolled",
        jon,
        made.id,
        OPERATOR,
    )
    assert told["detail"] == {
        "kind": "pass",
        "hint": "0F",
        "access_points": "gate-in, yard-in",
        "uses": 2,
        "valid_from": NOON.isoformat(),
        "valid_until": (NOON + DAY).isoformat(),
    }


def test_a_pass_that_counts_everywhere_says_nothing_of_it(home: Home, writer: PeopleWriter) -> None:
    """What is not limited is not told."""
    writer.enrol_pass(person(writer), new(1), OPERATOR)
    assert set(outbox(home)[-1]["detail"]) == {"kind", "hint", "valid_from", "valid_until"}


@pytest.mark.parametrize("what", [CardStatus.REVOKED, CardStatus.LOST, CardStatus.STOLEN])
def test_a_pass_is_ended(home: Home, writer: PeopleWriter, queries: PeopleQueries, what: CardStatus) -> None:
    """With what became of it, once; a second word changes and tells nothing."""
    made = writer.enrol_pass(person(writer), new(1), OPERATOR)
    assert writer.end_pass(made.id, what, OPERATOR).status is what
    told = outbox(home)
    assert told[-1]["type"] == "credential_revoked"
    assert told[-1]["detail"] == {
        "kind": "pass",
        "hint": "0F",
        "status_before": "active",
        "status_after": what.value,
    }
    assert writer.end_pass(made.id, CardStatus.REVOKED, OPERATOR).status is what
    assert status(queries, made) is what
    assert outbox(home) == told


def test_a_card_is_no_pass(writer: PeopleWriter, queries: PeopleQueries) -> None:
    """Whoever may end passes ends no card by the way, and no pass that is not there."""
    jon = person(writer)
    card = writer.enrol_card(jon, NewCard(bytes(32), "iso14443-uid", "F6"), OPERATOR)
    for wanted in (card.id, "c-nobodys"):
        with pytest.raises(UnknownPass):
            writer.end_pass(wanted, CardStatus.REVOKED, OPERATOR)
        with pytest.raises(UnknownPass):
            writer.enrol_pass(jon, new(1), OPERATOR, instead_of=wanted)
    assert status(queries, card) is CardStatus.ACTIVE
    assert queries.passes() == []


def test_one_pass_takes_the_place_of_another(writer: PeopleWriter, queries: PeopleQueries) -> None:
    """In one step: there is no moment with both, and none with neither."""
    jon = person(writer)
    old = writer.enrol_pass(jon, new(1), OPERATOR)
    made = writer.enrol_pass(jon, new(2), OPERATOR, instead_of=old.id)
    assert (status(queries, old), status(queries, made)) == (CardStatus.REVOKED, CardStatus.ACTIVE)
    with pytest.raises(DuplicateCard):
        writer.enrol_pass(jon, new(2), OPERATOR, instead_of=made.id)
    assert status(queries, made) is CardStatus.ACTIVE


def test_a_pass_needs_a_person(home: Home, writer: PeopleWriter) -> None:
    """Of nobody there is none."""
    with pytest.raises(UnknownPerson):
        writer.enrol_pass("p-nobody", new(1), OPERATOR)
    assert outbox(home) == []


def test_passes_are_listed_by_page_and_person(writer: PeopleWriter, queries: PeopleQueries) -> None:
    """As cards are, and no card is among them."""
    jon, ana = person(writer), person(writer, "Ana Marsh")
    writer.enrol_card(jon, NewCard(bytes(32), "iso14443-uid", "F6"), OPERATOR)
    made = [writer.enrol_pass(who, new(number), OPERATOR) for number, who in enumerate((jon, ana, jon), 1)]
    in_order = sorted(made, key=lambda row: row.id)
    assert queries.passes() == in_order
    assert queries.passes(limit=2) == in_order[:2]
    assert queries.passes(after=in_order[1].id) == in_order[2:]
    assert queries.passes(person=ana) == [made[1]]
