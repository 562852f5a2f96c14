"""Calls that were done under a key, so that the same call, sent again, is not done again."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from accessctl.store.people_change import PeopleChanges, text_of

REMEMBERED: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class DoneCall:
    """What is known of an earlier call under the same key."""

    digest: bytes
    """Of method, path, query and body."""
    status: int | None
    """The answer's; ``None``: it was begun, and nobody knows how it ended."""
    body: bytes | None = field(repr=False)
    """``None`` where the answer held a secret, which is shown once."""


class DoneCallWriter(PeopleChanges):
    """Remembers calls for a day."""

    def claim_call(self, operator: str, key: str, digest: bytes) -> DoneCall | None:
        """Begin a call under a key; gives what is known where it was begun before."""
        now = self._now()
        with self._change() as db:
            db.execute("DELETE FROM done_call WHERE at < ?", [text_of(now - REMEMBERED)])
            row = db.execute(
                "SELECT digest, status, body FROM done_call WHERE operator = ? AND key = ?", [operator, key]
            ).fetchone()
            if row is not None:
                return DoneCall(*row)
            db.execute(
                "INSERT INTO done_call (operator, key, digest, at) VALUES (?, ?, ?, ?)",
                [operator, key, digest, text_of(now)],
            )
        return None

    def finish_call(self, operator: str, key: str, status: int, body: bytes | None) -> None:
        """Keep the answer of a call that did something."""
        with self._change() as db:
            db.execute(
                "UPDATE done_call SET status = ?, body = ? WHERE operator = ? AND key = ?",
                [status, body, operator, key],
            )

    def release_call(self, operator: str, key: str) -> None:
        """Forget a call that was refused: nothing was done, and it may be sent again."""
        with self._change() as db:
            db.execute("DELETE FROM done_call WHERE operator = ? AND key = ?", [operator, key])
