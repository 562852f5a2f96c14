"""By when an order has to be begun, for as long as the request lasts that gives it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import Final

_NS_PER_US: Final = 1000

_by_ns: Final[ContextVar[int | None]] = ContextVar("by_ns", default=None)


def by_ns() -> int | None:
    """Give the ``time.monotonic_ns()`` by which it has to be begun; ``None``: whenever."""
    return _by_ns.get()


@contextmanager
def begun_within(length: timedelta | None) -> Iterator[None]:
    """Let what is asked inside be begun so soon, or not at all; ``None``: whenever."""
    by = None if length is None else time.monotonic_ns() + length // timedelta(microseconds=1) * _NS_PER_US
    token = _by_ns.set(by)
    try:
        yield
    finally:
        _by_ns.reset(token)
