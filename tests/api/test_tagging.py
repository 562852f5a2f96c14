import asyncio
from collections.abc import Iterator
from typing import Any, cast

import pytest

from accessctl.api.card_models import MOST_TEXT
from accessctl.api.doorkeeper import Doorkeeper
from accessctl.api.importing import SEALED_AT_ONCE
from accessctl.api.tagging import AT_ONCE, Tagging
from accessctl.home import Home
from accessctl.link.answers import SealedNumbers
from accessctl.link.client import DoorUnreachable
from accessctl.link.requests import SealNumbers, TagSealed
from accessctl.link.wire import LONGEST_LINE, encode
from accessctl.store.bulk_rows import BulkQueries
from accessctl.store.bulk_writer import NewPending, Planned
from accessctl.store.people_queries import PersonRow
from accessctl.store.people_writer import PeopleWriter
from policies.people import Validity
from tests.homes import NOON, new_home

PEOPLE = 120


class ScriptedDoor:
    """Makes tags, unless it is away; every batch takes half a second of the test's own clock."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.away = False
        self.asked: list[int] = []
        self.turned_away, self.idle = asyncio.Event(), asyncio.Event()

    async def tag_sealed(self, cards: list[dict[str, str]]) -> list[dict[str, Any]]:
        if self.away:
            self.turned_away.set()
            raise DoorUnreachable("the door process is not there")
        self.asked.append(len(cards))
        self.now_s += 0.5
        return [{"tag_hex": card["sealed_hex"], "hint": "F6"} for card in cards]

    async def nudge(self) -> None:
        """Be told that the last of them are done."""
        self.idle.set()


@pytest.fixture
def home(tmp_path: Any) -> Home:  # noqa: ANN401 - a path
    return new_home(tmp_path / "home")


@pytest.fixture
def writer(home: Home) -> Iterator[PeopleWriter]:
    writer = PeopleWriter(home.people)
    people = (PersonRow(f"p{n:03}", "Ana", (), Validity(), False, NOON, NOON) for n in range(PEOPLE))
    writer.import_people(
        "local:maria",
        lambda _stored, _now: [
            Planned(None, each, (NewPending(n, f"i-one/{n}/0", "iso14443-uid", n.to_bytes(32, "big")),))
            for n, each in enumerate(people)
        ],
        "i-one",
    )
    yield writer
    writer.close()


def worker(home: Home, writer: PeopleWriter, door: ScriptedDoor) -> Tagging:
    tagging = Tagging(BulkQueries(home.people), writer, cast("Doorkeeper", door), lambda: door.now_s)
    tagging.again_s = 0.0
    return tagging


def waiting(home: Home) -> int:
    done = BulkQueries(home.people).import_("i-one")
    assert done is not None
    return done.waiting


def test_cards_are_done_in_bounded_batches(home: Home, writer: PeopleWriter) -> None:
    """However many wait, so many are asked for at a time; the rate follows from how long they took."""
    door = ScriptedDoor()
    tagging = worker(home, writer, door)

    async def all_of_them() -> None:
        while await tagging.work():
            pass

    assert tagging.rate is None
    asyncio.run(all_of_them())
    assert door.asked == [AT_ONCE, AT_ONCE, PEOPLE - 2 * AT_ONCE]
    assert tagging.rate == pytest.approx(PEOPLE / 1.5)
    assert waiting(home) == 0


def test_a_batch_fits_into_a_line_of_the_link() -> None:
    """Also where every number is as long as a text on a tag may be, and every name as long as can be."""
    about = {"name": f"i-{'7' * 8}/1000000/15", "person": "p" * 32, "technology": "iso14443-uid--"}
    number = {**about, "number_hex": "ab" * MOST_TEXT}
    assert len(encode(SealNumbers([number] * SEALED_AT_ONCE))) < LONGEST_LINE
    sealed = {**about, "sealed_hex": "ab" * (12 + 16 + MOST_TEXT)}
    assert len(encode(TagSealed([sealed] * AT_ONCE))) < LONGEST_LINE
    assert len(encode(SealedNumbers([sealed] * SEALED_AT_ONCE))) < LONGEST_LINE


def test_what_was_not_done_goes_on_after_a_restart(home: Home, writer: PeopleWriter) -> None:
    """What waits stands in the store, not in the process."""
    asyncio.run(worker(home, writer, ScriptedDoor()).work())
    assert waiting(home) == PEOPLE - AT_ONCE
    asyncio.run(worker(home, writer, ScriptedDoor()).work())
    assert waiting(home) == PEOPLE - 2 * AT_ONCE


def test_it_waits_for_a_door_process_that_is_away(home: Home, writer: PeopleWriter) -> None:
    """It says why it does not go on, tries again, and goes on by itself."""
    door = ScriptedDoor()
    door.away = True
    tagging = worker(home, writer, door)

    async def away_and_back() -> None:
        running = asyncio.create_task(tagging.keep_at_it())
        await door.turned_away.wait()
        await asyncio.sleep(0)
        assert tagging.stalled == "the door process is not there"
        door.away = False
        await door.idle.wait()
        assert await asyncio.to_thread(waiting, home) == 0
        running.cancel()

    asyncio.run(away_and_back())
    assert tagging.stalled is None
