"""The people's store's one writer: people, and through its parents what they show and what they may."""

from collections.abc import Callable
from typing import Final

from accessctl.store.alarms import AlarmWriter
from accessctl.store.approvals import ApprovalWriter
from accessctl.store.bulk_writer import BulkWriter
from accessctl.store.credential_writer import NewCard
from accessctl.store.done_calls import DoneCallWriter
from accessctl.store.generator_writer import NewGenerator
from accessctl.store.leaving_writer import LeavingWriter
from accessctl.store.left_behind import Former, unname_notes
from accessctl.store.office_writer import OfficeWriter
from accessctl.store.operator_writer import OperatorWriter
from accessctl.store.people_change import known_person, new_id
from accessctl.store.people_errors import DeletedPerson, DuplicatePerson
from accessctl.store.people_queries import PersonRow, find_person
from accessctl.store.person_rows import difference, first_facts, insert_people, later, renewed, update_people
from accessctl.store.reviews import ReviewWriter
from policies.event_types import EventType
from policies.people import UseLimits, Validity

__all__ = ["NewCard", "NewGenerator", "PeopleWriter"]

_DELETED: Final = "SELECT 1 FROM deleted_person WHERE id = ?"


class PeopleWriter(
    LeavingWriter,
    BulkWriter,
    AlarmWriter,
    OfficeWriter,
    OperatorWriter,
    ApprovalWriter,
    DoneCallWriter,
    ReviewWriter,
):
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
        """Add a person, under a pseudonym made up here unless one is given.

        Days on which somebody is not seen count from now, or from when access begins. Raises
        ``DuplicatePerson``, and ``DeletedPerson`` for the pseudonym of somebody who was deleted.
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
            seen_from=later(now, valid.start),
        )
        with self._change() as db:
            if find_person(db.conn, person.id) is not None:
                raise DuplicatePerson(person.id)
            if db.execute(_DELETED, [person.id]).fetchone() is not None:
                raise DeletedPerson(person.id)
            insert_people(db.conn, [person])
            self._tell(db, EventType.PERSON_ADDED, operator, first_facts(person), person=person.id)
        return person

    def change_person(self, person: str, edit: Callable[[PersonRow], PersonRow], operator: str) -> PersonRow:
        """Change what the person's own row holds: ``edit`` gets the row and gives the new one.

        What does not change is neither written nor recorded. Whoever is enabled again, or whose time begins
        later than it did, counts as seen then. Raises ``UnknownPerson``, and whatever ``edit`` raises.
        """
        with self._change() as db:
            before = known_person(db, person)
            after = renewed(before, edit(before), self._now())
            facts = difference(before, after)
            if facts:
                if before.name != after.name:
                    unname_notes(db, [Former(person, before.name, after.name)])
                update_people(db.conn, [(before, after)])
                self._tell(db, EventType.PERSON_CHANGED, operator, facts, person=person)
        return after
