import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from accessctl.acting import Whence, acting
from accessctl.home import Home
from accessctl.store.bulk_rows import BulkQueries
from accessctl.store.bulk_writer import (
    ChangedMeanwhile,
    ImportRow,
    NewPending,
    Planned,
    Settled,
    StoredPeople,
)
from accessctl.store.people_queries import PersonRow
from accessctl.store.people_writer import NewCard, PeopleWriter
from policies.people import CardStatus, Validity
from tests.homes import NOON
from tests.store.test_people_writer import outbox

OPERATOR = "local:maria"
TAG = bytes(range(32))


def person(id_: str, name: str = "Ana Marsh") -> PersonRow:
    return PersonRow(id_, name, ("picker",), Validity(), False, NOON, NOON)


def waiting(row: int) -> NewPending:
    return NewPending(row, f"i-one/{row}/0", "iso14443-uid", b"sealed")


def import_(writer: PeopleWriter, planned: Iterable[Planned], id_: str = "i-one") -> ImportRow:
    return writer.import_people(OPERATOR, lambda _stored, _now: planned, id_)


def rows(home: Home, sql: str) -> list[Any]:
    with closing(sqlite3.connect(home.people)) as connection:
        return connection.execute(sql).fetchall()


def test_many_are_written_and_told_of_one_by_one(writer: PeopleWriter, home: Home) -> None:
    """Each has an entry of their own as if added alone, and one more tells of the import."""
    done = import_(writer, [Planned(None, person(f"p{n}")) for n in range(600)])
    assert (done.rows, done.added, done.changed, done.unchanged) == (600, 600, 0, 0)
    told = outbox(home)
    assert [row["type"] for row in told] == ["person_added"] * 600 + ["people_imported"]
    assert told[0]["detail"] == {"roles": "picker", "import": "i-one"}
    assert told[-1]["detail"] == {"import": "i-one", "rows": 600, "added": 600, "changed": 0, "cards": 0}
    assert rows(home, "SELECT count(*) FROM person_word WHERE word = 'marsh'") == [(600,)]


def test_what_does_not_change_is_not_told(writer: PeopleWriter, home: Home) -> None:
    """A row that says what is so already is counted, and neither written nor recorded."""
    writer.add_person("Ana Marsh", ("picker",), OPERATOR, id_="ana")
    before = BulkQueries(home.people).person("ana")
    assert before is not None

    def plan(stored: StoredPeople, _now: datetime) -> Iterator[Planned]:
        here = stored.person("ana")
        assert here is not None
        yield Planned(here, here)

    done = writer.import_people(OPERATOR, plan)
    assert (done.rows, done.changed, done.unchanged) == (1, 0, 1)
    assert [row["type"] for row in outbox(home)] == ["person_added", "people_imported"]


def test_a_change_is_told_without_a_name(writer: PeopleWriter, home: Home) -> None:
    """Of a new name only that it is new; the rest before and after."""
    writer.add_person("Ana Marsh", ("picker",), OPERATOR, id_="ana")

    def plan(stored: StoredPeople, _now: datetime) -> Iterator[Planned]:
        here = stored.person("ana")
        assert here is not None
        yield Planned(here, replace(here, name="Ana Quist", extended=True))

    writer.import_people(OPERATOR, plan, "i-one")
    (changed,) = [row for row in outbox(home) if row["type"] == "person_changed"]
    assert changed["detail"] == {
        "name_changed": True,
        "extended_before": False,
        "extended_after": True,
        "import": "i-one",
    }


def test_whence_it_was_done_is_told(writer: PeopleWriter, home: Home) -> None:
    """Every entry of an import says from where it was done, as a single call's does."""
    with acting(Whence("local:maria")):
        import_(writer, [Planned(None, person("p1"))])
    assert {row["detail"]["from"] for row in outbox(home)} == {"local:maria"}


def test_a_fault_in_the_middle_takes_everything_back(writer: PeopleWriter, home: Home) -> None:
    """All of them or none, whatever the plan raises."""

    def plan() -> Iterator[Planned]:
        for number in range(700):
            yield Planned(None, person(f"p{number}"), (waiting(number),))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        import_(writer, plan())
    for table in ("person", "person_word", "pending_card", "import", "outbox"):
        assert rows(home, f"SELECT count(*) FROM {table}") == [(0,)]  # noqa: S608


def test_what_changes_meanwhile_is_looked_at_anew(writer: PeopleWriter, home: Home) -> None:
    """Nobody waits while an import is laid out; what somebody else changed then is not lost."""
    writer.add_person("Ana Marsh", ("picker",), OPERATOR, id_="ana")
    looks: list[str] = []

    def plan(stored: StoredPeople, _now: datetime) -> Iterator[Planned]:
        here = stored.person("ana")
        assert here is not None
        looks.append(here.name)
        if len(looks) == 1:
            writer.change_person("ana", lambda row: replace(row, name="Ana Quist"), OPERATOR)
        yield Planned(here, replace(here, exempt=True))

    writer.import_people(OPERATOR, plan)
    ana = BulkQueries(home.people).person("ana")
    assert ana is not None
    assert (looks, ana.name, ana.exempt) == (["Ana Marsh", "Ana Quist"], "Ana Quist", True)


