"""Qualifications and temporary access, as the API takes and gives them."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from accessctl.api.models import From, Id, Until, Wanted
from accessctl.store.people_queries import LoanRow


class NewQualification(Wanted):
    """A qualification that somebody gets, or whose end moves."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"until": "2027-01-31T00:00:00+01:00"}]})

    until: Until = None


class QualificationModel(BaseModel):
    """Something that a person was instructed in, or is licensed to do."""

    id: str = Field(examples=["induction"])
    until: datetime | None = Field(description="It counts until this instant (not included); null: for good.")


class NewLoan(Wanted):
    """A level that somebody gets for a while, whatever their roles."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"level": "cage", "valid_until": "2026-03-31T18:00:00+02:00"}]}
    )

    level: Id
    valid_from: From = None
    valid_until: Annotated[
        AwareDatetime,
        Field(description="Until this instant (not included).", examples=["2026-03-31T18:00:00+02:00"]),
    ]


class LoanModel(BaseModel):
    """A level that a person has for a while. One that is over stays listed until another is lent."""

    id: str = Field(examples=["t-7hq2mz4c"])
    level: str = Field(examples=["cage"])
    valid_from: datetime | None
    valid_until: datetime | None

    @classmethod
    def of(cls, row: LoanRow) -> Self:
        """Show one row."""
        return cls(id=row.id, level=row.level, valid_from=row.validity.start, valid_until=row.validity.end)
