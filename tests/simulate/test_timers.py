from datetime import timedelta

from accessctl.simulate.timers import Timers
from tests.simulate.lines import MONDAY

A, B = ("release", "a"), ("release", "b")


def s(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def drained(timers: Timers) -> list[tuple[str, str]]:
    found = []
    while (taken := timers.take(MONDAY + s(100))) is not None:
        found.append(taken[1])
    return found


def test_timers_run_out_in_the_order_in_which_they_are_due() -> None:
    """Not in the order of their start."""
    timers = Timers()
    timers.start(A, MONDAY + s(2))
    timers.start(B, MONDAY + s(1))
    assert timers.take(MONDAY) is None
    assert timers.take(MONDAY + s(1)) == (MONDAY + s(1), B)
    assert timers.due == MONDAY + s(2)
    assert drained(timers) == [A]
    assert timers.due is None


def test_of_two_at_one_instant_the_first_started_comes_first() -> None:
    """Whatever their names are."""
    timers = Timers()
    timers.start(B, MONDAY)
    timers.start(A, MONDAY)
    assert drained(timers) == [B, A]


def test_a_timer_that_is_started_anew_runs_out_once() -> None:
    """At its later instant, and in the place of its later start."""
    timers = Timers()
    timers.start(A, MONDAY)
    timers.start(B, MONDAY + s(1))
    timers.start(A, MONDAY + s(1))
    assert drained(timers) == [B, A]


def test_a_timer_that_is_stopped_says_nothing() -> None:
    """Whether it runs or not, it can be stopped."""
    timers = Timers()
    timers.start(A, MONDAY)
    timers.stop(A)
    timers.stop(B)
    assert drained(timers) == []
    assert timers.running == {}
