"""An entry of the record in full, line by line."""

from rich.text import Text

from accessctl.client import Event
from accessctl.tui.board.door_words import type_words
from accessctl.tui.board.event_rows import Names
from accessctl.tui.board.tile import who_of
from accessctl.tui.look import event_mark
from accessctl.tui.times import day_and_clock
from accessctl.tui.words import _


def headline(event: Event, names: Names) -> Text:
    """Give what happened in a line or two: when, who, where, and why."""
    told = Text()
    told.append(f"{event_mark(event['type'])} {type_words(event['type'])}\n".lstrip(), "bold")
    at = event["access_point"] or event["door"] or ""
    parts = (day_and_clock(event["at"]), who_of(event), names.get(at, at))
    told.append("  ·  ".join(part for part in parts if part))
    if event["reason"]:
        told.append(f"\n{event['reason']}")
    return told


def facts_of(event: Event, names: Names) -> list[tuple[str, str]]:
    """Give every field that says something, by its name for people."""
    door, point = event["door"], event["access_point"]
    known = [
        (
            _("When"),
            day_and_clock(event["at"]) + ("" if event["clock_synced"] else f"  {_('clock not kept right')}"),
        ),
        (_("Type"), event["type"]),
        (_("Door"), _named(door, names)),
        (_("Access point"), _named(point, names)),
        (_("Person"), _named(event["person"], {event["person"] or "": event["person_name"] or ""})),
        (_("Credential"), event["credential"] or ""),
        (_("Why"), event["reason"] or ""),
        *((name, str(value)) for name, value in event["detail"].items()),
        (_("Number"), str(event["seq"])),
        (_("Rules"), event["rules"]),
        (_("Controller"), f"{event['controller']} {event['version']}"),
    ]
    return [(name, value) for name, value in known if value]


def _named(id_: str | None, names: Names) -> str:
    if id_ is None:
        return ""
    name = names.get(id_, "")
    return f"{name} ({id_})" if name and name != id_ else id_
