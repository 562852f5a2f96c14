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


class Reader(TypedDict):
    """A reader or keypad, and how it is."""

    id: str
    kind: str
    driver: str
    access_point: str
    name: str
    door: str | None
    state: str
    why: str
    since: str | None
    seen: str | None
    silent_s: float | None
    errors_this_hour: int
    errors_hour_before: int
    trend: str
    last_error: str
    restarts: int
    about: dict[str, str]
    tampered: bool
    power_failed: bool
    insecure: str | None
    key: str | None
    pairing: bool
    fault: str | None


class Read(TypedDict):
    """Something that a reader has read."""

    at_s: float
    what: str


class Trial(TypedDict):
    """What came of testing a reader."""

    reader: str
    reads: list[Read]
    more: int
    patterns: list[str]


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
