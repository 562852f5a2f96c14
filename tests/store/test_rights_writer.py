"""Qualifications, and levels that are lent."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from accessctl.home import Home
from accessctl.store.people import PeopleReader
from accessctl.store.people_errors import NotQualified, UnknownLoan, UnknownPerson
from accessctl.store.people_queries import LoanRow, PeopleQueries
from accessctl.store.people_writer import NewCard, PeopleWriter
from policies.people import Person, Qualification, TemporaryAccess, Validity
from tests.homes import NOON, OwnClock
from tests.store.test_people_writer import OPERATOR, TAG, outbox

DAY = timedelta(days=1)


@pytest.fixture
def reader(home: Home) -> Iterator[PeopleReader]:
    reader = PeopleReader(home.people)
    yield reader
    reader.close()


@pytest.fixture
def ana(writer: PeopleWriter) -> str:
    person = writer.add_person("Ana Marsh", ("picker",), OPERATOR)
    writer.enrol_card(person.id, NewCard(TAG, "iso14443-uid", "F6"), OPERATOR)
    return person.id


def at_the_door(reader: PeopleReader) -> Person:
    holder = reader.holder_of(TAG)
    assert holder is not None
    return holder.person


def lent_to(queries: PeopleQueries, person: str) -> tuple[LoanRow, ...]:
    row = queries.person(person)
    assert row is not None
    return row.temporary


def test_a_qualification_reaches_the_door(
    home: Home, writer: PeopleWriter, reader: PeopleReader, ana: str
) -> None:
    """What somebody holds is known at the next badge, with its end, and stands in the outbox."""
    writer.qualify(ana, "induction", NOON + DAY, OPERATOR)
    writer.qualify(ana, "forklift", None, OPERATOR)
    assert set(at_the_door(reader).qualifications) == {
        Qualification("induction", NOON + DAY),  # type: ignore[arg-type]
        Qualification("forklift"),  # type: ignore[arg-type]
    }
    row = outbox(home)[-2]
    assert (row["type"], row["person"], row["operator"]) == ("person_changed", ana, OPERATOR)
    assert row["detail"] == {
        "qualification": "induction",
        "held_before": False,
        "held_after": True,
        "until_before": None,
        "until_after": (NOON + DAY).isoformat(),
    }


def test_a_qualification_is_renewed(home: Home, writer: PeopleWriter, reader: PeopleReader, ana: str) -> None:
    """Giving it again moves its end; giving it with the same end is no change."""
    for until in (NOON, NOON + DAY, NOON + DAY):
        writer.qualify(ana, "induction", until, OPERATOR)
    assert [each.until for each in at_the_door(reader).qualifications] == [NOON + DAY]
    rows = [row["detail"] for row in outbox(home) if "qualification" in row["detail"]]
    assert [(row["until_before"], row["until_after"]) for row in rows] == [
        (None, NOON.isoformat()),
        (NOON.isoformat(), (NOON + DAY).isoformat()),
    ]


def test_a_qualification_for_good_is_no_change_twice(home: Home, writer: PeopleWriter, ana: str) -> None:
    """One without an end is held as well, and not taken for one that is missing."""
    for _ in range(2):
        writer.qualify(ana, "induction", None, OPERATOR)
    assert len([row for row in outbox(home) if "qualification" in row["detail"]]) == 1


def test_an_expired_qualification_stays(writer: PeopleWriter, reader: PeopleReader, ana: str) -> None:
    """So that whoever is refused is told that it has expired, and not that it was never held."""
    writer.qualify(ana, "induction", NOON - DAY, OPERATOR)
    assert [each.until for each in at_the_door(reader).qualifications] == [NOON - DAY]


def test_a_qualification_is_taken_away(
    home: Home, writer: PeopleWriter, reader: PeopleReader, ana: str
) -> None:
    """Once removed it is gone, and cannot be removed again."""
    writer.qualify(ana, "induction", NOON, OPERATOR)
    writer.disqualify(ana, "induction", OPERATOR)
    assert at_the_door(reader).qualifications == ()
    assert outbox(home)[-1]["detail"] == {
        "qualification": "induction",
        "held_before": True,
        "held_after": False,
        "until_before": NOON.isoformat(),
    }
    with pytest.raises(NotQualified, match=f"{ana} does not hold induction"):
        writer.disqualify(ana, "induction", OPERATOR)


def test_a_level_is_lent(
    home: Home, writer: PeopleWriter, reader: PeopleReader, queries: PeopleQueries, ana: str
) -> None:
    """Temporary access has an id, reaches the door with its times, and stands in the outbox."""
    loan = writer.lend(ana, "cage", Validity(NOON, NOON + DAY), OPERATOR)
    assert re.fullmatch(r"t-[a-z2-7]{8}", loan.id)
    assert lent_to(queries, ana) == (loan,)
    assert at_the_door(reader).temporary == (
        TemporaryAccess("cage", Validity(NOON, NOON + DAY)),  # type: ignore[arg-type]
    )
    row = outbox(home)[-1]
    assert (row["type"], row["person"]) == ("person_changed", ana)
    assert row["detail"] == {
        "temporary_access": loan.id,
        "level": "cage",
        "lent_before": False,
        "lent_after": True,
        "valid_from": NOON.isoformat(),
        "valid_until": (NOON + DAY).isoformat(),
    }


def test_one_level_can_be_lent_twice(writer: PeopleWriter, reader: PeopleReader, ana: str) -> None:
    """This weekend and the next are two loans, each with its own times."""
    for days in (0, 7):
        begin = NOON + days * DAY
        writer.lend(ana, "cage", Validity(begin, begin + DAY), OPERATOR)
    assert {each.validity.start for each in at_the_door(reader).temporary} == {NOON, NOON + 7 * DAY}


def test_what_was_lent_is_taken_back(
    home: Home, writer: PeopleWriter, reader: PeopleReader, ana: str
) -> None:
    """Ended before its time, a loan is gone, and cannot be ended again."""
    kept = writer.lend(ana, "office", Validity(end=NOON + DAY), OPERATOR)
    loan = writer.lend(ana, "cage", Validity(end=NOON + DAY), OPERATOR)
    assert writer.end_loan(loan.id, OPERATOR) == loan
    assert [each.level for each in at_the_door(reader).temporary] == [kept.level]
    told = outbox(home)[-1]
    assert (told["person"], told["detail"]["lent_before"], told["detail"]["lent_after"]) == (ana, True, False)
    with pytest.raises(UnknownLoan, match=f"there is no temporary access {loan.id}"):
        writer.end_loan(loan.id, OPERATOR)


def test_what_is_over_is_forgotten(
    writer: PeopleWriter, queries: PeopleQueries, clock: OwnClock, ana: str
) -> None:
    """Lending something new clears away what is over, so that no badge reads years of loans."""
    bo = writer.add_person("Bo Lund", (), OPERATOR).id
    for person in (ana, bo):
        writer.lend(person, "cage", Validity(end=NOON + DAY), OPERATOR)
    clock.pass_(DAY)
    new = writer.lend(ana, "office", Validity(end=NOON + 2 * DAY), OPERATOR)
    assert lent_to(queries, ana) == (new,)
    assert [each.level for each in lent_to(queries, bo)] == ["cage"]


@pytest.mark.parametrize(
    "change",
    [
        lambda w: w.qualify("p-nobody", "induction", None, OPERATOR),
        lambda w: w.disqualify("p-nobody", "induction", OPERATOR),
        lambda w: w.lend("p-nobody", "cage", Validity(end=NOON + DAY), OPERATOR),
    ],
    ids=["qualify", "disqualify", "lend"],
)
def test_nobody_gets_nothing(
    home: Home, writer: PeopleWriter, change: Callable[[PeopleWriter], object]
) -> None:
    """A person who is not there is refused by name and leaves no trace."""
    with pytest.raises(UnknownPerson, match="there is no person p-nobody"):
        change(writer)
    assert outbox(home) == []


def test_nothing_is_lent_for_good(home: Home, writer: PeopleWriter, ana: str) -> None:
    """What has no end is a role or a group; as temporary access it is refused, and nothing is written."""
    before = outbox(home)
    with pytest.raises(ValueError, match="temporary access needs an end"):
        writer.lend(ana, "cage", Validity(NOON), OPERATOR)
    assert outbox(home) == before
