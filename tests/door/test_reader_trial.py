"""A reader is tested: what it reads is said, decided about on a way out alone, and no secret is told."""

import asyncio
import json
from collections.abc import Callable

import pytest

from accessctl.door.reader_trial import MOST_READS, Trial
from accessctl.link.answers import Answer, Fault, FaultCode, Tried
from accessctl.link.requests import TryReader
from hardware.ports import Pattern
from hardware.signals import CardFrame, CardUnreadable, DeviceId, KeyPressed, Technology
from tests.door.conftest import ALICE
from tests.door.story import HeldWorkers, Story


def tried(story: Story, reader: str, then: Callable[[], object], seconds: float = 0.05) -> Answer:
    """Test a reader while something happens there."""

    async def test() -> Answer:
        asking = asyncio.ensure_future(story.process.desk.answer(TryReader(reader, seconds, "local:maria")))
        await asyncio.sleep(0)
        then()
        return await asking

    return asyncio.run(test())


def what(answer: Answer) -> list[str]:
    assert isinstance(answer, Tried)
    return [read["what"] for read in answer.reads]


def test_a_reader_on_a_way_in_lets_nobody_in_meanwhile(story: Story) -> None:
    """What it reads is said without number or key, and decides nothing; afterwards it does again."""

    def act() -> None:
        story.badge("front-in", ALICE).keys("front-in", "47")
        story.reader("front-in").show_unreadable("parity")

    mark = story.mark()
    answer = tried(story, "front-in", act)
    assert what(answer) == [
        "card read: 7 bytes, iso14443-uid, ends in F6",
        "key pressed",
        "key pressed",
        "unreadable: parity",
    ]
    assert not story.released("front")
    assert story.types(since=mark) == ["reader_tested"]
    assert json.loads(story.last().detail or "")["operator"] == "local:maria"
    story.badge("front-in", ALICE)
    assert story.released("front")


def test_a_reader_on_a_way_out_lets_people_out_all_the_same(story: Story) -> None:
    """Nobody is kept in by a test."""
    answer = tried(story, "front-out.reader", lambda: story.badge("front-out", ALICE))
    assert what(answer) == ["card read: 7 bytes, iso14443-uid, ends in F6"]
    assert story.released("front")


def test_somebody_who_is_leaving_when_a_test_begins_gets_out(story: Story) -> None:
    """A card that is being checked on a way out lets its holder out, whatever begins meanwhile."""
    workers = HeldWorkers()
    story.process.stop()
    slow = Story(story.home, workers=workers)
    slow.badge("front-out", ALICE)
    tried(slow, "front-out", workers.work)
    assert slow.released("front")
    slow.process.stop()
    slow.office.writer.close()
    story.restart()


def test_a_pin_that_was_begun_before_is_over(story: Story) -> None:
    """Neither digits from before a test nor digits from within it open anything."""
    story.badge("cage-in", ALICE).keys("cage-in", "47")
    tried(story, "cage-in", lambda: story.keys("cage-in", "11#"))
    story.keys("cage-in", "11#")
    assert not story.released("cage")


def test_every_pattern_is_shown(story: Story) -> None:
    """All lights and tones come one after the other, and then what the door has to say."""
    story.process.desk.a_pattern_s = 0.001
    answer = tried(story, "front-in", lambda: None, seconds=0.2)
    assert isinstance(answer, Tried)
    assert [shown["name"] for shown in answer.patterns] == [pattern.name.lower() for pattern in Pattern]
    assert set(story.shown("front-in")) == set(Pattern)
    assert story.playing("front-in") is Pattern.IDLE


def test_an_alarm_is_not_played_over(story: Story) -> None:
    """While the door is in alarm its readers go on telling of that."""
    story.process.desk.a_pattern_s = 0.001
    story.opens("front")
    answer = tried(story, "front-in", lambda: None)
    assert isinstance(answer, Tried)
    assert answer.patterns == []
    assert story.playing("front-in") is Pattern.ALARM


