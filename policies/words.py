"""What the record says in words where no reason of a decision says it."""

from collections.abc import Mapping
from typing import Final

from policies.degraded import Condition
from policies.door_modes import DoorMode
from policies.event_types import EventType

WORDS: Final[Mapping[str, str]] = {
    EventType.ACCESS_NOT_TAKEN: "Granted, but the leaf was not opened.",
    EventType.DOOR_FORCED_OPEN: "The leaf opened without a grant, an exit request or an unlock order.",
    EventType.DOOR_PRE_ALARM: "The leaf has been open for long; an alarm follows unless it is closed.",
    EventType.DOOR_OPEN_TOO_LONG: "The leaf was not closed within its open time.",
    EventType.BREAK_GLASS: "A break-glass code opened the door, whatever the rules say of its holder.",
    EventType.DURESS: "A duress PIN or finger was used. Nothing at the door shows it.",
    EventType.VISITOR_ALONE: "A visitor has been apart from the escort for longer than is allowed.",
    EventType.VISITOR_REJOINED: "The visitor is with the escort again, or has left.",
    EventType.OCCUPANCY_LOW: "Fewer people have been in there than have to be, for longer than is allowed.",
    EventType.OCCUPANCY_LOW_RESTORED: "Enough people are in there again, or nobody is.",
    EventType.FIRE_INPUT: "The fire input is active: its doors are free until an operator ends that.",
    EventType.FIRE_INPUT_RESTORED: "The fire input is at rest. Doors stay free until an operator ends that.",
    EventType.MUSTER_COMPLETE: "Everybody who was inside has been seen safe.",
}

MODE_EVENT: Final[Mapping[DoorMode, EventType]] = {
    DoorMode.LOCKED: EventType.DOOR_LOCKED,
    DoorMode.UNLOCKED: EventType.DOOR_UNLOCKED,
    DoorMode.BLOCKED: EventType.DOOR_BLOCKED,
    DoorMode.LOCKED_DOWN: EventType.DOOR_LOCKDOWN,
    DoorMode.HELD_OPEN: EventType.DOOR_HELD_OPEN,
    DoorMode.FREE: EventType.DOOR_FREE_ACCESS,
}
"""What enters the record when a door comes into a mode."""

CONDITION_EVENTS: Final[Mapping[Condition, tuple[EventType, EventType]]] = {
    Condition.CLOCK_UNTRUSTED: (EventType.CLOCK_SYNC_LOST, EventType.CLOCK_SYNC_RESTORED),
    Condition.RECORD_UNWRITABLE: (EventType.STORAGE_FAULT, EventType.STORAGE_RESTORED),
    Condition.READER_LOST: (EventType.READER_OFFLINE, EventType.READER_ONLINE),
    Condition.CONTACT_LOST: (EventType.CONTACT_LOST, EventType.CONTACT_RESTORED),
    Condition.BIOMETRIC_LOST: (EventType.BIOMETRIC_OFFLINE, EventType.BIOMETRIC_ONLINE),
    Condition.ON_BATTERY: (EventType.MAINS_LOST, EventType.MAINS_RESTORED),
}
"""What enters the record when a condition begins, and when it is over."""

CONDITION_WORDS: Final[Mapping[Condition, tuple[str, str]]] = {
    Condition.CLOCK_UNTRUSTED: ("The clock is not to be trusted.", "The clock is to be trusted again."),
    Condition.RECORD_UNWRITABLE: ("The record cannot be written.", "The record can be written again."),
    Condition.READER_LOST: ("A reader of this door does not answer.", "The reader answers again."),
    Condition.CONTACT_LOST: ("The position switch does not answer.", "The position switch answers again."),
    Condition.BIOMETRIC_LOST: ("No finger or face can be checked.", "Fingers or faces can be checked again."),
    Condition.ON_BATTERY: ("The mains are lost.", "The mains are back."),
}
"""The same in words: when it begins, and when it is over. They are the reason for what follows at a door."""
