"""Codes that are printed and generators of one-time codes, as the API takes and gives them."""

from datetime import datetime
from typing import Annotated, Final, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    field_validator,
)
from pydantic_core import PydanticCustomError

from accessctl.api.models import From, Id, Wanted
from accessctl.store.people_queries import CardRow

MOST_AT_ONCE: Final = 100
MOST_USES: Final = 1_000_000
_SHORTEST_CODE, _LONGEST_CODE = 4, 12
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class NewCodes(Wanted):
    """Codes to be made, each for a slip of paper of its own. They end: nobody takes slips back."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "count": 3,
                    "valid_until": "2026-03-31T18:00:00+02:00",
                    "access_points": ["yard-in"],
                    "uses": 1,
                    "label": "Acme, roof repairs",
                }
            ]
        }
    )

    count: int = Field(default=1, ge=1, le=MOST_AT_ONCE)
    valid_from: From = None
    valid_until: AwareDatetime = Field(
        description="Until this instant (not included).", examples=["2026-03-31T18:00:00+02:00"]
    )
    access_points: Annotated[list[Id], Field(min_length=1, max_length=64)] | None = Field(
        default=None, description="Where alone they count; null: wherever their holder may pass."
    )
    uses: Annotated[int, Field(ge=1, le=MOST_USES)] | None = Field(
        default=1, description="So often does each let somebody in; null: as often as they like."
    )
    label: Label | None = Field(
        default=None, description="What is written on the slips, beside a number where there are several."
    )
    break_glass: bool = Field(
        default=False,
        description="Whether each opens by itself whatever its holder may do, and every use is an alarm. "
        "Needs `access_points`, and `break_glass = true` in the site file.",
    )

    @field_validator("label")
    @classmethod
    def _is_printable(cls, label: str | None) -> str | None:
        if label is not None and not label.isprintable():
            raise PydanticCustomError("not_printable", "must not contain control or invisible characters")
        return label

    @field_validator("access_points")
    @classmethod
    def _names_each_once(cls, points: list[str] | None) -> list[str] | None:
        if points is not None and len(set(points)) < len(points):
            raise PydanticCustomError("repeated", "must name each one once")
        return points


class PrintedCode(BaseModel):
    """A code, known by its id: of its digits nothing is stored."""

    id: str = Field(examples=["c-m4t2yx6b"])
    person: str = Field(examples=["p-3kx7qz2a"])
    label: str | None = Field(
        description="What is written on its slip; null: its person keeps it in their head.",
        examples=["Acme, roof repairs, 1 of 3"],
    )
    status: str = Field(description="active, revoked, lost, stolen or damaged", examples=["active"])
    access_points: list[str] | None
    uses: int | None
    used: int | None = Field(
        description="So often did it let somebody in, where that is limited; null: that cannot be read now."
    )
    break_glass: bool
    valid_from: datetime | None
    valid_until: datetime | None
    enrolled_at: datetime

    @classmethod
    def of(cls, row: CardRow, used: int | None = 0, **more: object) -> Self:
        """Show one row, and how often it was used."""
        return cls.model_validate(
            {
                **{field: getattr(row, field) for field in ("id", "person", "label", "uses", "break_glass")},
                "status": row.status.value,
                "used": used,
                "access_points": None if row.points is None else list(row.points),
                "valid_from": row.validity.start,
                "valid_until": row.validity.end,
                "enrolled_at": row.enrolled_at,
                **more,
            }
        )


class MadeCode(PrintedCode):
    """A code that was just made, with its digits: this once and never again."""

    code: str = Field(description="The digits. They are not stored.", examples=["604913"])


class MadeCodes(BaseModel):
    """Codes that were just made: all that were asked for, or none."""

    codes: list[MadeCode]


class CodePage(BaseModel):
    """Some codes, in the order of their ids."""

    codes: list[PrintedCode]
    next: str | None = Field(description="Ask again with `after` set to this; null: that was all.")


class MadePinModel(BaseModel):
    """A PIN that was just made up: this once and never again."""

    pin: str = Field(description="The digits. They are not stored.", examples=["8059"])


class GeneratorModel(BaseModel):
    """A new code generator, with its secret: this once and never again. It counts once it is confirmed."""

    id: str = Field(examples=["g-5yq2mz7c"])
    uri: str = Field(
        description="The secret as a code generator's camera takes it, from a picture of this.",
        examples=["otpauth://totp/Kade%20Warehouse:Ana%20Marsh?secret=…&issuer=Kade%20Warehouse"],
    )
    secret: str = Field(description="The same to be typed in: Base32.", examples=["JBSWY3DPEHPK3PXP…"])
    digits: int = Field(examples=[6])
    period_s: int = Field(examples=[30])
    algorithm: str = Field(examples=["sha1"])


class Confirmation(Wanted):
    """What the generator shows now."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"code": "287082"}]})

    code: SecretStr = Field(description="The digits, without a space.")

    @field_validator("code")
    @classmethod
    def _has_digits_only(cls, code: SecretStr) -> SecretStr:
        digits = code.get_secret_value()
        if not (digits.isascii() and digits.isdigit() and _SHORTEST_CODE <= len(digits) <= _LONGEST_CODE):
            raise PydanticCustomError("not_digits", "must be the digits that the generator shows")
        return code
