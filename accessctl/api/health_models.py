"""What was found wrong with an installation, as the API gives it."""

from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import version
from typing import Any, Literal, Self

from pydantic import BaseModel, Field


class FindingModel(BaseModel):
    """Something that is wrong, or that somebody should know."""

    about: str = Field(description="A device, a file or a part.", examples=["gate-in.reader"])
    what: str = Field(description="In words.", examples=["it does not answer: it was unplugged"])
    do: str = Field(description="What to do about it.", examples=["look at plug and cable"])
    weight: Literal["wrong", "note"] = Field(
        description="wrong: something does not work, or will not. note: it works, and somebody should know."
    )


class DiskModel(BaseModel):
    """The file system in which the installation lies."""

    free: int = Field(description="In bytes, for this installation.", examples=[79456894976])
    total: int = Field(description="In bytes.", examples=[125829120000])


class StoreModel(BaseModel):
    """One of the databases."""

    name: str = Field(examples=["record.db"])
    size: int = Field(description="In bytes, with what waits in its log.", examples=[52428800])
    wrong: str | None = Field(description="Why it cannot be read; null: it can.", examples=[None])


class CopiesModel(BaseModel):
    """The backups that lie there and say what they are."""

    count: int = Field(examples=[14])
    newest_at: datetime | None = Field(description="null: there is none.")
    size: int | None = Field(description="Of the newest one, in bytes.", examples=[2162688])


class ClockModel(BaseModel):
    """The clock of the machine. Whether doors trust it, `GET /site` says under its conditions."""

    kept_right: bool | None = Field(
        description="Whether a time source keeps it right; null: the kernel does not say so to this process."
    )
    error_s: float | None = Field(
        description="How far off it may be at most, in seconds; null: nobody knows.", examples=[0.012]
    )


class RunModel(BaseModel):
    """The run of the door process that wrote the newest entry of the record."""

    version: str = Field(examples=["0.1.0"])
    boot: str = Field(description="Names the run of the machine.")
    epoch: str = Field(description="Names the file of the record.")


class InstallationHealth(BaseModel):
    """What was found, what could not be found out, and what was measured."""

    at: datetime = Field(description="When it was looked at: some seconds ago at most.")
    sound: bool = Field(description="Whether nothing is wrong; notes do not count.")
    findings: list[FindingModel]
    unknown: list[str] = Field(description="What could not be found out from here, and who can.")
    door_answers: bool = Field(description="Whether the door process says how it is.")
    version: str = Field(description="Of the API process.", examples=["0.1.0"])
    run: RunModel | None = Field(description="null: nothing was ever recorded, or it cannot be read.")
    site_file: str | None = Field(
        description="The revision that lies there; null: unreadable.", examples=["7c1e0f9a2b3d"]
    )
    in_force: str | None = Field(
        description="The revision that doors go by; null: the door process does not answer.",
        examples=["7c1e0f9a2b3d"],
    )
    clock: ClockModel
    disk: DiskModel | None = Field(description="null: nobody knows.")
    stores: list[StoreModel]
    backups: CopiesModel

    @classmethod
    def of(cls, found: Mapping[str, Any], *, at: datetime, door_answers: bool, in_force: str | None) -> Self:
        """Show what a process has found."""
        sound = all(each["weight"] != "wrong" for each in found["findings"])
        more = {"at": at, "sound": sound, "version": version("accessctl")}
        return cls.model_validate({**found, **more, "door_answers": door_answers, "in_force": in_force})
