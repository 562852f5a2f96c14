"""Passes, as the API takes and gives them."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, field_validator
from pydantic_core import PydanticCustomError

from accessctl.api.card_models import Revocation
from accessctl.api.models import From, Id, Wanted
from accessctl.api.people_models import Name, Roles
from accessctl.store.people_queries import CardRow

__all__ = ["MadePass", "NewPass", "NewVisitor", "PassKeyModel", "PassModel", "PassPage", "Revocation"]

MOST_POINTS = 32
MOST_USES = 1000
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]


class NewVisitor(Wanted):
    """Somebody who is not in the store yet and is added with the pass."""

    name: Name
    roles: Roles

    @field_validator("name")
    @classmethod
    def _is_printable(cls, name: str) -> str:
        return _printable(name)

    @field_validator("roles")
    @classmethod
    def _named_once(cls, roles: list[str]) -> list[str]:
        return _each_once(roles)


class NewPass(Wanted):
    """A pass to be made: for a person there is, or for a visitor who is added."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "visitor": {"name": "Jon Abbey", "roles": ["driver"]},
                    "valid_until": "2026-01-05T18:00:00+01:00",
                    "access_points": ["gate-in"],
                    "uses": 1,
                    "label": "Abbey Freight, bay 4",
                },
                {"person": "p-3kx7qz2a"},
            ]
        }
    )

    person: Id | None = None
    visitor: NewVisitor | None = None
    valid_from: From = Field(
        default=None, description="From this instant on, a whole second; null: from now on."
    )
    valid_until: AwareDatetime | None = Field(
        default=None,
        description="Until this instant (not included); null: a day after it begins to count.",
        examples=["2026-03-31T18:00:00+02:00"],
    )
    access_points: list[Id] | None = Field(
        default=None,
        min_length=1,
        max_length=MOST_POINTS,
        description="Where alone it counts; null: wherever its holder may pass.",
        examples=[["gate-in"]],
    )
    uses: int | None = Field(
        default=None,
        ge=1,
        le=MOST_USES,
        description="Lets somebody in so often; null: as the site says, once or as often as they like.",
    )
    label: Label | None = Field(
        default=None, description="What helps to find it in the list; it is not in the text."
    )

    @field_validator("label")
    @classmethod
    def _is_printable(cls, label: str | None) -> str | None:
        return None if label is None else _printable(label)

    @field_validator("access_points")
    @classmethod
    def _named_once(cls, points: list[str] | None) -> list[str] | None:
        return None if points is None else _each_once(points)


class PassModel(BaseModel):
    """A pass, known by its id: neither its text nor its number is stored."""

    id: str = Field(examples=["c-m4t2yx6b"])
    person: str = Field(examples=["p-3kx7qz2a"])
    label: str | None
    hint: str = Field(description="The last two digits of its number.", examples=["F6"])
    status: str = Field(description="active, revoked, lost, stolen or damaged", examples=["active"])
    valid_from: datetime | None
    valid_until: datetime | None
    access_points: list[str] | None = Field(
        description="Where alone it counts; null: wherever its holder may pass."
    )
    uses: int | None = Field(description="Lets somebody in so often; null: as often as they like.")
    made_at: datetime

    @classmethod
    def of(cls, row: CardRow) -> Self:
        """Show one row."""
        return cls(
            id=row.id,
            person=row.person,
            label=row.label,
            hint=row.hint,
            status=row.status.value,
            valid_from=row.validity.start,
            valid_until=row.validity.end,
            access_points=None if row.points is None else list(row.points),
            uses=row.uses,
            made_at=row.enrolled_at,
        )


class MadePass(PassModel):
    """A pass that was just made, with its text: this once and never again."""

    text: str = Field(
        description="What its QR code or tag holds. It is not stored.", min_length=151, max_length=151
    )


class PassPage(BaseModel):
    """Some passes, in the order of their ids."""

    passes: list[PassModel]
    next: str | None = Field(description="Ask again with `after` set to this; null: that was all.")


class PassKeyModel(BaseModel):
    """What passes of this controller can be checked with elsewhere."""

    key_id: str = Field(
        description="The first four bytes of the key's SHA-256, in hex.", examples=["56475aa7"]
    )
    public_key: str = Field(description="An Ed25519 public key (RFC 8032): 32 bytes in hex.")


def _printable(text: str) -> str:
    if not text.isprintable():
        raise PydanticCustomError("not_printable", "must not contain control or invisible characters")
    return text


def _each_once(ids: list[str]) -> list[str]:
    if len(set(ids)) < len(ids):
        raise PydanticCustomError("repeated", "must name each one once")
    return ids
