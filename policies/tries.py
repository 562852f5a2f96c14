"""How failed tries are counted that are no PINs: one-time codes, fingers, faces, and what is typed somewhere.

A person's own count runs until a right one; it says how often in a row nothing fitted. A reader's count is
of everybody who typed there, so that who tries one PIN on many people is noticed as well. No right one clears
it, or whoever has a PIN of their own could go on for ever; it goes down by itself, since people do mistype.

Figures after NIST SP 800-63B: growing waits of 30 s to 1 h; ten tries for an activation secret; for fingers
and faces five, then 30 s, and fifty in all.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final, NamedTuple

from policies.factors import BIOMETRIC, Factor
from policies.instants import in_utc
from policies.reasons import Reason

_NO_TIME: Final = timedelta()
_MOST_DOUBLINGS: Final = 20
"""So many lead past any longest wait."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many failures cost what."""

    free: int
    """So many in a row start the first wait."""
    last: int | None
    """So many put an end to it until an admin forgives; ``None``: it never ends."""
    first_wait: timedelta
    longest_wait: timedelta
    """Each failure after the first wait doubles it, up to this."""
    forgets_one_after: timedelta | None = None
    """So long after a failure one of them is forgotten; ``None``: none is."""
    waiting: Reason = Reason.LOCKED_OUT
    ended: Reason = Reason.TOO_MANY_WRONG_PINS

    def wait_after(self, count: int) -> timedelta:
        """Give the wait that follows so many failures in a row; no time where there is none."""
        if count < self.free:
            return _NO_TIME
        doublings = min(count - self.free, _MOST_DOUBLINGS)
        return min(self.first_wait * (1 << doublings), self.longest_wait)


class Kind(Enum):
    """What was tried."""

    CODE = "code"
    BIOMETRIC = "biometric"
    READER = "reader"
    """What was typed at one reader, by whomever."""
    SENSOR = "sensor"
    """Fingers and faces at one access point that were nobody's, where nobody has to say who they are."""


LIMITS: Final = {
    Kind.CODE: Limits(
        5,
        10,
        timedelta(seconds=60),
        timedelta(hours=1),
        waiting=Reason.CODE_LOCKED_OUT,
        ended=Reason.TOO_MANY_WRONG_CODES,
    ),
    Kind.BIOMETRIC: Limits(
        5,
        50,
        timedelta(seconds=30),
        timedelta(seconds=30),
        waiting=Reason.BIOMETRIC_LOCKED_OUT,
        ended=Reason.BIOMETRIC_OFF,
    ),
    Kind.READER: Limits(
        20,
        None,
        timedelta(seconds=60),
        timedelta(hours=1),
        forgets_one_after=timedelta(minutes=5),
        waiting=Reason.READER_LOCKED_OUT,
        ended=Reason.READER_LOCKED_OUT,
    ),
    Kind.SENSOR: Limits(
        5,
        None,
        timedelta(seconds=30),
        timedelta(seconds=30),
        forgets_one_after=timedelta(minutes=5),
        waiting=Reason.SENSOR_LOCKED_OUT,
        ended=Reason.SENSOR_LOCKED_OUT,
    ),
}

COUNTED_AS: Final = {
    Reason.WRONG_CODE: Kind.CODE,
    Reason.CODE_REPLAYED: Kind.CODE,
    Reason.WRONG_FINGER: Kind.BIOMETRIC,
    Reason.WRONG_FACE: Kind.BIOMETRIC,
    Reason.NOT_LIVE: Kind.BIOMETRIC,
    Reason.OTHER_PERSON: Kind.BIOMETRIC,
}
"""Which refusals count against the person."""

TYPED_WRONG: Final = frozenset(
    {Reason.WRONG_PIN, Reason.WRONG_CODE, Reason.CODE_REPLAYED, Reason.UNKNOWN_CODE}
)
"""Which refusals count against the reader."""


OF_NOBODY: Final = frozenset({Reason.UNKNOWN_FINGER, Reason.UNKNOWN_FACE, Reason.NOT_LIVE})
"""Which refusals of nobody in particular count against the sensor."""


class Tries(NamedTuple):
    """How often something failed, and until when nothing more is tried."""

    failed: int
    at: datetime
    """From when on the next one is forgotten."""
    until: datetime | None = None

    def left_at(self, now: datetime, limits: Limits) -> int:
        """Give how many of them still count at an instant."""
        if limits.forgets_one_after is None:
            return self.failed
        forgotten = max(_NO_TIME, in_utc(now) - self.at) // limits.forgets_one_after
        return max(0, self.failed - forgotten)

    def refusal_at(self, now: datetime, limits: Limits) -> Reason | None:
        """Say why nothing may be tried at ``now``, or ``None`` when it may."""
        if limits.last is not None and self.failed >= limits.last:
            return limits.ended
        if self.until is None:
            return None
        # A clock that was set back must not make a wait longer than it was meant to be.
        waits = in_utc(now) < self.until and self.until - in_utc(now) <= limits.wait_after(self.failed)
        return limits.waiting if waits else None


def after_another(before: Tries | None, now: datetime, limits: Limits) -> Tries:
    """Count one more failure."""
    at = since = in_utc(now)
    left = 0 if before is None else before.left_at(at, limits)
    if before is not None and left and limits.forgets_one_after is not None:
        # Forgetting goes on as before: if each failure began it anew, a busy keypad would never forget.
        since = before.at + (before.failed - left) * limits.forgets_one_after
    count = left + 1
    wait = limits.wait_after(count)
    return Tries(count, since, at + wait if wait else None)


def key_of(kind: Kind, subject: str) -> str:
    """Name a count: by what was tried, and by the person or access point."""
    return f"{kind.value}:{subject}"


def cleared_by(proven: Factor) -> tuple[Kind, ...]:
    """Give the counts that somebody starts anew who has proven this."""
    kinds: tuple[Kind, ...] = ()
    if Factor.CODE in proven:
        kinds = (*kinds, Kind.CODE)
    if proven & BIOMETRIC:
        kinds = (*kinds, Kind.BIOMETRIC)
    return kinds
