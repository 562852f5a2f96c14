"""Asks the API off the loop, so that no screen waits for an answer with its hands tied."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, TypeVar

from accessctl.client import ANSWER_S, ApiClient, ApiUnreachable

T = TypeVar("T")
Ask = Callable[[ApiClient], T]
"""What somebody wants of the API. Runs in a thread; raises ``ApiError``."""

STALLED_S: Final = 3.0
"""An answer that takes longer counts as none: what is shown is old then."""
_AT_ONCE: Final = 4


class _Clients(threading.local):
    """The clients of one thread, by whom they speak for and how long they wait."""

    def __init__(self) -> None:
        self.of: dict[tuple[int, float], ApiClient] = {}


class Asker:
    """The API, for whoever lives in a loop. Without a token it goes by who connects to the socket."""

    def __init__(self, socket: Path, token: str | None = None, *, nobody: bool = False) -> None:
        """``nobody``: ask nothing in the name of whoever runs this, before somebody has logged in."""
        self.socket = socket
        self._token, self._nobody = token, nobody
        self._generation = 0
        self._clients = _Clients()
        self._made: set[ApiClient] = set()
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="asks")

    @property
    def anonymous(self) -> bool:
        """Whether somebody has to log in before anything can be asked."""
        return self._nobody and self._token is None

    def speak_for(self, token: str | None) -> None:
        """Ask in the name of another session from now on; ``None``: as at first."""
        self._token = token
        self._generation += 1

    def client(self, answer_s: float = ANSWER_S) -> ApiClient:
        """Make a client that speaks in the same name, for a thread of one's own."""
        return ApiClient(self.socket, self._token or ("nobody" if self._nobody else None), answer_s=answer_s)

    async def __call__(self, ask: Ask[T], answer_s: float = ANSWER_S) -> T:
        """Ask, and give the answer; an answer that is not waited for any more is lost.

        ``answer_s``: how long to wait where a call has no time of its own. Raises ``ApiError``.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._ask, ask, answer_s)

    async def while_waited_for(self, ask: Ask[T]) -> T:
        """Ask for something that takes its time, and hang up when nobody waits any more.

        The API then stops what it was doing for it: a card that is shown later is nobody's.
        """
        client = self.client()

        def call() -> T:
            with client:
                return ask(client)

        try:
            return await asyncio.to_thread(call)
        finally:
            client.hang_up()

    def close(self) -> None:
        """Ask nothing more, and hang up wherever an answer is waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for client in tuple(self._made):
            client.hang_up()
        self._threads.shutdown()
        for client in self._made:
            client.close()

    def _ask(self, ask: Ask[T], answer_s: float) -> T:
        clients, key = self._clients.of, (self._generation, answer_s)
        if key not in clients:
            self._made.add(client := self.client(answer_s))
            clients[key] = client
        try:
            return ask(clients[key])
        except ApiUnreachable:
            client = clients.pop(key)  # what comes next connects anew
            self._made.discard(client)
            client.close()
            raise
