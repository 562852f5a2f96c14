"""Every reason a decision can have, in one enum.

``event_type`` is the type of the decision's entry in the record. The names of refusals are those of
BACnet's access events (ASHRAE 135, BACnetAccessEvent), so that other systems map them one to one;
``bacnet`` is that number, or ``None`` where the standard has no such event.
"""

from enum import Enum


class Reason(Enum):
    """Why a request was granted or refused; one word for each cause, so that nobody has to guess."""

    GRANTED = ("access_granted", 1, "Granted.")
    GRANTED_ANONYMOUS = ("access_granted_anonymous", None, "Leaving is free: nobody is asked.")
    PIN_WANTED = ("verification_required", 15, "The card is good; a PIN is wanted as well.")

    UNKNOWN_CREDENTIAL = ("denied_unknown_credential", 129, "The card is not known here.")
    AUTHENTICATION_UNAVAILABLE = (
        "denied_authentication_unavailable",
        130,
        "The credential could not be checked: the people's store or the keys are out of reach.",
    )
    FACTOR_TIMEOUT = ("denied_authentication_factor_timeout", 131, "The PIN was not entered in time.")
    WRONG_PIN = ("denied_incorrect_authentication_factor", 132, "The PIN is wrong.")
    NO_ACCESS_LEVEL = (
        "denied_point_no_access_rights",
        134,
        "No access level of this person covers this access point.",
    )
    OUTSIDE_SCHEDULE = (
        "denied_out_of_time_range",
        136,
        "The person's access levels do not cover this access point at this time.",
    )
    TOO_MANY_WRONG_PINS = (
        "denied_max_attempts",
        140,
        "Too many wrong PINs: disabled until an admin enables the PIN again.",
    )
    CARD_LOST = ("denied_factor_lost", 143, "The card was reported lost.")
    CARD_STOLEN = ("denied_factor_stolen", 144, "The card was reported stolen.")
    CARD_DAMAGED = ("denied_factor_damaged", 145, "The card was withdrawn as damaged.")
    CARD_REVOKED = ("denied_factor_disabled", 147, "The card was revoked.")
    CARD_UNREADABLE = ("denied_factor_error", 148, "The card could not be read.")
    NO_PIN = ("denied_credential_not_provisioned", 150, "A PIN is asked for here and this person has none.")
    NOT_YET_VALID = ("denied_credential_not_yet_active", 151, "The credential is not valid yet.")
    EXPIRED = ("denied_credential_expired", 152, "The credential has expired.")
    PERSON_DISABLED = ("denied_credential_manual_disable", 153, "The person was disabled by an admin.")
    LOCKED_OUT = ("denied_credential_lockout", 154, "Locked out for a while after wrong PINs.")
    RECORD_UNAVAILABLE = (
        "denied_other",
        164,
        "The record cannot be written, and no door opens without its record.",
    )

    def __init__(self, event_type: str, bacnet: int | None, words: str) -> None:
        """Keep the parts of the value under names of their own."""
        self.event_type = event_type
        self.bacnet = bacnet
        self.words = words
