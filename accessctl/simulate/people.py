"""The people of a trace: one line makes one person with a card."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Final

from accessctl.config.reading import Wrong
from accessctl.simulate.fields import Fields, instant_of, known, shown
from policies.factors import Factor
from policies.ids import CredentialId, GroupId, LevelId, MemberId, PersonId, QualificationId, RoleId
from policies.people import (
    Card,
    CardStatus,
    Holder,
    Person,
    Qualification,
    TemporaryAccess,
    UseLimits,
    Validity,
)

_CLONABLE: Final = {"uid": True, "cryptographic": False}
CARD_STATUSES: Final = {status.value: status for status in CardStatus}


def holder_of(fields: Fields, at: datetime | None) -> Holder:
    """Read a person and their card. ``at`` is the line's instant. Raises ``Wrong``."""
    id_ = fields.text("id", "person")
    if id_ is None:
        raise Wrong("id is missing in person")
    clonable = fields.choice(_CLONABLE, "card")
    status = fields.choice(CARD_STATUSES, "card_status")
    person = Person(
        PersonId(id_),
        roles=tuple(RoleId(each) for each in _members(fields, "roles", "role")),
        validity=_validity(fields.instant("valid_from"), fields.instant("valid_until")),
        disabled=fields.flag("disabled", default=False),
        has_pin=fields.flag("pin", default=True),
        groups=tuple(GroupId(each) for each in _members(fields, "groups", "group")),
        uses=_uses(fields),
        qualifications=tuple(_qualifications(fields)),
        temporary=tuple(_temporary(fields)),
        exempt=fields.flag("exempt", default=False),
        extended=fields.flag("extended", default=False),
        seen_from=fields.instant("seen_from") or at,
        enrolled=_enrolled(fields),
    )
    fields.end()
    card = Card(
        CredentialId(id_),
        CardStatus.ACTIVE if status is None else status,
        clonable=True if clonable is None else clonable,
    )
    return Holder(person, card)


def _enrolled(fields: Fields) -> Factor:
    """Read what else somebody can be asked for; like the PIN, whoever is not said to lack it has it."""
    flags = {"code": Factor.CODE, "finger": Factor.FINGERPRINT, "face": Factor.FACE}
    has = (factor for name, factor in flags.items() if fields.flag(name, default=True))
    return reduce(or_, has, Factor.NONE)


def _members(fields: Fields, *keys: str) -> Iterator[MemberId]:
    for each in fields.several(*keys):
        yield MemberId(known("role or group", fields.names.members, each))


def _validity(start: datetime | None, end: datetime | None) -> Validity:
    try:
        return Validity(start, end)
    except ValueError as error:
        raise Wrong(f"{error}") from error


def _uses(fields: Fields) -> UseLimits | None:
    value = fields.value("uses")
    if value is None:
        return None
    inner = _inside(fields, value, "uses")
    limits = UseLimits(inner.whole("total"), inner.whole("a_day"))
    inner.end()
    return limits


def _qualifications(fields: Fields) -> Iterator[Qualification]:
    held = fields.value("qualifications")
    if held is None:
        return
    if isinstance(held, list):
        held = dict.fromkeys(fields.several("qualifications"))
    if not isinstance(held, Mapping):
        raise Wrong(f"qualifications must be an object of ids and their ends, not {shown(held)}")
    for id_, until in held.items():
        known("qualification", fields.names.qualifications, id_)
        yield Qualification(QualificationId(id_), None if until is None else instant_of(until))


def _temporary(fields: Fields) -> Iterator[TemporaryAccess]:
    lent = fields.value("temporary")
    if lent is None:
        return
    if not isinstance(lent, list):
        raise Wrong(f"temporary must be a list of objects, not {shown(lent)}")
    for each in lent:
        inner = _inside(fields, each, "temporary access")
        level = known("level", inner.names.levels, inner.needed("level"))
        start = inner.instant("from")
        instant_of(inner.needed("until"))
        validity = _validity(start, inner.instant("until"))
        inner.end()
        yield TemporaryAccess(LevelId(level), validity)


def _inside(fields: Fields, value: object, what: str) -> Fields:
    if not isinstance(value, Mapping):
        raise Wrong(f"{what} must be an object, not {shown(value)}")
    return Fields(value, fields.names, what)
