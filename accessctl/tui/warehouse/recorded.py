"""What is recorded, as the warehouse's page lists it."""

from collections.abc import Sequence

from accessctl.client import Event
from accessctl.tui.board.event_rows import row_of
from accessctl.tui.event_words import Names
from accessctl.tui.lines import Row


class RecordedRows:
    """A line for each entry, oldest first."""

    def __init__(self, events: Sequence[Event], names: Names) -> None:
        """Show these. ``names``: of doors and access points."""
        self._events, self._names = events, names

    def __len__(self) -> int:
        """Give how many there are."""
        return len(self._events)

    def row(self, index: int) -> Row:
        """Tell one entry in one line."""
        return row_of(self._events[index], self._names)
