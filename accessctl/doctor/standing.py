"""How an installation is kept: its disk, its stores, its backups, its site file, its clock.

Nothing in here needs a key or a device's file, so it may be looked at by whoever may read the home.
"""

import ctypes
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from accessctl.backup.manifest import BackupUnusable, read_manifest
from accessctl.home import Home
from accessctl.store.errors import StoreError
from accessctl.store.events import EventQueries
from accessctl.store.people import PeopleReader
from accessctl.store.rule_rows import revision_of

_WAL: Final = "-wal"
_TIME_ERROR: Final = 5
"""``TIME_ERROR`` of ``sys/timex.h``: nothing keeps the clock right."""


@dataclass(frozen=True, slots=True)
class Disk:
    """The file system in which the home lies, in bytes."""

    free: int
    total: int


@dataclass(frozen=True, slots=True)
class Store:
    """One of the databases."""

    name: str
    size: int
    """In bytes, with what waits in its log."""
    wrong: str | None
    """Why it cannot be read."""


@dataclass(frozen=True, slots=True)
class Copies:
    """The backups that can be read."""

    count: int
    newest_at: datetime | None
    newest_size: int | None


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """The kernel's clock."""

    kept_right: bool | None
    """Whether a time source keeps it right; ``None``: the kernel may not be asked from here."""
    error_s: float | None
    """How far off it may be at most, as the kernel reckons."""


@dataclass(frozen=True, slots=True)
class Run:
    """The run of the door process that wrote the newest entry of the record."""

    version: str
    boot: str
    epoch: str
    """Names the file."""


def disk_of(home: Home) -> Disk | None:
    """Look how much room there is; ``None`` where that cannot be found out."""
    try:
        found = shutil.disk_usage(home.path)
    except OSError:
        return None
    return Disk(found.free, found.total)


def stores_of(home: Home) -> Iterator[Store]:
    """Look at both stores: how large they are, and whether they can be read."""
    yield Store(home.record.name, _size(home.record), _wrong_with_record(home))
    yield Store(home.people.name, _size(home.people), _wrong_with_people(home))


def copies_of(home: Home) -> Copies:
    """Look at the backups by what each says of itself."""
    found: list[tuple[datetime, int]] = []
    for file in home.backups.glob("b-*.tar"):
        with suppress(BackupUnusable, OSError, ValueError):
            found.append((datetime.fromisoformat(read_manifest(file).made_at), file.stat().st_size))
    if not found:
        return Copies(0, None, None)
    newest_at, size = max(found)
    return Copies(len(found), newest_at, size)


def site_revision(home: Home) -> str | None:
    """Name the site file as it lies there; ``None`` where it cannot be read."""
    try:
        return revision_of(home.site_file.read_text("utf-8", errors="surrogateescape"))
    except OSError:
        return None


def clock_facts() -> ClockFacts:
    """Ask the kernel how its clock is kept. A unit may forbid to ask, or there may be no such call."""
    try:
        timex = _Timex()
        state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(timex))
    except (AttributeError, OSError):
        return ClockFacts(None, None)
    if state < 0:
        return ClockFacts(None, None)
    kept = state < _TIME_ERROR
    return ClockFacts(kept, timex.maxerror / 1e6 if kept else None)


def newest_run(home: Home) -> Run | None:
    """Tell which run of the door process wrote last; ``None`` for an empty or unreadable record."""
    try:
        rows = EventQueries(home.record).before(limit=1)
    except StoreError:
        return None
    return Run(rows[0].version, rows[0].boot, rows[0].epoch) if rows else None


class _Timex(ctypes.Structure):
    """The beginning of ``struct timex``, with room for the rest; ``modes`` 0 only reads."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("rest", ctypes.c_byte * 512),
    )


def _size(path: Path) -> int:
    found = 0
    for file in (path, path.with_name(path.name + _WAL)):
        with suppress(OSError):
            found += file.stat().st_size
    return found


def _wrong_with_record(home: Home) -> str | None:
    try:
        EventQueries(home.record).last_seq()
    except StoreError as error:
        return str(error)
    return None


def _wrong_with_people(home: Home) -> str | None:
    people = PeopleReader(home.people)
    try:
        people.epoch()
    except StoreError as error:
        return str(error)
    finally:
        people.close()
    return None
