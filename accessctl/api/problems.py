"""How a refusal looks to a client: problem details, RFC 9457.

Nothing that a client sent is ever sent back, since it may be a PIN or a card's number: a problem names
the field and says what is wrong with it. FastAPI's own answer to a bad body repeats the body.
"""

import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from accessctl.link.answers import FaultCode
from accessctl.link.client import DoorRefused, DoorSilent, DoorUnreachable
from accessctl.store.errors import StoreError
from accessctl.store.operator_errors import (
    ApprovalOver,
    DuplicateOperator,
    LastAdmin,
    UnknownApproval,
    UnknownOperator,
    UnknownSession,
    UnknownToken,
)
from accessctl.store.people_errors import (
    AlreadyConsented,
    ChangeRefused,
    CodesSpent,
    DeletedPerson,
    DuplicateCard,
    DuplicatePerson,
    NoConsent,
    NoDuressPin,
    NoGenerator,
    NoPin,
    NothingToErase,
    NotQualified,
    OtherKey,
    UnknownBiometric,
    UnknownCard,
    UnknownLoan,
    UnknownPass,
    UnknownPerson,
)

MEDIA_TYPE: Final = "application/problem+json"
_TYPE: Final = "urn:accessctl:problem:"
_TELLING_NAME: Final = re.compile(r"[A-Za-z_-]{1,40}")
_NOT_LATER: Final = "It will not be done later. Whether it was done just now, the record says."
_DOORS_GO_ON: Final = "Nothing was changed; try again when the door process is back."

log = logging.getLogger(__name__)


class FieldProblem(BaseModel):
    """What is wrong with one field."""

    path: str = Field(description="Where, such as `body.roles.0`.", examples=["body.roles.0"])
    what: str = Field(
        description="What is wrong. Never repeats the value.", examples=["there is no such role"]
    )


