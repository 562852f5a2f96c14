"""What is recorded, as the warehouse's page lists it."""

from collections.abc import Sequence

from accessctl.client import Event
from accessctl.tui.lines import Cell, Row
from accessctl.tui.look import Tone, event_mark, event_tone
from accessctl.tui.times import clock


class RecordedRows:
    """A line for each entry, oldest first."""

    def __init__(self, events: Sequence[Event]) -> None:
        """Show these."""
        self._events = events

    def __len__(self) -> int:
        """Give how many there are."""
        return len(self._events)

    def row(self, index: int) -> Row:
        """Tell one entry in one line."""
        event = self._events[index]
        tone = event_tone(event["type"])
        return (
            Cell(clock(event["at"]), Tone.DIM),
            Cell(event_mark(event["type"]), tone),
            Cell(event["type"], tone),
            event["access_point"] or event["door"] or "",
            Cell(event["person_name"] or event["person"] or "", Tone.STRONG),
            event["reason"] or "",
        )
