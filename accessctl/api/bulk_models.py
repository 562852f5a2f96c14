"""Many people at once, as the API takes and gives them."""

from datetime import datetime
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field

from accessctl.api.models import Wanted
from accessctl.api.people_models import NewPerson
from accessctl.store.bulk_rows import FailedCard
from accessctl.store.bulk_writer import ImportRow

MOST_CARDS: Final = 16
MOST_LISTED: Final = 1000
"""So many problems, and so many changes, are listed; the rest is counted."""


class BulkCard(Wanted):
    """A card of a row: it is enrolled behind the import, when its tag is made."""

    number: str = Field(description="As for `POST /people/{person}/cards`.", examples=["0412AB34CD56EF"])
    technology: str = Field(default="iso14443-uid", examples=["wiegand"])


class BulkPerson(NewPerson):
    """A person of a row. Whose `id` is there already is changed: only what the row has, the rest stays."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"id": "p-3kx7qz2a", "valid_until": "2026-12-31T18:00:00+01:00"},
                {"name": "Ana Marsh", "roles": ["picker-early"], "card": [{"number": "0412AB34CD56EF"}]},
            ]
        }
    )

    disabled: bool = False
    card: Annotated[list[BulkCard], Field(max_length=MOST_CARDS)] = Field(default=[])
    cards: int | None = Field(
        default=None, description="How many they have, as an export says it. It is not looked at."
    )


class RowChange(BaseModel):
    """What one row would do."""

    row: int = Field(description="Of the file: the first line of CSV behind the heading is 2.", examples=[2])
    person: str | None = Field(description="null: the pseudonym of somebody new is made up.")
    action: str = Field(description="add or change", examples=["change"])
    changes: dict[str, list[Any]] = Field(
        description="What changes: before and after. Of somebody new only after counts.",
        examples=[{"roles": [["picker-early"], ["picker-late"]]}],
    )


class ImportedModel(BaseModel):
    """What an import did or, as a dry run, would do."""

    id: str | None = Field(description="The import's id; null for a dry run.", examples=["i-5q2mz7ha"])
    dry_run: bool
    rows: int = Field(examples=[100])
    added: int = Field(examples=[90])
    changed: int = Field(examples=[8])
    unchanged: int = Field(examples=[2])
    cards: int = Field(description="Cards that are enrolled behind the import.", examples=[90])
    changes: list[RowChange] = Field(
        default=[], description=f"Of a dry run: what each row would do, the first {MOST_LISTED} that do."
    )


class ImportModel(BaseModel):
    """An import that is done, and how far its cards are."""

    id: str = Field(examples=["i-5q2mz7ha"])
    operator: str = Field(examples=["local:maria"])
    at: datetime
    rows: int
    added: int
    changed: int
    unchanged: int
    cards: int = Field(description="How many cards came with it.")
    tagged: int = Field(description="How many of them count at the doors by now.")
    failed: int = Field(description="How many could not be enrolled; the import says why.")
    waiting: int = Field(description="How many wait, their numbers sealed.")

    @classmethod
    def of(cls, row: ImportRow) -> Self:
        """Show one row."""
        return cls(**_fields(row))


class FailedCardModel(BaseModel):
    """A card that could not be enrolled. Its number is kept nowhere but in the file that was imported."""

    row: int = Field(description="Where it stood in the file.")
    person: str
    technology: str
    why: str = Field(examples=["this card is enrolled already: it is c-m4t2yx6b of p-3kx7qz2a"])

    @classmethod
    def of(cls, row: FailedCard) -> Self:
        """Show one row."""
        return cls(row=row.row, person=row.person, technology=row.technology, why=row.why)


class ImportProgress(ImportModel):
    """An import with how fast its cards are enrolled, and which could not be."""

    rate: float | None = Field(
        description="Cards a second of late; null while nobody knows.", examples=[120.5]
    )
    estimate_s: float | None = Field(
        description="So long until the last card counts, at this rate; null while nobody knows.",
        examples=[650],
    )
    stalled: str | None = Field(description="Why it does not go on now, in words; null when it does.")
    failures: list[FailedCardModel]
    next: int | None = Field(description="Ask again with `after` set to this for more failures; null: all.")


class ImportPage(BaseModel):
    """Some imports, in the order of their ids."""

    imports: list[ImportModel]
    next: str | None = Field(description="Ask again with `after` set to this; null: that was all.")


def row_schema() -> dict[str, Any]:
    """Describe a row: as somebody new, whose fields a row that changes somebody need not have."""
    schema = BulkPerson.model_json_schema()
    schema["properties"]["card"]["items"] = schema.pop("$defs")["BulkCard"]
    schema.pop("required")
    return schema


def _fields(row: ImportRow) -> dict[str, Any]:
    names = ("id", "operator", "at", "rows", "added", "changed", "unchanged", "cards", "tagged", "failed")
    return {name: getattr(row, name) for name in (*names, "waiting")}
