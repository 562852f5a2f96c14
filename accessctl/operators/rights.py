"""What an operator may do: rights, and the roles that are sets of them.

A right stands before a call of the API (``accessctl.api.needed``); a role is nothing but its rights. Whoever
grants a role must have every right that it brings.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Right(StrEnum):
    """One thing that an operator may be allowed to do."""

    OWN_ACCOUNT = "own-account"
    """See who one is, end one's session, change one's password. Everybody who is an operator has it."""
    DOORS_READ = "doors.read"
    """See doors, devices, areas and how the site stands; nobody's name is among it."""
    DOORS_ORDER = "doors.order"
    """Release, unlock and lock doors, set their modes, let them stand open."""
    SITE_ORDER = "site.order"
    """Lock down and lift, end an emergency, set the threat level, arm areas, run a muster, forgive."""
    ALARMS_ANSWER = "alarms.answer"
    """Acknowledge an alarm."""
    PRESENCE_READ = "presence.read"
    """See who is where."""
    EVENTS_READ = "events.read"
    """Read the record."""
    NAMES_READ = "names.read"
    """See in the record, in alarms and in presence the names of people and not only their pseudonyms."""
    PEOPLE_READ = "people.read"
    PEOPLE_WRITE = "people.write"
    """Add and change people, with roles and groups, one by one or many at once; let leavers go."""
    PEOPLE_DELETE = "people.delete"
    """Delete people, and erase fingers and faces."""
    PEOPLE_COPY = "people.copy"
    """Make a copy of everything that is held of one person, for that person."""
    CREDENTIALS_READ = "credentials.read"
    CREDENTIALS_WRITE = "credentials.write"
    """Enrol, change and revoke cards, PINs, codes, passes, fingers and faces."""
    ACCESS_WRITE = "access.write"
    """Lend levels for a while, and say what people are qualified for."""
    READERS_INSTALL = "readers.install"
    """Test and pair readers, measure cameras and faces."""
    KEYS_WRITE = "keys.write"
    """Make or give the keys of the site's own cards."""
    RULES_READ = "rules.read"
    """Read the site file and its revisions."""
    RULES_FORESEE = "rules.foresee"
    """Ask why, who and where, and rehearse changes of the rules."""
    RULES_WRITE = "rules.write"
    """Put another site file in force."""
    REVIEWS_READ = "reviews.read"
    """See which areas are due for a review of who has access, and those that were signed."""
    REVIEWS_SIGN = "reviews.sign"
    """Review and sign who has access to an area, as far as the site file names one as its owner."""
    OPERATORS_READ = "operators.read"
    OPERATORS_WRITE = "operators.write"
    """Add and change operators, end their sessions, revoke their tokens."""
    TOKENS_WRITE = "tokens.write"
    """Make tokens for oneself, with no more rights than one has."""
    APPROVALS_READ = "approvals.read"
    APPROVALS_DECIDE = "approvals.decide"
    """Approve or refuse what another operator asked for."""
    BACKUPS_READ = "backups.read"
    BACKUPS_WRITE = "backups.write"


class Role(StrEnum):
    """What an operator is here for."""

    ADMIN = "admin"
    ENROLLER = "enroller"
    GUARD = "guard"
    AUDITOR = "auditor"
    INSTALLER = "installer"


Rights = frozenset[Right]

_EVERYBODY: Final = frozenset({Right.OWN_ACCOUNT, Right.DOORS_READ})
RIGHTS_OF: Final[Mapping[Role, Rights]] = MappingProxyType(
    {
        Role.ADMIN: frozenset(Right),
        Role.ENROLLER: _EVERYBODY
        | {
            Right.NAMES_READ,
            Right.PEOPLE_READ,
            Right.PEOPLE_WRITE,
            Right.CREDENTIALS_READ,
            Right.CREDENTIALS_WRITE,
            Right.ACCESS_WRITE,
            Right.RULES_FORESEE,
            Right.REVIEWS_READ,
            Right.REVIEWS_SIGN,
            Right.TOKENS_WRITE,
        },
        Role.GUARD: _EVERYBODY
        | {
            Right.NAMES_READ,
            Right.DOORS_ORDER,
            Right.SITE_ORDER,
            Right.ALARMS_ANSWER,
            Right.PRESENCE_READ,
            Right.EVENTS_READ,
            Right.PEOPLE_READ,
            Right.RULES_FORESEE,
            Right.REVIEWS_READ,
            Right.REVIEWS_SIGN,
        },
        Role.AUDITOR: _EVERYBODY
        | {
            Right.NAMES_READ,
            Right.PRESENCE_READ,
            Right.EVENTS_READ,
            Right.PEOPLE_READ,
            Right.CREDENTIALS_READ,
            Right.RULES_READ,
            Right.RULES_FORESEE,
            Right.REVIEWS_READ,
            Right.OPERATORS_READ,
            Right.APPROVALS_READ,
            Right.BACKUPS_READ,
        },
        Role.INSTALLER: _EVERYBODY
        | {
            Right.EVENTS_READ,
            Right.DOORS_ORDER,
            Right.READERS_INSTALL,
            Right.RULES_READ,
            Right.RULES_FORESEE,
        },
    }
)
NEVER_BY_TOKEN: Final = frozenset(
    {Right.OPERATORS_WRITE, Right.TOKENS_WRITE, Right.APPROVALS_DECIDE, Right.REVIEWS_SIGN}
)
"""What only a person does: a program makes no operators and no tokens, signs nothing, is no second person."""


def rights_of(roles: Iterable[Role]) -> Rights:
    """Give all that these roles allow together."""
    return frozenset[Right]().union(*(RIGHTS_OF[role] for role in roles))


def rights_named(names: Iterable[str]) -> Rights:
    """Give the rights of these names; a newer API may name some that are not known here."""
    known = {right.value: right for right in Right}
    return frozenset(known[name] for name in names if name in known)
