"""Who has logged in with a browser: the API's token stays here, the browser has a name for it and no more."""

import asyncio
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final, TypeVar

from accessctl.client import ANSWER_S, ApiClient, ApiError

MOST: Final = 100
"""So many sessions at once. Each took a password and a code, so nobody comes near."""
_SECRET_BYTES: Final = 32

T = TypeVar("T")


@dataclass(eq=False, slots=True, weakref_slot=True)
class WebSession:
    """Somebody who has logged in with this browser."""

    operator: str
    token: str = field(repr=False)
    """That of their session at the API. It goes to nobody but the console that we start for them."""
    csrf: str = field(repr=False)
    """Stands in every form of theirs, so that nobody else's page can send one."""
    touched: float
    """When they last did something, in seconds on a clock that never goes back."""
    over: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    """Set once it has ended. Whatever runs in its name stops."""
    consoles: int = 0
    """How many run in its name."""


class Logins:
    """Every session of a browser. Used from one event loop."""

    def __init__(self, socket: Path, idle: timedelta, now: Callable[[], float]) -> None:
        """``socket``: where the API is asked. ``now``: seconds on a clock that never goes back."""
        self.socket, self._idle_s, self._now = socket, idle.total_seconds(), now
        self._sessions: dict[bytes, WebSession] = {}

    async def begin(self, operator: str, password: str, code: str) -> tuple[str, WebSession]:
        """Log in, and give what the browser shows from now on. Raises ``ApiError``."""
        begun = await self._ask(None, lambda api: api.log_in(operator, password, code))
        while len(self._sessions) >= MOST:
            await self.end(min(self._sessions.values(), key=lambda session: session.touched))
        shown = secrets.token_urlsafe(_SECRET_BYTES)
        csrf = secrets.token_urlsafe(_SECRET_BYTES)
        session = WebSession(begun["operator"], begun["token"], csrf, self._now())
        self._sessions[_digest(shown)] = session
        return shown, session

    def of(self, shown: str | None) -> WebSession | None:
        """Give the session of what a browser shows, if there is one."""
        return None if shown is None else self._sessions.get(_digest(shown))

    def touch(self, session: WebSession) -> None:
        """Note that its operator has done something."""
        session.touched = self._now()

    async def ask(self, session: WebSession, what: Callable[[ApiClient], T]) -> T:
        """Ask the API in the name of a session. Raises ``ApiError``."""
        return await self._ask(session.token, what)

    def forget(self, session: WebSession) -> None:
        """Let a session be over that has ended at the API already."""
        session.over.set()
        self._sessions = {key: each for key, each in self._sessions.items() if each is not session}

    async def end(self, session: WebSession) -> None:
        """End a session, at the API too; where that does not answer, it ends there by itself in a while."""
        self.forget(session)
        try:
            await self._ask(session.token, lambda api: api.log_out(), answer_s=3.0)
        except ApiError:
            return

    async def end_idle(self) -> None:
        """End the sessions in which nobody has done anything for long."""
        for session in tuple(self._sessions.values()):
            if self._now() - session.touched > self._idle_s:
                await self.end(session)

    async def end_all(self) -> None:
        """End every session."""
        await asyncio.gather(*(self.end(session) for session in tuple(self._sessions.values())))

    async def _ask(self, token: str | None, what: Callable[[ApiClient], T], answer_s: float = ANSWER_S) -> T:
        def call() -> T:
            with ApiClient(self.socket, token, answer_s=answer_s) as api:
                return what(api)

        return await asyncio.to_thread(call)


def _digest(shown: str) -> bytes:
    """Give under what it is kept: how long a look-up takes tells nothing of what is looked for."""
    return hashlib.sha256(shown.encode(errors="replace")).digest()
