"""Puts together what the stores hold of one person, in words that they understand.

No tag, hash, template or key is in it, and no word of a duress PIN or finger. When a PIN was set is left out
as well: beside the entries of the record it would tell which of them were about a duress PIN.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from accessctl.api.parts import Parts
from accessctl.store.biometric_rows import BiometricRow, ConsentRow
from accessctl.store.people_queries import CardRow, PersonRow
from accessctl.store.people_reads import MOST
from accessctl.subject.telling import NO_OPERATOR
from policies.ids import PersonId
from policies.memory import Memory

_GENERATOR: Final = {None: "none", False: "not confirmed", True: "confirmed"}
NOTES: Final = (
    """Card numbers, PINs and codes are in no copy since none are held, but digests from which nobody reads
    them. Of fingers and faces this tells that they are held, where and since when. Their templates are left
    out: they say something to the machine that compares them alone, and a copy of one is as good as a stolen
    finger.""",
    """What operators write freely (labels of codes, notes beside alarms) may be about others, and is left
    out.""",
    """Operators are told by their roles. Of lists it is recorded that they were read and not who stood in
    them, so they are not among those who looked.""",
    """Silent alarms are in no copy, whoever asks and whether there are any.""",
)
"""What a copy says of what is not in it; line breaks are blanks."""


def roles_of(parts: Parts) -> dict[str, str]:
    """Give the roles of every operator, in words. Raises ``PeopleUnavailable``."""
    found: dict[str, str] = {}
    after: str | None = ""
    while after is not None:
        rows = parts.operators.operators(after=after, limit=MOST)
        found |= {row.id: ", ".join(row.roles) or NO_OPERATOR for row in rows}
        after = rows[-1].id if len(rows) == MOST else None
    return found


def held_of(parts: Parts, row: PersonRow, roles: dict[str, str]) -> tuple[dict[str, Any], frozenset[str]]:
    """Give all that is held of a person, and the ids of what is theirs. Raises ``StoreError``."""
    cards = _cards_of(parts, row.id)
    consents, biometrics = parts.biometrics.consents(row.id), parts.biometrics.biometrics(row.id)
    wrong = parts.facts.wrong_pins().get(PersonId(row.id))
    held = {
        **_person(row),
        "credentials": [_card(each) for each in cards],
        "consents": [_consent(each, roles) for each in consents],
        "biometrics": [_biometric(each) for each in biometrics],
        "cards_waiting_for_enrolment": parts.bulk.pending_of(row.id),
        **_remembered(parts.facts.memory(), PersonId(row.id)),
        "wrong_pins_in_a_row": 0 if wrong is None else wrong.count,
    }
    return held, frozenset([*(c.id for c in cards), *(c.id for c in consents), *(b.id for b in biometrics)])


def _cards_of(parts: Parts, person: str) -> list[CardRow]:
    found: list[CardRow] = []
    after: str | None = ""
    while after is not None:
        rows = parts.people.cards(person=person, after=after)
        found += rows
        after = rows[-1].id if len(rows) == MOST else None
    return found


def _person(row: PersonRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "roles": list(row.roles),
        "groups": list(row.groups),
        "valid_from": _text(row.validity.start),
        "valid_until": _text(row.validity.end),
        "disabled": row.disabled,
        "uses_total": row.uses.total,
        "uses_a_day": row.uses.a_day,
        "exempt_from_passback": row.exempt,
        "more_time_at_doors": row.extended,
        "added_at": _text(row.added_at),
        "absence_counts_from": _text(row.seen_from),
        "pin": row.has_pin,
        "code_generator": _GENERATOR[row.generator_confirmed],
        "qualifications": [{"id": each.id, "until": _text(each.until)} for each in row.qualifications],
        "temporary_access": [
            {"level": loan.level, **_span(loan.validity.start, loan.validity.end)} for loan in row.temporary
        ],
    }


def _card(row: CardRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "technology": row.technology,
        "last_digits": row.hint,
        "status": row.status.value,
        **_span(row.validity.start, row.validity.end),
        "enrolled_at": _text(row.enrolled_at),
        "access_points": None if row.points is None else list(row.points),
        "uses": row.uses,
        "break_glass": row.break_glass,
    }


def _consent(row: ConsentRow, roles: dict[str, str]) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "text_version": row.text.version,
        "text_sha256": row.text.sha256,
        "given_at": _text(row.given_at),
        "before": roles.get(row.witness, NO_OPERATOR),
        "withdrawn_at": _text(row.withdrawn_at),
    }


def _biometric(row: BiometricRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "made_by": row.model,
        "kept_in": "here, sealed" if row.sensor is None else row.sensor,
        "enrolled_at": _text(row.enrolled_at),
        "expires_at": _text(row.expires_at),
        "disabled": row.disabled,
    }


def _remembered(memory: Memory, person: PersonId) -> dict[str, Any]:
    """Give what the rules remember of somebody between two badges."""
    stay, uses = memory.stays.get(person), memory.uses.get(person)
    entered: Sequence[Any] = () if stay is None else stay.entered
    return {
        "counted_in": None if stay is None else stay.area,
        "entered": [{"area": area, "at": _text(at)} for area, at in entered],
        "is_escorted": person in memory.escorts,
        "let_in": None if uses is None else {"total": uses.total, "on": str(uses.day), "times": uses.today},
        "last_seen": _text(memory.seen.get(person)),
    }


def _span(start: datetime | None, end: datetime | None) -> dict[str, str | None]:
    return {"valid_from": _text(start), "valid_until": _text(end)}


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
