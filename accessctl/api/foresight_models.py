"""What questions about the rules are answered with."""

from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, BaseModel, Field

from accessctl.api.models import Wanted

LONGEST_SITE: Final = 1024 * 1024
"""In characters."""
Outcome = Literal["granted", "refused", "more", "gather", "queue"]
Would = Literal["granted", "refused", "asked_for_more", "delayed", "gone"]
PointId = Annotated[str, Field(examples=["cage-in"])]
PersonId = Annotated[str, Field(examples=["p-3kx7qz2a"])]
Name = Annotated[str | None, Field(description="Null where the name was erased.", examples=["Ida Holm"])]


class CheckModel(BaseModel):
    """What one check says."""

    check: str = Field(
        description="As a statement that holds when nothing is objected.", examples=["card is valid"]
    )
    passed: bool
    objection: str | None = Field(description="What it has against it, in words.")


class ExplanationModel(BaseModel):
    """Why somebody passes an access point or not."""

    person: PersonId
    credential: str | None = Field(
        description="Of several cards and codes, the one with which they may pass."
    )
    access_point: PointId
    at: AwareDatetime = Field(description="The instant that was asked about.")
    outcome: Outcome = Field(
        description="`more`: what they have is not all that is asked for; `gather`: others have to badge as "
        "well; `queue`: granted as soon as the other doors of an interlock are shut."
    )
    reason: str = Field(description="The decision in words.")
    event: str = Field(description="The type that its entry in the record would have.")
    shown: list[str] = Field(description="What is asked for and they have.", examples=[["card", "pin"]])
    refused_by: str | None = Field(description="The check that refuses.")
    next_granted: AwareDatetime | None = Field(
        description="When it would be granted, if nothing happens but that time goes by. Null: it is granted "
        "now, or will not be within 400 days."
    )
    checks: list[CheckModel] = Field(
        description="Every check in order of rank; the first that objects counts."
    )


class NamedPersonModel(BaseModel):
    """Somebody, by id and name."""

    id: PersonId
    name: Name


class WhoCanModel(BaseModel):
    """Who could pass an access point."""

    access_point: PointId
    at: AwareDatetime = Field(description="The instant that was asked about.")
    people: list[NamedPersonModel]


class NamedPointModel(BaseModel):
    """An access point, by id and name."""

    id: PointId
    name: str = Field(examples=["Cage, in"])


class WhatCanModel(BaseModel):
    """Where somebody could pass."""

    person: PersonId
    at: AwareDatetime = Field(description="The instant that was asked about.")
    access_points: list[NamedPointModel]


class RehearsalModel(Wanted):
    """A proposed site file, and how much of the past to play against it."""

    site: str = Field(max_length=LONGEST_SITE, description="The text of the proposed site file.")
    since: AwareDatetime = Field(description="From this instant on.")


class SumModel(BaseModel):
    """How much would have gone otherwise in one way."""

    people: int = Field(description="How many people it would have been; whoever is not known is none.")
    entries: int = Field(description="How often.")


class DifferenceModel(BaseModel):
    """Something that would have gone otherwise, each time for the same reason."""

    person: str | None = Field(description="Null for whoever passed where nobody is asked.")
    name: Name
    door: str = Field(examples=["cage"])
    access_point: PointId
    would: Would = Field(
        description="`delayed`: another person, or another door, would have had to be waited for; `gone`: "
        "the access point is not in the proposed file."
    )
    reason: str = Field(description="Why, in words.")
    entries: int = Field(description="How often.")
    first: AwareDatetime
    last: AwareDatetime


class ChangeModel(BaseModel):
    """Somebody whose rights would be others at this instant."""

    person: PersonId
    name: Name
    gains: list[str] = Field(description="Access points that they could pass then and cannot now.")
    loses: list[str] = Field(description="Access points that they can pass now and could not then.")


class RehearsalResultModel(BaseModel):
    """What a proposed site file would have changed."""

    since: AwareDatetime
    rules: str = Field(description="The revision of the rules in force.", examples=["7c1e0f9a2b3d"])
    proposed: str = Field(description="The revision of the proposed file.")
    summary: list[str] = Field(
        description="In sentences.", examples=[["3 people, 41 entries would have been refused"]]
    )
    played: int = Field(description="How many entries of the record were decided by both.")
    left_out: dict[str, int] = Field(description="How many were not, by why.")
    refused: SumModel
    granted: SumModel
    asked_for_more: SumModel
    delayed: SumModel
    gone: SumModel
    differences: list[DifferenceModel] = Field(description="By person, access point and reason.")
    rights_now: list[ChangeModel] = Field(description="Whose rights would be others at this instant.")
