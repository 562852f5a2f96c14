from datetime import UTC, datetime

import pytest

from policies.instants import in_utc
from tests.policies.values import LONDON, utc


def test_an_instant_stays_the_same_in_utc() -> None:
    """Turning a local time into UTC changes how it is written, not when it is."""
    summer = datetime(2025, 6, 18, 12, 0, tzinfo=LONDON)
    assert in_utc(summer) == summer
    assert in_utc(summer).tzinfo is UTC


def test_the_repeated_hour_is_two_hours() -> None:
    """Half past one is told apart from half past one an hour later on the night the clocks go back."""
    first = datetime(2025, 10, 26, 1, 30, tzinfo=LONDON)
    assert in_utc(first) == utc("2025-10-26T00:30")
    assert in_utc(first.replace(fold=1)) == utc("2025-10-26T01:30")


def test_a_time_without_an_offset_is_refused() -> None:
    """A time that could be anybody's is an error, and never read by the zone of the machine."""
    with pytest.raises(ValueError, match="2025-06-18T12:00:00 has no offset"):
        in_utc(datetime(2025, 6, 18, 12, 0))  # noqa: DTZ001 - the fault under test
