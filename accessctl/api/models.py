"""What the schemas of the API have in common. Fields that nobody asked for are refused, not ignored."""

from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import Depends
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from policies.people import Validity

ID_PATTERN = r"^[a-z0-9][a-z0-9-]{0,31}$"
Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
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


class Nothing(Wanted):
    """What a client sends where there is nothing to say: no body, or one without fields."""


def _nothing_is_said(_body: Nothing | None = None) -> None:
    """Read a body only to refuse what would be ignored."""


NO_FIELDS: Final = Depends(_nothing_is_said)
"""For routes that take no body."""


class DoneModel(BaseModel):
    """What came of an order."""

    order: str = Field(description="Names the order, so that sending it again does nothing.")
    seq: int = Field(description="The record has reached this number.")
    repeated: bool = Field(description="Whether it had been carried out before.")


def validity_of(start: datetime | None, end: datetime | None) -> Validity:
    """Make a validity. Raises ``ValueError`` when it ends before it starts, or in no year that UTC has."""
    return Validity(start and in_utc(start), end and in_utc(end))


def in_utc(at: datetime) -> datetime:
    """Give an instant in UTC. Raises ``ValueError`` for one in no year that UTC has."""
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("the years are 1 to 9999, counted in UTC") from None


def not_null(value: object) -> object:
    """Refuse null where leaving a field out means to keep it and null means nothing."""
    if value is None:
        raise PydanticCustomError("null", "must not be null; leave it out to keep it")
    return value
