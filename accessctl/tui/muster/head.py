"""What stands above and below the list: how many, how old it is, and what the marks mean."""

from datetime import datetime
from typing import Final

from rich.text import Text

from accessctl.muster_sheet import wording
from accessctl.muster_sheet.view import MusterPerson, MusterView
from accessctl.tui.look import ALARM, UNSURE, mark
from accessctl.tui.times import clock, how_long, when
from accessctl.tui.words import _

STALE_S: Final = 12.0
"""A list that is older was to be fetched anew long ago."""
_FULL: Final = mark("█", "#")
_EMPTY: Final = mark("░", ".")


def heading(view: MusterView, now: datetime, width: int) -> str:
    """Say what the list is and count it; during a muster with a bar of who is safe."""
    if not view.running or view.since is None:
        return f"{wording.title(view)} · {wording.totals(view)}"
    lasting = how_long((now - view.since).total_seconds())
    words = _("MUSTER since {clock} ({lasting})").format(clock=when(view.since, now), lasting=lasting)
    said = f"{words} · {wording.totals(view)}"
    room = min(30, width - len(said) - 2)
    return f"{said}  {bar(view.safe, view.expected, room)}" if room >= _SHORTEST_BAR else said


_SHORTEST_BAR: Final = 8


def bar(done: int, whole: int, width: int) -> str:
    """Draw how much of it is done. It is full only when all is."""
    filled = width if whole == 0 else min(width * done // whole, width)
    return _FULL * filled + _EMPTY * (width - filled)


def age_words(view: MusterView, now: datetime, trouble: str | None) -> tuple[str, bool]:
    """Say when the list was true; and whether it is old."""
    age = (now - view.as_of).total_seconds()
    at = clock(view.as_of)
    if trouble is None and age < STALE_S:
        said = _("As of {at}.").format(at=at)
        if not view.partial:
            return said, False
        return f"{ALARM} {said} {_('Where people are may be older: {why}').format(why=view.partial)}", True
    words = _("As of {at}, NOT UPDATED SINCE ({long}).").format(at=when(view.as_of, now), long=how_long(age))
    return f"{ALARM} {words} {trouble or ''}".rstrip(), True


def details(person: MusterPerson | None, now: datetime) -> Text:
    """Say all of somebody: in one line or two."""
    if person is None:
        return Text("")
    name = person.shown if person.name is None else f"{person.shown} ({person.person})"
    said = wording.how_safe(person, now) if person.safe else wording.in_full(person, now)
    return Text.assemble((name, "bold"), "  ", said)


def legend(view: MusterView, *, room: bool) -> Text:
    """Say what the marks mean: each on a line of its own where there is room."""
    if not room:
        marks = [
            f"{UNSURE} {_('less sure')}",
            f"{wording.IN_DOUBT} {_('in doubt')}",
            _("no mark: seen to go in"),
        ]
        return Text("   ".join(marks))
    lines = [f"{sign or ' '} {short}: {meaning}" for sign, short, meaning in wording.legend(view)]
    return Text("\n".join(lines))
