"""Forgives everybody's passback when its schedule begins, also where that was while nothing ran."""

from datetime import UTC, datetime, timedelta
from typing import Final

from policies.event_types import EventType
from policies.memory import Memory
from policies.presence import forgive_all
from policies.schedule import Schedule
from policies.turn import FORGIVE, Note, Start, Stop, Turn

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)
LOOKED: Final = "forgiven_until"
"""Up to which second since 1970 the schedule was looked at."""


def forgive_when_due(turn: Turn, memory: Memory, schedule: Schedule | None) -> None:
    """Forgive everybody if the schedule has begun since the last look, and wait for its next change."""
    key = (FORGIVE, "")
    if schedule is None:
        if LOOKED in memory.numbers:  # other rules had a schedule for it
            memory.drop("numbers", LOOKED)
            turn.effects.append(Stop(key))
        return
    since = memory.numbers.get(LOOKED)
    if since is not None and _has_begun(schedule, _EPOCH + since * _SECOND, turn.now):
        detail = {"people": forgive_all(memory)}
        turn.effects.append(Note(EventType.PASSBACK_FORGIVEN, reason="Forgiven by schedule.", detail=detail))
    memory.put("numbers", LOOKED, (turn.now - _EPOCH) // _SECOND)
    change = schedule.next_change(turn.now)
    turn.effects.append(Stop(key) if change is None else Start(key, change - turn.now))


def _has_begun(schedule: Schedule, since: datetime, now: datetime) -> bool:
    change = schedule.next_change(since)
    if change is not None and schedule.holds_at(since):
        change = schedule.next_change(change)
    return change is not None and change <= now
