"""Puts the files of a restore in their places: wholly or not at all, whenever the power goes.

Everything is made ready in a folder of its own first. Then one file is written, the plan, and from that
instant on the home is restored: whatever is left to do is done by whoever comes next, this command or a
process that starts. Until the plan is there the home is as it was.

Each step is a renaming that can be seen to have been done, so doing all of them again does no harm.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from accessctl.backup.files import adopt, bring_to_disk, put_in_place, write_new
from accessctl.home import Home

STAGING: Final = ".restoring"
PLAN: Final = "restoring.json"
_ALL: Final = 0o770
_LOGS: Final = ("-wal", "-shm")
"""What belongs to a store that is put aside: beside another store it would ruin that."""


def begin(home: Home, names: list[str], aside: str) -> None:
    """Write the plan: these staged files, and where what they replace is put. Raises ``OSError``."""
    new = home.path / (PLAN + ".new")
    new.unlink(missing_ok=True)
    bring_to_disk(home.path / STAGING)
    bring_to_disk(home.path)
    write_new(new, [json.dumps({"files": names, "aside": aside}).encode()])
    adopt(new, home.path, 0o660)
    put_in_place(new, home.path / PLAN)


def finish(home: Home) -> bool:
    """Do what a plan says, if there is one; tells whether there was. Raises ``OSError``, ``ValueError``."""
    if not (home.path / PLAN).exists():
        return False
    with _alone(home):
        plan = _plan(home)
        if plan is None:  # somebody else was faster
            return False
        staging, aside = home.path / STAGING, home.path / Path(plan["aside"]).name
        aside.mkdir(0o700, exist_ok=True)
        adopt(aside, home.path, home.path.stat().st_mode & _ALL)
        for name in plan["files"]:
            _swap(home.path / name, staging / name, aside)
        for folder in (aside, home.path):
            bring_to_disk(folder)
        (home.path / PLAN).unlink()
        bring_to_disk(home.path)
        shutil.rmtree(staging, ignore_errors=True)
    return True


def _swap(there: Path, new: Path, aside: Path) -> None:
    """Put what is there aside, then the new file in its place; whatever was done before is not done again."""
    if not new.exists():
        return
    for old in (*(there.with_name(there.name + log) for log in _LOGS), there):
        if not (aside / old.name).exists():
            with suppress(FileNotFoundError):
                old.rename(aside / old.name)
    new.rename(there)


def _plan(home: Home) -> dict[str, Any] | None:
    with suppress(FileNotFoundError):
        plan: dict[str, Any] = json.loads((home.path / PLAN).read_bytes())
        return plan
    return None


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    """Wait until nobody else does the same: door process and API may start together."""
    lock = home.path / "restore.lock"
    new = not lock.exists()
    handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
    try:
        if new:
            adopt(lock, home.path, 0o660)
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