def test_an_import_that_is_never_undisturbed_is_given_up(writer: PeopleWriter, home: Home) -> None:
    """After some tries it says so, and nothing is changed by it."""

    def plan(_stored: StoredPeople, _now: datetime) -> Iterator[Planned]:
        writer.add_person("Bo", (), OPERATOR)
        yield Planned(None, person("ana"))

    with pytest.raises(ChangedMeanwhile, match="i-one was not done"):
        writer.import_people(OPERATOR, plan, "i-one")
    assert BulkQueries(home.people).person("ana") is None
    assert BulkQueries(home.people).import_("i-one") is None
    assert import_(writer, [Planned(None, person("ana"))], "i-two").added == 1


def test_cards_wait_in_the_order_of_the_file(writer: PeopleWriter, home: Home) -> None:
    """What has waited longest comes first, and how many come before is known."""
    import_(writer, [Planned(None, person(f"p{n}"), (waiting(n),)) for n in range(5)])
    queries = BulkQueries(home.people)
    assert [card.person for card in queries.waiting(3)] == ["p0", "p1", "p2"]
    assert "sealed" not in repr(queries.waiting(1)[0]).replace("sealed=", "")
    assert queries.ahead("i-one") == 5


def test_a_tagged_card_is_enrolled_like_any_other(writer: PeopleWriter, home: Home) -> None:
    """It stands in the list of cards, is told of, and waits no more."""
    import_(writer, [Planned(None, person("ana"), (waiting(2),))])
    queries = BulkQueries(home.people)
    (card,) = queries.waiting(10)
    writer.settle([Settled(card.id, TAG, "F6")])
    (enrolled,) = queries.cards(person="ana")
    assert (enrolled.hint, enrolled.technology, enrolled.status) == ("F6", "iso14443-uid", CardStatus.ACTIVE)
    told = outbox(home)[-1]
    assert (told["type"], told["person"], told["credential"]) == ("credential_enrolled", "ana", enrolled.id)
    assert told["operator"] == OPERATOR
    expected = {"kind": "card", "technology": "iso14443-uid", "hint": "F6", "import": "i-one"}
    assert told["detail"] == expected
    done = queries.import_("i-one")
    assert done is not None
    assert (done.cards, done.tagged, done.failed, done.waiting) == (1, 1, 0, 0)


def test_somebody_elses_card_fails_with_a_reason(writer: PeopleWriter, home: Home) -> None:
    """It is said whose it is, and the sealed number is gone."""
    writer.add_person("Bo", (), OPERATOR, id_="bo")
    theirs = writer.enrol_card("bo", NewCard(TAG, "iso14443-uid", "F6"), OPERATOR)
    import_(writer, [Planned(None, person("ana"), (waiting(2),))])
    queries = BulkQueries(home.people)
    (card,) = queries.waiting(10)
    writer.settle([Settled(card.id, TAG, "F6")])
    (failed,) = queries.failed("i-one")
    assert (failed.row, failed.person) == (2, "ana")
    assert failed.why == f"this card is enrolled already: it is {theirs.id} of bo"
    assert rows(home, "SELECT sealed FROM pending_card") == [(None,)]
    assert queries.waiting(10) == []
    assert queries.failed("i-one", after=failed.id) == []


@pytest.mark.parametrize(("status", "failed"), [(CardStatus.ACTIVE, 0), (CardStatus.LOST, 1)])
def test_ones_own_card_again(writer: PeopleWriter, home: Home, status: CardStatus, failed: int) -> None:
    """A card that somebody has already is done without a word; one that they lost stays lost."""
    writer.add_person("Ana", (), OPERATOR, id_="ana")
    card = writer.enrol_card("ana", NewCard(TAG, "iso14443-uid", "F6"), OPERATOR)
    writer.change_card_status(card.id, status, OPERATOR)

    def plan(stored: StoredPeople, _now: datetime) -> Iterator[Planned]:
        here = stored.person("ana")
        assert here is not None
        yield Planned(here, here, (waiting(2),))

    writer.import_people(OPERATOR, plan, "i-one")
    queries = BulkQueries(home.people)
    told = len(outbox(home))
    writer.settle([Settled(each.id, TAG, "F6") for each in queries.waiting(10)])
    done = queries.import_("i-one")
    assert done is not None
    assert (done.tagged, done.failed) == (1 - failed, failed)
    assert len(outbox(home)) == told
    assert [each.status for each in queries.cards()] == [status]


def test_what_was_settled_is_settled_once(writer: PeopleWriter, home: Home) -> None:
    """An answer that comes twice, or for somebody who was deleted meanwhile, does nothing."""
    import_(writer, [Planned(None, person("ana"), (waiting(2),))])
    (card,) = BulkQueries(home.people).waiting(10)
    for _ in range(2):
        writer.settle([Settled(card.id, TAG, "F6"), Settled(12345, bytes(32), "00")])
    assert rows(home, "SELECT count(*) FROM card") == [(1,)]
