"""Something that counts only once it has lasted: a button that stays pressed, a lock that does not hold."""

from collections.abc import Callable, Hashable
from datetime import timedelta

from accessctl.door.timers import Timers


class Lasting:
    """Watches one fact. Used from the loop's thread."""

    def __init__(
        self, timers: Timers, name: Hashable, after: timedelta, tell: Callable[[bool], None]
    ) -> None:
        """Take how long it has to last, and who is told when it has, and when it is over after that."""
        self._timers, self._name, self._after, self._tell = timers, name, after, tell
        self._holds = self._told = False

    def be(self, *, holds: bool) -> None:
        """Hear how it is now; the same again is no news."""
        if holds is self._holds:
            return
        self._holds = holds
        if holds:
            self._timers.start(self._name, self._after, self._ring)
            return
        self._timers.cancel(self._name)
        if self._told:
            self._told = False
            self._tell(False)  # noqa: FBT003 - whether it holds is the one fact there is

    def _ring(self) -> None:
        self._told = True
        self._tell(True)  # noqa: FBT003 - as above
