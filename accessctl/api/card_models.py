"""Cards and codes, as the API takes and gives them."""

from datetime import datetime
from enum import StrEnum
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from accessctl.api.models import From, Id, Until, Wanted
from accessctl.store.people_queries import CardRow

MOST_HEX = 64
"""Characters. Longer than any card's number, so that the door process has the last word on it."""
MOST_HEX_OF_KEY = 130
"""So it is with a public key."""
MOST_TEXT = 256
"""Bytes. So it is with what is written as text."""
AS_TEXT = frozenset({"wiegand", "ndef", "typed"})
"""The technologies whose numbers are text; the others' are bytes in hex."""


PROVE_A_KEY = frozenset({"pkoc", "piv", "desfire-aes", "ntag424-sun"})
"""The technologies of cards that prove a key. What the others say, anyone can copy."""


class NewCard(Wanted):
    """A card to be enrolled: its number, or where it will be shown."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"read_at": "office-in", "within_s": 20},
                {"number": "0412AB34CD56EF"},
                {"technology": "wiegand", "number": "h10301:123:4567"},
            ]
        }
    )

    technology: Literal[
        "iso14443-uid", "iso15693-uid", "felica-idm", "wiegand", "ndef", "typed", "pkoc", "piv"
    ] = Field(default="iso14443-uid", description="How readers read the card; for `number` alone.")
    number: SecretStr | None = Field(
        default=None,
        description=(
            "The card's UID in hex; for `wiegand` such as `h10301:123:4567`, for `ndef` and `typed` the text "
            "itself, for `pkoc` its public key in hex, for `piv` the SHA-256 of it. It is never stored or "
            "given back."
        ),
    )
    read_at: Id | None = Field(default=None, description="The access point at whose reader it will be shown.")
    within_s: float = Field(default=20, ge=1, le=60, allow_inf_nan=False, description="In seconds.")
    valid_from: From = None
    valid_until: Until = None

    @field_validator("number")
    @classmethod
    def _is_a_number(cls, number: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        text = number.get_secret_value() if number else ""
        if number is None or "technology" not in info.data:
            return number
        if info.data["technology"] in AS_TEXT:
            if not 0 < len(text.encode(errors="surrogatepass")) <= MOST_TEXT or not text.isprintable():
                raise PydanticCustomError("not_text", "must be printable text, and not too long")
            return number
        try:
            most = MOST_HEX_OF_KEY if info.data["technology"] == "pkoc" else MOST_HEX
            short = len(bytes.fromhex(text)) <= most // 2
        except ValueError:
            short = False
        if not short:
            raise PydanticCustomError("not_hex", "must be bytes in hex, such as 0412AB34CD56EF")
        return number

    def number_hex(self, number: SecretStr) -> str:
        """Give the number as the door process takes it: in hex, whatever it is."""
        text = number.get_secret_value()
        return text.encode().hex() if self.technology in AS_TEXT else text


class NewCode(Wanted):
    """A code to be made. Its digits are made up here: whoever chose them could find out those of others."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"valid_until": "2026-03-31T18:00:00+02:00"}]})

    valid_from: From = None
    valid_until: Until = None


class Lapse(StrEnum):
    """Why a card does not count any more."""

    REVOKED = "revoked"
    LOST = "lost"
    STOLEN = "stolen"
    DAMAGED = "damaged"


class Revocation(Wanted):
    """What became of a card."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "lost"}]})

    reason: Lapse = Lapse.REVOKED


class CardModel(BaseModel):
    """A card or a code, known by its id: the number is not stored."""

    id: str = Field(examples=["c-m4t2yx6b"])
    person: str = Field(examples=["p-3kx7qz2a"])
    technology: str = Field(
        description="How it is read; `code`: it is typed; `unknown`: enrolled before this was kept.",
        examples=["iso14443-uid"],
    )
    hint: str = Field(description="The last two digits of its number; empty for a code.", examples=["F6"])
    clonable: bool = Field(
        description="Whether anyone can copy what readers read of it, unlike a card that proves a key."
    )
    status: str = Field(description="active, revoked, lost, stolen or damaged", examples=["active"])
    valid_from: datetime | None
    valid_until: datetime | None
    enrolled_at: datetime

    @classmethod
    def of(cls, row: CardRow) -> Self:
        """Show one row."""
        return cls(
            id=row.id,
            person=row.person,
            technology=row.technology,
            hint=row.hint,
            clonable=row.technology not in PROVE_A_KEY,
            status=row.status.value,
            valid_from=row.validity.start,
            valid_until=row.validity.end,
            enrolled_at=row.enrolled_at,
        )


class EnrolledCard(CardModel):
    """A card that was just enrolled, and what is only known while its number is at hand."""

    like_pin: bool = Field(
        description="Whether the person's PIN is a beginning or an end of its number: give them another one."
    )


class CodeModel(CardModel):
    """A code that was just made, with its digits: this once and never again."""

    code: str = Field(description="The digits. They are not stored.", examples=["604913"])


class CardPage(BaseModel):
    """Some cards, in the order of their ids."""

    cards: list[CardModel]
    next: str | None = Field(description="Ask again with `after` set to this; null: that was all.")
