"""One card at a PC/SC reader: connected to for a moment, talked to within a time limit.

While several things are asked of a card, nobody else gets a word in: pcscd keeps that promise for a
transaction. Without one, another program's commands would end what was begun with a card.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from smartcard import scard

from hardware.cards.channel import CardGone, CardSilent

PROTOCOLS: Final = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
GONE: Final = frozenset({scard.SCARD_W_REMOVED_CARD, scard.SCARD_E_NO_SMARTCARD})
STORAGE_CARD: Final = bytes.fromhex("a000000306")
"""Is in the ATR that a reader makes up for a card without commands of its own (PC/SC part 3)."""
LONGEST_TALK_S: Final = 4.0
"""So long may a card that is asked several things take in all."""


class PcscCard:
    """A card that is connected to: a ``Channel``. Used from one thread, and only within ``connected``."""

    def __init__(self, reader_name: str, handle: int, protocol: int, beat: Callable[[], None]) -> None:
        """Take a connection; ``connected`` does it. ``beat`` is called before whatever may last."""
        self.reader_name, self.handle = reader_name, handle
        self._protocol, self._beat = protocol, beat
        self._deadline_s: float | None = None

    def transmit(self, apdu: bytes) -> bytes:
        """Send one command and give the answer. Raises ``CardGone`` or ``CardSilent``."""
        self._check_time()
        self._beat()
        result, answer = scard.SCardTransmit(self.handle, self._protocol, list(apdu))
        check(result)
        # What comes too late counts no more than what never comes: somebody may pass it on from afar.
        self._check_time()
        return bytes(answer)

    @property
    def takes_commands(self) -> bool:
        """Whether the card has commands of its own; one that only stores something proves nothing."""
        result, _reader, _state, _protocol, atr = scard.SCardStatus(self.handle)
        check(result)
        return STORAGE_CARD not in bytes(atr)

    @contextmanager
    def alone(self, within_s: float | None = None) -> Iterator[None]:
        """Keep other programs away, and give the card so long. Raises ``CardGone`` or ``CardSilent``."""
        self._deadline_s = time.monotonic() + (LONGEST_TALK_S if within_s is None else within_s)
        self._begin()
        try:
            yield
        finally:
            self._deadline_s = None
            scard.SCardEndTransaction(self.handle, scard.SCARD_LEAVE_CARD)

    @contextmanager
    def left_to_others(self) -> Iterator[None]:
        """Let a library that connects by itself talk to the card, in the midst of ``alone``."""
        self._check_time()
        self._beat()
        scard.SCardEndTransaction(self.handle, scard.SCARD_LEAVE_CARD)
        try:
            yield
        finally:
            self._begin()
        self._check_time()

    def _begin(self) -> None:
        result = scard.SCardBeginTransaction(self.handle)
        if result == scard.SCARD_W_RESET_CARD:
            # Another program reset the card. It is the same one: one that was swapped is gone, not reset.
            result, self._protocol = scard.SCardReconnect(
                self.handle, scard.SCARD_SHARE_SHARED, PROTOCOLS, scard.SCARD_LEAVE_CARD
            )
            check(result)
            result = scard.SCardBeginTransaction(self.handle)
        check(result)

    def _check_time(self) -> None:
        if self._deadline_s is not None and time.monotonic() > self._deadline_s:
            raise CardSilent("the card takes longer to answer than a card may")


@contextmanager
def connected(context: int, name: str, beat: Callable[[], None]) -> Iterator[PcscCard]:
    """Connect to the card at the reader of this name. Raises ``CardGone`` or ``CardSilent``."""
    result, handle, protocol = scard.SCardConnect(context, name, scard.SCARD_SHARE_SHARED, PROTOCOLS)
    check(result)
    try:
        yield PcscCard(name, handle, protocol, beat)
    finally:
        # Powered down, a card that is swapped for another one at once is noticed as a new one.
        scard.SCardDisconnect(handle, scard.SCARD_UNPOWER_CARD)


def reader_names() -> list[str]:
    """Give the names of all readers that pcscd has now; none when it does not answer."""
    result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
    if result != scard.SCARD_S_SUCCESS:
        return []
    try:
        _result, names = scard.SCardListReaders(context, [])
        return list(names)
    finally:
        scard.SCardReleaseContext(context)


def check(result: int) -> None:
    """Raise what a result of pcscd means for a card: ``CardGone``, ``CardSilent`` or nothing."""
    if result in GONE:
        raise CardGone("the card went away while it was read")
    if result == scard.SCARD_E_SHARING_VIOLATION:
        raise CardSilent("another program holds the reader")
    if result != scard.SCARD_S_SUCCESS:
        raise CardSilent(f"the card could not be read: {message(result)}")


def message(result: int) -> str:
    """Put a result of pcscd in words."""
    return str(scard.SCardGetErrorMessage(result)).rstrip(".")
