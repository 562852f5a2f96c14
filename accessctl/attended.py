"""Work that is done for as long as somebody waits for it."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


class Abandoned(Exception):
    """Nobody waits for the result any more. The work has been cancelled and has ended."""


async def attended(work: Awaitable[T], departure: Awaitable[object]) -> T:
    """Do the work until it is done or, by ``departure``, whoever asked has left. Raises ``Abandoned``.

    When both have come nobody waits for the result: a client that has left must not get the next card.
    """
    doing, leaving = asyncio.ensure_future(work), asyncio.ensure_future(departure)
    try:
        await asyncio.wait({doing, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if leaving.done():
            raise Abandoned
        return doing.result()
    finally:
        doing.cancel()
        leaving.cancel()
        await asyncio.gather(doing, leaving, return_exceptions=True)
