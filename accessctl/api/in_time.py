"""``Not-After``: until when a client wants something done. What comes later than that is not done.

A request lies in a queue while a process stands still. Without this, an order that somebody gave up long ago
would be carried out when the process goes on.
"""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from fastapi import Request

from accessctl.api.problems import Refusal, invalid

HEADER: Final = "Not-After"


def time_left(request: Request, now: datetime) -> timedelta | None:
    """Give how much time is left; ``None``: as much as it takes. Raises ``Refusal`` where there is none."""
    said = request.headers.get(HEADER)
    if said is None:
        return None
    left = _instant(said) - now
    if left <= timedelta():
        raise Refusal(HTTPStatus.GATEWAY_TIMEOUT, "timed-out", "it came too late and was not done")
    return left


def _instant(said: str) -> datetime:
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise invalid(f"header.{HEADER}", "is an instant with its offset, such as 2026-03-31T18:00:05Z")
    return at
