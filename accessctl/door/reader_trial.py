"""What a reader reads while it is tested: said so that an installer knows, and nobody learns a secret."""

from collections.abc import Callable
from typing import Any, Final

from accessctl.keys.cards import hint_of
from hardware.signals import (
    CardForged,
    CardFrame,
    CardUnreadable,
    DeviceBack,
    DeviceLost,
    KeyPressed,
    Technology,
)

MOST_READS: Final = 100
_SHORTEST_HINTED: Final = 5
_WRITTEN: Final = frozenset(
    {Technology.WIEGAND, Technology.TYPED, Technology.NDEF, Technology.CODE, Technology.PASS}
)
"""Technologies whose number is text, not bytes."""

Seen = CardFrame | CardForged | CardUnreadable | KeyPressed | DeviceLost | DeviceBack


class Trial:
    """Takes down what one reader reads. Used from the loop's thread."""

    def __init__(self, monotonic_ns: Callable[[], int], bits: int | None = None) -> None:
        """Begin now. ``bits`` is the length of the format that the reader is set to, if it has one."""
        self._now, self._began_ns, self._bits = monotonic_ns, monotonic_ns(), bits
        self.reads: list[dict[str, Any]] = []
        """Each with ``at_s``, counted from the beginning, and ``what``."""
        self.more = 0
        """How much more was read than is taken down."""

    def take(self, signal: Seen) -> None:
        """Take something down."""
        if len(self.reads) >= MOST_READS:
            self.more += 1
            return
        at_s = round((self._now() - self._began_ns) / 1e9, 1)
        self.reads.append({"at_s": at_s, "what": self._words(signal)})

    def _words(self, signal: Seen) -> str:
        match signal:
            case CardFrame():
                return f"card read: {self._of_card(signal)}"
            case CardForged(technology=technology, why=why):
                return f"not genuine: {technology}, {why}"
            case CardUnreadable(why=why):
                return f"unreadable: {why}"
            case KeyPressed():
                return "key pressed"
            case DeviceLost(why=why):
                return f"the reader is gone: {why}"
            case DeviceBack():
                return "the reader is back"

    def _of_card(self, frame: CardFrame) -> str:
        if frame.technology is Technology.WIEGAND:
            name, _, number = frame.number.decode(errors="replace").rpartition(":")
            bits = f"{self._bits} bits, " if self._bits else ""
            return f"{bits}format {name.partition(':')[0]}{_ends_in(number)}"
        if frame.technology in _WRITTEN:
            text = frame.number.decode(errors="replace")
            return f"{len(text)} characters, {frame.technology}{_ends_in(text)}"
        return f"{len(frame.number)} bytes, {frame.technology}, ends in {hint_of(frame.number)}"


def _ends_in(text: str) -> str:
    """Give the last two characters, unless that would be half of it or more."""
    return f", ends in {text[-2:]}" if len(text) >= _SHORTEST_HINTED else ""
