"""Who asks: an operator, with what they may do here and now, and from where."""

from dataclasses import dataclass
from enum import Enum
from typing import Annotated

from fastapi import Depends, Request

from accessctl.operators.rights import Right, Rights, Role
from accessctl.store.operators import SessionRow, TokenRow


class By(Enum):
    """What an operator is known by."""

    SOCKET = "socket"
    """The kernel says who is at the other end of the Unix socket, and the site file who that is."""
    SESSION = "session"
    TOKEN = "token"  # noqa: S105 - a kind of them


@dataclass(frozen=True, slots=True)
class Actor:
    """An operator in the middle of a call."""

    operator: str
    name: str
    roles: tuple[Role, ...]
    rights: Rights
    by: By
    place: str
    """From where, as the record says it."""
    session: SessionRow | None = None
    token: TokenRow | None = None

    @property
    def sees_names(self) -> bool:
        """Whether names stand beside pseudonyms in what this operator reads."""
        return Right.NAMES_READ in self.rights


def actor_of(request: Request) -> Actor:
    """Give who sent this request."""
    actor: Actor = request.state.actor
    return actor


def operator_of(request: Request) -> str:
    """Give the operator who sent this request, by id."""
    return actor_of(request).operator


TheActor = Annotated[Actor, Depends(actor_of)]
TheOperator = Annotated[str, Depends(operator_of)]
