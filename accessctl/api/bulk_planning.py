"""From what a row says to what becomes of a person: judged by the same schemas as a single call.

A row is judged twice, once to find every problem before anything is changed, and once inside the transaction,
against what is stored then. What must be the same both times, such as the pseudonyms of new people, follows
from a key that is made for this import and from the number of the row.
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from accessctl.api.bulk_models import MOST_CARDS, BulkPerson
from accessctl.api.card_models import NewCard
from accessctl.api.models import ID_PATTERN, validity_of
from accessctl.api.people_changes import edited
from accessctl.api.people_models import RESERVED, PersonChange
from accessctl.api.problems import FieldProblem, Refusal, problems_of
from accessctl.store.bulk_writer import StoredPeople
from accessctl.store.people_change import new_id
from accessctl.store.people_queries import PersonRow
from accessctl.store.person_rows import difference, later, renewed
from policies.people import UseLimits

_ID: Final = re.compile(ID_PATTERN)
_DIGEST_BYTES: Final = 16
_ID_BYTES: Final = 5
"""40 bits, as ``new_id`` takes."""
_CARD_FIELDS: Final = frozenset({"number", "technology"})
_ROLE, _GROUP = "there is no such role", "there is no such group"
M = TypeVar("M", BulkPerson, PersonChange, NewCard)


class RowWrong(Exception):
    """A row cannot be taken."""

    def __init__(self, problems: Iterable[FieldProblem]) -> None:
        """Keep what is wrong, field by field."""
        super().__init__("a row is wrong")
        self.problems = list(problems)


@dataclass(frozen=True, slots=True)
class ImportKey:
    """What one import makes up: its id, and from what everything else follows that is made up."""

    id: str = field(default_factory=lambda: new_id("i"))
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def person(self, row: int, attempt: int) -> str:
        """Make up the pseudonym of a row's new person."""
        made = hashlib.blake2b(f"{row}/{attempt}".encode(), key=self.secret, digest_size=_ID_BYTES).digest()
        return f"p-{base64.b32encode(made).decode().lower()}"

    def print_of(self, technology: str, number: bytes) -> bytes:
        """Give what tells a number from others, and not what it is."""
        about = technology.encode() + b"\0" + number
        return hashlib.blake2b(about, key=self.secret, digest_size=_DIGEST_BYTES).digest()


