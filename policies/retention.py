"""How long entries of the record are kept: every type of entry is of one class, and a site may limit a class.

Rule 1: whatever ends an alarm is of the alarms' class, or is kept for good; so no alarm is without its end.
Rule 2: what has to hold for good is of the class ``KEPT``, which has no limit: what tells of the record
        itself, of keys and consents, and what was taken back, which an old copy of a store would bring back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from policies.event_types import EventType
from policies.reasons import Reason


class EventClass(StrEnum):
    """What entries are about, as far as it matters for how long they are kept."""

    ACCESS = "access"
    """Who wanted to pass where, and what was decided."""
    DOORS = "doors"
    """What doors did, and what the whole site was told to do."""
    DEVICES = "devices"
    """Readers, power, clock and rules."""
    OPERATORS = "operators"
    """Who administered, and what they looked at."""
    PEOPLE = "people"
    """What was changed of people and their credentials."""
    ALARMS = "alarms"
    """Alarms, whatever ends them, and what was done about them."""
    KEPT = "kept"
    """For good."""


FLOOR: Final[Mapping[EventClass, int]] = {
    **dict.fromkeys(EventClass, 1),
    EventClass.ALARMS: 90,
}
"""So many days at least is a class kept. That of ``KEPT`` has no meaning, since it has no limit."""
MOST_DAYS: Final = 36_500
PRUNABLE: Final = tuple(each for each in EventClass if each is not EventClass.KEPT)
_LOG: Final = "log_"

_E = EventType
_TYPES: Final[Mapping[EventClass, frozenset[str]]] = {
    EventClass.ACCESS: frozenset(
        {_E.ACCESS_TAKEN, _E.ACCESS_NOT_TAKEN, _E.EXIT_REQUEST, _E.ACCOMPANIED, _E.PASSBACK_FORGIVEN}
        | {_E.ACCESS_RENEWED, _E.MUSTER, _E.LOCKOUT_RELINQUISHED}
        | {reason.event_type for reason in Reason}
        - {Reason.CARD_LOST.event_type, Reason.CARD_STOLEN.event_type}
    ),
    EventClass.DOORS: frozenset(
        {_E.DOOR_OPENED, _E.DOOR_CLOSED, _E.DOOR_LOCKED, _E.DOOR_UNLOCKED, _E.DOOR_RELEASED}
        | {_E.DOOR_PRE_ALARM, _E.DOOR_BLOCKED, _E.DOOR_LOCKDOWN, _E.DOOR_HELD_OPEN, _E.DOOR_FREE_ACCESS}
        | {_E.DOOR_NORMAL, _E.DOOR_PROPPED, _E.LOCKDOWN, _E.LOCKDOWN_LIFTED, _E.FIRE_INPUT_RESTORED}
        | {_E.THREAT_LEVEL, _E.AREA_ARMED, _E.AREA_DISARMED, _E.MUSTER_STARTED, _E.MUSTER_COMPLETE}
        | {_E.MUSTER_ENDED, _E.ORDER_REFUSED}
    ),
    EventClass.DEVICES: frozenset(
        {_E.READER_TESTED, _E.READER_PAIRING_STARTED, _E.READER_PAIRING_FAILED, _E.SYSTEM_STOP}
        | {_E.BACKUP_DOWNLOADED, _E.BACKUP_DELETED, _E.RULES_CHANGED}
    ),
    EventClass.OPERATORS: frozenset(
        {_E.OPERATOR_ADDED, _E.OPERATOR_CHANGED, _E.OPERATOR_LOGGED_IN, _E.OPERATOR_LOGGED_OUT}
        | {_E.OPERATOR_LOGIN_FAILED, _E.NAMES_UNLOCKED, _E.CALL_REFUSED, _E.PERSONAL_DATA_READ}
        | {_E.APPROVAL_ASKED, _E.APPROVAL_GIVEN, _E.APPROVAL_REFUSED, _E.APPROVAL_FAILED, _E.SUBJECT_EXPORT}
    ),
    EventClass.PEOPLE: frozenset(
        {_E.PERSON_ADDED, _E.PERSON_CHANGED, _E.PEOPLE_IMPORTED, _E.PERSON_LEFT}
        | {_E.CREDENTIAL_ENROLLED, _E.CREDENTIAL_CHANGED, _E.CREDENTIAL_REVOKED, _E.CARD_ENCODED}
    ),
    EventClass.ALARMS: frozenset(
        {_E.DOOR_FORCED_OPEN, _E.DOOR_FORCED_OPEN_RESTORED, _E.DOOR_OPEN_TOO_LONG}
        | {_E.DOOR_OPEN_TOO_LONG_RESTORED, _E.DOOR_TAMPER, _E.DOOR_TAMPER_RESTORED, _E.DOOR_FAULT}
        | {_E.CONTACT_LOST, _E.CONTACT_RESTORED, _E.LOCK_NOT_HOLDING, _E.LOCK_HOLDING, _E.BREAK_GLASS}
        | {_E.EXIT_REQUEST_STUCK, _E.EXIT_REQUEST_STUCK_RESTORED, _E.DURESS, _E.VISITOR_ALONE}
        | {_E.VISITOR_REJOINED, _E.OCCUPANCY_LOW, _E.OCCUPANCY_LOW_RESTORED, _E.FIRE_INPUT}
        | {_E.EMERGENCY_LIFTED, _E.MAINS_LOST, _E.MAINS_RESTORED, _E.CLOCK_SYNC_LOST}
        | {_E.CLOCK_SYNC_RESTORED, _E.READER_ONLINE, _E.READER_OFFLINE, _E.READER_TAMPER}
        | {_E.READER_TAMPER_RESTORED, _E.READER_POWER_FAILED, _E.READER_POWER_RESTORED}
        | {_E.READER_INSECURE, _E.READER_FLOOD, _E.UNKNOWN_INPUT_DEVICE, _E.BIOMETRIC_ONLINE}
        | {_E.BIOMETRIC_OFFLINE, _E.POLICY_LOADED, _E.POLICY_REFUSED, _E.STORAGE_FAULT}
        | {_E.STORAGE_RESTORED, _E.PEOPLE_ROLLED_BACK, _E.SYSTEM_START, _E.SYSTEM_CRASH_RECOVERED}
        | {_E.BACKUP_MADE, _E.BACKUP_FAILED, _E.LOCKOUT, _E.ALARM_ACKNOWLEDGED}
        | {Reason.CARD_LOST.event_type, Reason.CARD_STOLEN.event_type}
    ),
    EventClass.KEPT: frozenset(
        {_E.KEY_ROTATED, _E.READER_PAIRED, _E.CARD_KEYS_MADE, _E.TOKEN_MADE, _E.TOKEN_REVOKED}
        | {_E.CONSENT_GIVEN, _E.CONSENT_WITHDRAWN, _E.DATA_ERASED, _E.PERSON_DELETED}
        | {_E.OPERATOR_DELETED, _E.BACKUP_RESTORED, _E.ACCESS_REVIEW_DUE, _E.ACCESS_REVIEW_SIGNED}
        | {type_ for type_ in EventType if type_.startswith(_LOG)}
    ),
}


@dataclass(frozen=True, slots=True)
class Retention:
    """For how many days a site keeps which class of entries; those that are not in it, for good."""

    days: Mapping[EventClass, int] = field(default_factory=dict)

    def before(self, kind: EventClass, now: datetime) -> datetime | None:
        """Give the instant before which entries of a class may go; ``None`` where none may."""
        days = self.days.get(kind)
        if days is None or kind not in PRUNABLE:
            return None
        return now - timedelta(days=max(days, FLOOR[kind]))


def types_of(kind: EventClass) -> frozenset[str]:
    """Give the types of entries that are of a class."""
    return _TYPES[kind]
