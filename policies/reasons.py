"""Every reason a decision can have, in one enum.

``event_type`` is the type of the decision's entry in the record. The names of refusals are those of
BACnet's access events (ASHRAE 135, BACnetAccessEvent), so that other systems map them one to one;
``bacnet`` is that number, or ``None`` where the standard has no such event. Two reasons share a type where
the standard has one event for both; the words tell them apart.
"""

from enum import Enum


class Reason(Enum):
    """Why a request was granted or refused; one word for each cause, so that nobody has to guess."""

    GRANTED = ("access_granted", 1, "Granted.")
    GRANTED_ANONYMOUS = ("access_granted_anonymous", None, "Leaving is free: nobody is asked.")
    GRANTED_FREE = ("access_granted_anonymous", None, "This way is free: nobody is asked.")
    PIN_WANTED = ("verification_required", 15, "The card is good; a PIN is wanted as well.")
    FACTOR_WANTED = ("verification_required", 15, "So far good; another factor is wanted as well.")
    COMPANION_WANTED = ("authorization_delayed", 14, "So far good; another person has to badge as well.")
    INTERLOCK_WANTED = ("authorization_delayed", 14, "Granted as soon as the other door is shut.")

    UNKNOWN_CREDENTIAL = ("denied_unknown_credential", 129, "The card is not known here.")
    AUTHENTICATION_UNAVAILABLE = (
        "denied_authentication_unavailable",
        130,
        "The credential could not be checked: the people's store or the keys are out of reach.",
    )
    SENSOR_UNAVAILABLE = (
        "denied_authentication_unavailable",
        130,
        "The finger or face could not be checked: its sensor is gone, busy, or does not answer.",
    )
    FACTOR_TIMEOUT = ("denied_authentication_factor_timeout", 131, "The PIN or code was not entered in time.")
    NO_FINGER = ("denied_authentication_factor_timeout", 131, "No finger was seen in time.")
    NO_FACE = ("denied_authentication_factor_timeout", 131, "No face was seen in time.")
    WRONG_PIN = ("denied_incorrect_authentication_factor", 132, "The PIN is wrong.")
    WRONG_CODE = ("denied_incorrect_authentication_factor", 132, "The one-time code is wrong or too old.")
    WRONG_FINGER = ("denied_incorrect_authentication_factor", 132, "The finger is not this person's.")
    WRONG_FACE = ("denied_incorrect_authentication_factor", 132, "The face is not this person's.")
    OTHER_PERSON = (
        "denied_incorrect_authentication_factor",
        132,
        "What was shown belongs to two different people.",
    )
    UNKNOWN_CODE = ("denied_unknown_credential", 129, "No code with these digits is in use.")
    UNKNOWN_FINGER = ("denied_unknown_credential", 129, "The finger is nobody's who is known here.")
    UNKNOWN_FACE = (
        "denied_unknown_credential",
        129,
        "The face is nobody's who is known here, or several people's.",
    )
    PASSES_OFF = ("denied_unknown_credential", 129, "This site takes no passes.")
    PASS_FORGED = ("denied_unknown_credential", 129, "The pass was not made by this site, or was altered.")
    CODE_REPLAYED = ("denied_code_replay", None, "The one-time code was used already.")
    CARD_REPLAYED = (
        "denied_card_replay",
        None,
        "The card's counter has not risen: this is a copy of what it said before.",
    )
    CARD_FORGED = (
        "denied_card_forged",
        None,
        "The card did not prove that it has the key: a copy, or another site's card.",
    )
    NOT_LIVE = ("denied_pad_failed", None, "The face is a picture, or did not turn as it was asked to.")
    LIVENESS_UNAVAILABLE = (
        "denied_pad_failed",
        None,
        "Liveness is wanted here, and nothing could tell whether the face is live.",
    )
    FACTOR_ELSEWHERE = (
        "denied_factor_in_use",
        None,
        "The same person's code, finger or face is being checked at another door.",
    )
    OTHER_DOOR = ("denied_wrong_access_point", None, "The pass or code is for another door.")
    DENIED_BY_LEVEL = (
        "denied_no_access_rights",
        135,
        "A role or group of this person is denied this access point at this time, which beats every right.",
    )
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
    THREAT_LEVEL = (
        "denied_threat_level",
        137,
        "The site's threat level is higher than this person may pass at.",
    )
    PASSBACK = ("denied_passback", 138, "The person is inside already and has not left since.")
    TOO_MANY_WRONG_PINS = (
        "denied_max_attempts",
        140,
        "Too many wrong PINs: disabled until an admin enables the PIN again.",
    )
    TOO_MANY_WRONG_CODES = (
        "denied_max_attempts",
        140,
        "Too many wrong one-time codes: disabled until an admin enables them again.",
    )
    BIOMETRIC_OFF = (
        "denied_max_attempts",
        140,
        "Too many fingers or faces that did not fit: disabled until an admin enables them again.",
    )
    TOO_FEW_PEOPLE = (
        "denied_lower_occupancy_limit",
        141,
        "Nobody may be alone in there, not for a moment.",
    )
    AREA_FULL = ("denied_upper_occupancy_limit", 142, "As many people are in there as may be.")
    CARD_LOST = ("denied_factor_lost", 143, "The card or pass was reported lost.")
    CARD_STOLEN = ("denied_factor_stolen", 144, "The card or pass was reported stolen.")
    CARD_DAMAGED = ("denied_factor_damaged", 145, "The card was withdrawn as damaged.")
    CARD_REVOKED = ("denied_factor_disabled", 147, "The card, pass or code was revoked.")
    CARD_UNREADABLE = ("denied_factor_error", 148, "The card could not be read.")
    NO_PIN = ("denied_credential_not_provisioned", 150, "A PIN is asked for here and this person has none.")
    NO_CODE = (
        "denied_credential_not_provisioned",
        150,
        "A one-time code is asked for here and this person has no generator for it.",
    )
    NO_BIOMETRIC = (
        "denied_credential_not_provisioned",
        150,
        "A finger or face is asked for here and none of this person's is enrolled, or it has expired.",
    )
    NOT_YET_VALID = ("denied_credential_not_yet_active", 151, "The credential is not valid yet.")
    EXPIRED = ("denied_credential_expired", 152, "The credential has expired.")
    PERSON_DISABLED = ("denied_credential_manual_disable", 153, "The person was disabled by an admin.")
    LOCKED_OUT = ("denied_credential_lockout", 154, "Locked out for a while after wrong PINs.")
    CODE_LOCKED_OUT = ("denied_credential_lockout", 154, "Locked out for a while after wrong one-time codes.")
    BIOMETRIC_LOCKED_OUT = (
        "denied_credential_lockout",
        154,
        "Locked out for a while after fingers or faces that did not fit.",
    )
    READER_LOCKED_OUT = (
        "denied_reader_lockout",
        None,
        "Too many wrong PINs and codes were typed at this reader: it takes none for a while.",
    )
    SENSOR_LOCKED_OUT = (
        "denied_reader_lockout",
        None,
        "Too many fingers or faces that nobody knows were shown here: none is looked at for a while.",
    )
    CLONABLE_CARD = (
        "denied_clonable_card",
        None,
        "Only cards that prove a key count here: this one is known by a number that anyone can copy.",
    )
    CREDENTIAL_SPENT = ("denied_credential_max_uses", 156, "Every use of this pass or code is spent.")
    USES_SPENT = ("denied_credential_max_uses", 156, "Every use that this person had is spent.")
    DAILY_USES_SPENT = ("denied_credential_max_uses", 156, "Every use that this person had today is spent.")
    NOT_SEEN = (
        "denied_credential_inactivity",
        157,
        "The person was not here for so long that access expired.",
    )
    NO_COMPANION = ("denied_no_accompaniment", 159, "No second person badged in time.")
    NO_ESCORT = ("denied_no_accompaniment", 159, "A visitor passes only right behind an escort.")
    WRONG_COMPANION = (
        "denied_incorrect_accompaniment",
        160,
        "This person's role does not count among those who open here together.",
    )
    DOOR_BLOCKED = ("denied_lockout", 161, "The door is blocked: no credential counts until that is lifted.")
    LOCKED_DOWN = ("denied_deny_all", 128, "Lockdown: only those whom the site names may pass.")
    RECORD_UNAVAILABLE = (
        "denied_other",
        164,
        "The record cannot be written, and no door opens without its record.",
    )
    INTERLOCKED = ("denied_interlock", None, "Another door of the interlock is open or released.")
    PREREQUISITE_MISSING = ("denied_prerequisite", None, "A qualification that is wanted there is not held.")
    PREREQUISITE_EXPIRED = ("denied_prerequisite", None, "A qualification that is wanted there has expired.")
    TOO_LITTLE_ASSURANCE = (
        "denied_insufficient_assurance",
        None,
        "What can be shown here proves too little for where it leads: a card that can be copied proves none.",
    )
    CLOCK_UNTRUSTED = (
        "denied_clock_untrusted",
        None,
        "The clock is not to be trusted; by what the site file states for that, nobody is let in here now.",
    )
    DEGRADED = (
        "denied_degraded",
        None,
        "A device or the mains is gone, and the site wants nobody let in by this door meanwhile.",
    )

    # Not refusals: what is reported of a person who was let through.
    PASSBACK_REPORTED = ("passback_detected", 3, "The person was inside already; reported, and let in.")
    OVERFULL_REPORTED = ("occupancy_exceeded", None, "More people are in there than may be; reported.")
    LEAVES_VISITOR = ("visitor_left_behind", None, "The escort leaves while a visitor is still inside.")

    def __init__(self, event_type: str, bacnet: int | None, words: str) -> None:
        """Keep the parts of the value under names of their own."""
        self.event_type = event_type
        self.bacnet = bacnet
        self.words = words
