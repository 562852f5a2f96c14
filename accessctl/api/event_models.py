"""How entries of the record are shown: one by one, in pages, and as items of a stream."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from pydantic import BaseModel, Field

from accessctl.api.places import Place
from accessctl.store.event_row import EventRow


class EventModel(BaseModel):
    """One entry of the record."""

    seq: int = Field(description="Its number, without gaps.", examples=[4711])
    at: str = Field(description="When, by the wall clock, in UTC.", examples=["2026-01-05T06:58:12.417Z"])
    mono_ns: int = Field(description="When, by the machine's monotonic clock, in ns since its boot.")
    clock_synced: bool = Field(description="Whether the wall clock was being kept right.")
    controller: str = Field(examples=["kade-1"])
    epoch: str = Field(description="Names the record's file: another file, other numbers.")
    boot: str = Field(description="Names the machine's boot.")
    rules: str = Field(description="The revision of the rules in force.")
    version: str = Field(description="The version of this software.")
    type: str = Field(examples=["access_granted"])
    door: str | None = Field(examples=["gate"])
    access_point: str | None = Field(examples=["gate-in"])
    person: str | None = Field(description="A pseudonym.", examples=["p-3kx7qz2a"])
    person_name: str | None = Field(
        description="The person's name now, from the people's store; the record never holds it. "
        "null also for who may not see names, and while that store cannot be read.",
        examples=["Ana Marsh"],
    )
    credential: str | None = Field(examples=["c-m4t2yx6b"])
    reason: str | None = Field(
        description="Why, in words, where something was decided.", examples=["Granted."]
    )
    detail: dict[str, Any]

    @classmethod
    def of(cls, row: EventRow, names: Mapping[str, str]) -> Self:
        """Show one row."""
        return cls(
            at=row.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            person_name=names.get(row.person or ""),
            **{field: getattr(row, field) for field in row.__slots__ if field != "at"},
        )


class EventPage(BaseModel):
    """Some entries of the record."""

    events: list[EventModel]
    next: int | None = Field(
        description="Ask again with `after` (or `before`) set to this; null: that was all there is now. "
        "A page may hold fewer entries than asked for, or none, and yet have one: so far was looked."
    )


@dataclass(frozen=True, slots=True)
class Told:
    """One entry as the item of a stream, made once for everybody who gets it."""

    row: EventRow
    named: bytes
    nameless: bytes

    @classmethod
    def of(cls, row: EventRow, names: Mapping[str, str]) -> Self:
        """Write an entry, with the name of its person and without."""
        nameless = _item(row, {})
        return cls(row, _item(row, names) if row.person in names else nameless, nameless)

    def text(self, *, names: bool) -> bytes:
        """Give the item as somebody may see it."""
        return self.named if names else self.nameless

    @property
    def size(self) -> int:
        """So many bytes it takes, both ways."""
        return len(self.named) + len(self.nameless)


def _item(row: EventRow, names: Mapping[str, str]) -> bytes:
    return (
        f"id: {Place(row.epoch, row.seq)}\ndata: {EventModel.of(row, names).model_dump_json()}\n\n".encode()
    )
