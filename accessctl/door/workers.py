"""Where slow work is done, so that the loop never waits for it."""

import os
import threading
from asyncio import AbstractEventLoop
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, Protocol, TypeVar

T = TypeVar("T")
BEHIND: Final = 10
"""The niceness of what nobody waits for: it gets a tenth of a busy processor."""
Then = Callable[[T | Exception], None]
"""Takes the result, or the exception, in the loop's thread."""


class Workers(Protocol):
    """Does a task off the loop."""

    def submit(self, task: Callable[[], T], then: Then[T]) -> None:
        """Do ``task`` and hand its result to ``then``."""
        ...

    def close(self) -> None:
        """Take no more tasks. Those that have begun are not waited for."""
        ...


class ThreadWorkers:
    """One thread. Argon2 lets go of the interpreter lock, and one at a time bounds its memory."""

    def __init__(self, loop: AbstractEventLoop, name: str = "prove", *, rank: int = 0) -> None:
        """Take the loop to which results go back; ``rank`` is the niceness of its thread."""
        self._loop = loop
        self._pool = ThreadPoolExecutor(
            max_workers=1, thread_name_prefix=name, initializer=_step_back, initargs=(rank,)
        )

    def submit(self, task: Callable[[], T], then: Then[T]) -> None:
        """Queue the task behind those that were submitted before."""

        def hand_back(future: Future[T]) -> None:
            if not future.cancelled() and not self._loop.is_closed():
                error = future.exception()
                result = error if isinstance(error, Exception) else future.result()
                self._loop.call_soon_threadsafe(then, result)

        self._pool.submit(task).add_done_callback(hand_back)

    def close(self) -> None:
        """Cancel what has not begun."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _step_back(rank: int) -> None:
    """Let this thread alone go behind others: on Linux a priority belongs to a thread."""
    if rank:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), rank)


class InlineWorkers:
    """Does every task at once: for the played day and for tests, where time stands still anyway."""

    def submit(self, task: Callable[[], T], then: Then[T]) -> None:
        """Do it now."""
        try:
            result: T | Exception = task()
        except Exception as error:  # noqa: BLE001 - handed on, as from a thread
            result = error
        then(result)

    def close(self) -> None:
        """Nothing is left to stop."""
