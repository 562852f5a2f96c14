"""What was recorded of one door: the newest first, page by page as far back as somebody scrolls."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from accessctl.client import ApiClient, Event
from accessctl.tui.board.event_rows import dated, row_of
from accessctl.tui.event_words import Names, is_refusal
from accessctl.tui.lines import Row

PAGE: Final = 200
NEAR_THE_END: Final = 60
"""So many rows before the last one that is here the next ones are fetched."""


class DoorHistory:
    """Rows for a table. Whoever shows it fetches what ``fetch`` gives and hands it to ``take``."""

    def __init__(self, door: str, now: Callable[[], datetime], *, refusals: bool = False) -> None:
        """Of this door; ``refusals``: of those who were refused alone."""
        self.door, self.refusals = door, refusals
        self.names: Names = {}
        self.next: int | None = 0
        """Where to go on; ``None`` where the record begins."""
        self._events: list[Event] = []
        self._at = dated(now)

    def __len__(self) -> int:
        """Give how many are here, and one more while there are others."""
        return len(self._events) + (1 if self.next is not None else 0)

    def row(self, index: int) -> Row | None:
        """Give one as a row; nothing for what is not here yet."""
        return row_of(self._events[index], self.names, self._at) if index < len(self._events) else None

    def event(self, index: int) -> Event | None:
        """Give one as it is."""
        return self._events[index] if index < len(self._events) else None

    def wants_more(self, last_seen: int) -> bool:
        """Tell whether somebody comes near the end of what is here."""
        return self.next is not None and last_seen + NEAR_THE_END >= len(self._events)

    def fetch(self, api: ApiClient) -> tuple[list[Event], int | None]:
        """Ask for the next ones. A page may be empty and yet not be the last: so far was looked."""
        outcome = "refused" if self.refusals else None
        wanted = {"door": self.door, "outcome": outcome}
        page = api.event_page(before=self.next, limit=PAGE, wanted=wanted)
        return page["events"], page["next"]

    def take(self, found: tuple[list[Event], int | None]) -> None:
        """Add older ones."""
        known = self._events[-1]["seq"] if self._events else None
        self._events += [event for event in found[0] if known is None or event["seq"] < known]
        self.next = found[1]

    def take_new(self, recent: Iterable[Event]) -> int:
        """Put what has just happened before the others; give how many that were."""
        if not self._events:
            return 0  # the first page has them
        newest = self._events[0]["seq"]
        new = [event for event in recent if event["seq"] > newest and self._is_wanted(event)]
        self._events[:0] = reversed(new)
        return len(new)

    def _is_wanted(self, event: Event) -> bool:
        return event["door"] == self.door and (not self.refusals or is_refusal(event))
