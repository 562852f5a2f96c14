"""``accessctl run``: what an installation consists of, and running it on one machine.

For the desk and the demo; on a Pi systemd starts the same processes.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

from accessctl.alone import AlreadyHeld, alone_if_possible
from accessctl.config import SiteInvalid
from accessctl.config.last_good import load_site
from accessctl.home import Home, HomeUnusable
from accessctl.probes import api_answers, door_answers, listens
from accessctl.supervisor import Part, Supervisor
from hardware.specs import BoardKind

FINDING: Final = 1
WRONG_USE: Final = 2


class Refused(Exception):
    """The installation cannot be run now. Carries the exit status."""

    def __init__(self, status: int, why: str) -> None:
        """Keep status and words."""
        super().__init__(why)
        self.status = status


def run(home: Home, ready_fd: int | None = None) -> int:
    """Run an installation until SIGTERM, SIGINT or the end of its terminal; give the exit status.

    ``ready`` and a newline are written to ``ready_fd`` once doors and API answer, and it is closed.
    """
    try:
        parts = parts_of(home)
        with _alone(home):
            _migrate(home)
            return Supervisor(parts, _say, lambda: _tell(ready_fd)).run()
    except Refused as refused:
        _say(str(refused))
        return refused.status


def parts_of(home: Home) -> tuple[Part, ...]:
    """Give the processes that an installation consists of. Raises ``Refused`` for a bad site file."""
    if not home.site_file.exists() and not home.last_good_site.exists():
        raise Refused(
            WRONG_USE, f"there is no installation at {home.path}: `accessctl init {home.path}` makes one"
        )
    try:
        site, refused = load_site(home)
    except SiteInvalid as invalid:
        raise Refused(WRONG_USE, f"{home.site_file} cannot be used:\n{invalid}") from invalid
    if refused is not None:
        _say(f"{home.site_file} cannot be used, so {home.last_good_site.name} holds instead:\n{refused}")
    python, where = (sys.executable, "-P", "-m"), ("--home", str(home.path))
    door = Part(
        "door process",
        (*python, "accessctl.door", *where),
        lambda: door_answers(home.door_socket),
        urgent=True,
    )
    notary = Part(
        "notary process",
        (*python, "accessctl.notary", str(home.path)),
        lambda: listens(home.notary_socket),
        vital=False,
    )
    api = Part("API process", (*python, "accessctl.api", *where), lambda: api_answers(home.api_socket))
    if site.board.kind is not BoardKind.SIMULATED:
        return door, notary, api
    warehouse = Part(
        "simulated warehouse",
        (*python, "hardware.simulated", str(home.warehouse_socket)),
        lambda: listens(home.warehouse_socket),
    )
    return warehouse, door, notary, api


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    """Hold the installation's lock. Raises ``Refused`` when somebody else runs it."""

    def without_lock(error: OSError) -> None:
        _say(f"no lock could be taken at {home.path}: {error.strerror}; doors start all the same")

    with ExitStack() as holding:
        try:
            holding.enter_context(alone_if_possible(home.path / "run.lock", without_lock))
        except AlreadyHeld:
            raise Refused(FINDING, f"accessctl already runs at {home.path}") from None
        if door_answers(home.door_socket):
            raise Refused(FINDING, f"a door process already runs at {home.path}, started by somebody else")
        yield


def _migrate(home: Home) -> None:
    migrated = subprocess.run(
        (sys.executable, "-P", "-m", "accessctl.store.migrate", str(home.path)),
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if migrated.returncode == 0:
        _say("stores are up to date")
    else:
        # People must get out, whatever became of the stores; the door process sees to that without them.
        _say("doors start all the same: leaving is free, and what the stores do not hold is refused")


def _tell(ready_fd: int | None) -> None:
    if ready_fd is not None:
        with suppress(OSError):
            os.write(ready_fd, b"ready\n")
            os.close(ready_fd)


def _say(words: str) -> None:
    print(f"accessctl: {words}", file=sys.stderr, flush=True)  # noqa: T201 - it is what it says


def main() -> int:
    """Run the installation named on the command line: what ``accessctl run`` does."""
    parser = argparse.ArgumentParser(prog="python -m accessctl.supervise", description="Run an installation.")
    parser.add_argument("--home", type=Path, required=True, help="the installation's folder")
    parser.add_argument("--ready-fd", type=int, help="a file descriptor that hears when all answers")
    arguments = parser.parse_args()
    try:
        return run(Home(arguments.home), arguments.ready_fd)
    except HomeUnusable as error:
        _say(str(error))
        return WRONG_USE


if __name__ == "__main__":
    sys.exit(main())
