"""``python -m accessctl.door --home DIR``: run the door process of one installation."""

import argparse
import asyncio
import ctypes
import logging
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from accessctl.alone import AlreadyHeld, alone_if_possible
from accessctl.backup.swap import finish
from accessctl.config import SiteInvalid
from accessctl.door.daemon import serve
from accessctl.home import Home, HomeUnusable
from accessctl.link.guard import LinkGuard, uids_of
from hardware.errors import HardwareError

NICENESS: Final = -5
_M_ARENA_MAX: Final = -8
"""``malloc.h``"""

log = logging.getLogger(__name__)


def main() -> int:
    """Run until SIGTERM. Exit status 2 when it cannot start, with the reasons on stderr."""
    parser = argparse.ArgumentParser(prog="accessctl-door", description="The door process of accessctl.")
    parser.add_argument("--home", type=Path, required=True, help="the installation's folder")
    parser.add_argument(
        "--office-user",
        action="append",
        default=[],
        metavar="NAME",
        help="the user of the API process, who may ask this one; otherwise its own user and root alone",
    )
    arguments = parser.parse_args()
    home: Path = arguments.home
    logging.basicConfig(level=logging.INFO, format="door: %(message)s", stream=sys.stderr)
    go_first()
    keep_one_arena()
    try:
        place = Home(home)
        with alone_if_possible(place.door_lock, _without_lock):
            finish_restore(place)
            asyncio.run(serve(place, LinkGuard(uids_of(arguments.office_user))))
    except SiteInvalid as error:
        log.error("%s/site.toml cannot be used, and no door moves:\n%s", home, error)  # noqa: TRY400
        return 2
    except AlreadyHeld:
        log.error("another door process already runs at %s", home)  # noqa: TRY400
        return 2
    except (HardwareError, HomeUnusable, OSError) as error:
        log.error("cannot start, and no door moves: %s", error)  # noqa: TRY400
        return 2
    return 0


def finish_restore(home: Home) -> None:
    """Finish a restore that was cut short. Where that cannot be, the doors start with what is there."""
    try:
        finish(home)
    except (OSError, ValueError) as error:
        log.error("a restore that was cut short cannot be finished: %s", error)  # noqa: TRY400


def _without_lock(error: OSError) -> None:
    log.warning("no lock could be taken, so nothing keeps a second door process away: %s", error)


def keep_one_arena() -> None:
    """Let all threads share glibc's main heap: only from there can what Argon2 took be given back."""
    with suppress(OSError, AttributeError):  # another C library has no such call and no such habit
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


def go_first() -> None:
    """Ask the scheduler to put doors before reports; where that is not allowed, doors wait their turn."""
    with suppress(PermissionError):
        os.nice(NICENESS)


if __name__ == "__main__":
    sys.exit(main())
