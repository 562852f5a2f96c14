import re
from collections import Counter

from policies.event_types import EventType
from policies.reasons import Reason

# Number and name of BACnet's access events, with "other" and the like spelt as our record spells them.
BACNET = {
    "access_granted": 1,
    "passback_detected": 3,
    "authorization_delayed": 14,
    "verification_required": 15,
    "denied_deny_all": 128,
    "denied_unknown_credential": 129,
    "denied_authentication_unavailable": 130,
    "denied_authentication_factor_timeout": 131,
    "denied_incorrect_authentication_factor": 132,
    "denied_point_no_access_rights": 134,
    "denied_no_access_rights": 135,
    "denied_out_of_time_range": 136,
    "denied_threat_level": 137,
    "denied_passback": 138,
    "denied_max_attempts": 140,
    "denied_lower_occupancy_limit": 141,
    "denied_upper_occupancy_limit": 142,
    "denied_factor_lost": 143,
    "denied_factor_stolen": 144,
    "denied_factor_damaged": 145,
    "denied_factor_disabled": 147,
    "denied_factor_error": 148,
    "denied_credential_not_provisioned": 150,
    "denied_credential_not_yet_active": 151,
    "denied_credential_expired": 152,
    "denied_credential_manual_disable": 153,
    "denied_credential_lockout": 154,
    "denied_credential_max_uses": 156,
    "denied_credential_inactivity": 157,
    "denied_no_accompaniment": 159,
    "denied_incorrect_accompaniment": 160,
    "denied_lockout": 161,
    "denied_other": 164,
}

OUR_OWN = {
    "access_granted_anonymous",
    "denied_card_forged",
    "denied_card_replay",
    "denied_clonable_card",
    "denied_code_replay",
    "denied_factor_in_use",
    "denied_pad_failed",
    "denied_reader_lockout",
    "denied_wrong_access_point",
    "denied_clock_untrusted",
    "denied_degraded",
    "denied_insufficient_assurance",
    "denied_interlock",
    "denied_prerequisite",
    "occupancy_exceeded",
    "visitor_left_behind",
}
"""What the standard has no event for."""

SHARED = {
    "access_granted_anonymous": {Reason.GRANTED_ANONYMOUS, Reason.GRANTED_FREE},
    "verification_required": {Reason.PIN_WANTED, Reason.FACTOR_WANTED},
    "authorization_delayed": {Reason.COMPANION_WANTED, Reason.INTERLOCK_WANTED},
    "denied_authentication_factor_timeout": {Reason.FACTOR_TIMEOUT, Reason.NO_FINGER, Reason.NO_FACE},
    "denied_credential_lockout": {
        Reason.LOCKED_OUT,
        Reason.CODE_LOCKED_OUT,
        Reason.BIOMETRIC_LOCKED_OUT,
    },
    "denied_credential_max_uses": {
        Reason.CREDENTIAL_SPENT,
        Reason.USES_SPENT,
        Reason.DAILY_USES_SPENT,
    },
    "denied_credential_not_provisioned": {Reason.NO_PIN, Reason.NO_CODE, Reason.NO_BIOMETRIC},
    "denied_incorrect_authentication_factor": {
        Reason.WRONG_PIN,
        Reason.WRONG_CODE,
        Reason.WRONG_FINGER,
        Reason.WRONG_FACE,
        Reason.OTHER_PERSON,
    },
    "denied_max_attempts": {
        Reason.TOO_MANY_WRONG_PINS,
        Reason.TOO_MANY_WRONG_CODES,
        Reason.BIOMETRIC_OFF,
    },
    "denied_reader_lockout": {Reason.READER_LOCKED_OUT, Reason.SENSOR_LOCKED_OUT},
    "denied_pad_failed": {Reason.NOT_LIVE, Reason.LIVENESS_UNAVAILABLE},
    "denied_authentication_unavailable": {
        Reason.AUTHENTICATION_UNAVAILABLE,
        Reason.SENSOR_UNAVAILABLE,
    },
    "denied_unknown_credential": {
        Reason.UNKNOWN_CREDENTIAL,
        Reason.UNKNOWN_CODE,
        Reason.UNKNOWN_FINGER,
        Reason.UNKNOWN_FACE,
        Reason.PASS_FORGED,
        Reason.PASSES_OFF,
    },
    "denied_no_accompaniment": {Reason.NO_COMPANION, Reason.NO_ESCORT},
    "denied_prerequisite": {Reason.PREREQUISITE_MISSING, Reason.PREREQUISITE_EXPIRED},
}
"""Where one event stands for two reasons; their words tell them apart."""


def test_reasons_carry_the_numbers_of_the_standard() -> None:
    """Every reason has the number of its access event in BACnet, or none where there is no such event."""
    assert {(reason.event_type, reason.bacnet) for reason in Reason} == {
        *BACNET.items(),
        *((ours, None) for ours in OUR_OWN),
    }


def test_no_two_reasons_are_told_alike() -> None:
    """Two reasons share a type only where the standard has one event for both, and never their words."""
    by_type = {kind: {r for r in Reason if r.event_type == kind} for kind in (r.event_type for r in Reason)}
    assert {kind: reasons for kind, reasons in by_type.items() if len(reasons) > 1} == SHARED
    assert Counter(reason.words for reason in Reason).most_common(1)[0][1] == 1
    assert not {reason.event_type for reason in Reason} & set(EventType)


def test_reasons_are_spelt_like_events() -> None:
    """Types are snake_case, and say that they refuse when they do."""
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", reason.event_type) for reason in Reason)
    refusing = {reason for reason in Reason if reason.event_type.startswith("denied_")}
    assert set(Reason) - refusing == {
        Reason.GRANTED,
        Reason.GRANTED_ANONYMOUS,
        Reason.GRANTED_FREE,
        Reason.PIN_WANTED,
        Reason.FACTOR_WANTED,
        Reason.COMPANION_WANTED,
        Reason.INTERLOCK_WANTED,
        Reason.PASSBACK_REPORTED,
        Reason.OVERFULL_REPORTED,
        Reason.LEAVES_VISITOR,
    }


def test_the_words_are_a_sentence() -> None:
    """What a person reads is a sentence, with a capital and a full stop."""
    assert all(re.fullmatch(r"[A-Z].*\.", reason.words) for reason in Reason)
