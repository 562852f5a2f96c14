"""Calls that were done under a key, so that the same call, sent again, is not done again."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from accessctl.store.people_change import PeopleChanges, text_of

REMEMBERED: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class BodyMac:
    """By what one process knows a body again that holds a secret: nobody can try secrets by it.

    The key is in that process's memory alone, and so is gone with it: this says nothing any more then.
    """

    process: str
    """Names the process that has the key."""
    mac: bytes


@dataclass(frozen=True, slots=True)
class DoneCall:
    """What is known of an earlier call under the same key."""

    digest: bytes
    """Of method, path and query, and of a body without secrets."""
    mac: BodyMac | None
    """Of a body that holds a secret."""
    status: int | None
    """The answer's; ``None``: it was begun, and has not ended."""
    body: bytes | None = field(repr=False)
    """``None`` where the answer held a secret, which is shown once."""
    location: str | None
    """Where the answer said that there is more."""


class DoneCallWriter(PeopleChanges):
    """Remembers calls for a day."""

    def claim_call(
        self, operator: str, key: str, digest: bytes, mac: BodyMac | None = None
    ) -> DoneCall | None:
        """Begin a call under a key; gives what is known where it was begun before."""
        now = self._now()
        with self._change() as db:
            db.execute("DELETE FROM done_call WHERE at < ?", [text_of(now - REMEMBERED)])
            row = db.execute(
                "SELECT digest, process, mac, status, body, location FROM done_call"
                " WHERE operator = ? AND key = ?",
                [operator, key],
            ).fetchone()
            if row is not None:
                known, process, proof, *answer = row
                return DoneCall(known, None if process is None else BodyMac(process, proof), *answer)
            db.execute(
                "INSERT INTO done_call (operator, key, digest, process, mac, at) VALUES (?, ?, ?, ?, ?, ?)",
                [operator, key, digest, mac and mac.process, mac and mac.mac, text_of(now)],
            )
        return None

    def finish_call(
        self, operator: str, key: str, status: int, body: bytes | None, location: str | None
    ) -> None:
        """Keep the answer of a call that did something."""
        with self._change() as db:
            db.execute(
                "UPDATE done_call SET status = ?, body = ?, location = ? WHERE operator = ? AND key = ?",
                [status, body, location, operator, key],
            )

    def release_call(self, operator: str, key: str) -> None:
        """Forget a call that was refused: nothing was done, and it may be sent again."""
        with self._change() as db:
            db.execute("DELETE FROM done_call WHERE operator = ? AND key = ?", [operator, key])
