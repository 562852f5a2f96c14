"""Backups, as the API shows them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from accessctl.api.models import Wanted
from accessctl.backup.manifest import ID_PATTERN, LEFT_OUT, NOTE

BackupId = Annotated[str, StringConstraints(pattern=ID_PATTERN)]


class BackupState(StrEnum):
    """How a backup is."""

    MAKING = "making"
    READY = "ready"
    FAILED = "failed"


class NewBackup(Wanted):
    """A backup to be made."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"keep": 14}]})

    keep: int | None = Field(
        default=None,
        ge=1,
        le=1000,
        description="How many to keep: when this one is ready, older ones beyond are deleted. Null: all.",
    )


class BackupFile(BaseModel):
    """A file in a backup."""

    name: str = Field(examples=["people.db"])
    size: int = Field(description="In bytes.", examples=[1048576])
    sha256: str = Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])


class BackupModel(BaseModel):
    """A backup, or one that is being made, or what came in its way."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "b-3kx7qz2a",
                    "state": "ready",
                    "at": "2026-03-02T03:00:04+00:00",
                    "progress": 1.0,
                    "size": 2162688,
                    "why": None,
                    "version": "0.1.0",
                    "controller": "kade-1",
                    "last_seq": 90412,
                    "files": [],
                    "left_out": list(LEFT_OUT),
                    "note": NOTE,
                }
            ]
        }
    )

    id: str
    state: BackupState
    at: AwareDatetime = Field(description="What it is a copy of: the stores at this instant.")
    progress: float = Field(description="From 0 to 1.")
    size: int | None = Field(description="Of the file, in bytes; null: not there yet.")
    why: str | None = Field(description="What came in its way, in words.")
    version: str | None = Field(default=None, description="Of the software that made it.")
    controller: str | None = Field(default=None, description="The name of the controller.")
    last_seq: int | None = Field(default=None, description="The number of the record's last entry in it.")
    files: list[BackupFile] = Field(default=[], description="What is in it.")
    left_out: list[str] = Field(description="What is never in a backup.")
    note: str = Field(description="What to know of that.")


class BackupList(BaseModel):
    """All backups, newest first."""

    backups: list[BackupModel]


class BackupCheck(BaseModel):
    """What came of looking a backup through."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"id": "b-3kx7qz2a", "sound": True, "problems": [], "at": "2026-03-02T09:00:00+00:00"}
            ]
        }
    )

    id: str
    sound: bool = Field(description="Whether every file is what was put in, and the stores are whole.")
    problems: list[str] = Field(description="What is wrong, in words.")
    at: datetime = Field(description="When it was looked through.")
