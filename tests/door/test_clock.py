"""Clocks: one to measure by, one to tell the time by."""

from datetime import UTC, datetime, timedelta

import pytest

from accessctl.door.clock import SystemClock, VirtualClock, kernel_clock_is_synchronised
from tests.door.story import NOON


def test_the_system_clock_tells_whether_it_is_right() -> None:
    """Every moment carries whether a time source keeps the clock; the kernel answers that."""
    assert SystemClock(lambda: True).moment().clock_synced
    assert not SystemClock(lambda: False).moment().clock_synced
    assert kernel_clock_is_synchronised() in {True, False}


def test_a_moment_has_both_clocks() -> None:
    """The wall clock in UTC, and the one that never runs back."""
    clock = SystemClock(lambda: True)
    first, second = clock.moment(), clock.moment()
    assert first.at.tzinfo is UTC
    assert first.mono_ns <= second.mono_ns
    assert abs(first.at - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_virtual_clock_stands_until_it_is_moved() -> None:
    """And it moves forward only."""
    clock = VirtualClock(NOON)
    clock.move_to(NOON + timedelta(seconds=1.5))
    assert clock.monotonic_ns() == 1_500_000_000
    assert clock.moment().at == NOON + timedelta(seconds=1.5)
    with pytest.raises(ValueError, match="backwards"):
        clock.move_to(NOON)
