"""What is recorded, as it comes: a thread that follows the record, and hands over what has come."""

import threading
from collections import deque
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from accessctl.client import ApiClient, ApiError, Event, is_ahead

RETRY_S: Final = 1.0
END_S: Final = 2.0
"""The thread ends at once; nobody waits for ever if it does not."""


@dataclass(frozen=True, slots=True)
class Came:
    """What has come since it was last asked for."""

    events: tuple[Event, ...]
    trouble: str | None
    """Why nothing comes; ``None`` while the line is good."""


class Feed:
    """Follows the record from a place on. Loses nothing and repeats nothing when the line breaks."""

    def __init__(self, client: Callable[[], ApiClient], after: int | str | None) -> None:
        """``client`` makes one for the thread. ``after``: the last entry that is known already."""
        self._client, self._reached = client, after
        self._arrived: deque[Event] = deque()
        self._trouble: str | None = None
        self._asking: ApiClient | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="feed", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._over.set()
        if (asking := self._asking) is not None:
            asking.hang_up()
        self._thread.join(END_S)

    def take(self) -> Came:
        """Give what has come."""
        arrived = self._arrived
        return Came(tuple(arrived.popleft() for _ in range(len(arrived))), self._trouble)

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                with self._client() as api:
                    self._asking = api
                    self._follow(api)
                self._trouble = "the stream of events ended"
            except ApiError as error:
                self._trouble = str(error)
                if is_ahead(error):  # of an older copy, put in the record's place: all of it is new
                    self._reached = 0
            self._over.wait(RETRY_S)

    def _follow(self, api: ApiClient) -> None:
        with closing(api.stream(self._reached)) as stream:
            for reached, event in stream:
                self._trouble = None
                if event is not None:
                    self._arrived.append(event)
                self._reached = reached
                if self._over.is_set():
                    return
