"""Who acts, for as long as one request lasts: what is written down on the way knows it without being told."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Whence:
    """From where an operator acts, and who approved it."""

    place: str
    """Such as ``local:maria``, ``session s-3kx7qz2a of local:maria``, ``token k-m4t2yx6b at 192.0.2.7``."""
    approval: str | None = None
    """Of what a second operator agreed to."""
    approved_by: str | None = None

    def facts(self) -> dict[str, str]:
        """Give it as the record says it."""
        more = {"approval": self.approval, "approved_by": self.approved_by}
        return {"from": self.place, **{name: value for name, value in more.items() if value is not None}}


_whence: Final[ContextVar[Whence | None]] = ContextVar("whence", default=None)


def whence() -> Whence | None:
    """Give from where whoever acts now does so; ``None`` for what the program does by itself."""
    return _whence.get()


def acts_from(where: Whence | None) -> None:
    """Let what follows in this task, and in the threads that it asks, be done from there."""
    _whence.set(where)


@contextmanager
def acting(where: Whence | None) -> Iterator[None]:
    """Let what happens inside be done from there."""
    token = _whence.set(where)
    try:
        yield
    finally:
        _whence.reset(token)
