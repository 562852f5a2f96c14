"""One thread for each anchor: whatever hangs, hangs there, and heads wait for it in a short queue."""

import json
import logging
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from threading import Condition, Thread
from time import monotonic
from typing import Final, NamedTuple

from accessctl.notary.anchors import Anchor, NotNow, Receipt
from accessctl.notary.book import Finding
from accessctl.notary.notary import Disagrees
from accessctl.store.errors import TreeSpoilt
from accessctl.store.tree import Head

RETRY_S: Final = 30.0
MOST_WAITING: Final = 64
"""So many heads wait for an anchor; of more the oldest are left out, since each newer one covers them."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AnchorState:
    """How an anchor does, as it is shown."""

    name: str
    size: int | None = None
    """Of the newest head that it took."""
    at: str | None = None
    """When it took it: ISO 8601 in UTC."""
    failing_since: str | None = None
    why: str | None = None


class Answer(NamedTuple):
    """What an anchor said of what it keeps."""

    note: bytes | None
    disagrees: Finding | None = None
    """What it has found by itself."""


class Hand:
    """Reaches one anchor. It asks for the newest head there, and puts none before it was told that it may.

    After a failure it asks anew: what is reached again may be something else than before.
    """

    def __init__(
        self, anchor: Anchor, origin: str, now: Callable[[], datetime], state: AnchorState | None = None
    ) -> None:
        """Begin to ask. ``state``: how it did before, in another process."""
        self._anchor, self._origin, self._now = anchor, origin, now
        self._state = replace(state or AnchorState(anchor.name), name=anchor.name)
        self._changed = Condition()
        self._waiting: deque[Head] = deque(maxlen=MOST_WAITING)
        self._asks, self._admitted, self._stopping = True, False, False
        self._answer: Answer | None = None
        self._receipts: list[Receipt] = []
        self._again = 0.0
        self.tried = False
        """Whether it was reached, or is known not to be."""
        self._thread = Thread(target=self._work, name=f"anchor {anchor.name}", daemon=True)
        self._thread.start()

    @property
    def name(self) -> str:
        """The anchor's name."""
        return self._anchor.name

    @property
    def gives_back(self) -> bool:
        """Whether the anchor gives what it took."""
        return self._anchor.gives_back

    @property
    def state(self) -> AnchorState:
        """How it does."""
        with self._changed:
            return self._state

    def answer(self) -> Answer | None:
        """Give what the anchor answered, once; ``None`` before it has."""
        with self._changed:
            found, self._answer = self._answer, None
            return found

    def admit(self) -> None:
        """Let it put heads: what it keeps agrees with the record."""
        with self._changed:
            self._admitted = True
            self._changed.notify()

    def offer(self, head: Head) -> None:
        """Hand it a head. Never waits."""
        with self._changed:
            if not self._waiting or self._waiting[-1].checkpoint != head.checkpoint:
                if self._anchor.newest_only:
                    self._waiting.clear()
                self._waiting.append(head)
            self._changed.notify()

    def receipts(self) -> list[Receipt]:
        """Give what the anchor has given for heads, each once."""
        with self._changed:
            found, self._receipts = self._receipts, []
            return found

    def stop(self, patience_s: float) -> None:
        """Let it put what waits, within this time, and end."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._thread.join(patience_s)

    def _work(self) -> None:
        while (step := self._next()) is not None:
            try:
                step()
            except NotNow as later:
                with self._changed:
                    self._again = monotonic() + later.for_s
            except Disagrees as disagrees:
                self._has_found(disagrees.finding)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is said, and tried again
                self._failed(error)

    def _next(self) -> Callable[[], None] | None:
        with self._changed:
            while True:
                puts = self._admitted and bool(self._waiting)
                if self._stopping and (not puts or self._again):
                    return None
                left_s = self._again - monotonic()
                if left_s > 0:
                    self._changed.wait(left_s)
                elif self._asks:
                    return self._ask
                elif puts:
                    return self._put
                else:
                    self._changed.wait()

    def _ask(self) -> None:
        note = self._anchor.newest(self._origin)
        with self._changed:
            self._asks, self._again, self.tried = False, 0.0, True
            self._answer = Answer(note)
            if not self._waiting:  # else it is well again when it has taken what waits
                self._state = replace(self._state, failing_since=None, why=None)

    def _put(self) -> None:
        with self._changed:
            head = self._waiting[0]
        receipt = self._anchor.put(head.note.encode())
        with self._changed:
            if receipt is not None:
                self._receipts.append(receipt)
            if self._waiting and self._waiting[0] is head:
                self._waiting.popleft()
            at = self._now().isoformat(timespec="seconds")
            self._state = AnchorState(self.name, head.checkpoint.size, at)
            self._again = 0.0

    def _has_found(self, finding: Finding) -> None:
        with self._changed:
            # Nothing more is handed to it: whoever looks after the record stops at this.
            self._asks, self._admitted, self._answer, self.tried = False, False, Answer(None, finding), True

    def _failed(self, error: Exception) -> None:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
        with self._changed:
            if self._state.failing_since is None:
                log.warning("the anchor %s cannot be reached: %s", self.name, why)
            since = self._state.failing_since or self._now().isoformat(timespec="seconds")
            self._state = replace(self._state, failing_since=since, why=why)
            self._again = monotonic() + RETRY_S
            self._asks, self._admitted, self._answer, self.tried = True, False, None, True


def written(states: Iterable[AnchorState]) -> str:
    """Write how anchors do, as the tree keeps it."""
    return json.dumps([asdict(each) for each in states])


def states_in(text: str | None) -> dict[str, AnchorState]:
    """Read it, by name. Raises ``TreeSpoilt``."""
    try:
        return {each["name"]: AnchorState(**each) for each in json.loads(text or "[]")}
    except (ValueError, TypeError, KeyError) as error:
        raise TreeSpoilt("what is kept of the anchors cannot be read") from error
