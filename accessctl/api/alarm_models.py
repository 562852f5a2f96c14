"""Alarms, as the API takes and gives them."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, field_validator

from accessctl.api.models import Wanted
from accessctl.api.people_models import printable
from accessctl.store.alarms import Acknowledgement, AlarmRow

Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class NewAcknowledgement(Wanted):
    """That somebody has taken notice of an alarm."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"note": "A crate kept the gate open."}]})

    note: Note | None = Field(
        default=None,
        description="Whatever there is to say. It may name people: it is not in the record, which says only "
        "that there is one.",
    )

    _note_is_printable = field_validator("note")(printable)


class AcknowledgementModel(BaseModel):
    """Who has taken notice of an alarm."""

    by: str = Field(examples=["local:maria"])
    at: AwareDatetime
    note: str | None = Field(description="It may name people: null for who may not see names.")

    @classmethod
    def of(cls, row: Acknowledgement, *, names: bool) -> Self:
        """Show one, with its note for who may see names."""
        return cls(by=row.operator, at=row.at, note=row.note if names else None)


class AlarmModel(BaseModel):
    """An alarm: an entry of the record, with what became of it."""

    seq: int = Field(description="The number of its entry in the record.", examples=[4711])
    type: str = Field(examples=["door_forced_open"])
    open: bool = Field(description="Whether it is so still, or nobody has acknowledged it.")
    since: AwareDatetime
    lasts: bool = Field(description="Whether it is a state that ends; else it is something that happened.")
    restored_at: AwareDatetime | None = Field(description="When it was over; null: it is so still.")
    restored_seq: int | None
    restored_by: str | None = Field(
        description="The type of the entry that ended it. `system_start`: what is so still is told anew.",
        examples=["door_forced_open_restored"],
    )
    door: str | None = Field(examples=["gate"])
    access_point: str | None
    person: str | None = Field(description="A pseudonym.")
    person_name: str | None = Field(description="null also for who may not see names.")
    reason: str | None
    detail: dict[str, Any]
    acknowledged: AcknowledgementModel | None

    @classmethod
    def of(cls, row: AlarmRow, names: Mapping[str, str] | None) -> Self:
        """Show one alarm; without ``names`` nobody is named."""
        entry, end, noted = row.entry, row.end, row.acknowledged
        return cls(
            seq=entry.seq,
            type=entry.type,
            open=row.is_open,
            since=entry.at,
            lasts=row.lasts,
            restored_at=None if end is None else end.at,
            restored_seq=None if end is None else end.seq,
            restored_by=None if end is None else end.type,
            door=entry.door,
            access_point=entry.access_point,
            person=entry.person,
            person_name=(names or {}).get(entry.person or ""),
            reason=entry.reason,
            detail=dict(entry.detail),
            acknowledged=None if noted is None else AcknowledgementModel.of(noted, names=names is not None),
        )


class AlarmPage(BaseModel):
    """Some alarms, the newest first."""

    alarms: list[AlarmModel]
    next: int | None = Field(
        description="Ask again with `before` set to this; null: that was all. A page may hold fewer alarms "
        "than asked for, or none, and yet have one: so far was looked."
    )
