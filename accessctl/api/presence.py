"""Whether the client who asked is still there: what takes long is not done for somebody who has left."""

from collections.abc import Coroutine
from http import HTTPStatus
from typing import Any, Final, TypeVar

from fastapi import Request

from accessctl.api.problems import Refusal
from accessctl.attended import Abandoned, attended

T = TypeVar("T")

_LEFT: Final = "http.disconnect"


async def while_present(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """Do what takes long for as long as the client stays. Raises ``Refusal`` once it has gone.

    What was begun is cancelled then, and has ended when this returns.
    """
    try:
        return await attended(work, _departure(request))
    except Abandoned:
        raise _gone() from None


async def still_present(request: Request) -> None:
    """Raise ``Refusal`` if the client has gone."""
    if await request.is_disconnected():
        raise _gone()


async def _departure(request: Request) -> None:
    """Wait until the client hangs up. Its body has been read, so that nothing else can come."""
    while (await request.receive())["type"] != _LEFT:
        pass


def _gone() -> Refusal:
    # Nobody reads this answer. It ends the request like any other refusal.
    return Refusal(HTTPStatus.REQUEST_TIMEOUT, "client-gone", "the client left before there was an answer")
