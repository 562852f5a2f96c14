"""What the notary has the door process enter is entered, however long its words are."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest

from accessctl.door.clock import VirtualClock
from accessctl.door.desk_record import LONGEST, RecordDesk
from accessctl.door.recorder import Recorder
from accessctl.door.timers import Timers
from accessctl.home import Home
from accessctl.link.requests import OfTheRecord, TellOfRecord
from accessctl.link.wire import LONGEST_LINE, decode, encode
from accessctl.notary.book import Finding, Wrong
from accessctl.notary.found import Found
from accessctl.notary.telling import tell
from accessctl.store.connect import reader
from tests.homes import NOON, RUN, new_home

ANCHOR = "file /mnt/" + "x" * 475


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home")


@contextmanager
def a_door_process(home: Home, requests: int) -> Iterator[Path]:
    """Answer so many requests about the record, as the door process does."""
    path = home.path / "told.sock"
    with closing(socket.socket(socket.AF_UNIX)) as listening:
        listening.bind(str(path))
        listening.listen()

        def answer() -> None:
            clock = VirtualClock(NOON)
            with closing(Recorder(home.record, RUN, clock, Timers(clock), lambda _seq: None)) as recorder:
                desk = RecordDesk(recorder, clock)
                for _ in range(requests):
                    link, _from = listening.accept()
                    with link, link.makefile("rb") as lines:
                        request = decode(lines.readline(LONGEST_LINE))
                        assert isinstance(request, TellOfRecord)
                        link.sendall(encode(asyncio.run(desk._tell(request))))

        thread = Thread(target=answer)
        thread.start()
        yield path
        thread.join(10)
        assert not thread.is_alive()


def entered(home: Home) -> list[tuple[str, str]]:
    """Give type and reason of what stands in the record."""
    with closing(reader(home.record)) as connection:
        return connection.execute("SELECT type, reason FROM event ORDER BY seq").fetchall()


def test_a_rollback_that_a_long_anchor_has_found_is_an_alarm(home: Home) -> None:
    """Its words are cut, and say so; asked for again, it is not entered twice."""
    words = f"the record ends with entry 4, and a head of 9 was signed ({ANCHOR} keeps that head)"
    found = Found.of(Finding(Wrong.SHORTER, words, 5, 9), "accessctl/kade-1/5f1c", NOON, ANCHOR)
    assert len(words) > LONGEST
    with a_door_process(home, 2) as door:
        assert tell(door, found.alarm())
        assert tell(door, found.alarm())
    ((type_, reason),) = entered(home)
    assert type_ == "log_rollback"
    assert len(reason) == LONGEST
    assert reason.endswith("x…")
    assert words.startswith(reason[:-1])


def test_news_of_two_places_that_begin_alike_are_two(home: Home) -> None:
    """An id that is too long stays one of its own."""
    lost = [
        TellOfRecord(f"anchor_lost:{ANCHOR}{since.isoformat()}", OfTheRecord.ANCHOR_LOST, "It fails.")
        for since in (NOON, NOON + timedelta(seconds=1))
    ]
    with a_door_process(home, 3) as door:
        assert all(tell(door, each) for each in (*lost, lost[0]))
    assert entered(home) == [("log_anchor_lost", "It fails.")] * 2


def test_what_an_operator_says_is_not_cut(home: Home) -> None:
    """They hear that it is too long, and say it shorter."""
    found = Found.of(Finding(Wrong.SHORTER, "it ends with entry 4", 5, 9), "accessctl/kade-1/5f1c", NOON)
    with a_door_process(home, 1) as door:
        assert not tell(door, found.acceptance("local:root", "x" * (LONGEST + 1)))
    assert entered(home) == []
