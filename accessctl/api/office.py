"""The rules of the office that are in force: asked of a process of its own whenever the site file changes."""

import asyncio
import json
import logging
import os
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from accessctl.home import Home
from accessctl.office.rules import STRICTEST, OfficeRules

log = logging.getLogger(__name__)

_LOOKS_EVERY_S: Final = 1.0
_LONGEST_S: Final = 20.0
"""Reading the largest site file takes a second; a machine that has just started is slower."""

Looks = tuple[tuple[int, int, int] | None, ...]
"""How the files lay there at one look."""
Ask = Callable[[Home], Awaitable[OfficeRules | None]]


class OfficeSilent(Exception):
    """The rules could not be had."""


class Office:
    """What holds for operators, as the site file says it now. Belongs to one event loop."""

    def __init__(
        self, home: Home, *, clock: Callable[[], float] = time.monotonic, ask: Ask | None = None
    ) -> None:
        """Know nothing yet: until the file is read, the strictest rules hold. ``clock`` counts in seconds."""
        self._home, self._clock, self._ask = home, clock, ask or ask_child
        self._rules = STRICTEST
        self._seen: Looks | None = None
        self._looked_at: float | None = None
        self._one_at_a_time = asyncio.Lock()
        self._said = False

    async def rules(self) -> OfficeRules:
        """Give the rules in force. Looks at the files once a second at most."""
        # Whoever comes while they are read waits: nobody acts under rules that are known to be old.
        async with self._one_at_a_time:
            now = self._clock()
            if self._looked_at is None or now - self._looked_at >= _LOOKS_EVERY_S:
                self._looked_at = now
                await self._look()
        return self._rules

    async def _look(self) -> None:
        # Before they are read: a file that changes meanwhile is read again at the next look.
        seen = tuple(map(_look_at, (self._home.site_file, self._home.last_good_site)))
        if seen == self._seen:
            return
        try:
            found = await self._ask(self._home)
        except OfficeSilent as error:
            self._say(str(error))
            return
        self._seen = seen
        if found is None:
            self._say("no site file is sound")
            return
        self._rules, self._said = found, False

    def _say(self, why: str) -> None:
        if not self._said:
            log.warning("the rules for operators could not be read, and stay as they were: %s", why)
        self._said = True


def _look_at(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


async def ask_child(home: Home) -> OfficeRules | None:
    """Have a process read the site file; ``None``: no file is sound. Raises ``OfficeSilent``."""
    try:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "accessctl.office", os.fspath(home.path)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError as error:
        raise OfficeSilent(error.strerror or str(error)) from error
    try:
        out, _ = await asyncio.wait_for(child.communicate(), _LONGEST_S)
    except TimeoutError:
        raise OfficeSilent("reading them takes too long") from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        raise OfficeSilent(f"reading them ended with status {child.returncode}")
    try:
        said = json.loads(out)
        return None if said is None else OfficeRules.from_json(said)
    except (ValueError, KeyError, TypeError) as error:
        raise OfficeSilent("they are not what was expected") from error
