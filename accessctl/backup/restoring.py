"""Puts a backup back, while nothing runs: everything is made ready first, then it is swapped (``swap.py``).

A record is only ever added to, so the one that is there is better than an older copy of it: it stays where it
is whole and goes on from the backup's. Sealed keys stay too: readers and cards have the newest ones, and no
restore tells them of older ones. And so does the tree over the record: its newest heads say how far the
record went, and a record that is put back disagrees with them, which its notary says aloud.
"""

import getpass
import os
import secrets
import shutil
import sqlite3
import stat
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Final

from accessctl.alone import AlreadyHeld, alone
from accessctl.backup.checking import unpack
from accessctl.backup.copying import copy_record, what_is_wrong
from accessctl.backup.files import adopt, bring_to_disk
from accessctl.backup.manifest import MEMBERS, SEALED, STORES, TREE, BackupUnusable, Manifest
from accessctl.backup.swap import PLAN, STAGING, begin, finish
from accessctl.home import Home
from accessctl.keys.root import Purpose, RootKey
from accessctl.store.connect import reader
from accessctl.store.entry import Entry, Moment
from accessctl.store.errors import StoreError
from accessctl.store.marks import Key
from accessctl.store.migrate import migrate_stores
from accessctl.store.record import Change, RecordWriter, Run
from policies.event_types import EventType

ASIDE: Final = "before-restore-"
_SHARED: Final = 0o770
_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


class RestoreRefused(Exception):
    """The home is as it was. The words say why."""


class WhichRecord(StrEnum):
    """Which record there is to be after a restore."""

    AUTO = "auto"
    """The one that is there, where it is whole and goes on from the backup's; else the backup's."""
    KEEP = "keep"
    BACKUP = "backup"


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of a restore."""

    manifest: Manifest
    aside: Path
    """What was there before."""
    record_kept: bool
    sealed_kept: tuple[str, ...]
    root_key: bool
    """Whether there is one."""
    tree_kept: bool = False
    """Whether the tree over the record stayed as it was."""


def restore(home: Home, file: Path, which: WhichRecord = WhichRecord.AUTO) -> Restored:
    """Put a backup back. Raises ``RestoreRefused``; then nothing has changed."""
    with ExitStack() as holding:
        try:
            for lock, who in (
                (home.door_lock, "door process"),
                (home.api_lock, "API process"),
                (home.notary_lock, "notary process"),
            ):
                _hold(holding, lock, who)
            finish(home)
            return _restore(home, file, which)
        except BackupUnusable as error:
            raise RestoreRefused(f"{file} cannot be used: {error}") from error
        except (OSError, ValueError) as error:
            words = getattr(error, "strerror", None) or str(error)
            where = getattr(error, "filename", None) or home.path
            if (home.path / PLAN).exists():
                raise RestoreRefused(
                    f"{where}: {words}. The restore has begun; it goes on with the same command"
                ) from error
            raise RestoreRefused(f"{where}: {words}") from error
        except (sqlite3.Error, StoreError) as error:
            raise RestoreRefused(f"the stores in it cannot be brought up to date: {error}") from error
        finally:
            if not (home.path / PLAN).exists():
                shutil.rmtree(home.path / STAGING, ignore_errors=True)


def _restore(home: Home, file: Path, which: WhichRecord) -> Restored:
    staging, now = home.path / STAGING, datetime.now(UTC)
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(0o700)
    adopt(staging, home.path, home.path.stat().st_mode & _SHARED)
    manifest = unpack(file, staging)
    for store in (*STORES, TREE):
        if (staging / store).exists() and (wrong := what_is_wrong(staging / store)) is not None:
            raise BackupUnusable(f"{store} in it is damaged: {wrong}")
    people, record = staging / home.people.name, staging / home.record.name
    kept = _keeps(home, manifest, which)
    if kept:
        record.unlink()
        copy_record(home.record, record, lambda _part: None, lambda _took: None)
    if (tree_kept := home.tree.exists()) and (staging / TREE).exists():
        (staging / TREE).unlink()
    migrate_stores(people, record, staging / TREE if (staging / TREE).exists() else None)
    _end_what_went_on(people, now)
    if kept:
        _revoke_again(people, record, manifest.last_seq)
    else:
        _begin_new_epoch(people, record, manifest)
    _note(record, manifest, now, partial(RootKey.derived, home.root_key, Purpose.RECORD_ENTRIES), kept=kept)
    sealed_kept = tuple(name for name in SEALED if (home.path / name).exists())
    names = [name for name in MEMBERS if (staging / name).exists() and name not in sealed_kept]
    for name in names:
        _as_before(home, name, staging / name)
        bring_to_disk(staging / name)
    aside = ASIDE + now.strftime("%Y%m%dT%H%M%SZ")
    begin(home, names, aside)
    finish(home)
    return Restored(manifest, home.path / aside, kept, sealed_kept, home.root_key.exists(), tree_kept)


def _hold(holding: ExitStack, lock: Path, who: str) -> None:
    try:
        new = not lock.exists()
        holding.enter_context(alone(lock))
        if new:
            adopt(lock, lock.parent, 0o660)
    except AlreadyHeld:
        raise RestoreRefused(f"the {who} is running: stop door, API and notary process first") from None


def _keeps(home: Home, manifest: Manifest, which: WhichRecord) -> bool:
    """Whether the record that is there stays. Raises ``RestoreRefused`` where it has to and cannot."""
    if which is WhichRecord.BACKUP:
        return False
    why = _why_not(home.record, manifest)
    if why is not None and which is WhichRecord.KEEP:
        raise RestoreRefused(f"the record that is there cannot be kept: {why}")
    return why is None


def _why_not(record: Path, manifest: Manifest) -> str | None:
    """Say why a record does not go on from the backup's; none when it does."""
    if not record.exists():
        return "there is none"
    try:
        with closing(reader(record)) as connection:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()
            epoch = connection.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()
            newest = connection.execute("SELECT max(seq) FROM event").fetchone()
    except sqlite3.Error as error:
        return str(error)
    if found is None or found[0] != "ok":
        return "it is damaged"
    if epoch is None or epoch[0] != manifest.epochs.get("record"):
        return "it is another record than the backup's"
    return None if (newest[0] or 0) >= manifest.last_seq else "it is older than the backup's"


