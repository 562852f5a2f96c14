import re

import pytest

from policies.event_types import EventType

STANDARD = {
    "consent_given",
    "consent_withdrawn",
    "data_erased",
    "access_not_taken",
    "access_taken",
    "accompaniment_by",
    "clock_sync_lost",
    "clock_sync_restored",
    "credential_changed",
    "credential_enrolled",
    "credential_revoked",
    "door_closed",
    "door_fault",
    "door_forced_open",
    "door_forced_open_restored",
    "door_free_access",
    "door_lockdown",
    "door_locked",
    "door_open_too_long",
    "door_open_too_long_restored",
    "door_opened",
    "door_tamper",
    "door_unlocked",
    "duress",
    "fire_input",
    "input_fault",
    "key_rotated",
    "log_integrity_failure",
    "log_rollback",
    "lockout_max_attempts",
    "lockout_relinquished",
    "manual_unlock",
    "muster",
    "policy_loaded",
    "policy_refused",
    "power_mains_lost",
    "power_mains_restored",
    "reader_flood",
    "reader_insecure",
    "reader_offline",
    "reader_online",
    "reader_tamper",
    "rex",
    "rex_stuck",
    "storage_fault",
    "system_crash_recovered",
    "system_start",
    "system_stop",
    "unknown_input_device",
}
"""The names that this field has for these events, for other systems to map."""

OUR_OWN = {
    "access_review_due",
    "access_review_signed",
    "subject_export",
    "alarm_acknowledged",
    "person_deleted",
    "person_left",
    "approval_asked",
    "approval_failed",
    "approval_given",
    "approval_refused",
    "call_refused",
    "names_unlocked",
    "operator_added",
    "operator_changed",
    "operator_deleted",
    "operator_logged_in",
    "operator_logged_out",
    "operator_login_failed",
    "personal_data_read",
    "token_made",
    "token_revoked",
    "backup_deleted",
    "backup_downloaded",
    "backup_failed",
    "backup_made",
    "backup_restored",
    "rules_changed",
    "break_glass",
    "card_encoded",
    "card_keys_made",
    "access_renewed",
    "area_armed",
    "area_disarmed",
    "biometric_offline",
    "biometric_online",
    "door_blocked",
    "door_held_open",
    "door_normal",
    "door_pre_alarm",
    "door_propped",
    "door_tamper_restored",
    "emergency_lifted",
    "fire_input_restored",
    "input_restored",
    "lock_holding_again",
    "lock_not_holding",
    "lockdown",
    "lockdown_lifted",
    "log_anchor_lost",
    "log_anchor_restored",
    "log_begun",
    "log_export",
    "log_pruned",
    "muster_complete",
    "muster_ended",
    "muster_started",
    "occupancy_below_minimum",
    "occupancy_below_minimum_restored",
    "order_refused",
    "passback_forgiven",
    "people_rolled_back",
    "person_added",
    "person_changed",
    "people_imported",
    "reader_paired",
    "reader_pairing_failed",
    "reader_pairing_started",
    "reader_power_failed",
    "reader_power_restored",
    "reader_tamper_restored",
    "reader_tested",
    "rex_stuck_restored",
    "storage_restored",
    "threat_level_changed",
    "visitor_alone",
    "visitor_rejoined",
}
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
    assert {began, f"{began}_fault", f"{began}_lost", f"{began}_failed"} & set(EventType)
