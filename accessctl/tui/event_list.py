"""What was recorded, the newest at the bottom."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, Final

from rich.text import Text
from textual.widgets import RichLog

from accessctl.client import Event

KEPT: Final = 1000
"""Lines. The record keeps everything; this is a window on it."""

_STYLES: Final = {
    "access_granted": "green",
    "access_granted_anonymous": "green",
    "manual_unlock": "cyan",
    "door_unlocked": "cyan",
    "door_locked": "cyan",
    "door_forced_open": "bold white on red",
    "door_open_too_long": "bold white on red",
    "door_pre_alarm": "bold yellow",
    "lockout_max_attempts": "bold red",
    "reader_offline": "bold yellow",
    "reader_tamper": "bold red",
    "reader_insecure": "bold red",
    "reader_power_failed": "bold yellow",
    "unknown_input_device": "bold red",
    "input_fault": "bold yellow",
    "rex_stuck": "bold yellow",
    "lock_not_holding": "bold white on red",
    "door_fault": "bold white on red",
    "storage_fault": "bold white on red",
}


class EventList(RichLog):
    """A line for each entry of the record."""

    can_focus = False
    BORDER_TITLE: ClassVar[str] = "What is recorded"

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__(id="events", max_lines=KEPT, wrap=False)

    def show(self, events: Iterable[Event]) -> None:
        """Add entries at the bottom."""
        for event in events:
            self.write(line_of(event))


def line_of(event: Event) -> Text:
    """Tell one entry in one line."""
    at = datetime.fromisoformat(event["at"]).astimezone()
    kind = event["type"]
    refused = "red" if kind.startswith("denied_") else ""
    return Text.assemble(
        (f"{at:%H:%M:%S}  ", "dim"),
        (f"{kind:<38}", _STYLES.get(kind, refused)),
        f" {event['access_point'] or event['door'] or '':<10} ",
        (f"{event['person_name'] or event['person'] or '':<16} ", "bold"),
        event["reason"] or "",
    )