def test_a_reader_that_goes_and_comes_is_told_of(story: Story) -> None:
    """An installer who wiggles at the plug sees it."""

    def wiggle() -> None:
        story.reader("front-in").lose("it was unplugged")
        story.reader("front-in").come_back()

    assert what(tried(story, "front-in", wiggle)) == [
        "the reader is gone: it was unplugged",
        "the reader is back",
    ]


def test_one_test_at_a_time(story: Story) -> None:
    """A second one is refused, and does not end the first."""
    second: list[Answer] = []

    def again() -> None:
        asking = asyncio.ensure_future(
            story.process.desk.answer(TryReader("front-in.reader", 0.01, "local:otto"))
        )
        asking.add_done_callback(lambda done: second.append(done.result()))
        asking.add_done_callback(lambda _done: story.badge("front-in", ALICE))

    first = tried(story, "front-in", again)
    assert isinstance(second[0], Fault)
    assert second[0].code is FaultCode.BUSY
    assert len(what(first)) == 1
    assert not story.released("front")


def test_a_test_that_is_called_off_is_over(story: Story) -> None:
    """Whoever tested has hung up: the reader decides again at once."""

    async def leave() -> None:
        asking = asyncio.ensure_future(story.process.desk.answer(TryReader("front-in", 60, "local:maria")))
        await asyncio.sleep(0)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)

    asyncio.run(leave())
    story.badge("front-in", ALICE)
    assert story.released("front")


def test_a_test_that_cannot_begin_keeps_nobody_out(story: Story) -> None:
    """Whatever goes wrong with what somebody began before, the reader decides again."""
    story.badge("cage-in", ALICE)
    executive = story.process.executive
    points, executive.points = executive.points, {}
    with pytest.raises(KeyError):
        tried(story, "cage-in", lambda: None)
    executive.points = points
    story.badge("cage-in", ALICE).keys("cage-in", "4711#")
    assert story.released("cage")


def test_an_unknown_reader_cannot_be_tested(story: Story) -> None:
    """It is refused in words."""
    answer = story.ask(TryReader("moon-in", 1, "local:maria"))
    assert isinstance(answer, Fault)
    assert answer.code is FaultCode.UNKNOWN_READER


READER = DeviceId("r")


@pytest.mark.parametrize(
    ("technology", "number", "words"),
    [
        (Technology.WIEGAND, b"h10301:123:45678", "26 bits, format h10301, ends in 78"),
        (Technology.WIEGAND, b"h10302:45678", "26 bits, format h10302, ends in 78"),
        (Technology.WIEGAND, b"h10301:123:4567", "26 bits, format h10301"),
        (Technology.TYPED, b"4711", "4 characters, typed"),
        (Technology.TYPED, b"0004711", "7 characters, typed, ends in 11"),
        (Technology.NDEF, "später".encode(), "6 characters, ndef, ends in er"),
        (Technology.ISO15693_UID, bytes.fromhex("E00401003F"), "5 bytes, iso15693-uid, ends in 3F"),
    ],
)
def test_a_card_is_described_by_its_kind(technology: Technology, number: bytes, words: str) -> None:
    """Length, format and at most its end are said, never the number."""
    trial = Trial(lambda: 0, bits=26)
    trial.take(CardFrame(READER, 0, technology, number))
    assert [read["what"] for read in trial.reads] == [f"card read: {words}"]


def test_a_babbling_reader_fills_no_answer() -> None:
    """Beyond a hundred reads the rest is counted."""
    trial = Trial(lambda: 0)
    for _ in range(MOST_READS + 50):
        trial.take(KeyPressed(READER, 0, "7"))
        trial.take(CardUnreadable(READER, 0, "noise"))
    assert len(trial.reads) == MOST_READS
    assert trial.more == MOST_READS + 100
