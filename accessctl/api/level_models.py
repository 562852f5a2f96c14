"""Access levels, what is lent of them, and qualifications, as the API gives them."""

from collections.abc import Iterable, Mapping
from typing import Any, Self

from pydantic import BaseModel, Field

from accessctl.api.rights_models import LoanModel
from accessctl.store.level_queries import Combination
from accessctl.store.people_queries import LoanRow


class LevelPolicy(BaseModel):
    """Where a level lets people while a schedule holds."""

    schedule: str = Field(examples=["office-hours"])
    access_points: list[str] = Field(examples=[["gate-in", "gate-out"]])


class LevelModel(BaseModel):
    """An access level: where it lets people and when, and who has it."""

    id: str = Field(examples=["cage"])
    policies: list[LevelPolicy]
    roles: list[str] = Field(description="The roles that have it.", examples=[["picker-early"]])
    groups: list[str] = Field(description="The groups that have it.")
    denied_roles: list[str] = Field(description="The roles that are denied where it leads.")
    denied_groups: list[str] = Field(description="The groups that are denied where it leads.")
    people: int = Field(description="So many people who are not disabled have it by a role or a group.")
    lent_to: int = Field(description="To so many people it is lent at this moment.")

    @classmethod
    def of(cls, level: Mapping[str, Any], people: Iterable[Combination], lent: Mapping[str, int]) -> Self:
        """Show one level."""
        having = (each.people for each in people if each.has_any(level["roles"], level["groups"]))
        return cls.model_validate({**level, "people": sum(having), "lent_to": lent.get(level["id"], 0)})


class LentModel(LoanModel):
    """A level that a person has for a while."""

    person: str = Field(description="A pseudonym.", examples=["p-3kx7qz2a"])

    @classmethod
    def of(cls, row: LoanRow) -> Self:
        """Show one row."""
        return cls(
            id=row.id,
            person=row.person,
            level=row.level,
            valid_from=row.validity.start,
            valid_until=row.validity.end,
        )


class LentPage(BaseModel):
    """Some of what is lent, in the order of the ids."""

    temporary_access: list[LentModel]
    next: str | None = Field(description="Ask again with `after` set to this; null: that was all.")


class QualificationKind(BaseModel):
    """Something that people can be qualified for."""

    id: str = Field(examples=["induction"])
    name: str = Field(examples=["Site induction"])
    holders: int = Field(description="So many people hold it at this moment.")
