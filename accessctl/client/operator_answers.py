"""What the API answers about operators, as its clients read it."""

from typing import Any, TypedDict


class Operator(TypedDict):
    """Somebody who administers."""

    id: str
    name: str
    roles: list[str]
    disabled: bool
    added_at: str
    can_log_in: bool
    locked_until: str | None
    names_until: str | None


class MadeLogin(TypedDict):
    """The new code generator of an operator; it is given this once."""

    secret: str
    uri: str


class OpenSession(TypedDict):
    """Somebody who has logged in."""

    id: str
    operator: str
    whence: str
    begun_at: str
    used_at: str
    ends_at: str


class Token(TypedDict):
    """What a program shows in place of a password."""

    id: str
    operator: str
    label: str
    scopes: list[str]
    made_at: str
    ends_at: str
    used_at: str | None
    revoked_at: str | None


class MadeToken(Token):
    """A new token with what shows it; that is given this once."""

    token: str


class Approval(TypedDict):
    """A change that one operator asked for and another one decides on."""

    id: str
    kind: str
    what: str
    state: str
    asked_by: str
    asked_from: str
    asked_at: str
    ends_at: str
    decided_by: str | None
    decided_at: str | None
    outcome: str | None


class ApprovalDetails(Approval):
    """A change with the call that it is about."""

    method: str
    path: str
    query: str
    body: Any


class Decided(TypedDict):
    """What came of an approval."""

    approval: Approval
    status: int
    result: Any