class ProblemDetails(BaseModel):
    """Why a request was refused (RFC 9457)."""

    type: str = Field(description="Names the kind of problem.", examples=[f"{_TYPE}unknown-person"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(description="In words, for people.", examples=["there is no person p-3kx7qz2a"])
    problems: list[FieldProblem] = Field(
        default=[], description="What is wrong with the request, field by field, all of it at once."
    )


class Refusal(Exception):
    """A request that is refused, and with which answer."""

    def __init__(
        self,
        status: HTTPStatus,
        kind: str,
        detail: str,
        problems: Iterable[FieldProblem] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Keep what the answer is made of; ``kind`` is the last part of the problem's type."""
        super().__init__(detail)
        self.status, self.kind, self.detail, self.problems = status, kind, detail, tuple(problems)
        self.headers = headers

    def response(self) -> JSONResponse:
        """Give the answer."""
        body = ProblemDetails(
            type=_TYPE + self.kind,
            title=self.status.phrase,
            status=self.status,
            detail=self.detail,
            problems=list(self.problems),
        )
        return JSONResponse(body.model_dump(), self.status, self.headers, MEDIA_TYPE)


def kind_of(body: bytes) -> str:
    """Give the kind of a problem that is answered."""
    problem = ProblemDetails.model_validate_json(body)
    return problem.type.removeprefix(_TYPE)


def unknown(kind: str, id_: str) -> Refusal:
    """Refuse because there is no such thing. The id has passed as one, so it can be repeated."""
    return Refusal(HTTPStatus.NOT_FOUND, f"unknown-{kind.replace(' ', '-')}", f"there is no {kind} {id_}")


def invalid(path: str, what: str) -> Refusal:
    """Refuse one field for what it says."""
    return Refusal(
        HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", f"{path}: {what}", [FieldProblem(path=path, what=what)]
    )


_FAULTS: Final[dict[FaultCode, HTTPStatus]] = {
    FaultCode.UNREADABLE: HTTPStatus.BAD_GATEWAY,
    FaultCode.NOT_ADMITTED: HTTPStatus.BAD_GATEWAY,
    FaultCode.UNKNOWN_DOOR: HTTPStatus.NOT_FOUND,
    FaultCode.UNKNOWN_ACCESS_POINT: HTTPStatus.NOT_FOUND,
    FaultCode.WAY_OUT: HTTPStatus.CONFLICT,
    FaultCode.PIN_UNUSABLE: HTTPStatus.UNPROCESSABLE_ENTITY,
    FaultCode.CARD_UNUSABLE: HTTPStatus.UNPROCESSABLE_ENTITY,
    FaultCode.TIMED_OUT: HTTPStatus.GATEWAY_TIMEOUT,
    FaultCode.BUSY: HTTPStatus.CONFLICT,
    FaultCode.RECORD_UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    FaultCode.PEOPLE_UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    FaultCode.KEYS_UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    FaultCode.DOOR_FAULT: HTTPStatus.BAD_GATEWAY,
    FaultCode.UNKNOWN_READER: HTTPStatus.NOT_FOUND,
    FaultCode.NOT_PAIRABLE: HTTPStatus.CONFLICT,
    FaultCode.PAIRING_FAILED: HTTPStatus.GATEWAY_TIMEOUT,
    FaultCode.ORDER_UNREADABLE: HTTPStatus.UNPROCESSABLE_ENTITY,
    FaultCode.ORDER_REFUSED: HTTPStatus.CONFLICT,
    FaultCode.UNKNOWN_SENSOR: HTTPStatus.NOT_FOUND,
    FaultCode.SENSOR_FAILED: HTTPStatus.BAD_GATEWAY,
    FaultCode.UNKNOWN_PERSON: HTTPStatus.NOT_FOUND,
    FaultCode.NO_CONSENT: HTTPStatus.CONFLICT,
    FaultCode.NOT_SET_UP: HTTPStatus.CONFLICT,
    FaultCode.KEYS_EXIST: HTTPStatus.CONFLICT,
    FaultCode.UNUSABLE: HTTPStatus.UNPROCESSABLE_ENTITY,
}
_CHANGES: Final[dict[type[ChangeRefused], tuple[HTTPStatus, str]]] = {
    UnknownPerson: (HTTPStatus.NOT_FOUND, "unknown-person"),
    UnknownCard: (HTTPStatus.NOT_FOUND, "unknown-card"),
    UnknownLoan: (HTTPStatus.NOT_FOUND, "unknown-temporary-access"),
    UnknownPass: (HTTPStatus.NOT_FOUND, "unknown-pass"),
    NoPin: (HTTPStatus.NOT_FOUND, "no-pin"),
    NoDuressPin: (HTTPStatus.NOT_FOUND, "no-duress-pin"),
    NoGenerator: (HTTPStatus.NOT_FOUND, "no-code-generator"),
    NotQualified: (HTTPStatus.NOT_FOUND, "not-qualified"),
    DuplicatePerson: (HTTPStatus.CONFLICT, "duplicate-person"),
    DeletedPerson: (HTTPStatus.CONFLICT, "deleted-person"),
    DuplicateCard: (HTTPStatus.CONFLICT, "duplicate-card"),
    CodesSpent: (HTTPStatus.CONFLICT, "codes-spent"),
    NoConsent: (HTTPStatus.CONFLICT, "no-consent"),
    AlreadyConsented: (HTTPStatus.CONFLICT, "already-consented"),
    NothingToErase: (HTTPStatus.NOT_FOUND, "nothing-to-erase"),
    UnknownBiometric: (HTTPStatus.NOT_FOUND, "unknown-biometric"),
    OtherKey: (HTTPStatus.CONFLICT, "key-replaced"),
    UnknownOperator: (HTTPStatus.NOT_FOUND, "unknown-operator"),
    UnknownToken: (HTTPStatus.NOT_FOUND, "unknown-token"),
    UnknownSession: (HTTPStatus.NOT_FOUND, "unknown-session"),
    UnknownApproval: (HTTPStatus.NOT_FOUND, "unknown-approval"),
    DuplicateOperator: (HTTPStatus.CONFLICT, "duplicate-operator"),
    LastAdmin: (HTTPStatus.CONFLICT, "last-admin"),
    ApprovalOver: (HTTPStatus.CONFLICT, "approval-over"),
}


def refusal_of(error: Exception) -> Refusal:
    """Put an error into an answer."""
    match error:
        case Refusal():
            return error
        case DoorRefused():
            status = _FAULTS.get(error.code, HTTPStatus.BAD_GATEWAY)
            return Refusal(status, error.code.value.replace("_", "-"), error.why)
        case DoorSilent():
            detail = f"{str(error).capitalize()}. {_NOT_LATER}"
            return Refusal(HTTPStatus.SERVICE_UNAVAILABLE, "door-process-silent", detail)
        case DoorUnreachable():
            detail = f"{str(error).capitalize()}. {_DOORS_GO_ON}"
            return Refusal(HTTPStatus.SERVICE_UNAVAILABLE, "door-process-unreachable", detail)
        case ChangeRefused():
            status, kind = _CHANGES[type(error)]
            return Refusal(status, kind, str(error))
        case StoreError():
            return Refusal(HTTPStatus.SERVICE_UNAVAILABLE, "store-unavailable", str(error))
        case RequestValidationError():
            return _bad_request(error.errors())
        case HTTPException():
            status = HTTPStatus(error.status_code)
            kind = status.phrase.lower().replace(" ", "-")
            return Refusal(status, kind, str(error.detail), headers=error.headers)
        case _:
            return Refusal(
                HTTPStatus.INTERNAL_SERVER_ERROR, "fault", "a fault in the API process; its log says more"
            )


def _bad_request(errors: Sequence[Any]) -> Refusal:
    if any(error["type"] == "json_invalid" for error in errors):
        return Refusal(HTTPStatus.BAD_REQUEST, "no-json", "the body is no JSON")
    problems = problems_of(errors)
    detail = "; ".join(f"{problem.path}: {problem.what}" for problem in problems)
    return Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", detail, problems)


def problems_of(errors: Iterable[Any]) -> list[FieldProblem]:
    """Say what pydantic finds wrong, field by field, without repeating anything of it."""
    return [FieldProblem(path=_path(error["loc"]), what=_what(error)) for error in errors]


def _path(loc: Iterable[str | int]) -> str:
    """Name a field. One that could hold a number, typed in the wrong place, is left out."""
    return ".".join(
        str(part) if isinstance(part, int) or _TELLING_NAME.fullmatch(part) else "?" for part in loc
    )


def _what(error: dict[str, Any]) -> str:
    words = {
        "missing": "is missing",
        "extra_forbidden": "there is no such field",
        "string_pattern_mismatch": "is not written as such a name is",
        "string_unicode": "is no text in UTF-8",
    }
    # The messages of pydantic describe what is wanted, and the test of secrets holds them to that.
    return words.get(error["type"], str(error["msg"]).removeprefix("Value error, "))


async def answer(_request: Request, error: Exception) -> JSONResponse:
    """Answer with the problem's details."""
    return refusal_of(error).response()


def install(app: FastAPI) -> None:
    """Let every error of this application be answered with problem details."""
    for kind in (
        Refusal,
        DoorRefused,
        DoorUnreachable,
        StoreError,
        RequestValidationError,
        HTTPException,
        Exception,
    ):
        app.add_exception_handler(kind, answer)
