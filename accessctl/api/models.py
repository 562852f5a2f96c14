"""What the API takes and gives, as schemas. Fields that nobody asked for are refused, not ignored."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    field_validator,
)
from pydantic_core import PydanticCustomError

from accessctl.store.people_queries import CardRow, PersonRow
from policies.people import Validity

SHORTEST_PIN, LONGEST_PIN = 4, 12
MOST_HEX = 64
"""Characters. Longer than any card's number, so that the door process has the last word on it."""
ID_PATTERN = r"^[a-z0-9][a-z0-9-]{0,31}$"
Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Roles = Annotated[list[Id], Field(min_length=1, max_length=32)]
From = Annotated[
    AwareDatetime | None,
    Field(
        description="From this instant on (included); null: always.", examples=["2026-01-05T06:00:00+01:00"]
    ),
]
Until = Annotated[
    AwareDatetime | None,
    Field(
        description="Until this instant (not included); null: for good.",
        examples=["2026-03-31T18:00:00+02:00"],
    ),
]


class Wanted(BaseModel):
    """Something that a client sends."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _printable(name: str | None) -> str | None:
    """Keep out what could play tricks on somebody's terminal, or makes two names look like one.

    Not printable are also the format characters (Unicode's Cf), such as zero-width joiners.
    """
    if name is not None and not name.isprintable():
        raise PydanticCustomError("not_printable", "must not contain control or invisible characters")
    return name


def _each_once(roles: list[str] | None) -> list[str] | None:
    if roles is not None and len(set(roles)) < len(roles):
        raise PydanticCustomError("repeated", "must name each role once")
    return roles


class NewPerson(Wanted):
    """A person to be added."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Ana Marsh", "roles": ["picker-early"], "valid_from": None}]}
    )

    name: Name
    roles: Roles
    id: Id | None = Field(
        default=None,
        description="The pseudonym under which the record knows this person; made up when left out. "
        "Not the name: it stays in the record for good.",
    )
    valid_from: From = None
    valid_until: Until = None

    _name_is_printable = field_validator("name")(_printable)
    _roles_are_there_once = field_validator("roles")(_each_once)


class PersonChange(Wanted):
    """What should change about a person; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"disabled": True}]})

    name: Name | None = None
    roles: Roles | None = None
    valid_from: From = None
    valid_until: Until = None
    disabled: bool | None = None

    _name_is_printable = field_validator("name")(_printable)
    _roles_are_there_once = field_validator("roles")(_each_once)

    @field_validator("name", "roles", "disabled")
    @classmethod
    def _not_null(cls, value: object) -> object:
        if value is None:
            raise PydanticCustomError("null", "must not be null; leave it out to keep it")
        return value


class NewPin(Wanted):
    """A person's PIN: 4 to 12 digits."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"pin": "4739"}]})

    # The bounds of the schema are for clients: the check below says it in fewer words, and no length.
    pin: SecretStr = Field(
        description="4 to 12 digits. It is never given back.",
        json_schema_extra={"minLength": 4, "maxLength": 12, "pattern": "^[0-9]+$"},
    )

    @field_validator("pin")
    @classmethod
    def _has_digits_only(cls, pin: SecretStr) -> SecretStr:
        digits = pin.get_secret_value()
        if not (digits.isascii() and digits.isdigit() and SHORTEST_PIN <= len(digits) <= LONGEST_PIN):
            raise PydanticCustomError("not_digits", "must be 4 to 12 digits")
        return pin


class NewCard(Wanted):
    """A card to be enrolled: its number, or where it will be shown."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"read_at": "office-in", "within_s": 20}, {"number": "0412AB34CD56EF"}]
        }
    )

    number: SecretStr | None = Field(
        default=None, description="The card's UID in hex. It is never stored or given back."
    )
    technology: Literal["iso14443-uid"] = "iso14443-uid"
    read_at: Id | None = Field(default=None, description="The access point at whose reader it will be shown.")
    within_s: float = Field(default=20, ge=1, le=60, allow_inf_nan=False, description="In seconds.")
    valid_from: From = None
    valid_until: Until = None

    @field_validator("number")
    @classmethod
    def _is_hex(cls, number: SecretStr | None) -> SecretStr | None:
        digits = number.get_secret_value() if number else ""
        try:
            short = len(bytes.fromhex(digits)) <= MOST_HEX // 2
        except ValueError:
            short = False
        if not short:
            raise PydanticCustomError("not_hex", "must be bytes in hex, such as 0412AB34CD56EF")
        return number


class Lapse(StrEnum):
    """Why a card does not count any more."""

    REVOKED = "revoked"
    LOST = "lost"
    STOLEN = "stolen"
    DAMAGED = "damaged"


class Revocation(Wanted):
    """What became of a card."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "lost"}]})

    reason: Lapse = Lapse.REVOKED


class PersonModel(BaseModel):
    """A person."""

    id: str = Field(examples=["p-3kx7qz2a"])
    name: str = Field(examples=["Ana Marsh"])
    roles: list[str] = Field(examples=[["picker-early"]])
    valid_from: datetime | None
    valid_until: datetime | None
    disabled: bool
    has_pin: bool
    active_cards: int
    added_at: datetime

    @classmethod
    def of(cls, row: PersonRow) -> Self:
        """Show one row."""
        return cls(
            id=row.id,
            name=row.name,
            roles=list(row.roles),
            valid_from=row.validity.start,
            valid_until=row.validity.end,
            disabled=row.disabled,
            has_pin=row.has_pin,
            active_cards=row.active_cards,
            added_at=row.added_at,
        )


class CardModel(BaseModel):
    """A card, known by its id: the number is not stored."""

    id: str = Field(examples=["c-m4t2yx6b"])
    person: str = Field(examples=["p-3kx7qz2a"])
    hint: str = Field(description="The last two hex digits of its number.", examples=["F6"])
    status: str = Field(description="active, revoked, lost, stolen or damaged", examples=["active"])
    valid_from: datetime | None
    valid_until: datetime | None
    enrolled_at: datetime

    @classmethod
    def of(cls, row: CardRow) -> Self:
        """Show one row."""
        return cls(
            id=row.id,
            person=row.person,
            hint=row.hint,
            status=row.status.value,
            valid_from=row.validity.start,
            valid_until=row.validity.end,
            enrolled_at=row.enrolled_at,
        )


class PeoplePage(BaseModel):
    """Some people, in the order of their ids."""

    people: list[PersonModel]
    next: str | None = Field(description="Ask again with `after` set to this; null: that was all.")


class CardPage(BaseModel):
    """Some cards, in the order of their ids."""

    cards: list[CardModel]
    next: str | None = Field(description="Ask again with `after` set to this; null: that was all.")


class DoneModel(BaseModel):
    """What came of an order."""

    order: str = Field(description="Names the order, so that sending it again does nothing.")
    seq: int = Field(description="The record has reached this number.")
    repeated: bool = Field(description="Whether it had been carried out before.")


def validity_of(start: datetime | None, end: datetime | None) -> Validity:
    """Make a validity. Raises ``ValueError`` when it ends before it starts, or in no year that UTC has."""
    try:
        return Validity(start and start.astimezone(UTC), end and end.astimezone(UTC))
    except OverflowError:
        raise ValueError("the years are 1 to 9999, counted in UTC") from None