def _end_what_went_on(people: Path, now: datetime) -> None:
    """Let nothing of then go on: a session may have ended since, and what waited may have been refused.

    A call that was done under a key is not done any more, so it must not be answered as if it were.
    """
    with closing(sqlite3.connect(people)) as connection, connection:
        connection.execute("DELETE FROM session")
        connection.execute("DELETE FROM done_call")
        lapse = "UPDATE approval SET body = NULL, ends_at = min(ends_at, ?) WHERE state = 'waiting'"
        connection.execute(lapse, (now.isoformat(),))


def _revoke_again(people: Path, record: Path, last_seq: int) -> None:
    """Revoke tokens that were revoked since the backup or went with their operator: they may have leaked."""
    with closing(sqlite3.connect(record)) as connection:
        found = connection.execute(
            "SELECT json_extract(detail, '$.token'), json_extract(detail, '$.subject') FROM event"
            " WHERE seq > ? AND type IN (?, ?)",
            (last_seq, EventType.TOKEN_REVOKED, EventType.OPERATOR_DELETED),
        ).fetchall()
    with closing(sqlite3.connect(people)) as connection, connection:
        for token, operator in found:
            connection.execute(
                "UPDATE token SET revoked_at = ? WHERE revoked_at IS NULL"
                " AND (id = ? OR (? IS NULL AND operator = ?))",
                (datetime.now(UTC).isoformat(), token, token, operator),
            )


def _begin_new_epoch(people: Path, record: Path, manifest: Manifest) -> None:
    """Give an older record a name of its own: numbers are given again, and nobody is to mistake them.

    What it holds already keeps its numbers, and alarms that were acknowledged stay so.
    """
    epoch = secrets.token_hex(8)
    with closing(sqlite3.connect(record)) as connection, connection:
        connection.execute("UPDATE meta SET value = ? WHERE key = 'epoch'", (epoch,))
    with closing(sqlite3.connect(people)) as connection, connection:
        connection.execute(
            "UPDATE alarm_note SET epoch = ? WHERE epoch = ? AND seq <= ?",
            (epoch, manifest.epochs.get("record"), manifest.last_seq),
        )


def _note(record: Path, manifest: Manifest, now: datetime, key: Key, *, kept: bool) -> None:
    """Enter the restore in the record, which nobody else has open."""
    with closing(sqlite3.connect(record)) as connection:
        last = connection.execute("SELECT controller, rules FROM run ORDER BY id DESC LIMIT 1").fetchone()
    controller, rules = last or ("unknown", "unknown")
    writer = RecordWriter(record, Run(controller, _boot(), rules, manifest.version), key)
    detail = {
        "backup": manifest.id,
        "made_at": manifest.made_at,
        "last_seq": manifest.last_seq,
        "record": "kept" if kept else "restored",
        "operator": f"local:{_account()}",
    }
    moment = Moment(now, time.monotonic_ns(), clock_synced=False)
    try:
        writer.append(Change((Entry(moment, EventType.BACKUP_RESTORED, detail=detail),)))
    finally:
        writer.close()


def _boot() -> str:
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        return "unknown"


def _account() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def _as_before(home: Home, name: str, new: Path) -> None:
    """Let a file be whose and as open as the one that it replaces, or as such a file is here."""
    there = home.path / name
    if there.exists():
        adopt(new, there, stat.S_IMODE(there.stat().st_mode))
    else:
        adopt(new, home.path, 0o600 if name in SEALED else 0o660)
