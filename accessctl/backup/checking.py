"""Looks a backup through: every file against its SHA-256, and the stores by SQLite, on copies."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from accessctl.backup.copying import what_is_wrong
from accessctl.backup.files import write_new
from accessctl.backup.manifest import STORES, TREE, BackupUnusable, Manifest, first_of, members_of, opened

CHECKING: Final = ".checking-"


def unpack(path: Path, folder: Path) -> Manifest:
    """Write what a backup holds into a folder, checking each byte. Raises ``BackupUnusable``, ``OSError``."""
    with opened(path) as tar:
        manifest = first_of(tar)
        for file, pieces in members_of(tar, manifest):
            write_new(folder / file.name, pieces)
    return manifest


def problems_of(path: Path, folder: Path) -> Iterator[str]:
    """Give what is wrong with a backup; the folder, which is not there yet, is used meanwhile."""
    folder.mkdir(0o700)
    try:
        unpack(path, folder)
        for store in (*STORES, TREE):
            if not (folder / store).exists():  # an older backup without a tree
                continue
            wrong = what_is_wrong(folder / store)
            if wrong is not None:
                yield f"{store} in it is damaged: {wrong}"
    except BackupUnusable as error:
        yield str(error)
    except OSError as error:
        yield f"it could not be looked through: {error.strerror or error}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
