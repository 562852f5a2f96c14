"""What is taken from people who leave, and what is left of those who are deleted, as the API gives it."""

from typing import Final, Self

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from accessctl.api.biometric_models import Receipt
from accessctl.store.leaving_writer import Deletion, Taken

_LEFT: Final[JsonDict] = {
    "person": "p-3kx7qz2a",
    "disabled": True,
    "cards": ["c-m4t2yx6b"],
    "codes": [],
    "passes": [],
    "pin": True,
    "code_generator": False,
    "temporary_access": ["t-7hq2mz4c"],
    "biometrics": ["b-q3v6n2dk"],
    "pending_cards": 0,
}


class LeftModel(BaseModel):
    """What was taken from somebody who left. Whoever had nothing any more gets a list without anything."""

    model_config = ConfigDict(json_schema_extra={"examples": [_LEFT]})

    person: str
    disabled: bool = Field(description="Whether they were disabled by this call, and not before.")
    cards: list[str] = Field(description="The cards that were revoked.")
    codes: list[str] = Field(description="The codes that were revoked, break-glass codes among them.")
    passes: list[str] = Field(description="The passes that were revoked.")
    pin: bool = Field(description="Whether a PIN was removed, and with it a duress PIN if there was one.")
    code_generator: bool = Field(description="Whether a generator of one-time codes was removed.")
    temporary_access: list[str] = Field(description="What they were lent and was taken back.")
    biometrics: list[str] = Field(
        description="Fingers and faces that count no more. Erasing them is a call of its own."
    )
    pending_cards: int = Field(description="Cards of an import that still waited and will not be enrolled.")

    @classmethod
    def of(cls, taken: Taken) -> Self:
        """Show what was taken."""
        return cls.model_validate(taken, from_attributes=True)


class HeldModel(BaseModel):
    """How much of each a person held."""

    cards: int
    codes: int
    passes: int
    pins: int
    code_generators: int
    temporary_access: int
    qualifications: int
    biometrics: int
    pending_cards: int


class DeletedModel(BaseModel):
    """What was deleted of a person. The record keeps the pseudonym, and nobody is given it again."""

    person: str = Field(examples=["p-3kx7qz2a"])
    held: HeldModel
    counted_in: str | None = Field(
        description="The area where they are counted, by pseudonym, and go on to be: no reader knows them "
        "any more, so none sees them leave. null: nowhere, or the record could not be read.",
        examples=[None],
    )
    receipt: Receipt = Field(
        description="Says what was erased, what sensors have yet to forget, and whether the files are clean."
    )

    @classmethod
    def of(cls, deletion: Deletion, receipt: Receipt, counted_in: str | None) -> Self:
        """Show what was deleted."""
        held = HeldModel.model_validate(deletion.counts)
        return cls(person=receipt.person, held=held, counted_in=counted_in, receipt=receipt)
