"""Draws ``docs/door.md`` from the door's table: ``python -m tests.docs.door_diagram --write``."""

import re
import sys
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Final

from policies.door import TABLE, Phase, Transition
from policies.door_events import (
    DoorEvent,
    ExitRequested,
    ExitSensed,
    Granted,
    LeafClosed,
    LeafOpened,
    LockOrdered,
    OpenElapsed,
    PreAlarmDue,
    PropOrdered,
    ReleaseElapsed,
    RelockElapsed,
    UnlockOrdered,
)
from tests.docs.pages import DOCS

PAGE = DOCS / "door.md"
Table = Mapping[Phase, Mapping[type[DoorEvent], Transition]]

PASSAGE: Final = (
    Granted,
    ExitRequested,
    ExitSensed,
    LeafOpened,
    LeafClosed,
    ReleaseElapsed,
    RelockElapsed,
    PreAlarmDue,
    OpenElapsed,
)
ORDERS: Final = (UnlockOrdered, LockOrdered, PropOrdered)

_HEAD = """# The life of one door

Written by `python -m tests.docs.door_diagram --write` from `TABLE` in `policies/door.py`; a test compares
the two. Boxes are phases; an arrow says which events lead along it. What is not drawn is impossible, or of no
consequence and changes nothing.

Modes that are ordered, schedules, lockdown and emergency release reach a door as two of these events: *unlock
ordered* when its mode releases the strike, *lock ordered* when it does not any more. `policies/modes.py` has
their rank.
"""


def page(table: Table = TABLE) -> str:
    """Give the text of the page."""
    return "\n".join(
        [
            _HEAD,
            "## Somebody passes",
            "",
            *diagram(table, PASSAGE),
            "",
            "## An operator orders, or the mode changes",
            "",
            *diagram(table, ORDERS),
            "",
            "## Phases",
            "",
            "| phase | meaning |",
            "|---|---|",
            *(f"| {words(phase)} | {_meaning(phase)} |" for phase in Phase),
            "",
            "## The whole table",
            "",
            "| in phase | when | then in phase | and this is done, in this order |",
            "|---|---|---|---|",
            *rows(table),
            "",
        ]
    )


def diagram(table: Table, events: Iterable[type[DoorEvent]]) -> list[str]:
    """Draw the transitions that these events cause, as Mermaid."""
    wanted = tuple(events)
    arrows = [
        (phase, transition.to, event)
        for phase, row in table.items()
        for event, transition in row.items()
        if event in wanted and transition.to is not phase
    ]
    lines = ["```mermaid", "stateDiagram-v2", "    direction LR"]
    lines += [f'    state "{words(phase)}" as {phase.name}' for phase in table]
    arrows.sort(key=lambda arrow: (arrow[0].value, arrow[1].value))
    for (start, end), group in groupby(arrows, key=lambda arrow: arrow[:2]):
        label = ", ".join(event_words(event) for _, _, event in group)
        lines.append(f"    {start.name} --> {end.name}: {label}")
    return [*lines, "```"]


def rows(table: Table) -> list[str]:
    """Give every transition as a row."""
    return [
        f"| {words(phase)} | {event_words(event)} | "
        f"{'(the same)' if transition.to is phase else words(transition.to)} | "
        f"{', '.join(act.value for act in transition.acts) or '(nothing)'} |"
        for phase, row in table.items()
        for event, transition in row.items()
    ]


def words(phase: Phase) -> str:
    """Give a phase's name as people say it."""
    return phase.name.lower().replace("_", " ")


def event_words(event: type[DoorEvent]) -> str:
    """Give an event's name as people say it."""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", event.__name__).lower()


def _meaning(phase: Phase) -> str:
    return MEANINGS[phase]


MEANINGS: Final[Mapping[Phase, str]] = {
    Phase.UNKNOWN: "Secured; the position switch has not spoken yet.",
    Phase.SECURED: "Secured and closed.",
    Phase.RELEASED: "Released and closed: somebody may open it now.",
    Phase.SHUNTED: "Secured and closed; somebody inside is about to open it by its handle.",
    Phase.PASSING: "Open after a grant, the strike not secured again yet.",
    Phase.OPEN: "Open, and secured for when it closes.",
    Phase.JOINED: "Open, and released once more for somebody who was granted meanwhile.",
    Phase.WARNED: "Open for so long that the pre-alarm sounds.",
    Phase.HELD: "Open for too long: in alarm.",
    Phase.HELD_JOINED: "Open for too long, and released once more for somebody.",
    Phase.FORCED: "Opened by nobody's leave: in alarm.",
    Phase.FORCED_JOINED: "Opened by nobody's leave, and released once more for somebody.",
    Phase.UNLOCKED: "Released until further notice, and closed.",
    Phase.UNLOCKED_OPEN: "Released until further notice, and open.",
}


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(page())
    else:
        sys.stdout.write(page())
