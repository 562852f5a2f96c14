"""Who may speak to the door process: itself, root, and the users that it was told of.

The folder of an installation is shared by a group, and so is the socket in it. Who is let in here can give
any order and have anything signed, in anybody's name. That is for the API process, which knows operators.
"""

import logging
import os
import pwd
import time
from collections.abc import Callable, Iterable
from typing import Final

from accessctl.peers import Connected, uid_at

ROOT: Final = 0
LOGGED_EVERY_S: Final = 60.0

log = logging.getLogger(__name__)


class LinkGuard:
    """Tells who may speak here. Whoever may not stands in the log, once a minute at most."""

    def __init__(
        self,
        others: Iterable[int] = (),
        *,
        uid_of: Callable[[Connected], int] = uid_at,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Let in these users besides root and the one who runs this."""
        self._admitted = frozenset((ROOT, os.geteuid(), *others))
        self._uid_of, self._now = uid_of, now
        self._log_from = float("-inf")
        self._unlogged = 0

    def refusal(self, connection: Connected) -> str | None:
        """Say why whoever is at the other end may not speak here; ``None`` when they may.

        By the number: looking up names may take as long as whoever keeps them likes.
        """
        uid = self._uid_of(connection)
        if uid in self._admitted:
            return None
        why = f"the user {uid} may not speak to the door process, which hears the API's user (--office-user)"
        self._note(why)
        return why

    def _note(self, why: str) -> None:
        if self._now() < self._log_from:
            self._unlogged += 1
            return
        more = f" ({self._unlogged} more were refused since the last line)" if self._unlogged else ""
        log.warning("%s%s", why, more)
        self._log_from, self._unlogged = self._now() + LOGGED_EVERY_S, 0


def uids_of(users: Iterable[str]) -> frozenset[int]:
    """Give the ids of users by name. One that is not there is logged: doors matter more than the office."""
    found: set[int] = set()
    for user in users:
        try:
            found.add(pwd.getpwnam(user).pw_uid)
        except KeyError:
            log.error("there is no user %s on this machine, so nobody is let in by that name", user)  # noqa: TRY400
    return frozenset(found)