@dataclass(frozen=True, slots=True)
class CardSaid:
    """A card of a row, before its number is sealed."""

    name: str
    technology: str
    number_hex: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RowPlan:
    """What becomes of a row's person."""

    row: int
    before: PersonRow | None
    after: PersonRow
    cards: tuple[CardSaid, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether anything of a person changes who is there already."""
        return self.before is not None and bool(difference(self.before, self.after))


class Planner:
    """Judges the rows of one import, in their order. Used from one thread."""

    def __init__(
        self,
        key: ImportKey,
        members: tuple[Collection[str], Collection[str]],
        stored: StoredPeople,
        now: datetime,
    ) -> None:
        """Take what the import makes up, the site's roles and groups, what is stored, and when it is."""
        self._key, self._stored, self._now = key, stored, now
        self._roles, self._groups = frozenset(members[0]), frozenset(members[1])
        self._people: set[str] = set()
        self._cards: set[bytes] = set()

    def plan(self, row: int, said: Mapping[str, Any]) -> RowPlan:
        """Tell what becomes of a row. Raises ``RowWrong``."""
        given = {name: value for name, value in said.items() if name not in {"card", "cards"}}
        id_ = given.get("id")
        known = isinstance(id_, str) and _ID.fullmatch(id_) is not None
        before = self._stored.person(id_) if known and isinstance(id_, str) else None
        problems: list[FieldProblem] = []
        after = None
        try:
            after = self._added(row, given) if before is None else self._changed(before, given)
        except RowWrong as wrong:
            problems += wrong.problems
        cards = self._cards_in(row, said.get("card"), problems)
        if known and id_ in self._people:
            problems.append(FieldProblem(path="id", what="stands in an earlier row already"))
        if problems or after is None:
            raise RowWrong(problems)
        self._people.add(after.id)
        return RowPlan(row, before, after, cards)

    def _added(self, row: int, given: dict[str, Any]) -> PersonRow:
        wanted = _validated(BulkPerson, given)
        id_ = wanted.id or self._made_up(row)
        if id_ in RESERVED or (wanted.id is not None and self._stored.was_deleted(id_)):
            raise RowWrong([FieldProblem(path="id", what="cannot be given to anybody (again)")])
        try:
            validity = validity_of(wanted.valid_from, wanted.valid_until)
        except ValueError as error:
            raise RowWrong([FieldProblem(path="valid_until", what=str(error))]) from error
        self._check_members(wanted.roles, wanted.groups)
        return PersonRow(
            id_,
            wanted.name,
            tuple(wanted.roles),
            validity,
            wanted.disabled,
            self._now,
            later(self._now, validity.start),
            groups=tuple(wanted.groups),
            uses=UseLimits(wanted.uses_total, wanted.uses_a_day),
            exempt=wanted.exempt,
            extended=wanted.extended,
        )

    def _changed(self, before: PersonRow, given: dict[str, Any]) -> PersonRow:
        wanted = _validated(PersonChange, {name: value for name, value in given.items() if name != "id"})
        # What somebody has already is not judged anew: the site file may have moved on.
        self._check_members(
            () if wanted.roles is None or tuple(wanted.roles) == before.roles else wanted.roles,
            () if wanted.groups is None or tuple(wanted.groups) == before.groups else wanted.groups,
        )
        try:
            return renewed(before, edited(before, wanted), self._now)
        except Refusal as refusal:
            wrong = [FieldProblem(path=each.path.removeprefix("body."), what=each.what)
                     for each in refusal.problems]  # fmt: skip
            raise RowWrong(wrong) from refusal

    def _made_up(self, row: int) -> str:
        """Give a pseudonym that nobody has or had, the same whenever this row is judged."""
        attempt = 0
        while (made := self._key.person(row, attempt)) in self._people or self._taken(made):
            attempt += 1
        return made

    def _taken(self, person: str) -> bool:
        return self._stored.person(person) is not None or self._stored.was_deleted(person)

    def _check_members(self, roles: Iterable[str], groups: Iterable[str]) -> None:
        wrong = [
            *_unknown("roles", roles, self._roles, _ROLE),
            *_unknown("groups", groups, self._groups, _GROUP),
        ]
        if wrong:
            raise RowWrong(wrong)

    # ------------------------------------------------------------------------------------- cards

    def _cards_in(self, row: int, said: object, problems: list[FieldProblem]) -> tuple[CardSaid, ...]:
        """Judge the cards of a row; what is wrong with them is added to ``problems``."""
        if said is None:
            return ()
        if not isinstance(said, list) or len(said) > MOST_CARDS:
            problems.append(FieldProblem(path="card", what=f"has to be a list of at most {MOST_CARDS} cards"))
            return ()
        found = []
        for place, card in enumerate(said):
            try:
                found.append(self._card(f"{self._key.id}/{row}/{place}", card))
            except RowWrong as wrong:
                problems += [
                    FieldProblem(path=f"card.{place}.{each.path}".rstrip("."), what=each.what)
                    for each in wrong.problems
                ]
        return tuple(found)

    def _card(self, name: str, said: object) -> CardSaid:
        if not isinstance(said, dict):
            raise RowWrong([FieldProblem(path="", what="is no card: a card has number and technology")])
        if said.keys() - _CARD_FIELDS:
            raise RowWrong([FieldProblem(path="", what="a card has number and technology, and nothing else")])
        card = _validated(NewCard, said)
        if card.number is None:
            raise RowWrong([FieldProblem(path="number", what="is missing")])
        number_hex = card.number_hex(card.number)
        print_ = self._key.print_of(card.technology, bytes.fromhex(number_hex))
        if print_ in self._cards:
            raise RowWrong([FieldProblem(path="number", what="stands in an earlier place already")])
        self._cards.add(print_)
        return CardSaid(name, card.technology, number_hex)


def _validated(model: type[M], said: object) -> M:
    try:
        return model.model_validate(said)
    except ValidationError as error:
        raise RowWrong(problems_of(error.errors(include_url=False, include_input=False))) from None


def _unknown(
    field_name: str, wanted: Iterable[str], there: Collection[str], what: str
) -> Iterable[FieldProblem]:
    for place, member in enumerate(wanted):
        if member not in there:
            yield FieldProblem(path=f"{field_name}.{place}", what=what)
