"""Records with old entries of several classes, and what has them pruned."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import timedelta
from typing import Any

from accessctl.home import Home
from accessctl.store.entry import Entry, Moment
from accessctl.store.pruned import WIDEST
from accessctl.store.pruning import MOST, Pruning
from accessctl.store.record import Change, RecordWriter
from policies.ids import AccessPointId, DoorId, PersonId
from policies.retention import EventClass
from tests.homes import NOON, RUN

LIMIT = timedelta(days=30)
KEY = bytes(range(32, 64))
KINDS = ("door_opened", "access_granted", "door_forced_open", "key_rotated", "access_taken")
"""In turn: of the doors, of who passed, an alarm, and one that is kept for good."""


def entry(number: int, age: timedelta, *, synced: bool = True) -> Entry:
    """Give an entry that is so old."""
    moment = Moment(NOON - age + timedelta(seconds=number), number * 10**9, clock_synced=synced)
    kind = KINDS[number % len(KINDS)]
    if kind.startswith("access"):
        who = (AccessPointId("cage-in"), PersonId(f"p-{number % 7}"))
        return Entry(moment, kind, DoorId("cage"), *who, detail={"number": number})
    return Entry(moment, kind, DoorId("gate"), detail={"number": number})


def put(home: Home, entries: Iterable[Entry]) -> None:
    """Record them at once."""
    with closing(RecordWriter(home.record, RUN)) as writer:
        writer.append(Change(tuple(entries)))


def old_and_new(home: Home, old: int, new: int) -> None:
    """Record so many entries that are twice as old as they may be, and then so many of today."""
    put(home, (entry(number, 2 * LIMIT) for number in range(1, old + 1)))
    put(home, (entry(number, timedelta(hours=1)) for number in range(old + 1, old + new + 1)))


def prune(home: Home, kind: EventClass, first: int, last: int, most: int = MOST) -> int:
    """Do what the door process does when it is asked."""
    moment = Moment(NOON, 2_000_000, clock_synced=True)
    with closing(RecordWriter(home.record, RUN)) as writer:
        last = min(last, first + WIDEST - 1)
        return writer.prune(Pruning(kind, NOON - LIMIT, first, last, KEY, most), moment)


def there(home: Home) -> list[int]:
    """Give the numbers of the entries that are there."""
    return [int(seq) for (seq,) in rows_of(home, "SELECT seq FROM event ORDER BY seq")]


def rows_of(home: Home, sql: str) -> list[tuple[Any, ...]]:
    """Ask the record something."""
    with closing(sqlite3.connect(home.record)) as connection:
        return connection.execute(sql).fetchall()
