"""Many cards at once: sealed by the door process, tagged by it later, and good at its doors."""

import asyncio
import sys
import threading
from typing import Any

import pytest

from accessctl.door.workers import BEHIND, ThreadWorkers
from accessctl.link.answers import CardTag, Fault, FaultCode, SealedNumbers, Tagged
from accessctl.link.requests import MakeCardTag, SealNumbers, TagSealed
from tests.door.conftest import STRANGER
from tests.door.story import HeldWorkers, Story

UID = "iso14443-uid"


def number(name: str = "i-1/2/0", **more: object) -> dict[str, Any]:
    return {"name": name, "person": "alice", "technology": UID, "number_hex": STRANGER.hex(), **more}


def sealed(story: Story, *numbers: dict[str, Any]) -> list[dict[str, Any]]:
    answer = story.ask(SealNumbers(list(numbers)))
    assert isinstance(answer, SealedNumbers)
    return answer.each


def card(said: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in said.items() if name != "number_hex"}
    return {**kept, "sealed_hex": answer["sealed_hex"]}


def test_what_was_sealed_becomes_the_tag_of_its_number(story: Story) -> None:
    """The tag is the one that a single call would have made, and the hint its last two digits."""
    (seal,) = sealed(story, number())
    assert STRANGER.hex() not in seal["sealed_hex"]
    tagged = story.ask(TagSealed([card(number(), seal)]))
    alone = story.ask(MakeCardTag(UID, STRANGER.hex()))
    assert isinstance(tagged, Tagged)
    assert isinstance(alone, CardTag)
    assert tagged.each == [{"tag_hex": alone.tag_hex, "hint": alone.hint}]


def test_a_number_of_another_kind_is_refused_alone(story: Story) -> None:
    """It is said why, by the rules of a single call and without the number; the others are sealed."""
    good, bad = sealed(story, number(), number(number_hex="0411"))
    assert "sealed_hex" in good
    assert "a number of this kind is" in bad["why"]
    assert "0411 " not in bad["why"]


@pytest.mark.parametrize("swapped", [{"person": "bob"}, {"name": "i-1/3/0"}, {"technology": "wiegand"}])
def test_a_swapped_row_gets_no_tag(story: Story, swapped: dict[str, str]) -> None:
    """A sealed number counts for the person and the row that it was sealed for."""
    (seal,) = sealed(story, number())
    tagged = story.ask(TagSealed([{**card(number(), seal), **swapped}, card(number(), seal)]))
    assert isinstance(tagged, Tagged)
    assert "cannot be read any more" in tagged.each[0]["why"]
    assert "tag_hex" in tagged.each[1]


@pytest.mark.parametrize("said", [[{}], [{"name": 1}], ["x"], [number() for _ in range(201)]])
def test_senseless_requests_are_refused(story: Story, said: list[Any]) -> None:
    """With words, and nothing is done."""
    for request in (SealNumbers(said), TagSealed(said)):
        answer = story.ask(request)
        assert isinstance(answer, Fault)
        assert answer.code is FaultCode.UNUSABLE


def test_no_badge_queues_behind_a_tag(story: Story) -> None:
    """Tags are made elsewhere: while one is being made, a card at a door is looked up all the same."""
    held = HeldWorkers()
    story.process.desk._behind = held
    (seal,) = sealed(story, number())

    async def both() -> Tagged:
        tagging = asyncio.ensure_future(story.process.desk.answer(TagSealed([card(number(), seal)])))
        await asyncio.sleep(0)
        mark = story.mark()
        story.badge("front-in", STRANGER)
        assert story.types(since=mark), "the badge waited"
        assert not tagging.done()
        held.work()
        answer = await tagging
        assert isinstance(answer, Tagged)
        return answer

    assert "tag_hex" in asyncio.run(both()).each[0]


@pytest.mark.skipif(sys.platform != "linux", reason="a thread has a priority of its own on Linux alone")
def test_tags_are_made_by_a_thread_of_low_rank() -> None:
    """That thread goes behind everybody else, and no other thread does."""
    import os

    async def ranks() -> tuple[int, int]:
        loop = asyncio.get_running_loop()
        found: list[int] = []
        done = asyncio.Event()

        def then(result: int | Exception) -> None:
            assert isinstance(result, int)
            found.append(result)
            if len(found) == 2:
                done.set()

        pools = [ThreadWorkers(loop, "tag", rank=BEHIND), ThreadWorkers(loop)]
        for pool in pools:
            pool.submit(lambda: os.getpriority(os.PRIO_PROCESS, threading.get_native_id()), then)
        await done.wait()
        for pool in pools:
            pool.close()
        return min(found), max(found)

    usual = os.getpriority(os.PRIO_PROCESS, 0)
    assert asyncio.run(ranks()) == (usual, max(usual, BEHIND))
