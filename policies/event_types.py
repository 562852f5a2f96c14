"""What the record can say besides decisions (whose types are in ``policies.reasons``).

Names after BACnet's access events and ONVIF's door states where they have one.
"""

from enum import StrEnum


class EventType(StrEnum):
    """The type of an entry in the record."""

    ACCESS_TAKEN = "access_taken"
    ACCESS_NOT_TAKEN = "access_not_taken"

    DOOR_OPENED = "door_opened"
    DOOR_CLOSED = "door_closed"
    DOOR_LOCKED = "door_locked"
    DOOR_UNLOCKED = "door_unlocked"
    DOOR_RELEASED = "manual_unlock"
    """An operator released the door once."""
    DOOR_FORCED_OPEN = "door_forced_open"
    DOOR_FORCED_OPEN_RESTORED = "door_forced_open_restored"
    DOOR_OPEN_TOO_LONG = "door_open_too_long"
    DOOR_OPEN_TOO_LONG_RESTORED = "door_open_too_long_restored"
    DOOR_PRE_ALARM = "door_pre_alarm"
    DOOR_FAULT = "door_fault"
    """The strike did not do what it was told."""

    EXIT_REQUEST = "rex"
    """Somebody asked to leave at a door that a handle opens; the alarm is masked, nothing released."""

    LOCKOUT = "lockout_max_attempts"
    LOCKOUT_RELINQUISHED = "lockout_relinquished"

    READER_ONLINE = "reader_online"
    READER_OFFLINE = "reader_offline"
    READER_FLOOD = "reader_flood"

    SYSTEM_START = "system_start"
    SYSTEM_STOP = "system_stop"
    SYSTEM_CRASH_RECOVERED = "system_crash_recovered"
    POLICY_LOADED = "policy_loaded"
    POLICY_REFUSED = "policy_refused"
    STORAGE_FAULT = "storage_fault"
    STORAGE_RESTORED = "storage_restored"
    PEOPLE_ROLLED_BACK = "people_rolled_back"
    """The people's store is an older copy of itself: what was changed since the copy is gone."""

    PERSON_ADDED = "person_added"
    PERSON_CHANGED = "person_changed"
    CREDENTIAL_ENROLLED = "credential_enrolled"
    CREDENTIAL_CHANGED = "credential_changed"
    CREDENTIAL_REVOKED = "credential_revoked"
