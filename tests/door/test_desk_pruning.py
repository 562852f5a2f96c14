"""What the door process deletes when it is asked: never more than its own site file and clock allow."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from accessctl.config.site import Site
from accessctl.door.clock import VirtualClock
from accessctl.door.desk_pruning import PruningDesk
from accessctl.door.recorder import Recorder
from accessctl.door.refusing import DeskRefuses
from accessctl.door.timers import Timers
from accessctl.home import Home
from accessctl.keys.root import RootKey
from accessctl.link.answers import Done, FaultCode
from accessctl.link.requests import PruneRecord
from accessctl.store.entry import Entry
from accessctl.store.record import Change
from accessctl.store.whole import kept_whole, lock_of
from policies.retention import EventClass, Retention
from tests.homes import NOON, RUN, new_home
from tests.notary.pruned import KEY, LIMIT, old_and_new, rows_of, there


class Told:
    """How far the record has grown, as followers are told."""

    def __init__(self) -> None:
        self.seq = 0

    def __call__(self, seq: int) -> None:
        self.seq = seq


class Place:
    """A desk at a real record, with a clock of its own."""

    def __init__(self, home: Home, retention: Retention) -> None:
        self.home, self.clock, self.told = home, VirtualClock(NOON), Told()
        self.recorder = Recorder(home.record, RUN, self.clock, Timers(self.clock), self.told)
        self.recorder.open()
        site = cast("Site", SimpleNamespace(record=SimpleNamespace(retention=retention)))
        self.desk = PruningDesk(home.record, lambda: site, lambda: RootKey(KEY), self.recorder, self.clock)

    def ask(self, kind: str = "access", first: int = 1, last: int = 100) -> int:
        answer = asyncio.run(self.desk._prune(PruneRecord(kind, first, last)))
        assert isinstance(answer, Done)
        return answer.seq

    def refused(self, kind: str = "access", first: int = 1, last: int = 100) -> FaultCode:
        with pytest.raises(DeskRefuses) as refuses:
            self.ask(kind, first, last)
        return refuses.value.code


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    home = new_home(tmp_path / "home")
    old_and_new(home, 100, 10)
    found = Place(home, Retention({EventClass.ACCESS: LIMIT.days, EventClass.KEPT: 1}))
    with closing(found.recorder):
        yield found


def test_what_is_old_goes_and_followers_hear_of_it(place: Place) -> None:
    """The entry about it is the record's newest."""
    assert place.ask() == 111
    assert place.told.seq == 111
    assert len(there(place.home)) == 110 - 40 + 1


def test_what_comes_next_has_the_next_number(place: Place) -> None:
    """A number is never given again, and nothing is asked twice in vain."""
    place.ask()
    assert place.ask() == 0
    entry = Entry(place.clock.moment(), "door_opened")
    assert place.recorder.write(Change((entry,))) == 112


@pytest.mark.parametrize(
    ("kind", "first", "last", "code"),
    [
        ("doors", 1, 100, FaultCode.NOT_SET_UP),
        ("kept", 1, 100, FaultCode.UNUSABLE),
        ("everything", 1, 100, FaultCode.UNUSABLE),
        ("access", 0, 100, FaultCode.UNUSABLE),
        ("access", 5, 4, FaultCode.UNUSABLE),
        ("access", 1, 10_001, FaultCode.UNUSABLE),
    ],
)
def test_what_the_site_keeps_stays_whoever_asks(
    place: Place, kind: str, first: int, last: int, code: FaultCode
) -> None:
    """A class without a limit, one that has none, and more numbers than can be looked at in a moment."""
    assert place.refused(kind, first, last) is code
    assert len(there(place.home)) == 110


def test_while_the_clock_is_not_kept_right_nothing_is_old(place: Place) -> None:
    """A clock that runs years ahead would empty the record."""
    place.clock.synced = False
    assert place.refused() is FaultCode.UNUSABLE
    assert len(there(place.home)) == 110


def test_what_was_recorded_just_now_by_a_clock_gone_wrong_stays_whoever_asks(place: Place) -> None:
    """Five people have passed since the time source was lost; a year later, what came after has aged too."""
    place.ask()
    place.clock.synced = False
    passed = [place.recorder.write(Change((Entry(place.clock.moment(), "access_taken"),))) for _ in range(5)]
    place.clock.synced = True
    place.recorder.write(Change((Entry(place.clock.moment(), "clock_sync_restored"),)))
    assert place.ask(first=passed[0], last=passed[-1]) == 0
    assert set(passed) <= set(there(place.home))
    place.clock.set_to(NOON + LIMIT + timedelta(days=1))
    assert place.ask(first=passed[0], last=passed[-1])
    assert not set(passed) & set(there(place.home))


def test_while_somebody_reads_it_as_a_whole_nothing_goes(place: Place) -> None:
    """An export or a backup would have one half of it; afterwards it goes."""
    with kept_whole(place.home.record):
        assert place.refused() is FaultCode.BUSY
    assert place.ask()


def test_whoever_reads_it_as_a_whole_needs_only_to_read(place: Place) -> None:
    """The lock is there from the start on, for the record's group."""
    assert lock_of(place.home.record).stat().st_mode & 0o777 == 0o660


def test_a_lock_that_is_there_and_cannot_be_had_is_not_taken_for_none(place: Place) -> None:
    """Nothing is read then, as it might have two halves; where there never was one, nobody deletes."""
    lock = lock_of(place.home.record)
    lock.unlink()
    with kept_whole(place.home.record):
        assert not lock.exists()
    lock.symlink_to(lock.name)  # cannot be opened by anybody, as one that belongs to others cannot by most
    with pytest.raises(OSError, match="symbolic links"), kept_whole(place.home.record):
        pytest.fail("it was read all the same")


def test_an_entry_that_is_not_old_yet_stays(place: Place) -> None:
    """A day before their time all are there, a day after it the first have gone."""
    place.clock.set_to(NOON - LIMIT - timedelta(days=1))
    assert place.ask() == 0
    place.clock.set_to(NOON - LIMIT + timedelta(days=1))
    assert place.ask()


def test_where_the_record_cannot_be_written_nothing_goes(place: Place) -> None:
    """Entries that wait come first."""
    moved = place.home.record.with_name("elsewhere.db")
    place.home.record.rename(moved)
    place.recorder.check_place()
    with pytest.raises(Exception, match="wait for the record"):
        place.ask()
    moved.rename(place.home.record)
    assert rows_of(place.home, "SELECT count(*) FROM pruned") == [(0,)]
