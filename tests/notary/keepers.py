"""A keeper at a real record on disk, a desk that enters what it is told, and anchors in memory."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event
from typing import cast

from accessctl.door.clock import Clock
from accessctl.door.desk_record import RecordDesk
from accessctl.door.recorder import Recorder
from accessctl.evidence.ed25519 import LogSigner
from accessctl.home import Home
from accessctl.link.answers import Done
from accessctl.link.requests import TellOfRecord
from accessctl.notary.anchors import Anchor
from accessctl.notary.keeping import Keeper
from accessctl.notary.keys import Keys
from accessctl.notary.posts import Posts
from accessctl.store.entry import Entry, Moment
from accessctl.store.record import Change, RecordWriter
from accessctl.store.tree import Head, TreeReader
from policies.ids import DoorId
from tests.homes import NOON, RUN, OwnClock

SEED = bytes(range(32))
KEYS = Keys(bytes(range(1, 33)), bytes(range(2, 34)))
LOOKS = 2000


def signer(origin: str) -> LogSigner:
    """Give the key of these tests."""
    return LogSigner(origin, SEED)


def record(home: Home, count: int, type_: str = "door_opened", key: bytes | None = None) -> None:
    """Record so many entries at once; with a key as the door process does."""
    moment = Moment(NOON, 1_000_000, clock_synced=True)
    entries = (Entry(moment, type_, DoorId("gate"), detail={"number": number}) for number in range(count))
    with closing(RecordWriter(home.record, RUN, lambda: key)) as writer:
        writer.append(Change(tuple(entries)))


def past_the_triggers(home: Home, sql: str) -> None:
    """Do what an operator with the sqlite3 shell would."""
    with closing(sqlite3.connect(home.record)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute(sql)
        connection.commit()


def rows(home: Home) -> list[tuple[int, str, str | None]]:
    """Give number, type and reason of everything recorded."""
    with closing(sqlite3.connect(home.record)) as connection:
        connection.text_factory = lambda text: text.decode(errors="replace")  # somebody may have spoilt it
        return connection.execute("SELECT seq, type, reason FROM event ORDER BY seq").fetchall()


class Copy:
    """Files of a home as they are now, to be put back later."""

    def __init__(self, home: Home, *names: str) -> None:
        """Take them, with their logs."""
        self._home = home.path
        self._kept = {
            path: path.read_bytes() for name in names for path in home.path.glob(f"{name}*") if path.is_file()
        }
        self._names = names

    def put_back(self) -> None:
        """Put them back, and take away what has come since."""
        for name in self._names:
            for path in self._home.glob(f"{name}*"):
                path.unlink()
        for path, content in self._kept.items():
            path.write_bytes(content)


class _Records:
    """What a recorder does for the desk, at once."""

    seq = 0

    def __init__(self, home: Home, key: bytes | None) -> None:
        self._home, self._key = home, key

    def was_done(self, order: str) -> bool:
        with closing(RecordWriter(self._home.record, RUN)) as writer:
            return writer.was_done(order)

    def write(self, change: Change) -> int:
        with closing(RecordWriter(self._home.record, RUN, lambda: self._key)) as writer:
            return writer.append(change)


class _Now:
    def moment(self) -> Moment:
        return Moment(NOON, 2_000_000, clock_synced=True)


@dataclass
class Memory:
    """An anchor in memory, which can be out of reach, or hang."""

    name: str = "memory"
    notes: list[bytes] = field(default_factory=list)
    error: OSError | None = None
    goes_on: Event = field(default_factory=Event)
    newest_only: bool = False
    gives_back: bool = True

    def __post_init__(self) -> None:
        """Hang only when it is told to."""
        self.goes_on.set()

    def newest(self, origin: str) -> bytes | None:
        self.goes_on.wait()
        if self.error is not None:
            raise self.error
        ours = [note for note in self.notes if note.startswith(f"{origin}\n".encode())]
        known = ours or self.notes
        return known[-1] if known else None

    def put(self, note: bytes) -> None:
        self.goes_on.wait()
        if self.error is not None:
            raise self.error
        self.notes.append(note)


class Kept:
    """A home that a keeper looks after; time stands unless somebody moves it."""

    def __init__(self, home: Home, *anchors: Anchor, door: bool = True, keys: Keys | None = None) -> None:
        """Take the home, its anchors, whether the door process is there, and the keys that tell who wrote."""
        self.home, self.clock, self.door = home, OwnClock(), door
        self._desk = RecordDesk(
            cast("Recorder", _Records(home, None if keys is None else keys.marks)), cast("Clock", _Now())
        )
        self.posts = Posts(home, lambda: anchors, self.clock)
        self.keeper = Keeper(home, signer, self._tell, self.posts, self.clock, keys=keys)

    def once(self, wanted: Callable[[], bool], what: str) -> None:
        """Look until something is so."""
        for _ in range(LOOKS):
            self.keeper.look()
            if wanted():
                return
            Event().wait(0.002)
        raise AssertionError(what)

    def look(self, times: int = 5) -> None:
        """Look some times."""
        for _ in range(times):
            self.keeper.look()

    def until_signed(self) -> Head:
        """Look until every entry is signed, and give the head."""
        self.keeper.sign_now()
        self.once(lambda: not self.keeper.busy and self.newest() is not None, "nothing was signed")
        head = self.newest()
        assert head is not None
        return head

    def newest(self) -> Head | None:
        """Give the newest head of the log that is kept now."""
        with closing(TreeReader.open(self.home.tree)) as tree:
            origin = tree.meta("origin")
            return None if origin is None else tree.newest(origin)

    def until_found(self) -> str:
        """Look until something disagrees, and give its words."""
        self.once(lambda: self.keeper.found is not None, "nothing was found")
        assert self.keeper.found is not None
        return self.keeper.found.words

    def accept(self) -> None:
        """Accept what disagrees, as an operator does through the API."""
        assert self.keeper.found is not None
        assert self.entered(self.keeper.found.acceptance("maria", "the card was replaced"))

    def later(self, time: timedelta) -> None:
        """Let time pass."""
        self.clock.pass_(time)

    def entered(self, request: TellOfRecord) -> bool:
        """Have the desk enter something."""
        answer = asyncio.run(self._desk._tell(request))
        return isinstance(answer, Done)

    def _tell(self, request: TellOfRecord) -> bool:
        return self.door and self.entered(request)


@contextmanager
def keeping(home: Home, *anchors: Anchor, door: bool = True, keys: Keys | None = None) -> Iterator[Kept]:
    """Let a keeper look after a home, and close its files in the end, as a kill would."""
    kept = Kept(home, *anchors, door=door, keys=keys)
    try:
        yield kept
    finally:
        kept.posts.stop(0.0)
        kept.keeper.close()


def types(home: Home) -> list[str]:
    """Give the type of everything recorded."""
    return [type_ for _, type_, _ in rows(home)]


def reason_of(home: Home, type_: str) -> str:
    """Give the reason of the one entry of this type."""
    (found,) = [reason for _, each, reason in rows(home) if each == type_]
    assert found is not None
    return found
