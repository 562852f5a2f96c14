"""Entries that name somebody carry the seal of their name, and no door waits for it."""

import sqlite3
from contextlib import closing

from accessctl.link.requests import TakeOutbox
from accessctl.store.connect import reader
from tests.door.conftest import ALICE, STRANGER
from tests.door.story import Story


def sealed(story: Story, since: int) -> list[tuple[str, str | None, str | None]]:
    """Give type, person and seal of what was entered since."""
    with closing(reader(story.home.record)) as connection:
        sql = "SELECT type, person, seal FROM event WHERE seq > ? ORDER BY seq"
        return connection.execute(sql, (since,)).fetchall()


def seal_of(story: Story, person: str) -> str:
    """Give what the people's store has."""
    with closing(reader(story.home.people)) as connection:
        ((seal,),) = connection.execute("SELECT seal FROM seal WHERE person = ?", (person,))
        return str(seal)


def test_whoever_is_named_is_sealed(story: Story) -> None:
    """A badge, in and out; an entry about nobody has no seal."""
    mark = story.mark()
    story.badge("front-in", ALICE)
    story.after(10).badge("front-out", ALICE)
    story.after(10).badge("front-in", STRANGER)
    entries = sealed(story, mark)
    of_alice = {seal for _, person, seal in entries if person == "alice"}
    assert of_alice == {seal_of(story, "alice")}
    assert {seal for _, person, seal in entries if person is None} == {None}
    assert any(person is None for _, person, _ in entries)


def test_what_the_office_told_has_the_seal_of_then(story: Story) -> None:
    """Taken after the person was deleted, every entry has it all the same."""
    story.ask(TakeOutbox())
    story.office.person("carol")
    seal = seal_of(story, "carol")
    story.office.writer.delete_person("carol", "tester")
    mark = story.mark()
    story.ask(TakeOutbox())
    of_carol = [(type_, its) for type_, person, its in sealed(story, mark) if person == "carol"]
    assert of_carol[0] == ("person_added", seal)
    assert of_carol[-1] == ("person_deleted", seal)


def test_a_store_without_seals_keeps_no_door_shut(story: Story) -> None:
    """Where the seal cannot be read the entry is without one; everything else goes on."""
    story.office.writer.close()
    with closing(sqlite3.connect(story.home.people)) as connection:
        connection.execute("DROP TABLE seal")
    mark = story.mark()
    story.badge("front-in", ALICE)
    assert story.released("front")
    assert ("access_granted", "alice", None) in sealed(story, mark)


def test_every_decision_says_what_was_proven(story: Story) -> None:
    """A plain card counts for no kind of proof, and a stranger's for nothing at all."""
    story.badge("front-in", ALICE)
    granted = next(row for row in reversed(story.rows()) if row.type == "access_granted")
    assert granted.detail == '{"assurance":0,"proven":["card"]}'
    story.after(10).badge("front-in", STRANGER)
    assert "proven" not in (story.last().detail or "")
