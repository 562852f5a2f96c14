"""The types of entries, and groups of them that one looks for together."""

from functools import cache
from typing import Final, NamedTuple

from accessctl.tui.look import Tone, event_tone
from accessctl.tui.words import _
from policies.event_types import EventType
from policies.reasons import Reason


class Kind(NamedTuple):
    """A group of types."""

    id: str
    """What one may type for it."""
    words: str
    types: tuple[str, ...]


_BEGINNINGS: Final = {
    "doors": ("door_", "lock_", "access_", "manual_unlock", "rex", "input_", "break_glass"),
    "readers": ("reader_", "biometric_", "key_rotated", "unknown_input_device", "lockout_"),
    "people": ("person_", "people_", "credential_", "consent_", "data_erased", "card_", "passback_forgiven"),
    "site": ("lockdown", "fire_", "emergency_", "threat_", "area_", "muster", "occupancy_", "visitor_"),
    "operators": ("operator_", "token_", "approval_", "names_", "call_refused", "personal_data_", "alarm_"),
    "system": ("system_", "policy_", "rules_", "storage_", "backup_", "clock_", "power_"),
}


@cache
def known_types() -> tuple[str, ...]:
    """Give every type that an entry can have."""
    return tuple(sorted({*(str(each) for each in EventType), *(reason.event_type for reason in Reason)}))


@cache
def kinds() -> tuple[Kind, ...]:
    """Give the groups."""
    troubles = tuple(name for name in known_types() if event_tone(name) in {Tone.ALARM, Tone.WARN})
    words = {
        "doors": _("doors and who went through them"),
        "readers": _("readers, keypads and sensors"),
        "people": _("people and what they hold"),
        "site": _("the site: lockdown, fire, muster, areas"),
        "operators": _("what operators did"),
        "system": _("the system: starts, rules, disk, clock, backups"),
    }
    groups = (Kind(id_, said, _beginning(_BEGINNINGS[id_])) for id_, said in words.items())
    return (Kind("alarms", _("alarms and faults"), troubles), *groups)


def _beginning(with_: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in known_types() if name.startswith(with_))


def types_of(wanted: str) -> tuple[str, ...]:
    """Give the types of a group, or the one of this name; none for a word that is neither."""
    group = next((kind.types for kind in kinds() if kind.id == wanted), None)
    if group is not None:
        return group
    return (wanted,) if wanted in known_types() else ()
