"""Codes that are printed, and generators of one-time codes, in the people's store."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta

import pytest

from accessctl.home import Home
from accessctl.store.codes import CodeReader, GeneratorRow
from accessctl.store.errors import PeopleUnavailable
from accessctl.store.people_errors import CodesSpent, DuplicateCard, NoGenerator, UnknownPerson
from accessctl.store.people_queries import PeopleQueries
from accessctl.store.people_writer import NewCard, NewGenerator, PeopleWriter
from policies.ids import PersonId
from policies.people import CardStatus, Validity
from tests.homes import NOON
from tests.store.test_people_writer import OPERATOR, outbox

MOST = 4
DAY = timedelta(days=1)
SEALED = b"\x5e" * 48


@pytest.fixture
def codes(home: Home) -> Iterator[CodeReader]:
    reader = CodeReader(home.people)
    yield reader
    reader.close()


@pytest.fixture
def ana(writer: PeopleWriter) -> PersonId:
    return PersonId(writer.add_person("Ana Marsh", ("picker",), OPERATOR).id)


def printed(number: int, **more: object) -> NewCard:
    fields = {"uses": 1, "label": "Acme, Rosa Quick", **more}
    return NewCard(bytes([number]) * 32, "code", "", Validity(NOON, NOON + DAY), **fields)  # type: ignore[arg-type]


def generator(id_: str = "g-1") -> NewGenerator:
    return NewGenerator(id_, SEALED, 6, 30, "sha1")


# ---------------------------------------------------------------------------------- printed codes


def test_printed_codes_stand_beside_the_standing_one(
    writer: PeopleWriter, queries: PeopleQueries, ana: PersonId
) -> None:
    """A code on a slip neither replaces the one in somebody's head nor is replaced by it."""
    standing = writer.enrol_code(ana, b"\x01" * 32, MOST, OPERATOR)
    slips = writer.enrol_codes(ana, [printed(2), printed(3)], MOST, OPERATOR)
    again = writer.enrol_code(ana, b"\x04" * 32, MOST, OPERATOR)
    status = {row.id: row.status for row in queries.codes(person=ana)}
    assert status == {
        standing.id: CardStatus.REVOKED,
        slips[0].id: CardStatus.ACTIVE,
        slips[1].id: CardStatus.ACTIVE,
        again.id: CardStatus.ACTIVE,
    }


def test_what_limits_a_code_is_kept(
    home: Home, writer: PeopleWriter, queries: PeopleQueries, ana: PersonId
) -> None:
    """Access points, uses and label come back; the record hears of all but the label, which may be a name."""
    (made,) = writer.enrol_codes(ana, [printed(2, points=("yard-in", "gate-in"), uses=3)], MOST, OPERATOR)
    assert queries.card(made.id) == made
    assert (made.points, made.uses, made.label) == (("yard-in", "gate-in"), 3, "Acme, Rosa Quick")
    told = outbox(home)[-1]
    assert (told["type"], told["person"], told["credential"]) == ("credential_enrolled", ana, made.id)
    assert told["detail"] == {
        "kind": "code",
        "access_points": "yard-in, gate-in",
        "uses": 3,
        "valid_from": NOON.isoformat(),
        "valid_until": (NOON + DAY).isoformat(),
    }
    assert "Rosa" not in json.dumps(outbox(home))


def test_all_of_them_or_none(home: Home, writer: PeopleWriter, queries: PeopleQueries, ana: PersonId) -> None:
    """When the last of several is somebody's, or one too many, none is there and nothing is recorded."""
    writer.enrol_codes(ana, [printed(1)], MOST, OPERATOR)
    before = outbox(home)
    with pytest.raises(DuplicateCard):
        writer.enrol_codes(ana, [printed(2), printed(1)], MOST, OPERATOR)
    with pytest.raises(CodesSpent):
        writer.enrol_codes(ana, [printed(number) for number in range(2, MOST + 2)], MOST, OPERATOR)
    with pytest.raises(UnknownPerson):
        writer.enrol_codes("p-nobody", [printed(2)], MOST, OPERATOR)
    assert len(queries.codes()) == 1
    assert outbox(home) == before


def test_break_glass_codes_are_not_counted(
    writer: PeopleWriter, queries: PeopleQueries, ana: PersonId
) -> None:
    """They are so long that nobody guesses one, and an emergency must not wait for a free number."""
    glass = writer.enrol_codes(
        ana, [printed(number, break_glass=True, points=("gate-in",)) for number in range(6)], MOST, OPERATOR
    )
    writer.enrol_codes(ana, [printed(number) for number in range(10, 10 + MOST)], MOST, OPERATOR)
    assert {row.id for row in queries.codes(break_glass=True)} == {row.id for row in glass}
    assert len(queries.codes(break_glass=False)) == MOST
    assert len(queries.codes()) == MOST + 6


