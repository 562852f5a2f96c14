"""The table of the list: the cursor stands on people, and passes over headings."""

from datetime import datetime

from accessctl.tui.lines import LineTable
from accessctl.tui.muster.rows import COLUMNS, Line, Lines
from accessctl.tui.words import _


class MusterTable(LineTable):
    """Who is inside, or missing."""

    def __init__(self) -> None:
        """Begin with nobody."""
        super().__init__(COLUMNS, id="list", empty=_("Nobody is inside."))
        self.lines = Lines([], datetime.min)  # noqa: DTZ901 - nothing is shown with it

    def show_lines(self, lines: list[Line], now: datetime, *, empty: str) -> None:
        """Show others. The cursor stays with whom it is on, or in its place where they were ticked off."""
        on = self.lines.person(self.cursor)
        was_safe = on is not None and on.safe
        self.lines = Lines(lines, now)
        self.show(self.lines, empty=empty)
        place = None if on is None else self.lines.place_of(on.person)
        found = None if place is None else self.lines.person(place)
        if place is not None and found is not None and found.safe == was_safe:
            self.cursor = place
        self._leave_heading(1)
        if not was_safe:
            self._stay_with_the_missing()

    def action_move(self, by: int) -> None:
        """Go so many rows down or up."""
        super().action_move(by)
        self._leave_heading(by)

    def action_page(self, by: int) -> None:
        """Go as many rows as are in sight."""
        super().action_page(by)
        self._leave_heading(by)

    def action_to_start(self) -> None:
        """Go to the first row."""
        super().action_to_start()
        self._leave_heading(1)

    def _stay_with_the_missing(self) -> None:
        """Where the next line is somebody safe, go back to the last one who is not."""
        here = self.lines.person(self.cursor)
        if here is not None and here.safe:
            asked = [at for at in range(self.cursor) if (each := self.lines.person(at)) and not each.safe]
            self.cursor = asked[-1] if asked else self.cursor

    def _leave_heading(self, by: int) -> None:
        """Go on to somebody; where there is nobody in this direction, back."""
        step = 1 if by > 0 else -1
        for way in (step, -step):
            place = self.cursor
            while 0 <= place < len(self.lines):
                if self.lines.person(place) is not None:
                    self.cursor = place
                    return
                place += way
