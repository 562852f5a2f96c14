"""What can become of a call besides its answer."""

from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

import httpx

from accessctl.client.operator_answers import Approval

_APPROVALS: Final = "/v1/approvals/"
_CARRIED_IN: Final = frozenset({"body", "query", "path", "header"})


class ApiError(Exception):
    """The API did not do what it was asked."""


class ApiUnreachable(ApiError):
    """Nobody answers at the socket."""


class ApiSilent(ApiUnreachable):
    """It was asked, and did not answer in time."""


class ApiRefused(ApiError):
    """The API refused, and says why."""

    def __init__(self, problem: dict[str, Any]) -> None:
        """Keep the problem details (RFC 9457)."""
        fields = "\n".join(f"{_field(each['path'])}{each['what']}" for each in problem.get("problems", ()))
        super().__init__(fields or str(problem.get("detail") or problem.get("title") or "refused"))
        self.problem = problem

    @property
    def status(self) -> int:
        """The HTTP status."""
        return int(self.problem.get("status", 0))


class ApiWaits(ApiError):
    """It is not done yet: a second operator has to approve. Whoever asked has nothing to do but tell them."""

    def __init__(self, approval: Approval) -> None:
        """Keep what waits."""
        until = datetime.fromisoformat(approval["ends_at"]).astimezone().isoformat(" ", "seconds")
        id_ = approval["id"]
        super().__init__(
            f"{id_} waits for a second operator until {until}; "
            f"another admin runs: accessctl approvals approve {id_}"
        )
        self.approval = approval


def raise_for(response: httpx.Response) -> None:
    """Raise what an answer says besides what was asked for: ``ApiRefused`` or ``ApiWaits``."""
    if response.is_error:
        raise ApiRefused(problem_of(response))
    if waits(response):
        raise ApiWaits(response.json())


def waits(response: httpx.Response) -> bool:
    """Tell an answer that is an approval to wait for from one that has begun something, such as a backup."""
    begun = response.status_code == HTTPStatus.ACCEPTED
    return begun and response.headers.get("location", "").startswith(_APPROVALS)


def problem_of(response: httpx.Response) -> dict[str, Any]:
    """Give the problem details of a refusal, or something like them where somebody else answered."""
    try:
        problem = response.json()
    except ValueError:
        problem = None
    return (
        problem
        if isinstance(problem, dict)
        else {"status": response.status_code, "detail": response.reason_phrase}
    )


def _field(path: str) -> str:
    """Name a field as whoever filled it in knows it, not by where HTTP carries it.

    A place in a site file is named as it is.
    """
    where, _, name = path.partition(".")
    named = name if where in _CARRIED_IN else path
    return f"{named}: " if named else ""
