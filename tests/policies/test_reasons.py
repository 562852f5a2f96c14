import re

from policies.event_types import EventType
from policies.reasons import Reason

# Number and name of BACnet's access events, with "other" and the like spelt as our record spells them.
BACNET = {
    "access_granted": 1,
    "verification_required": 15,
    "denied_unknown_credential": 129,
    "denied_authentication_unavailable": 130,
    "denied_authentication_factor_timeout": 131,
    "denied_incorrect_authentication_factor": 132,
    "denied_point_no_access_rights": 134,
    "denied_out_of_time_range": 136,
    "denied_max_attempts": 140,
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
    "denied_other": 164,
}


def test_reasons_carry_the_numbers_of_the_standard() -> None:
    """Every reason has the number of its access event in BACnet, or none where there is no such event."""
    ours = {reason.event_type: reason.bacnet for reason in Reason}
    assert ours == BACNET | {"access_granted_anonymous": None}


def test_every_reason_is_an_event_of_its_own() -> None:
    """No two reasons share a type, a number or their words, nor a type with any other event."""
    assert len({reason.event_type for reason in Reason}) == len(Reason)
    assert len({reason.bacnet for reason in Reason}) == len(Reason)
    assert len({reason.words for reason in Reason}) == len(Reason)
    assert not {reason.event_type for reason in Reason} & set(EventType)


def test_reasons_are_spelt_like_events() -> None:
    """Types are snake_case, and say that they refuse when they do."""
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", reason.event_type) for reason in Reason)
    refusing = {reason for reason in Reason if reason.event_type.startswith("denied_")}
    assert set(Reason) - refusing == {Reason.GRANTED, Reason.GRANTED_ANONYMOUS, Reason.PIN_WANTED}


def test_the_words_are_a_sentence() -> None:
    """What a person reads is a sentence, with a capital and a full stop."""
    assert all(re.fullmatch(r"[A-Z].*\.", reason.words) for reason in Reason)
