"""People, as the API takes and gives them."""

from datetime import datetime
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, field_validator
from pydantic_core import PydanticCustomError

from accessctl.api.models import From, Id, Until, Wanted, not_null
from accessctl.api.rights_models import LoanModel, QualificationModel
from accessctl.store.people_queries import PersonRow

SHORTEST_PIN, LONGEST_PIN = 4, 12
RESERVED: Final = frozenset({"import", "imports", "export"})
"""What stands where a person's id would in a path of the API."""
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Roles = Annotated[list[Id], Field(min_length=1, max_length=32)]
Groups = Annotated[
    list[Id], Field(max_length=32, description="Companies, teams, visits.", examples=[["acme"]])
]
Uses = Annotated[int, Field(ge=0, le=1_000_000)]
UsesTotal = Annotated[
    Uses | None, Field(description="Is let in so often at most; null: as often as they like.", examples=[10])
]
UsesADay = Annotated[
    Uses | None, Field(description="So often a day at most; null: as often as they like.", examples=[2])
]
_EXEMPT = "Whether passback does not count for this person."
_EXTENDED = "Whether doors give this person more time."


def printable(name: str | None) -> str | None:
    """Keep out what could play tricks on somebody's terminal, or makes two names look like one.

    Not printable are also the format characters (Unicode's Cf), such as zero-width joiners.
    """
    if name is not None and not name.isprintable():
        raise PydanticCustomError("not_printable", "must not contain control or invisible characters")
    return name


def _each_once(ids: list[str] | None) -> list[str] | None:
    if ids is not None and len(set(ids)) < len(ids):
        raise PydanticCustomError("repeated", "must name each one once")
    return ids


class NewPerson(Wanted):
    """A person to be added."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Ana Marsh", "roles": ["picker-early"], "valid_from": None}]}
    )

    name: Name
    roles: Roles
    groups: Groups = Field(default=[])
    id: Id | None = Field(
        default=None,
        description="The pseudonym under which the record knows this person; made up when left out. "
        "Not the name: it stays in the record for good.",
    )
    valid_from: From = None
    valid_until: Until = None
    uses_total: UsesTotal = None
    uses_a_day: UsesADay = None
    exempt: bool = Field(default=False, description=_EXEMPT)
    extended: bool = Field(default=False, description=_EXTENDED)

    _name_is_printable = field_validator("name")(printable)
    _named_once = field_validator("roles", "groups")(_each_once)


class PersonChange(Wanted):
    """What should change about a person; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"disabled": True}]})

    name: Name | None = None
    roles: Roles | None = None
    groups: Groups | None = None
    valid_from: From = None
    valid_until: Until = None
    disabled: bool | None = None
    uses_total: UsesTotal = None
    uses_a_day: UsesADay = None
    exempt: bool | None = Field(default=None, description=_EXEMPT)
    extended: bool | None = Field(default=None, description=_EXTENDED)

    _name_is_printable = field_validator("name")(printable)
    _named_once = field_validator("roles", "groups")(_each_once)
    _something_is_said = field_validator("name", "roles", "groups", "disabled", "exempt", "extended")(
        not_null
    )


class NewPin(Wanted):
    """A person's PIN: 4 to 12 digits."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"pin": "4739"}]})

    # The bounds of the schema are for clients: the check below says it in fewer words, and no length.
    pin: SecretStr = Field(
        description="4 to 12 digits. It is never given back.",
        json_schema_extra={"minLength": 4, "maxLength": 12, "pattern": "^[0-9]+$"},
    )

    @field_validator("pin")
    @classmethod
    def _has_digits_only(cls, pin: SecretStr) -> SecretStr:
        digits = pin.get_secret_value()
        if not (digits.isascii() and digits.isdigit() and SHORTEST_PIN <= len(digits) <= LONGEST_PIN):
            raise PydanticCustomError("not_digits", "must be 4 to 12 digits")
        return pin


class PersonModel(BaseModel):
    """A person."""

    id: str = Field(examples=["p-3kx7qz2a"])
    name: str = Field(examples=["Ana Marsh"])
    roles: list[str] = Field(examples=[["picker-early"]])
    groups: list[str] = Field(examples=[["acme"]])
    valid_from: datetime | None
    valid_until: datetime | None
    disabled: bool
    uses_total: int | None
    uses_a_day: int | None
    exempt: bool = Field(description=_EXEMPT)
    extended: bool = Field(description=_EXTENDED)
    qualifications: list[QualificationModel]
    temporary_access: list[LoanModel]
    has_pin: bool
    has_code: bool
    code_generator: Literal["none", "unconfirmed", "confirmed"] = Field(
        description="Of one-time codes; it counts once it is confirmed."
    )
    active_cards: int
    added_at: datetime
    seen_from: datetime = Field(description="Days on which the person is not seen count from here.")

    @classmethod
    def of(cls, row: PersonRow) -> Self:
        """Show one row."""
        return cls.model_validate(_fields(row))


class PersonDetails(PersonModel):
    """A person, as shown to whoever asks for this one and no other."""

    has_duress_pin: bool = Field(description="No list says this, and no entry of the record.")


_GENERATOR: Final = {None: "none", False: "unconfirmed", True: "confirmed"}
_AS_STORED: Final = (
    *("id", "name", "disabled", "exempt", "extended", "added_at", "seen_from"),
    *("has_pin", "has_duress_pin", "has_code", "active_cards"),
)


def _fields(row: PersonRow) -> dict[str, object]:
    """Give all there is to show of a person; each model takes what it has a field for."""
    return {
        **{field: getattr(row, field) for field in _AS_STORED},
        "code_generator": _GENERATOR[row.generator_confirmed],
        "roles": list(row.roles),
        "groups": list(row.groups),
        "valid_from": row.validity.start,
        "valid_until": row.validity.end,
        "uses_total": row.uses.total,
        "uses_a_day": row.uses.a_day,
        "qualifications": [QualificationModel(id=each.id, until=each.until) for each in row.qualifications],
        "temporary_access": [LoanModel.of(each) for each in row.temporary],
    }


class PeoplePage(BaseModel):
    """Some people, in the order of their ids."""

    people: list[PersonModel]
    next: str | None = Field(description="Ask again with `after` set to this; null: that was all.")
