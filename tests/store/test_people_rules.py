"""What the rules want to know of a person, from the office to the badge."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from accessctl.home import Home
from accessctl.store.people import CLONABLE, PeopleReader
from accessctl.store.people_queries import CODE, PeopleQueries, PersonRow
from accessctl.store.people_writer import NewCard, PeopleWriter
from hardware.signals import Technology
from policies.people import Holder, Person, UseLimits, Validity
from tests.homes import NOON, OwnClock
from tests.store.test_people_writer import OPERATOR, TAG, outbox

DAY = timedelta(days=1)
CARD = NewCard(TAG, "iso14443-uid", "F6")


@pytest.fixture
def reader(home: Home) -> Iterator[PeopleReader]:
    reader = PeopleReader(home.people)
    yield reader
    reader.close()


@pytest.fixture
def ana(writer: PeopleWriter) -> str:
    """Somebody with a card and nothing special about them."""
    person = writer.add_person("Ana Marsh", ("picker",), OPERATOR)
    writer.enrol_card(person.id, CARD, OPERATOR)
    return person.id


def at_the_door(reader: PeopleReader) -> Person:
    holder = reader.holder_of(TAG)
    assert isinstance(holder, Holder)
    return holder.person


def in_the_office(queries: PeopleQueries, person: str) -> PersonRow:
    row = queries.person(person)
    assert row is not None
    return row


def test_nothing_special_is_nothing(reader: PeopleReader, ana: str) -> None:
    """Somebody about whom nothing special was said has no group, no limit and no exception."""
    assert at_the_door(reader) == Person(
        ana,  # type: ignore[arg-type]
        ("picker",),  # type: ignore[arg-type]
        seen_from=NOON,
    )


def test_what_is_said_when_adding_reaches_the_door(
    home: Home, writer: PeopleWriter, reader: PeopleReader, queries: PeopleQueries
) -> None:
    """Groups, limits and exceptions are stored with the person, shown to admins, and recorded."""
    row = writer.add_person(
        "Ana Marsh",
        ("picker",),
        OPERATOR,
        groups=("acme", "night"),
        uses=UseLimits(total=10, a_day=2),
        exempt=True,
        extended=True,
    )
    writer.enrol_card(row.id, CARD, OPERATOR)
    person = at_the_door(reader)
    assert (person.groups, person.uses) == (("acme", "night"), UseLimits(10, 2))
    assert (person.exempt, person.extended) == (True, True)
    assert queries.person(row.id) == replace(row, active_cards=1)
    assert outbox(home)[0]["detail"] == {
        "roles": "picker",
        "groups": "acme, night",
        "uses_total": 10,
        "uses_a_day": 2,
        "exempt": True,
        "extended": True,
    }


def test_what_is_changed_reaches_the_door(
    home: Home, writer: PeopleWriter, reader: PeopleReader, ana: str
) -> None:
    """Each of them can be changed afterwards, with before and after in the outbox."""
    writer.change_person(
        ana,
        lambda row: replace(row, groups=("acme",), uses=UseLimits(a_day=0), exempt=True, extended=True),
        OPERATOR,
    )
    person = at_the_door(reader)
    assert (person.groups, person.uses, person.exempt, person.extended) == (
        ("acme",),
        UseLimits(None, 0),
        True,
        True,
    )
    assert outbox(home)[-1]["detail"] == {
        "groups_before": "",
        "groups_after": "acme",
        "uses_a_day_before": None,
        "uses_a_day_after": 0,
        "exempt_before": False,
        "exempt_after": True,
        "extended_before": False,
        "extended_after": True,
    }


def test_a_limit_can_be_taken_away(writer: PeopleWriter, reader: PeopleReader, ana: str) -> None:
    """Without any limit the rules are told of none."""
    for uses in (UseLimits(total=3), UseLimits()):
        writer.change_person(ana, lambda row, uses=uses: replace(row, uses=uses), OPERATOR)  # type: ignore[misc]
    assert at_the_door(reader).uses is None


# ------------------------------------------------------------------------------------- days not seen


def test_days_not_seen_count_from_the_beginning_of_access(writer: PeopleWriter, reader: PeopleReader) -> None:
    """Whoever is added months ahead was not absent in the meantime."""
    begins = NOON + 90 * DAY
    row = writer.add_person("Ana Marsh", ("picker",), OPERATOR, validity=Validity(begins))
    writer.enrol_card(row.id, CARD, OPERATOR)
    assert at_the_door(reader).seen_from == begins


def test_days_not_seen_count_anew_when_access_is_moved(
    home: Home, writer: PeopleWriter, reader: PeopleReader, ana: str
) -> None:
    """When access begins later than it did, absence counts from then; an end that moves changes nothing."""
    begins = NOON + 90 * DAY
    writer.change_person(ana, lambda row: replace(row, validity=Validity(begins)), OPERATOR)
    writer.change_person(ana, lambda row: replace(row, validity=Validity(begins, begins + DAY)), OPERATOR)
    assert at_the_door(reader).seen_from == begins
    first, second = (row["detail"] for row in outbox(home)[-2:])
    assert first["seen_from_after"] == begins.isoformat()
    assert "seen_from_after" not in second


def test_days_not_seen_count_anew_when_somebody_is_enabled(
    writer: PeopleWriter, reader: PeopleReader, clock: OwnClock, ana: str
) -> None:
    """Nobody can be seen who is refused everywhere, so being disabled is no absence."""
    for disabled in (True, False):
        clock.pass_(40 * DAY)
        writer.change_person(ana, lambda row, new=disabled: replace(row, disabled=new), OPERATOR)  # type: ignore[misc]
    assert at_the_door(reader).seen_from == NOON + 80 * DAY


# ------------------------------------------------------------------------------------------- the card


def test_every_technology_is_judged() -> None:
    """Whoever adds a way to read cards has to say whether what is read can be copied."""
    assert set(CLONABLE) == set(Technology)
    assert Technology.CODE.value == CODE


PROVES_A_KEY = {Technology.PKOC, Technology.PIV, Technology.DESFIRE, Technology.SUN}


@pytest.mark.parametrize("technology", [*Technology, "unknown"])
def test_what_anybody_can_copy_is_clonable(
    writer: PeopleWriter, reader: PeopleReader, technology: str
) -> None:
    """The technology is kept, and decides whether a card proves anything by being there."""
    person = writer.add_person("Ana Marsh", ("picker",), OPERATOR)
    row = writer.enrol_card(person.id, NewCard(TAG, technology, "F6"), OPERATOR)
    holder = reader.holder_of(TAG)
    assert row.technology == technology
    assert holder is not None
    assert holder.card.clonable is (technology not in PROVES_A_KEY)


def test_a_person_is_read_in_one_question(
    home: Home, writer: PeopleWriter, reader: PeopleReader, ana: str
) -> None:
    """However much there is to know of somebody, a badge asks the store once."""
    for name in ("induction", "forklift"):
        writer.qualify(ana, name, NOON + DAY, OPERATOR)
        writer.lend(ana, name, Validity(end=NOON + DAY), OPERATOR)
    at_the_door(reader)
    asked: list[str] = []
    assert reader._connection is not None
    reader._connection.set_trace_callback(asked.append)
    person = at_the_door(reader)
    assert len([each for each in asked if each.startswith("SELECT c.id")]) == 1
    assert not [each for each in asked if not each.startswith(("SELECT c.id", "-- "))]
    assert (len(person.qualifications), len(person.temporary)) == (2, 2)


def test_instants_are_those_that_were_given(
    home: Home, writer: PeopleWriter, reader: PeopleReader, ana: str
) -> None:
    """A validity has a time of day, to the microsecond and whatever offset it was given with."""
    start = datetime(2026, 1, 31, 17, 59, 59, 999_999, tzinfo=UTC)
    writer.change_person(ana, lambda row: replace(row, validity=Validity(start, start + DAY)), OPERATOR)
    assert at_the_door(reader).validity == Validity(start, start + DAY)
    with closing(sqlite3.connect(home.people)) as connection:
        (kept,) = connection.execute("SELECT valid_from FROM person").fetchone()
    assert kept == "2026-01-31T17:59:59.999999+00:00"
