"""What the HTTP API answers, as its clients see it. The API's own schema says what each field means."""

from typing import Any, Literal, TypedDict

OrderName = Literal["release", "unlock", "lock"]


class Qualification(TypedDict):
    """Something that a person is qualified for."""

    id: str
    until: str | None


class Loan(TypedDict):
    """A level that a person has for a while."""

    id: str
    level: str
    valid_from: str | None
    valid_until: str


class Person(TypedDict):
    """A person."""

    id: str
    name: str
    roles: list[str]
    groups: list[str]
    valid_from: str | None
    valid_until: str | None
    disabled: bool
    uses_total: int | None
    uses_a_day: int | None
    exempt: bool
    extended: bool
    qualifications: list[Qualification]
    temporary_access: list[Loan]
    has_pin: bool
    has_code: bool
    active_cards: int
    added_at: str
    seen_from: str


class PersonDetails(Person):
    """A person, with what no list says."""

    has_duress_pin: bool


class Card(TypedDict):
    """A card, by its id."""

    id: str
    person: str
    technology: str
    hint: str
    status: str
    valid_from: str | None
    valid_until: str | None
    enrolled_at: str


class Code(Card):
    """A code that was just made, with its digits."""

    code: str


class Door(TypedDict):
    """A door, as it stands."""

    id: str
    name: str
    mode: str
    leaf: str
    strike: str
    alarm: str | None
    lock: str
    unattended: str
    fault: str | None


class Done(TypedDict):
    """What came of an order."""

    order: str
    seq: int
    repeated: bool


class Event(TypedDict):
    """An entry of the record."""

    seq: int
    at: str
    mono_ns: int
    clock_synced: bool
    controller: str
    epoch: str
    boot: str
    rules: str
    version: str
    type: str
    door: str | None
    access_point: str | None
    person: str | None
    person_name: str | None
    credential: str | None
    reason: str | None
    detail: dict[str, Any]
