"""Operators, sessions and tokens, as the API takes and gives them."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    field_validator,
)

from accessctl.api.actor import Actor
from accessctl.api.models import Id, Wanted, not_null
from accessctl.api.people_models import Name, printable
from accessctl.operators.passwords import LONGEST, SHORTEST
from accessctl.operators.rights import Right, Role
from accessctl.store.operators import OperatorRow, SessionRow, TokenRow

Roles = Annotated[list[Role], Field(min_length=1, max_length=len(Role), examples=[["enroller"]])]
Password = Annotated[
    SecretStr,
    Field(
        description=f"{SHORTEST} to {LONGEST} characters. It is never given back.",
        json_schema_extra={"minLength": SHORTEST, "maxLength": LONGEST},
    ),
]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class LoginWanted(Wanted):
    """Who logs in, and how they prove it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"operator": "maria", "password": "nine green forklifts", "code": "492039"}]
        }
    )

    operator: Id
    password: Annotated[SecretStr, Field(max_length=LONGEST)]
    code: Annotated[SecretStr, Field(max_length=10, description="What the code generator shows.")]


class SessionModel(BaseModel):
    """Somebody who has logged in."""

    id: str = Field(examples=["s-3kx7qz2a"])
    operator: str = Field(examples=["maria"])
    whence: str = Field(description="From where.", examples=["local:maria"])
    begun_at: datetime
    used_at: datetime = Field(description="To the minute.")
    ends_at: datetime

    @classmethod
    def of(cls, row: SessionRow) -> Self:
        """Show one row."""
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class BegunSession(SessionModel):
    """A new session with what shows it."""

    token: str = Field(description="Shown this once; send it as `Authorization: Bearer …`.")


class SessionsPage(BaseModel):
    """Some sessions, in the order of their ids."""

    sessions: list[SessionModel]
    next: str | None = Field(description="Ask again with `after` set to this; null: that was all.")


class WhoAmI(BaseModel):
    """Whom this controller takes the client for."""

    operator: str = Field(examples=["maria"])
    name: str = Field(examples=["Maria Quill"])
    roles: list[Role]
    rights: list[Right] = Field(description="What may be done here and now.")
    place: str = Field(description="From where, as the record says it.", examples=["local:maria"])
    ends_at: datetime | None = Field(description="When the session or token ends; null: it is neither.")

    @classmethod
    def of(cls, actor: Actor) -> Self:
        """Show who asks."""
        shown = actor.session or actor.token
        return cls(
            operator=actor.operator,
            name=actor.name,
            roles=list(actor.roles),
            rights=sorted(actor.rights),
            place=actor.place,
            ends_at=None if shown is None else shown.ends_at,
        )


class PasswordChange(Wanted):
    """A new password of one's own."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"password_now": "nine green forklifts", "password": "ten blue pallet jacks"}]
        }
    )

    password_now: Annotated[SecretStr, Field(max_length=LONGEST)]
    password: Password


class NewOperator(Wanted):
    """An operator to be added."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"id": "otto", "name": "Otto Lang", "roles": ["guard"]}]}
    )

    id: Id = Field(description="Under which the record knows this operator, for good.")
    name: Name
    roles: Roles

    _name_is_printable = field_validator("name")(printable)


class OperatorChange(Wanted):
    """What should change about an operator; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"disabled": True}]})

    name: Name | None = None
    roles: Roles | None = None
    disabled: bool | None = None

    _name_is_printable = field_validator("name")(printable)
    _something_is_said = field_validator("name", "roles", "disabled")(not_null)


class NewLogin(Wanted):
    """How an operator logs in from now on: with this password, and a code generator that is made for them."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"password": "nine green forklifts"}]})

    password: Password


class OperatorModel(BaseModel):
    """Somebody who administers."""

    id: str = Field(examples=["otto"])
    name: str = Field(examples=["Otto Lang"])
    roles: list[Role]
    disabled: bool
    added_at: datetime
    can_log_in: bool = Field(description="Whether there is a password and a code generator.")
    locked_until: datetime | None = Field(description="After too many wrong tries; null: not locked out.")
    names_until: datetime | None = Field(description="Until then names are shown where the site hides them.")

    @classmethod
    def of(cls, row: OperatorRow) -> Self:
        """Show one row."""
        plain = ("id", "name", "disabled", "added_at", "locked_until", "names_until")
        return cls(
            **{name: getattr(row, name) for name in plain},
            roles=list(row.roles),
            can_log_in=row.has_password and row.generator is not None,
        )


class OperatorsPage(BaseModel):
    """Some operators, in the order of their ids."""

    operators: list[OperatorModel]
    next: str | None = Field(description="Ask again with `after` set to this; null: that was all.")


class MadeLogin(BaseModel):
    """The new code generator of an operator; shown this once."""

    secret: str = Field(description="In Base32, for typing in.")
    uri: str = Field(description="The same for a camera: an `otpauth` address.")


class NewToken(Wanted):
    """A token for a program, in the name of who makes it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "label": "HR leavers",
                    "scopes": ["people.read", "people.write"],
                    "ends_at": "2027-01-31T00:00:00+00:00",
                }
            ]
        }
    )

    label: Label
    scopes: Annotated[list[Right], Field(min_length=1, max_length=len(Right))]
    ends_at: AwareDatetime = Field(description="Within a year.")

    _label_is_printable = field_validator("label")(printable)


class TokenModel(BaseModel):
    """What a program shows in place of a password."""

    id: str = Field(examples=["k-m4t2yx6b"])
    operator: str = Field(examples=["maria"])
    label: str = Field(examples=["HR leavers"])
    scopes: list[Right]
    made_at: datetime
    ends_at: datetime
    used_at: datetime | None = Field(description="To the minute; null: never.")
    revoked_at: datetime | None

    @classmethod
    def of(cls, row: TokenRow) -> Self:
        """Show one row."""
        plain = {name: getattr(row, name) for name in TokenModel.model_fields if name != "scopes"}
        return cls(**plain, scopes=sorted(row.scopes))


class MadeToken(TokenModel):
    """A new token with what shows it."""

    token: str = Field(description="Shown this once; send it as `Authorization: Bearer …`.")


class TokensPage(BaseModel):
    """Some tokens, in the order of their ids."""

    tokens: list[TokenModel]
    next: str | None = Field(description="Ask again with `after` set to this; null: that was all.")


class NamesWanted(Wanted):
    """For how long and why somebody wants to see names."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"minutes": 60, "reason": "Inquiry 2026-17, cage, Tuesday night"}]}
    )

    minutes: Annotated[int, Field(ge=1, le=24 * 60)]
    reason: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=3, max_length=200),
        Field(description="Goes into the record for good: no names."),
    ]

    _reason_is_printable = field_validator("reason")(printable)
