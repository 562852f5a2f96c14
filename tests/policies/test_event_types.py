import re

import pytest

from policies.event_types import EventType

STANDARD = {
    "access_taken",
    "access_not_taken",
    "door_opened",
    "door_closed",
    "door_locked",
    "door_unlocked",
    "manual_unlock",
    "door_fault",
    "door_forced_open",
    "door_forced_open_restored",
    "door_open_too_long",
    "door_open_too_long_restored",
    "rex",
    "lockout_max_attempts",
    "lockout_relinquished",
    "reader_online",
    "reader_offline",
    "reader_flood",
    "system_start",
    "system_stop",
    "system_crash_recovered",
    "policy_loaded",
    "policy_refused",
    "storage_fault",
    "credential_enrolled",
    "credential_changed",
    "credential_revoked",
}
"""The names that this field has for these events, for other systems to map."""

OUR_OWN = {"door_pre_alarm", "storage_restored", "people_rolled_back", "person_added", "person_changed"}
"""What the field has no name for."""


def test_the_types_are_the_golden_list() -> None:
    """A type that is renamed, lost or added is noticed here, before it is noticed by an auditor."""
    assert set(EventType) == STANDARD | OUR_OWN


def test_types_are_snake_case() -> None:
    """Every type is words in lower case with underscores, and no type is an alias of another."""
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", type_) for type_ in EventType)
    assert len(EventType.__members__) == len(set(EventType))


@pytest.mark.parametrize("type_", sorted(type_ for type_ in EventType if type_.endswith("_restored")))
def test_what_is_restored_was_raised(type_: EventType) -> None:
    """Every event that ends something has the event that began it."""
    began = type_.removesuffix("_restored")
    assert {began, f"{began}_fault"} & set(EventType)
