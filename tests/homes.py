"""Installations for tests: databases made once by the migrations, then copied."""

import atexit
import functools
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from accessctl.home import Home
from accessctl.store.entry import Entry, Moment
from accessctl.store.migrate import migrate
from accessctl.store.record import Change, RecordWriter, Run

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
RUN = Run("kade-1", "boot-1", "rules-1", "0.1.0")


@functools.cache
def _template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="accessctl-template-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    migrate(Home(folder))
    return folder


def new_home(folder: Path) -> Home:
    """Make a home with empty databases."""
    folder.mkdir(mode=0o700, exist_ok=True)
    for name in ("people.db", "record.db"):
        shutil.copy(_template() / name, folder / name)
    return Home(folder)


class OwnClock:
    """A clock that stands until somebody moves it."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, time: timedelta) -> None:
        self.at += time


class Recording:
    """Writes entries into a record, as the door process would."""

    def __init__(self, home: Home) -> None:
        self._writer = RecordWriter(home.record, RUN)
        self._mono_ns = 0

    def add(self, type_: str, **facts: object) -> int:
        """Append one entry, one second after the last, and give its number."""
        self._mono_ns += 1_000_000_000
        at = NOON + timedelta(microseconds=self._mono_ns // 1000)
        moment = Moment(at, self._mono_ns, clock_synced=True)
        return self._writer.append(Change((Entry(moment, type_, **facts),)))  # type: ignore[arg-type]

    def close(self) -> None:
        self._writer.close()
