"""Logging in: a password and a one-time code, both, with a lock-out that a restart does not end."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Final
from weakref import WeakValueDictionary

from accessctl.api.doorkeeper import Doorkeeper
from accessctl.api.office import Office
from accessctl.api.problems import Refusal
from accessctl.link.client import DoorRefused
from accessctl.operators.owners import owner_of
from accessctl.operators.passwords import fits
from accessctl.operators.secrets import SESSION, digest_of, new_secret
from accessctl.store.operator_writer import OperatorWriter
from accessctl.store.operators import Lock, OperatorQueries, SessionRow
from policies.tries import Limits

FREE_TRIES: Final = 4
"""So many wrong tries in a row cost nothing but time."""
FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(minutes=15)
_LIMITS: Final = Limits(FREE_TRIES + 1, None, FIRST_WAIT, LONGEST_WAIT)
AT_ONCE: Final = 2
"""So many passwords are hashed at once: each takes 19 MiB."""
_QUEUE: Final = 16
_MOST_STRANGERS: Final = 1000
_NO_SECRET: Final = bytes(48)
"""As long as a sealed secret is, and none."""


@dataclass(slots=True)
class _Stranger:
    """A name that no operator has: it is locked out like one that is, so that nobody learns which are."""

    failures: int = 0
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """A session and what shows it, this once."""

    session: SessionRow
    secret: str


class Login:
    """Checks who logs in. Used from one event loop."""

    def __init__(
        self,
        operators: OperatorQueries,
        writer: OperatorWriter,
        door: Doorkeeper,
        office: Office,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Take who is stored, who has the keys of generators, and how long sessions last."""
        self._operators, self._writer, self._door, self._office = operators, writer, door, office
        self._now = now
        self._hashing = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._strangers: OrderedDict[str, _Stranger] = OrderedDict()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def begin(self, operator: str, password: str, code: str, place: str) -> Begun:
        """Begin a session. Raises ``Refusal`` with the same words whatever was wrong, and ``LinkError``."""
        async with self._turn_of(operator):
            return await self._begin(operator, password, code, place)

    async def _begin(self, operator: str, password: str, code: str, place: str) -> Begun:
        row = await asyncio.to_thread(self._operators.operator, operator)
        until = row.locked_until if row is not None else self._stranger(operator).until
        if until is not None and self._now() < until:
            raise _later(until - self._now())
        lock = await asyncio.to_thread(self._operators.lock, operator)
        good = await self._password_fits(None if lock is None else lock.password, password)
        step = await self.step_of(operator, lock, code)
        if row is not None and good and step is not None and not row.disabled:
            secret = new_secret(SESSION)
            ends_at = self._now() + (await self._office.rules()).session
            session = await asyncio.to_thread(
                self._writer.begin_session, operator, digest_of(secret) or b"", step, place, ends_at
            )
            if session is not None:
                await self._door.nudge()
                return Begun(session, secret)
        await self._count(operator, lock)
        raise wrong()

    async def check(self, operator: str, password: str) -> None:
        """Check an operator's password once more. Raises ``Refusal``; a wrong one is counted."""
        async with self._turn_of(operator):
            await self._check(operator, password)

    async def _check(self, operator: str, password: str) -> None:
        lock = await asyncio.to_thread(self._operators.lock, operator)
        row = await asyncio.to_thread(self._operators.operator, operator)
        if row is not None and row.locked_until is not None and self._now() < row.locked_until:
            raise _later(row.locked_until - self._now())
        if not await self._password_fits(None if lock is None else lock.password, password):
            await self._count(operator, lock)
            raise wrong()

    async def step_of(self, operator: str, lock: Lock | None, code: str) -> int | None:
        """Give the step of time that a code of an operator's generator belongs to. Raises ``LinkError``."""
        if lock is None or lock.generator is None or lock.sealed is None:
            # Asked all the same: nobody learns from whether it answers, and how soon, who is an operator.
            with suppress(DoorRefused):
                await self._door.step_of_code(owner_of(operator), "g-nobodys", _NO_SECRET, code)
            return None
        return await self._door.step_of_code(owner_of(operator), lock.generator, lock.sealed, code)

    @asynccontextmanager
    async def _turn_of(self, operator: str) -> AsyncIterator[None]:
        """Let tries of one name come one after the other: of many that are sent at once each counts."""
        turn = self._turns.get(operator)
        if turn is None:
            turn = self._turns[operator] = asyncio.Lock()
        if self._waiting >= _QUEUE:
            raise _later(timedelta(seconds=5))
        self._waiting += 1
        try:
            async with turn:
                yield
        finally:
            self._waiting -= 1

    async def _password_fits(self, hashed: str | None, password: str) -> bool:
        async with self._hashing:
            return await asyncio.to_thread(fits, hashed, password)

    async def _count(self, operator: str, lock: Lock | None) -> None:
        if lock is None:
            stranger = self._stranger(operator)
            stranger.failures += 1
            stranger.until = self._until(stranger.failures)
            await asyncio.to_thread(self._writer.failed_login_of_nobody)
        else:
            failures = lock.failures + 1
            until = self._until(failures)
            await asyncio.to_thread(self._writer.failed_login, operator, failures, until)
        await self._door.nudge()

    def _until(self, failures: int) -> datetime | None:
        """Give until when nobody logs in as an operator after so many wrong tries in a row, if at all."""
        wait = _LIMITS.wait_after(failures)
        return self._now() + wait if wait else None

    def _stranger(self, name: str) -> _Stranger:
        stranger = self._strangers.setdefault(name, _Stranger())
        self._strangers.move_to_end(name)
        while len(self._strangers) > _MOST_STRANGERS:
            self._strangers.popitem(last=False)
        return stranger


def wrong() -> Refusal:
    """Refuse a login, in words that do not say what was wrong."""
    what = "operator, password or code is wrong; a code counts once"
    return Refusal(HTTPStatus.UNAUTHORIZED, "wrong-login", what)


def _later(wait: timedelta) -> Refusal:
    seconds = max(1, int(wait.total_seconds()) + 1)
    what = f"too many wrong tries: try again in {seconds} s"
    headers = {"Retry-After": str(seconds)}
    return Refusal(HTTPStatus.TOO_MANY_REQUESTS, "locked-out", what, headers=headers)
