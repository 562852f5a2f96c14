"""An import, from a body to the store: all of it is judged first, then sealed, then written at once.

Rows are gone through twice, so that a hundred thousand of them need no more memory than one, and what the
first time leaves behind is small: pseudonyms, and the sealed numbers of cards. The door process is asked for
those before the transaction begins, so that nobody who wants to write waits for it.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

from accessctl.api.bulk_formats import BulkFormat, RowUnreadable, rows_in
from accessctl.api.bulk_models import MOST_LISTED, ImportedModel, RowChange
from accessctl.api.bulk_planning import CardSaid, ImportKey, Planner, RowPlan, RowWrong
from accessctl.api.doorkeeper import Doorkeeper
from accessctl.api.people_changes import granted
from accessctl.api.problems import FieldProblem, Refusal
from accessctl.api.tagging import Tagging
from accessctl.store.bulk_rows import BulkQueries
from accessctl.store.bulk_writer import NewPending, Planned, StoredPeople
from accessctl.store.people_queries import PersonRow
from accessctl.store.people_writer import PeopleWriter

SEALED_AT_ONCE: Final = 80
"""Fits into a line of the link, whatever the cards are."""
MOST_ROWS: Final = 200_000
"""What is laid out of them, in memory, is bounded by it: some half a gigabyte."""
_TOO_MANY: Final = f"an import has at most {MOST_ROWS:,} rows; put the rest into another one"
_TURN: Final = 200
"""After so many rows other threads have their turn."""
_CHANGED: Final = "what is stored has changed meanwhile; nothing was imported. Try again"

Members = tuple[Collection[str], Collection[str]]
Granting = Callable[[Collection[str], int], Awaitable[None]]
"""Hears which roles and groups are given to anybody who had not got them; raises what stands against it."""
Seal = Callable[[list[dict[str, str]]], list[dict[str, Any]]]


@dataclass(slots=True)
class Look:
    """What a first look at a body found."""

    rows: int = 0
    added: int = 0
    changed: int = 0
    cards: int = 0
    granted: set[str] = field(default_factory=set)
    """Roles and groups that somebody gets."""
    changes: list[RowChange] = field(default_factory=list)
    problems: list[FieldProblem] = field(default_factory=list)
    wrong: set[int] = field(default_factory=set)
    more: int = 0
    """Problems that are not listed."""
    sealed: dict[str, bytes] = field(default_factory=dict, repr=False)
    """Sealed numbers, by the names under which their cards will wait."""

    def note(self, row: int, problems: list[FieldProblem]) -> None:
        """Note what is wrong with a row."""
        self.wrong.add(row)
        room = MOST_LISTED - len(self.problems)
        self.problems += [
            FieldProblem(path=f"rows.{row}.{each.path}".rstrip("."), what=each.what)
            for each in problems[:room]
        ]
        self.more += max(0, len(problems) - room)

    def refusal(self) -> Refusal:
        """Refuse the whole body for its rows."""
        count = len(self.wrong)
        what = "1 row is wrong" if count == 1 else f"{count} rows are wrong"
        more = f"; {self.more} more problems are not listed" if self.more else ""
        detail = f"{what}, and nothing was imported{more}"
        return Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "rows-wrong", detail, self.problems)


class Importer:
    """Imports many people. Used from one event loop; one import at a time."""

    def __init__(
        self,
        queries: BulkQueries,
        writer: PeopleWriter,
        door: Doorkeeper,
        tagging: Tagging,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Take the store, who seals, and who makes the tags afterwards."""
        self._queries, self._writer, self._door, self._tagging = queries, writer, door, tagging
        self._now = now
        self._busy = False

    async def run(
        self, body: bytes, kind: BulkFormat, operator: str, granting: Granting, *, dry_run: bool
    ) -> ImportedModel:
        """Import a body, or tell what it would do. Raises ``Refusal`` and what stores and link raise."""
        with self._alone():
            members = await self._door.members()
            key = ImportKey()
            loop = asyncio.get_running_loop()

            def seal(numbers: list[dict[str, str]]) -> list[dict[str, Any]]:
                return asyncio.run_coroutine_threadsafe(self._door.seal_numbers(numbers), loop).result()

            look = await asyncio.to_thread(self._look, body, kind, key, members, seal, dry_run=dry_run)
            if look.wrong:
                raise look.refusal()
            if dry_run:
                return _answer(look, None)
            await granting(look.granted, look.cards)
            await asyncio.to_thread(self._write, body, kind, key, members, look, operator)
            await self._door.nudge()
            self._tagging.wake()
            return _answer(look, key.id)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        if self._busy:
            raise Refusal(
                HTTPStatus.CONFLICT, "import-running", "another import is running; try again after it"
            )
        self._busy = True
        try:
            yield
        finally:
            self._busy = False

    # -------------------------------------------------------------------------- in another thread

    def _look(
        self, body: bytes, kind: BulkFormat, key: ImportKey, members: Members, seal: Seal, *, dry_run: bool
    ) -> Look:
        """Go through all rows without changing anything, and have their cards' numbers sealed."""
        look = Look()
        waiting: list[tuple[RowPlan, int, CardSaid]] = []
        with self._queries.looking() as stored:
            planner = Planner(key, members, stored, self._now())
            for row in rows_in(body, kind):
                if look.rows == MOST_ROWS:
                    number = row.row if isinstance(row, RowUnreadable) else row[0]
                    look.note(number, [FieldProblem(path="", what=_TOO_MANY)])
                    break
                plan = _planned(planner, row, look)
                if plan is None:
                    continue
                _count(look, plan, listed=dry_run)
                waiting += [(plan, place, card) for place, card in enumerate(plan.cards)]
                while len(waiting) >= SEALED_AT_ONCE:
                    _keep_sealed(look, waiting[:SEALED_AT_ONCE], seal)
                    del waiting[:SEALED_AT_ONCE]
        if waiting:
            _keep_sealed(look, waiting, seal)
        return look

    def _write(
        self, body: bytes, kind: BulkFormat, key: ImportKey, members: Members, look: Look, operator: str
    ) -> None:
        """Go through all rows once more and write what becomes of them: all of it, or nothing."""

        def plan(stored: StoredPeople, now: datetime) -> Iterator[Planned]:
            planner = Planner(key, members, stored, now)
            for row in rows_in(body, kind):
                found = None if isinstance(row, RowUnreadable) else planner.plan(*row)
                if found is None:
                    raise RowWrong([])
                cards = tuple(
                    NewPending(found.row, each.name, each.technology, look.sealed[each.name])
                    for each in found.cards
                )
                yield Planned(found.before, found.after, cards)

        try:
            self._writer.import_people(operator, plan, key.id)
        except (RowWrong, KeyError):
            raise Refusal(HTTPStatus.CONFLICT, "changed-since", _CHANGED) from None


