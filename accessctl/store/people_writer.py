"""The people's store's one writer: people, and through its parents what they show and what they may."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from accessctl.store.biometric_writer import BiometricWriter
from accessctl.store.credential_writer import NewCard
from accessctl.store.generator_writer import GeneratorWriter, NewGenerator
from accessctl.store.pass_writer import PassWriter
from accessctl.store.people_change import Fact, Facts, known_person, new_id, text_of, validity_facts
from accessctl.store.people_errors import DuplicatePerson
from accessctl.store.people_queries import PersonRow, find_person
from accessctl.store.rights_writer import RightsWriter
from policies.event_types import EventType
from policies.people import UseLimits, Validity

__all__ = ["NewCard", "NewGenerator", "PeopleWriter"]


class PeopleWriter(PassWriter, RightsWriter, BiometricWriter, GeneratorWriter):
    """Everything that can be changed in ``people.db``."""

    def add_person(
        self,
        name: str,
        roles: tuple[str, ...],
        operator: str,
        *,
        groups: tuple[str, ...] = (),
        validity: Validity | None = None,
        uses: UseLimits | None = None,
        exempt: bool = False,
        extended: bool = False,
        id_: str | None = None,
    ) -> PersonRow:
        """Add a person, under a pseudonym made up here unless one is given. Raises ``DuplicatePerson``.

        Days on which somebody is not seen count from now, or from when access begins.
        """
        now, valid = self._now(), validity or Validity()
        person = PersonRow(
            id_ or new_id("p"),
            name,
            roles,
            valid,
            disabled=False,
            added_at=now,
            groups=groups,
            uses=uses or UseLimits(),
            exempt=exempt,
            extended=extended,
            seen_from=_later(now, valid.start),
        )
        with self._change() as db:
            if find_person(db.conn, person.id) is not None:
                raise DuplicatePerson(person.id)
            db.table("person").insert({"id": person.id, "added_at": text_of(now), **_columns(person)})
            self._tell(db, EventType.PERSON_ADDED, operator, _first_facts(person), person=person.id)
        return person

    def change_person(self, person: str, edit: Callable[[PersonRow], PersonRow], operator: str) -> PersonRow:
        """Change what the person's own row holds: ``edit`` gets the row and gives the new one.

        What does not change is neither written nor recorded. Whoever is enabled again, or whose time begins
        later than it did, counts as seen then. Raises ``UnknownPerson``, and whatever ``edit`` raises.
        """
        with self._change() as db:
            before = known_person(db, person)
            after = _renewed(before, edit(before), self._now())
            facts = _difference(before, after)
            if facts:
                db.table("person").update(person, _columns(after))
                self._tell(db, EventType.PERSON_CHANGED, operator, facts, person=person)
        return after


def _renewed(before: PersonRow, after: PersonRow, now: datetime) -> PersonRow:
    """Count days not seen anew, where the absence was no absence: access was off, or had not begun."""
    seen_from = now if before.disabled and not after.disabled else after.seen_from
    if after.validity.start != before.validity.start:
        seen_from = _later(seen_from, after.validity.start)
    return after if seen_from == after.seen_from else replace(after, seen_from=seen_from)


def _later(one: datetime, other: datetime | None) -> datetime:
    return one if other is None else max(one, other)


def _columns(person: PersonRow) -> dict[str, object]:
    return {
        "name": person.name,
        "roles": json.dumps(person.roles),
        "groups": json.dumps(person.groups),
        "valid_from": text_of(person.validity.start),
        "valid_until": text_of(person.validity.end),
        "disabled": int(person.disabled),
        "uses_total": person.uses.total,
        "uses_a_day": person.uses.a_day,
        "exempt": int(person.exempt),
        "extended": int(person.extended),
        "seen_from": text_of(person.seen_from),
    }


def _first_facts(person: PersonRow) -> Facts:
    """Give what a new person begins with: roles, and of the rest what is not as usual."""
    rest: dict[str, Fact] = {
        "groups": ", ".join(person.groups) or None,
        "uses_total": person.uses.total,
        "uses_a_day": person.uses.a_day,
        "exempt": person.exempt or None,
        "extended": person.extended or None,
    }
    told = {field: value for field, value in rest.items() if value is not None}
    return {"roles": ", ".join(person.roles), **told, **validity_facts(person.validity)}


def _difference(before: PersonRow, after: PersonRow) -> Facts:
    """Give what changed, without anybody's name in it."""
    facts: dict[str, Fact] = {}
    if before.name != after.name:
        facts["name_changed"] = True
    for field, old, new in (
        ("roles", ", ".join(before.roles), ", ".join(after.roles)),
        ("groups", ", ".join(before.groups), ", ".join(after.groups)),
        ("valid_from", text_of(before.validity.start), text_of(after.validity.start)),
        ("valid_until", text_of(before.validity.end), text_of(after.validity.end)),
        ("disabled", before.disabled, after.disabled),
        ("uses_total", before.uses.total, after.uses.total),
        ("uses_a_day", before.uses.a_day, after.uses.a_day),
        ("exempt", before.exempt, after.exempt),
        ("extended", before.extended, after.extended),
        ("seen_from", text_of(before.seen_from), text_of(after.seen_from)),
    ):
        if old != new:
            facts |= {f"{field}_before": old, f"{field}_after": new}
    return facts
