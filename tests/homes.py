"""Installations for tests: databases made once by the migrations, then copied."""

import functools
import json
import shutil
import sqlite3
import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from accessctl.home import Home
from accessctl.install import starter, with_local
from accessctl.operators.first import local_user
from accessctl.operators.rights import Role
from accessctl.store.entry import Entry, Moment
from accessctl.store.migrate import migrate
from accessctl.store.record import Change, RecordWriter, Run
from tests.tidying import at_the_end

TESTER = "tester"
"""The operator that whoever runs the tests is."""
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
RUN = Run("kade-1", "boot-1", "rules-1", "0.1.0")


@functools.cache
def _template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="accessctl-template-"))
    at_the_end(lambda: shutil.rmtree(folder, ignore_errors=True))
    migrate(Home(folder))
    _make_tester(folder / "people.db")
    return folder


def _make_tester(path: Path) -> None:
    """Make whoever runs the tests an operator, without a word in the outbox."""
    with closing(sqlite3.connect(path)) as db:
        roles = json.dumps([Role.ADMIN])
        db.execute(
            "INSERT INTO operator (id, name, roles, added_at) VALUES (?, 'Tester', ?, ?)",
            (TESTER, roles, NOON.isoformat()),
        )
        db.commit()


def new_home(folder: Path) -> Home:
    """Make a home with empty databases."""
    folder.mkdir(mode=0o700, exist_ok=True)
    for name in ("people.db", "record.db", "tree.db"):
        shutil.copy(_template() / name, folder / name)
    return Home(folder)


def let_in(home: Home) -> None:
    """Let the site file say that whoever runs the tests is an operator."""
    local = {local_user(): TESTER}
    if not home.site_file.exists():
        home.site_file.write_text(starter(local))
        return
    text = with_local(home.site_file.read_text(), local)
    if "[operators]" not in text:
        text += f'\n[operators]\nlocal = {{ "{local_user()}" = "{TESTER}" }}\n'
    home.site_file.write_text(text)
    with closing(sqlite3.connect(home.people)) as db:
        there = db.execute("SELECT count(*) FROM operator").fetchone()[0]
    if not there:
        _make_tester(home.people)


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
