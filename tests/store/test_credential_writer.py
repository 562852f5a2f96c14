"""Codes for keypads, and duress PINs."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from accessctl.home import Home
from accessctl.store.people import PeopleReader
from accessctl.store.people_errors import CodesSpent, DuplicateCard, NoDuressPin, NoPin, UnknownPerson
from accessctl.store.people_queries import PeopleQueries, PersonRow
from accessctl.store.people_writer import NewCard, PeopleWriter
from policies.ids import PersonId
from policies.people import CardStatus, Validity
from tests.homes import NOON, OwnClock
from tests.store.test_people_writer import OPERATOR, outbox

DAY = timedelta(days=1)
MOST = 3


@pytest.fixture
def reader(home: Home) -> Iterator[PeopleReader]:
    reader = PeopleReader(home.people)
    yield reader
    reader.close()


def person(writer: PeopleWriter, name: str = "Ana Marsh") -> str:
    return writer.add_person(name, ("picker",), OPERATOR).id


def tag(number: int) -> bytes:
    return bytes([number]) * 32


def shown(queries: PeopleQueries, who: str) -> PersonRow:
    row = queries.person(who)
    assert row is not None
    return row


# ------------------------------------------------------------------------------------------ codes


def test_a_code_is_found_as_a_card_is(
    home: Home, writer: PeopleWriter, reader: PeopleReader, queries: PeopleQueries
) -> None:
    """The door finds its person by the tag; no digit of it is kept as a hint or told to the record."""
    ana = person(writer)
    code = writer.enrol_code(ana, tag(1), MOST, OPERATOR)
    holder = reader.holder_of(tag(1))
    assert holder is not None
    assert (holder.person.id, holder.card.id) == (ana, code.id)
    assert (code.is_code, code.hint) == (True, "")
    told = outbox(home)[-1]
    assert (told["type"], told["person"], told["credential"]) == ("credential_enrolled", ana, code.id)
    assert told["detail"] == {"kind": "code"}
    assert (shown(queries, ana).has_code, shown(queries, ana).active_cards) == (True, 0)


def test_a_new_code_takes_the_place_of_the_old(
    home: Home, writer: PeopleWriter, reader: PeopleReader, queries: PeopleQueries
) -> None:
    """Whoever forgot their code gets another, and the forgotten one opens nothing any more."""
    ana = person(writer)
    writer.enrol_card(ana, NewCard(tag(9), "iso14443-uid", "09"), OPERATOR)
    old = writer.enrol_code(ana, tag(1), MOST, OPERATOR)
    writer.enrol_code(ana, tag(2), MOST, OPERATOR)
    holder = reader.holder_of(tag(1))
    assert holder is not None
    assert holder.card.status is CardStatus.REVOKED
    assert [row["type"] for row in outbox(home)[-2:]] == ["credential_revoked", "credential_enrolled"]
    assert outbox(home)[-2]["credential"] == old.id
    assert outbox(home)[-2]["detail"] == {
        "kind": "code",
        "status_before": "active",
        "status_after": "revoked",
    }
    assert shown(queries, ana).active_cards == 1


def test_codes_run_out(home: Home, writer: PeopleWriter, reader: PeopleReader) -> None:
    """As many codes as the site allows are given out, and with the next one nothing changes."""
    for number in range(MOST):
        writer.enrol_code(person(writer), tag(number), MOST, OPERATOR)
    late = person(writer)
    before = outbox(home)
    with pytest.raises(CodesSpent, match="3 codes are in use, and the site allows no more"):
        writer.enrol_code(late, tag(9), MOST, OPERATOR)
    assert reader.holder_of(tag(9)) is None
    assert outbox(home) == before


def test_codes_do_not_run_out_by_changing_them(writer: PeopleWriter) -> None:
    """Whoever has a code may have another in its place when all are given out."""
    people = [person(writer) for _ in range(MOST)]
    for number, each in enumerate(people * 3):
        writer.enrol_code(each, tag(number), MOST, OPERATOR)


def test_a_code_that_is_over_is_not_in_use(writer: PeopleWriter, clock: OwnClock) -> None:
    """What was revoked, or has expired, can be guessed by nobody and makes room."""
    ana, bo, cy = (person(writer, name) for name in ("Ana", "Bo", "Cy"))
    writer.enrol_code(ana, tag(1), 1, OPERATOR, validity=Validity(end=NOON + DAY))
    with pytest.raises(CodesSpent):
        writer.enrol_code(bo, tag(2), 1, OPERATOR)
    clock.pass_(DAY)
    code = writer.enrol_code(bo, tag(2), 1, OPERATOR)
    writer.change_card_status(code.id, CardStatus.REVOKED, OPERATOR)
    writer.enrol_code(cy, tag(3), 1, OPERATOR)


@pytest.mark.parametrize("status", [CardStatus.ACTIVE, CardStatus.REVOKED])
def test_nobody_gets_somebody_elses_code(home: Home, writer: PeopleWriter, status: CardStatus) -> None:
    """A code that somebody has, or once had, is given to nobody else, and the one they have stays."""
    bo = person(writer, "Bo")
    writer.change_card_status(writer.enrol_code(person(writer), tag(1), MOST, OPERATOR).id, status, OPERATOR)
    kept = writer.enrol_code(bo, tag(2), MOST, OPERATOR)
    before = outbox(home)
    with pytest.raises(DuplicateCard):
        writer.enrol_code(bo, tag(1), MOST, OPERATOR)
    assert outbox(home) == before
    assert writer.change_card_status(kept.id, CardStatus.ACTIVE, OPERATOR) == kept


# ------------------------------------------------------------------------------------ duress PINs


def test_a_duress_pin_stands_beside_the_pin(
    writer: PeopleWriter, reader: PeopleReader, queries: PeopleQueries
) -> None:
    """Setting it leaves the PIN as it is, and a new PIN leaves it as it is."""
    ana = person(writer)
    writer.set_pin(ana, "pin", OPERATOR)
    writer.set_duress_pin(ana, "duress", OPERATOR)
    assert reader.pin_hashes_of(PersonId(ana)) == ("pin", "duress")
    writer.set_pin(ana, "new pin", OPERATOR)
    assert reader.pin_hashes_of(PersonId(ana)) == ("new pin", "duress")
    assert shown(queries, ana).has_duress_pin


def test_without_a_pin_there_is_no_duress_pin(writer: PeopleWriter, queries: PeopleQueries) -> None:
    """It is a second PIN, so it needs a first, and goes with it."""
    ana = person(writer)
    with pytest.raises(NoPin, match="has no PIN"):
        writer.set_duress_pin(ana, "duress", OPERATOR)
    writer.set_pin(ana, "pin", OPERATOR)
    writer.set_duress_pin(ana, "duress", OPERATOR)
    writer.remove_pin(ana, OPERATOR)
    writer.set_pin(ana, "pin", OPERATOR)
    assert not shown(queries, ana).has_duress_pin


def test_a_duress_pin_is_taken_away(writer: PeopleWriter, reader: PeopleReader) -> None:
    """Once removed it is gone, the PIN stays, and it cannot be removed again."""
    ana = person(writer)
    writer.set_pin(ana, "pin", OPERATOR)
    writer.set_duress_pin(ana, "duress", OPERATOR)
    writer.remove_duress_pin(ana, OPERATOR)
    assert reader.pin_hashes_of(PersonId(ana)) == ("pin", None)
    with pytest.raises(NoDuressPin, match="has no duress PIN"):
        writer.remove_duress_pin(ana, OPERATOR)


def test_the_record_tells_a_duress_pin_from_no_other(home: Home, writer: PeopleWriter) -> None:
    """What is said when it is set or removed is what is said when a PIN is replaced by another."""
    ana = person(writer)
    writer.set_pin(ana, "pin", OPERATOR)
    writer.set_pin(ana, "new pin", OPERATOR)
    writer.set_duress_pin(ana, "duress", OPERATOR)
    writer.remove_duress_pin(ana, OPERATOR)
    first, *others = ({**row, "id": None} for row in outbox(home)[-3:])
    assert first["type"] == "credential_changed"
    assert others == [first, first]
    assert "duress" not in json.dumps(outbox(home))


@pytest.mark.parametrize(
    "change",
    [
        lambda w: w.enrol_code("p-nobody", tag(1), MOST, OPERATOR),
        lambda w: w.set_duress_pin("p-nobody", "duress", OPERATOR),
        lambda w: w.remove_duress_pin("p-nobody", OPERATOR),
    ],
    ids=["code", "duress", "no duress"],
)
def test_nobody_gets_nothing(
    home: Home, writer: PeopleWriter, change: Callable[[PeopleWriter], object]
) -> None:
    """A person who is not there is refused by name and leaves no trace."""
    with pytest.raises(UnknownPerson, match="there is no person p-nobody"):
        change(writer)
    assert outbox(home) == []