def _planned(planner: Planner, row: tuple[int, dict[str, Any]] | RowUnreadable, look: Look) -> RowPlan | None:
    look.rows += 1
    if look.rows % _TURN == 0:
        time.sleep(0)
    if isinstance(row, RowUnreadable):
        look.note(row.row, [FieldProblem(path=row.path, what=str(row))])
        return None
    try:
        return planner.plan(*row)
    except RowWrong as wrong:
        look.note(row[0], wrong.problems)
        return None


def _count(look: Look, plan: RowPlan, *, listed: bool) -> None:
    look.added += plan.before is None
    changes = plan.changes
    look.changed += changes
    look.cards += len(plan.cards)
    look.granted |= granted(plan.before, plan.after)
    if listed and (plan.before is None or changes) and len(look.changes) < MOST_LISTED:
        look.changes.append(_shown(plan))


def _keep_sealed(look: Look, some: list[tuple[RowPlan, int, CardSaid]], seal: Seal) -> None:
    """Have numbers sealed; one that the door process does not take is a problem of its row."""
    numbers = [
        {
            "name": card.name,
            "person": plan.after.id,
            "technology": card.technology,
            "number_hex": card.number_hex,
        }
        for plan, _, card in some
    ]
    for (plan, place, card), answer in zip(some, seal(numbers), strict=True):
        if "sealed_hex" in answer:
            look.sealed[card.name] = bytes.fromhex(answer["sealed_hex"])
        else:
            look.note(plan.row, [FieldProblem(path=f"card.{place}.number", what=str(answer.get("why")))])


_SHOWN: Final[dict[str, Callable[[PersonRow], Any]]] = {
    "name": lambda person: person.name,
    "roles": lambda person: list(person.roles),
    "groups": lambda person: list(person.groups),
    "valid_from": lambda person: person.validity.start,
    "valid_until": lambda person: person.validity.end,
    "disabled": lambda person: person.disabled,
    "uses_total": lambda person: person.uses.total,
    "uses_a_day": lambda person: person.uses.a_day,
    "exempt": lambda person: person.exempt,
    "extended": lambda person: person.extended,
}
_USUAL: Final[tuple[object, ...]] = (None, [], False)


def _shown(plan: RowPlan) -> RowChange:
    """Show what a row would do, to who sent it."""
    before, after = plan.before, plan.after
    changes = {}
    for name, value_of in _SHOWN.items():
        old, new = None if before is None else value_of(before), value_of(after)
        if (old != new) if before is not None else (new not in _USUAL):
            changes[name] = [old, new]
    action = "add" if before is None else "change"
    return RowChange(row=plan.row, person=after.id if before else None, action=action, changes=changes)


def _answer(look: Look, id_: str | None) -> ImportedModel:
    return ImportedModel(
        id=id_,
        dry_run=id_ is None,
        rows=look.rows,
        added=look.added,
        changed=look.changed,
        unchanged=look.rows - look.added - look.changed,
        cards=look.cards,
        changes=look.changes,
    )
