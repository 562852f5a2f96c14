"""Which entries of the record are alarms, and which entries end them.

The two lists stand in indexes of the record (migrations ``m003_alarms`` and ``m004_log_alarms``), word for
word as in the questions: an alarm more or less needs a migration that makes the index anew.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from policies.event_types import EventType
from policies.reasons import Reason

DOOR, POINT, PERSON, DEVICE, AREA = "door", "access_point", "person", "device", "area"
FINDING, ANCHOR = "finding", "anchor"
_COLUMNS: Final = frozenset({DOOR, POINT, PERSON})


@dataclass(frozen=True, slots=True)
class AlarmKind:
    """What ends an alarm."""

    ends: tuple[EventType, ...] = ()
    """None: it is no state but something that happened, and is over when somebody has acknowledged it."""
    same: tuple[str, ...] = ()
    """What has to be the same in both entries."""
    anew: bool = True
    """Whether a start of the door process ends it too: what is so still is told anew then."""

    def columns(self) -> tuple[str, ...]:
        """Give those of the same facts that are columns of the record."""
        return tuple(fact for fact in self.same if fact in _COLUMNS)

    def details(self) -> tuple[str, ...]:
        """Give those that stand in an entry's detail."""
        return tuple(fact for fact in self.same if fact not in _COLUMNS)


KINDS: Final[Mapping[str, AlarmKind]] = {
    EventType.DOOR_FORCED_OPEN: AlarmKind((EventType.DOOR_FORCED_OPEN_RESTORED,), (DOOR,)),
    EventType.DOOR_OPEN_TOO_LONG: AlarmKind((EventType.DOOR_OPEN_TOO_LONG_RESTORED,), (DOOR,)),
    EventType.DOOR_TAMPER: AlarmKind((EventType.DOOR_TAMPER_RESTORED,), (DOOR,)),
    EventType.DOOR_FAULT: AlarmKind(),
    EventType.CONTACT_LOST: AlarmKind((EventType.CONTACT_RESTORED,), (DOOR, DEVICE)),
    EventType.LOCK_NOT_HOLDING: AlarmKind((EventType.LOCK_HOLDING,), (DOOR,)),
    EventType.EXIT_REQUEST_STUCK: AlarmKind((EventType.EXIT_REQUEST_STUCK_RESTORED,), (DOOR, DEVICE)),
    EventType.BREAK_GLASS: AlarmKind(),
    EventType.DURESS: AlarmKind(),
    EventType.VISITOR_ALONE: AlarmKind((EventType.VISITOR_REJOINED,), (PERSON,)),
    EventType.OCCUPANCY_LOW: AlarmKind((EventType.OCCUPANCY_LOW_RESTORED,), (AREA,)),
    EventType.FIRE_INPUT: AlarmKind((EventType.EMERGENCY_LIFTED,), anew=False),
    EventType.MAINS_LOST: AlarmKind((EventType.MAINS_RESTORED,)),
    EventType.CLOCK_SYNC_LOST: AlarmKind((EventType.CLOCK_SYNC_RESTORED,)),
    EventType.READER_OFFLINE: AlarmKind((EventType.READER_ONLINE,), (DOOR, DEVICE)),
    EventType.READER_TAMPER: AlarmKind((EventType.READER_TAMPER_RESTORED,), (DOOR, DEVICE)),
    EventType.READER_POWER_FAILED: AlarmKind((EventType.READER_POWER_RESTORED,), (DOOR, DEVICE)),
    EventType.READER_INSECURE: AlarmKind((EventType.READER_ONLINE,), (DOOR, DEVICE)),
    EventType.READER_FLOOD: AlarmKind(),
    EventType.UNKNOWN_INPUT_DEVICE: AlarmKind(),
    EventType.BIOMETRIC_OFFLINE: AlarmKind((EventType.BIOMETRIC_ONLINE,), (DOOR, POINT)),
    EventType.POLICY_REFUSED: AlarmKind((EventType.POLICY_LOADED,), anew=False),
    EventType.STORAGE_FAULT: AlarmKind((EventType.STORAGE_RESTORED,)),
    EventType.PEOPLE_ROLLED_BACK: AlarmKind(),
    EventType.SYSTEM_CRASH_RECOVERED: AlarmKind(),
    EventType.BACKUP_FAILED: AlarmKind((EventType.BACKUP_MADE,), anew=False),
    EventType.LOCKOUT: AlarmKind(),
    EventType.LOG_ROLLBACK: AlarmKind((EventType.LOG_BEGUN,), (FINDING,), anew=False),
    EventType.LOG_INTEGRITY_FAILURE: AlarmKind((EventType.LOG_BEGUN,), (FINDING,), anew=False),
    EventType.LOG_ANCHOR_LOST: AlarmKind((EventType.LOG_ANCHOR_RESTORED,), (ANCHOR,), anew=False),
    Reason.CARD_STOLEN.event_type: AlarmKind(),
    Reason.CARD_LOST.event_type: AlarmKind(),
}
SILENT: Final = frozenset({EventType.DURESS})
"""Nothing tells of them but the record: only whoever answers alarms finds them among the others."""
STARTS: Final = (EventType.SYSTEM_START, EventType.SYSTEM_CRASH_RECOVERED)


def _among(types: Iterable[str]) -> str:
    # Not IN: for that SQLite would build a table of the types at every write, which is 3 µs for each list.
    return "({})".format(" OR ".join(f"type = '{each}'" for each in types))


ALARM: Final = _among(KINDS)
ALARM_END: Final = _among([*dict.fromkeys(end for kind in KINDS.values() for end in kind.ends), *STARTS])
