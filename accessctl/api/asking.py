"""Asks a second operator right before a call does something: what is not well formed was refused by then.

The gate says whether to ask, and knows nothing of what a route takes; the route takes it apart, and knows
nothing of who has to agree. What waits has been taken apart, so it can be done, and its path holds ids alone.
"""

import functools
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

Ask = Callable[[], Awaitable[None]]
_ask: Final[ContextVar[Ask | None]] = ContextVar("ask", default=None)


@contextmanager
def to_be_asked(ask: Ask | None) -> Iterator[None]:
    """Let what is called inside ask first; ``None``: nobody has to be asked."""
    token = _ask.set(ask)
    try:
        yield
    finally:
        _ask.reset(token)


def asking_first(endpoint: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Give the function of a route that asks, when it is to, and does nothing where asking raises."""

    @functools.wraps(endpoint)
    async def asks(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever the route takes and gives
        ask = _ask.get()
        if ask is not None:
            await ask()
        return await endpoint(*arguments, **named)

    return asks
