"""How much was left unlooked at, at one access point: a flood is reported, not each of its drops."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from accessctl.door.clock import Clock
from accessctl.door.reader_book import Place
from accessctl.door.recorder import Recorder
from accessctl.door.timers import Timers
from accessctl.store.entry import Entry
from accessctl.store.record import Change
from policies.event_types import EventType

FLOOD_REPORT_AFTER: Final = timedelta(seconds=10)
"""Dropped cards are reported together, at most this often."""
_A_FLOOD: Final = 10


class Dropped:
    """Counts what is dropped. Used from the loop's thread."""

    def __init__(
        self,
        place: Place,
        services: tuple[Recorder, Clock, Timers],
        catch_up: Callable[[], None],
    ) -> None:
        """Take where it is, and who catches up with what it has to tell when this reports."""
        self._place, self._catch_up = place, catch_up
        self._recorder, self._clock, self._timers = services
        self._count = 0
        self._reporting = False

    def drop(self, count: int = 1) -> None:
        """Leave so many cards or keys unlooked at; a flood of them is reported, once in a while."""
        self._count += count
        if not self._reporting:
            self._reporting = True
            self._timers.start(("flood", self._place.point), FLOOD_REPORT_AFTER, self._report)

    def _report(self) -> None:
        count, self._count, self._reporting = self._count, 0, False
        if count >= _A_FLOOD:
            words = f"{count} cards, keys or interruptions came faster than they could be looked at."
            place, moment = self._place, self._clock.moment()
            entry = Entry(moment, EventType.READER_FLOOD, place.door, place.point, reason=words)
            self._recorder.note(Change((entry,)))
        self._catch_up()
