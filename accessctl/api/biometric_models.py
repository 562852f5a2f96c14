"""Consents, fingers and faces, as the API takes and gives them: no template, no word of a duress finger."""

from datetime import datetime
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from accessctl.api.models import Id, Wanted
from accessctl.store.biometric_rows import BiometricRow, ConsentRow
from accessctl.store.biometric_writer import Erasure
from accessctl.store.scrubbing import Scrubbed


class Kind(StrEnum):
    """What of a body is kept."""

    FINGERPRINT = "fingerprint"
    FACE = "face"


class ConsentTextModel(BaseModel):
    """What people agree to before anything of theirs is kept."""

    version: str = Field(examples=["2026-1"])
    text: str
    sha256: str = Field(description="Of the text in UTF-8.")
    expire_days: int = Field(description="After so many days what is enrolled does not count any more.")
    equal_way: str = Field(
        description="How people come in who give neither finger nor face, where it is said."
    )


class NewConsent(Wanted):
    """Somebody agrees, after having read this version of the text, before the operator."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"kind": "face", "text_version": "2026-1"}]})

    kind: Kind
    text_version: Id = Field(description="The version that the person has read. 409 when it is not in force.")


class ConsentModel(BaseModel):
    """A consent."""

    id: str = Field(examples=["y-7c2m4x5a"])
    person: str
    kind: Kind
    text_version: str
    text_sha256: str
    given_at: datetime
    witness: str = Field(description="The operator who was there.", examples=["local:maria"])
    withdrawn_at: datetime | None

    @classmethod
    def of(cls, row: ConsentRow) -> Self:
        """Show one row."""
        return cls(
            id=row.id,
            person=row.person,
            kind=Kind(row.kind),
            text_version=row.text.version,
            text_sha256=row.text.sha256,
            given_at=row.given_at,
            witness=row.witness,
            withdrawn_at=row.withdrawn_at,
        )


class Consents(BaseModel):
    """A person's consents, the oldest first."""

    consents: list[ConsentModel]


class BiometricModel(BaseModel):
    """A finger or face that is enrolled."""

    id: str = Field(examples=["b-q3v6n2dk"])
    person: str
    kind: Kind
    model: str = Field(description="What made the template: it is compared with templates of its kind alone.")
    sensor: str | None = Field(description="The sensor that keeps a finger's template.")
    enrolled_at: datetime
    expires_at: datetime | None = Field(description="From this instant on it does not count.")
    disabled: bool

    @classmethod
    def of(cls, row: BiometricRow) -> Self:
        """Show one row."""
        return cls(
            id=row.id,
            person=row.person,
            kind=Kind(row.kind),
            model=row.model,
            sensor=row.sensor,
            enrolled_at=row.enrolled_at,
            expires_at=row.expires_at,
            disabled=row.disabled,
        )


class LeftInSensor(BaseModel):
    """A template that was erased here and not in its sensor yet."""

    sensor: str
    receipt: str


class Biometrics(BaseModel):
    """Fingers and faces, and what sensors that were away have yet to erase."""

    biometrics: list[BiometricModel]
    left_in_sensors: list[LeftInSensor]


class NewEnrolment(Wanted):
    """A finger or face to be enrolled at an access point, while the person stands there."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"kind": "face", "access_point": "gate-in"}]})

    kind: Kind
    access_point: Id
    duress: bool = Field(
        default=False, description="Whether this finger opens and cries for help in silence. Not for a face."
    )


class EnrolmentStateName(StrEnum):
    """How an enrolment stands."""

    GOES_ON = "goes on"
    ENROLLED = "enrolled"
    FAILED = "failed"


class EnrolmentModel(BaseModel):
    """How an enrolment goes. It ends by itself when nobody asks for some seconds."""

    id: str = Field(examples=["n-4t6y2b7m"])
    person: str
    kind: Kind
    state: EnrolmentStateName
    hint: str = Field(description="What the person should do next.", examples=["turn a little to the left"])
    step: int = Field(description="So many steps are done.")
    of: int = Field(description="So many there are; 0: nobody knows.")
    why: str = Field(description="Why it failed, or what to know of what was enrolled.")
    biometric: BiometricModel | None = None


class SensorModel(BaseModel):
    """What became of the templates in a sensor."""

    sensor: str
    fingers: int = Field(description="How many templates of the person it is about.")
    forgotten: bool
    why: str = Field(description="What hindered it; it is tried again until it is done.")


class FilesModel(BaseModel):
    """What became of the database's files."""

    clean: bool = Field(description="They were searched, and nothing of what was erased was found.")
    searched_bytes: int
    rewritten: bool = Field(description="Whether the database had to be written anew.")
    why: str

    @classmethod
    def of(cls, scrubbed: Scrubbed) -> Self:
        """Show what came of it."""
        return cls(
            clean=scrubbed.clean,
            searched_bytes=scrubbed.searched_bytes,
            rewritten=scrubbed.rewritten,
            why=scrubbed.why,
        )


class HoldingModel(BaseModel):
    """A copy of the people's store, made while what was erased stood in it."""

    name: str = Field(
        description="The id of a backup, or the folder of what was put aside when one was put back.",
        examples=["b-3kx7qz2a"],
    )
    at: datetime = Field(description="When the copy was made.")
    folder: bool = Field(description="Whether it is such a folder: nothing but somebody's hand deletes that.")


class Receipt(BaseModel):
    """Says what was erased of a person: to be printed, and kept by whoever answers for it."""

    id: str = Field(
        description="Stands in the record as the credential of the entry.", examples=["e-2k5n7r3w"]
    )
    person: str = Field(description="The person's pseudonym.")
    at: datetime
    by: str = Field(examples=["local:maria"])
    seq: int | None = Field(description="The number of the entry in the record; null: not recorded yet.")
    erased: list[BiometricModel]
    key_destroyed: str | None = Field(
        description="The id of the person's key. Without it no copy of a face's template can be opened."
    )
    consents_withdrawn: list[str]
    sensors: list[SensorModel]
    files: FilesModel
    held_by: list[HoldingModel] = Field(
        default=[],
        description="Copies on this machine that hold what was erased, as it was, until they are deleted.",
    )

    @classmethod
    def of(
        cls,
        erasure: Erasure,
        at: datetime,
        by: str,
        *,
        seq: int | None,
        sensors: list[SensorModel],
        files: Scrubbed,
    ) -> Self:
        """Write a receipt."""
        return cls(
            id=erasure.receipt,
            person=erasure.person,
            at=at,
            by=by,
            seq=seq,
            erased=[BiometricModel.of(row) for row in erasure.biometrics],
            key_destroyed=erasure.key,
            consents_withdrawn=[consent.id for consent in erasure.consents],
            sensors=sensors,
            files=FilesModel.of(files),
        )
