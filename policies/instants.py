"""Instants, free of the wall clock.

NOTE: Python compares and adds to two times of one zone by what the wall clock shows. In the hour that an
autumn night repeats, a wait of a minute could last an hour, and a card expire too early. So one side is
turned into UTC before anything is compared or added.
"""

from datetime import UTC, datetime


def in_utc(at: datetime) -> datetime:
    """Give the same instant in UTC.

    Raises ``ValueError`` for a time without an offset: it would be read by the zone of this machine.
    """
    if at.tzinfo is UTC:  # as the clock speaks, which every badge asks
        return at
    if at.utcoffset() is None:
        raise ValueError(f"{at.isoformat()} has no offset from UTC")
    return at.astimezone(UTC)
