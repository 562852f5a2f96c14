"""A way to talk to one card that is at a reader now.

Whoever talks to a card gets what it answered, or one of two errors: it went away, or it answers nothing of
use in time. Neither of them says what was sent or answered, for both are logged.
"""

from dataclasses import dataclass
from typing import Final, Protocol

SUCCESS: Final = 0x9000
MORE_FOLLOWS: Final = 0x61
"""First byte of a status that says how much there is to be fetched (ISO 7816-4)."""
WRONG_LENGTH: Final = 0x6C
"""First byte of a status that says how much should have been asked for."""
SHORT_HEAD: Final = 5
"""Bytes of a short command with one length."""
LONGEST_ANSWER: Final = 8192
"""Bytes. The certificate of a card is a quarter of it; a card that never ends is no card."""


class CardError(Exception):
    """Talking to a card came to nothing. The text is the reason, and holds nothing of what was said."""


class CardGone(CardError):
    """The card was taken away."""


class CardSilent(CardError):
    """The card does not answer, not in time, or not in a way that means anything."""


class Channel(Protocol):
    """A card that was selected by the reader, and takes commands."""

    def transmit(self, apdu: bytes) -> bytes:
        """Send one command and give the answer, its two status bytes included.

        Raises ``CardGone`` or ``CardSilent``; the latter also when the time for this card is over.
        """
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What a card said to a command."""

    data: bytes
    status: int

    @property
    def good(self) -> bool:
        """Whether it did as it was told."""
        return self.status == SUCCESS


def ask(channel: Channel, apdu: bytes) -> Answer:
    """Send one command and fetch all of the answer. Raises ``CardGone`` or ``CardSilent``.

    A card over T=0 has its answer fetched with GET RESPONSE; one that knows the length better is asked again.
    """
    answer = _once(channel, apdu)
    if answer.status >> 8 == WRONG_LENGTH and _has_length(apdu):
        answer = _once(channel, apdu[:-1] + bytes([answer.status & 0xFF]))
    data = answer.data
    while answer.status >> 8 == MORE_FOLLOWS:
        if len(data) > LONGEST_ANSWER:
            raise CardSilent("the card answers without end")
        answer = _once(channel, bytes([0x00, 0xC0, 0x00, 0x00, answer.status & 0xFF]))
        if not answer.data and answer.status >> 8 == MORE_FOLLOWS:
            raise CardSilent("the card answers without end")
        data += answer.data
    return Answer(data, answer.status)


def _has_length(apdu: bytes) -> bool:
    """Tell whether the last byte is how much is asked for; what is sent may precede it."""
    return len(apdu) == SHORT_HEAD or (len(apdu) > SHORT_HEAD and len(apdu) == SHORT_HEAD + apdu[4] + 1)


def _once(channel: Channel, apdu: bytes) -> Answer:
    answer = channel.transmit(apdu)
    if len(answer) < 2:  # noqa: PLR2004 - the status bytes
        raise CardSilent("the card's answer is too short to mean anything")
    return Answer(answer[:-2], int.from_bytes(answer[-2:], "big"))
