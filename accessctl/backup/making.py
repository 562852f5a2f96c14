"""Makes one backup: copies beside the stores, then one file of them, under its name only when it is whole."""

import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from accessctl.backup.copying import copy_record, copy_store
from accessctl.backup.files import bring_to_disk, put_in_place, write_new
from accessctl.backup.manifest import MEMBERS, SEALED, SITE_FILES, Manifest, Member, digest_of, pack
from accessctl.home import Home

RESERVE: Final = 64 * 1024 * 1024
"""Bytes that a backup leaves free: the doors need room for what they record."""
SYNC_BYTES: Final = 2 * 1024 * 1024
"""So much is brought to the disk at once: a sync of the door process may have to wait for it."""
MAKING: Final = ".making-"
_ENDING: Final = ".tar"
_RECORD_PART, _PEOPLE_PART, _DIGEST_PART = 0.5, 0.65, 0.75
"""Of the whole, so much is done after each."""

Told = Callable[[float], object]


class BackupFailed(Exception):
    """There is no backup, and nothing of it is left. The words say why."""


def file_of(home: Home, id_: str) -> Path:
    """Give the place of a backup whose id has been looked at."""
    return home.backups / (id_ + _ENDING)


def make(home: Home, id_: str, sealed: Mapping[str, str] | None, told: Told) -> Manifest:
    """Make a backup; ``told`` hears how far it is, from 0 to 1. Raises ``BackupFailed``.

    ``sealed`` are the sealed files by name, as the door process gave them; without them they are read here,
    where this account may.
    """
    folder, new = home.backups / (MAKING + id_), home.backups / (MAKING + id_ + _ENDING)
    try:
        home.backups.mkdir(0o700, exist_ok=True)
        _look_for_room(home)
        folder.mkdir(0o700)
        manifest = _copies(home, folder, id_, sealed, told)
        pack(new, manifest, folder, _bringing_to_disk(new, manifest.size, told))
        bring_to_disk(new)
        put_in_place(new, file_of(home, id_))
    except (OSError, sqlite3.Error) as error:
        raise BackupFailed(_words(error)) from error
    finally:
        remove_what_is_left(home, id_)
    return manifest


def remove_what_is_left(home: Home, id_: str) -> None:
    """Remove what a backup that is not whole has written."""
    shutil.rmtree(home.backups / (MAKING + id_), ignore_errors=True)
    with suppress(OSError):
        (home.backups / (MAKING + id_ + _ENDING)).unlink(missing_ok=True)


def _copies(home: Home, folder: Path, id_: str, sealed: Mapping[str, str] | None, told: Told) -> Manifest:
    # The tree comes before the record, so that no head in it is of more entries than the record has, and that
    # before the people: what is changed between the two is then taken into it again after a restore.
    tree = copy_store(home.tree, folder / home.tree.name) if home.tree.exists() else None
    record = copy_record(home.record, folder / home.record.name, lambda part: told(part * _RECORD_PART))
    people = copy_store(home.people, folder / home.people.name)
    made_at = datetime.now(UTC)
    told(_PEOPLE_PART)
    for name in SITE_FILES:
        with suppress(FileNotFoundError):
            write_new(folder / name, [(home.path / name).read_bytes()])
    for name in SEALED:
        if sealed is None:
            with suppress(FileNotFoundError):
                write_new(folder / name, [(home.path / name).read_bytes()])
        elif sealed.get(name):
            write_new(folder / name, [sealed[name].encode()])
    files = [folder / name for name in MEMBERS if (folder / name).exists()]
    members = tuple(Member(file.name, file.stat().st_size, digest_of(file)) for file in files)
    told(_DIGEST_PART)
    return Manifest(
        id=id_,
        made_at=made_at.isoformat(timespec="milliseconds"),
        version=_release(),
        controller=record.controller,
        schema={"people": people.schema, "record": record.schema} | ({"tree": tree.schema} if tree else {}),
        epochs={"people": people.epoch or "", "record": record.epoch},
        last_seq=record.last_seq,
        files=members,
    )


def _bringing_to_disk(new: Path, total: int, told: Told) -> Callable[[int], None]:
    """Have what is written brought to the disk a little at a time, and tell how far it is."""
    written = synced = 0

    def more(size: int) -> None:
        nonlocal written, synced
        written += size
        if written - synced >= SYNC_BYTES:
            synced = written
            bring_to_disk(new)
            told(_DIGEST_PART + (1 - _DIGEST_PART) * written / max(total, 1))

    return more


def _look_for_room(home: Home) -> None:
    """Raise ``BackupFailed`` where copies and file together would not leave the doors their room."""
    wanted = 2 * sum(
        file.stat().st_size
        for store in (home.record, home.people, home.tree)
        for file in (store, store.with_name(store.name + "-wal"))
        if file.exists()
    )
    free = shutil.disk_usage(home.backups).free
    if free < wanted + RESERVE:
        raise BackupFailed(
            f"the disk has {_mib(free)} MiB free, and a backup needs {_mib(wanted)} while it is made, "
            f"besides {_mib(RESERVE)} that are kept for the record: delete or move older backups"
        )


def _mib(count: int) -> int:
    return -(-count // (1024 * 1024))


def _release() -> str:
    try:
        return version("accessctl")
    except PackageNotFoundError:  # run from a folder, without being installed
        return "unknown"


def _words(error: Exception) -> str:
    if isinstance(error, OSError):
        where = "" if error.filename is None else f"{Path(str(error.filename)).name}: "
        return where + (error.strerror or str(error))
    return str(error)