def test_codes_are_listed_page_by_page(writer: PeopleWriter, queries: PeopleQueries, ana: PersonId) -> None:
    """In the order of their ids, of one person if asked; cards are not among them."""
    bob = writer.add_person("Bob Reed", ("picker",), OPERATOR).id
    writer.enrol_card(ana, NewCard(b"\x09" * 32, "iso14443-uid", "09"), OPERATOR)
    made = writer.enrol_codes(ana, [printed(1), printed(2)], MOST, OPERATOR)
    made += writer.enrol_codes(bob, [printed(3)], MOST, OPERATOR)
    ids = sorted(row.id for row in made)
    assert [row.id for row in queries.codes(limit=2)] == ids[:2]
    assert [row.id for row in queries.codes(after=ids[1])] == ids[2:]
    assert [row.person for row in queries.codes(person=bob)] == [bob]


# -------------------------------------------------------------------------------- code generators


def test_a_generator_counts_once_it_is_confirmed(
    home: Home, writer: PeopleWriter, queries: PeopleQueries, codes: CodeReader, ana: PersonId
) -> None:
    """Until then it stands there and counts for nothing; the record hears of both steps, and of no secret."""
    assert codes.generator_of(ana) is None
    writer.set_generator(ana, generator(), OPERATOR)
    assert codes.generator_of(ana) == GeneratorRow("g-1", SEALED, 6, 30, "sha1", confirmed=0)
    writer.confirm_generator(ana, "g-1", OPERATOR)
    writer.confirm_generator(ana, "g-1", OPERATOR)
    row = codes.generator_of(ana)
    assert row is not None
    assert row.confirmed
    person = queries.person(ana)
    assert person is not None
    assert person.generator_confirmed is True
    assert [(told["type"], told["credential"], told["detail"]) for told in outbox(home)[-2:]] == [
        ("credential_enrolled", "g-1", {"kind": "code_generator", "confirmed_after": False}),
        (
            "credential_changed",
            "g-1",
            {"kind": "code_generator", "confirmed_before": False, "confirmed_after": True},
        ),
    ]


def test_a_new_generator_replaces_the_old(home: Home, writer: PeopleWriter, ana: PersonId) -> None:
    """The old one does not count from then on, nor the new one before it is confirmed."""
    writer.set_generator(ana, generator(), OPERATOR)
    writer.confirm_generator(ana, "g-1", OPERATOR)
    writer.set_generator(ana, generator("g-2"), OPERATOR)
    with closing(CodeReader(home.people)) as codes:
        row = codes.generator_of(ana)
    assert row is not None
    assert (row.id, row.confirmed) == ("g-2", 0)
    with pytest.raises(NoGenerator):
        writer.confirm_generator(ana, "g-1", OPERATOR)
    assert outbox(home)[-1]["detail"] == {
        "kind": "code_generator",
        "confirmed_before": True,
        "confirmed_after": False,
    }


def test_a_generator_is_taken_away_with_its_secret(
    home: Home, writer: PeopleWriter, codes: CodeReader, ana: PersonId
) -> None:
    """Once; the second time there is none."""
    writer.set_generator(ana, generator(), OPERATOR)
    writer.remove_generator(ana, OPERATOR)
    assert codes.generator_of(ana) is None
    assert outbox(home)[-1]["type"] == "credential_revoked"
    changes: list[Callable[[], None]] = [
        lambda: writer.remove_generator(ana, OPERATOR),
        lambda: writer.confirm_generator(ana, "g-1", OPERATOR),
    ]
    for change in changes:
        with pytest.raises(NoGenerator):
            change()


def test_no_generator_for_nobody(writer: PeopleWriter) -> None:
    """Every change needs a person who is there."""
    changes: list[Callable[[], None]] = [
        lambda: writer.set_generator("p-nobody", generator(), OPERATOR),
        lambda: writer.confirm_generator("p-nobody", "g-1", OPERATOR),
        lambda: writer.remove_generator("p-nobody", OPERATOR),
    ]
    for change in changes:
        with pytest.raises(UnknownPerson):
            change()


def test_the_secret_is_in_no_repr() -> None:
    """A traceback that prints what is written shows nothing, though it is sealed."""
    assert "5e" not in repr(generator())
    assert "^" not in repr(generator())


# ---------------------------------------------------------------------------------------- reading


def test_the_ends_of_cards_are_known(writer: PeopleWriter, codes: CodeReader, ana: PersonId) -> None:
    """Of the cards that count, each once; codes and passes have no digits that a PIN could have."""
    for number, technology, hint in (
        (1, "iso14443-uid", "17"),
        (2, "wiegand", "17"),
        (3, "typed", "42"),
        (4, "pass", "99"),
        (5, "code", ""),
    ):
        writer.enrol_card(ana, NewCard(bytes([number]) * 32, technology, hint), OPERATOR)
    gone = writer.enrol_card(ana, NewCard(b"\x06" * 32, "typed", "88"), OPERATOR)
    writer.change_card_status(gone.id, CardStatus.LOST, OPERATOR)
    assert sorted(codes.card_hints_of(ana)) == ["17", "42"]


def test_a_store_that_is_gone_is_said(home: Home, codes: CodeReader, ana: PersonId) -> None:
    """A file in its place that is none of ours, or none at all, is no answer."""
    assert codes.generator_of(ana) is None
    home.people.unlink()
    with pytest.raises(PeopleUnavailable):
        codes.generator_of(ana)
    with closing(sqlite3.connect(home.people)) as other:
        other.execute("CREATE TABLE totp (person TEXT)")
    with pytest.raises(PeopleUnavailable):
        codes.card_hints_of(ana)
