"""Timers ring once, in order, at their instant, and never after they were cancelled."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from accessctl.door.clock import VirtualClock
from accessctl.door.timers import Timers
from tests.door.story import NOON, seconds


class Rung:
    """Timers on a virtual clock, and what has rung."""

    def __init__(self) -> None:
        """Start at noon with nothing running."""
        self.clock = VirtualClock(NOON)
        self.timers = Timers(self.clock)
        self.names: list[str] = []

    def start(self, name: str, after_s: float) -> None:
        """Start a timer that says its name."""
        self.timers.start(name, seconds(after_s), lambda: self.names.append(name))

    def wait(self, for_s: float) -> None:
        """Let time pass in one leap."""
        self.clock.move_to(self.clock.now() + seconds(for_s))
        self.timers.run_due()


def test_a_timer_rings_once_and_not_too_soon() -> None:
    """A microsecond early is too early."""
    rung = Rung()
    rung.start("a", 5)
    rung.wait(4.999999)
    assert rung.names == []
    rung.wait(0.000001)
    rung.wait(100)
    assert rung.names == ["a"]
    assert rung.timers.next_due_ns() is None


def test_a_cancelled_timer_does_not_ring() -> None:
    """Neither does one that was started anew ring at its old instant."""
    rung = Rung()
    rung.start("a", 1)
    rung.start("b", 1)
    rung.timers.cancel("a")
    rung.timers.cancel("never started")
    rung.start("b", 3)
    rung.wait(2)
    assert rung.names == []
    rung.wait(1)
    assert rung.names == ["b"]


def test_a_timer_may_cancel_one_that_is_due_with_it() -> None:
    """What was decided a moment ago holds for what comes a moment later."""
    rung = Rung()
    rung.timers.start("a", seconds(1), lambda: rung.timers.cancel("b"))
    rung.start("b", 1)
    rung.wait(2)
    assert rung.names == []


def test_a_timer_of_no_length_rings_at_once() -> None:
    """Also one that was started by another timer."""
    rung = Rung()
    rung.timers.start("a", seconds(1), lambda: rung.start("b", 0))
    rung.wait(1)
    assert rung.names == ["b"]


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 50)), max_size=40))
def test_timers_ring_in_the_order_of_their_instants(started: list[tuple[str, int]]) -> None:
    """Of every name the newest start counts; what is due rings in order of time, then of starting."""
    rung = Rung()
    for name, after in started:
        rung.start(name, after)
    newest = {name: (after, number) for number, (name, after) in enumerate(started)}
    rung.wait(timedelta(seconds=50).total_seconds())
    assert rung.names == sorted(newest, key=lambda name: newest[name])
