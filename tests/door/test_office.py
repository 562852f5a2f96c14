"""What the office asks of the door process: keys, enrolment, and changes that become part of the record."""

import asyncio
import shutil

from accessctl.link.answers import CardTag, Fault, FaultCode, PinHash
from accessctl.link.requests import DoorOrder, HashPin, MakeCardTag, OrderDoor, ReadCard, Request, TakeOutbox
from hardware.ports import Pattern
from hardware.signals import Technology
from tests.door.conftest import ALICE, STRANGER
from tests.door.story import Story

UID = Technology.ISO14443_UID.value


def _card_read_at(story: Story, point: str, number: bytes, *, within_s: float = 5) -> object:
    async def enrol() -> object:
        waiting = asyncio.ensure_future(story.process.desk.answer(ReadCard(point, within_s)))
        await asyncio.sleep(0)  # lets the desk begin to wait
        story.badge(point, number)
        return await waiting

    return asyncio.run(enrol())


def test_each_change_of_the_office_is_recorded_once(story: Story) -> None:
    """Taken twice, or again after a crash, a change still stands in the record once, with who did it."""
    mark = story.mark()
    story.office.person("carol")
    for _ in range(2):
        story.ask(TakeOutbox())
    story.restart(crash=True)
    assert story.types(since=mark).count("person_added") == 1
    added = next(row for row in story.rows() if row.type == "person_added" and row.person == "carol")
    assert '"operator":"tester"' in (added.detail or "")


def test_many_changes_are_taken_in_portions(story: Story) -> None:
    """A bulk import is taken bit by bit, so that a badge may come in between, and wholly in the end."""
    mark = story.mark()
    for number in range(120):
        story.office.person(f"person-{number}")
    story.process.controller.take_outbox()
    assert story.types(since=mark).count("person_added") == 50
    story.process.timers.run_due()
    assert story.types(since=mark).count("person_added") == 120


def test_an_older_copy_of_the_peoples_store_is_noticed(story: Story) -> None:
    """Put back from a backup, it is said to be older, and what is changed from then on is recorded."""
    story.ask(TakeOutbox())
    story.office.writer.close()
    copy = story.home.path / "copy.db"
    story.process.people.close()
    shutil.copy(story.home.people, copy)
    story.office.person("carol")
    story.ask(TakeOutbox())
    story.office.writer.close()
    story.process.people.close()
    for left in ("-wal", "-shm"):
        story.home.people.with_name(f"people.db{left}").unlink(missing_ok=True)
    copy.replace(story.home.people)
    mark = story.mark()
    story.restart()
    story.office.person("dora")
    story.ask(TakeOutbox())
    types = story.types(since=mark)
    assert "people_rolled_back" in types
    assert types[-1] == "person_added"
    assert story.last().person == "dora"


def test_a_card_shown_for_enrolment_is_not_decided_about(story: Story) -> None:
    """Its tag goes to the office, no door moves, and the next card is decided about as ever."""
    mark = story.mark()
    answer = _card_read_at(story, "front-in", STRANGER)
    assert isinstance(answer, CardTag)
    assert answer == story.ask(MakeCardTag(UID, STRANGER.hex()))
    assert answer.hint == "02"
    assert story.types(since=mark) == []
    story.badge("front-in", ALICE)
    assert story.released("front")


def test_a_reader_asks_for_no_card_once_it_has_one(story: Story) -> None:
    """Its light has gone back to what the door has to say when it tells that the card was taken."""
    before = story.playing("front-in")
    _card_read_at(story, "front-in", STRANGER)
    assert story.shown("front-in")[-3:] == [Pattern.PIN_WANTED, before, Pattern.GRANTED]


def test_an_enrolment_that_nobody_comes_to_ends(story: Story) -> None:
    """After its time the reader decides about cards again."""
    answer = story.ask(ReadCard("front-in", 0.01))
    assert isinstance(answer, Fault)
    assert answer.code is FaultCode.TIMED_OUT
    story.badge("front-in", ALICE)
    assert story.released("front")


def test_nobody_is_kept_in_by_an_enrolment(story: Story) -> None:
    """A reader on a way out takes no card for enrolment: whoever shows one there wants to leave."""
    answer = story.ask(ReadCard("front-out", 5))
    assert isinstance(answer, Fault)
    assert answer.code is FaultCode.WAY_OUT


def test_what_cannot_be_is_refused_in_words(story: Story) -> None:
    """Unknown doors and points, numbers that are none and PINs that are none each have their own fault."""
    faults = {
        FaultCode.UNKNOWN_DOOR: OrderDoor("o1", "nowhere", DoorOrder.RELEASE, "tester"),
        FaultCode.UNKNOWN_ACCESS_POINT: ReadCard("nowhere", 1),
        FaultCode.CARD_UNUSABLE: MakeCardTag(UID, "0000000000"),
        FaultCode.PIN_UNUSABLE: HashPin("alice", "12"),
    }
    for code, request in faults.items():
        assert isinstance(request, Request)
        answer = story.ask(request)
        assert isinstance(answer, Fault)
        assert answer.code is code
        assert answer.why


def test_a_hash_from_the_desk_opens_the_cage(story: Story) -> None:
    """What the office stores is what the door verifies."""
    answer = story.ask(HashPin("bob", "2469"))
    assert isinstance(answer, PinHash)
    assert answer.hash.startswith("$argon2id$")
    assert answer.hash not in repr(answer)


def test_a_known_card_passes_while_somebody_enrols(story: Story) -> None:
    """Whoever holds a card already wants to pass; the enrolment goes on waiting for a card of nobody's."""

    async def enrol() -> object:
        waiting = asyncio.ensure_future(story.process.desk.answer(ReadCard("front-in", 5)))
        await asyncio.sleep(0)
        story.badge("front-in", ALICE)
        assert story.released("front")
        story.badge("front-in", STRANGER)
        return await waiting

    answer = asyncio.run(enrol())
    assert isinstance(answer, CardTag)
    assert answer.hint == "02"
