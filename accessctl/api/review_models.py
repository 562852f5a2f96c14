"""Reviews of who has access to an area, as the API takes and gives them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from accessctl.api.models import Id, Wanted
from accessctl.store.reviews import ReviewRow

Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$", examples=["ab" * 32])]


class AreaReviewModel(BaseModel):
    """How an area stands whose owners look through who has access to it."""

    area: str = Field(examples=["vault"])
    name: str = Field(examples=["Vault"])
    owners: list[str] = Field(description="Operators; any one of them signs.", examples=[["maria"]])
    every: Literal["monthly", "quarterly", "yearly"]
    period: str = Field(description="The one that runs now.", examples=["2026-Q4"])
    ends: date = Field(description="The first day after it.")
    state: Literal["signed", "due", "ends soon", "overdue"] = Field(
        description="overdue: the period before this one ended without a review, and there was none since."
    )
    last: str | None = Field(description="The id of the newest signed one.", examples=["r-3kx7qz2a"])
    last_at: datetime | None
    wrong: list[str] = Field(
        description="What is wrong with what was signed: the newest one is not as it was signed, and does not"
        " count as signed; or one that the record tells of is not there any more.",
        examples=[["r-3kx7qz2a: signed, entry 4711, and not in the people's store any more"]],
    )


class AreaReviews(BaseModel):
    """Every area that is reviewed, in the order of their ids."""

    areas: list[AreaReviewModel]


class AccessRight(BaseModel):
    """By what somebody may come in."""

    by: Literal["role", "group", "loan"]
    id: str = Field(description="Of the role, the group, or what was lent.", examples=["picker"])
    level: str = Field(examples=["staff"])
    access_points: dict[str, list[str]] = Field(
        description="Where, and by which schedules.", examples=[{"vault-in": ["day"]}]
    )
    until: datetime | None = Field(default=None, description="When a loan ends.")


class HasAccess(BaseModel):
    """Somebody who has access."""

    person: str = Field(description="A pseudonym.", examples=["p-3kx7qz2a"])
    name: str | None = Field(description="Now, for who may see names; no review holds it.")
    rights: list[AccessRight]
    can_show_something: bool = Field(description="Whether they have a card or code that counts.")
    decision: Literal["keep", "strike"] | None = Field(
        default=None, description="In a signed review: whether they are to keep it."
    )

    @classmethod
    def of(cls, said: Mapping[str, Any], names: Mapping[str, str]) -> Self:
        """Show one of those whom a review lists."""
        return cls(**said, name=names.get(said["person"]))


class ReviewBegun(BaseModel):
    """What an owner looks through before signing."""

    area: str
    period: str
    rules: str = Field(description="The revision of the site file by which they have it.")
    access_points: list[str]
    people: list[HasAccess]
    sha256: Digest = Field(description="Names what was looked through. Signing gives it back.")


class NewReview(Wanted):
    """A review that an owner signs: everybody keeps their access but those who are struck."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"sha256": "ab" * 32, "strike": []}]})

    sha256: Digest
    strike: list[Id] = Field(default=[], max_length=10_000, description="Who is to lose access.")


class ReviewModel(BaseModel):
    """A signed review."""

    id: str = Field(examples=["r-3kx7qz2a"])
    area: str
    period: str
    operator: str = Field(description="Who signed.")
    at: datetime
    sha256: str = Field(
        description="Of the document; the entry of the record has the same.", examples=["ab" * 32]
    )

    @classmethod
    def of(cls, row: ReviewRow) -> Self:
        """Show one row."""
        return cls(
            id=row.id, area=row.area, period=row.period, operator=row.operator, at=row.at, sha256=row.sha256
        )


class SignedReviews(BaseModel):
    """Some signed reviews, in the order of their ids."""

    reviews: list[ReviewModel]
    next: str | None = Field(description="Ask again with `after` set to this; null: that was all.")


class Evidence(BaseModel):
    """Whether a review is as it was signed."""

    sound: bool = Field(
        description="The document has its digest, the record has the same, and area, period, operator and "
        "time are those that the document says."
    )
    seq: int | None = Field(description="The entry of the record; null: it is not there (yet).")
    what: str = Field(description="In words.", examples=["the record has this digest in entry 4711"])


class SignedReview(ReviewModel):
    """A signed review with all it holds."""

    document: str = Field(description="What was signed, byte for byte: canonical JSON (RFC 8785).")
    people: list[HasAccess]
    evidence: Evidence
    to_do: list[HasAccess] = Field(
        description="Who was struck and has access still, with the rights that are to be taken."
    )
    in_force: bool = Field(description="Whether that could be found out; where not, `to_do` is empty.")
