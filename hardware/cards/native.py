"""Commands of NXP's DESFire family, in ISO 7816: ``90 INS 00 00 Lc data 00``, answered by ``91 ss``."""

from typing import Final

from hardware.cards.channel import CardSilent, Channel

OK: Final = 0x00
MORE: Final = 0xAF
"""Another frame is expected, in either direction."""
NO_SUCH_APPLICATION: Final = 0xA0
WRONG_KEY: Final = 0xAE
NOT_PERMITTED: Final = 0x9D
DELAYED: Final = 0xAD
"""The card makes whoever tried too many wrong keys wait."""
_WRAPPED: Final = 0x91
_STATUS_BYTES: Final = 2
_MOST_DATA: Final = 0xFF

_WORDS: Final = {
    WRONG_KEY: "it has another key",
    NOT_PERMITTED: "it does not permit that",
    DELAYED: "it makes whoever tried too many wrong keys wait: hold it to the reader again",
    0x0E: "it is full",
    0x1C: "it does not know that command",
    0x1E: "what was sent to it did not arrive as it was sent",
    0x40: "it has no such key",
    0x7E: "it expects another length",
    0x9E: "it expects another value",
    0xCE: "it is full",
    0xDE: "it has that already",
}


class CardRefuses(Exception):
    """A card did not do as it was told. The text says why, and holds nothing of what was said."""

    def __init__(self, status: int) -> None:
        """Put the status into words."""
        super().__init__(_WORDS.get(status, f"it answers with the error {status:02x}"))
        self.status = status


class NotNative(Exception):
    """A card does not speak these commands."""


class Unproven(Exception):
    """A card's answer was not made with the key that it should have. The text says which, without a byte."""


def send(channel: Channel, command: int, data: bytes = b"") -> tuple[int, bytes]:
    """Send a command; give the status and the data. Raises ``NotNative``, ``CardGone`` or ``CardSilent``."""
    if len(data) > _MOST_DATA:
        raise ValueError("this is too long for one command")
    length = bytes([len(data)]) + data if data else b""
    answer = channel.transmit(bytes([0x90, command, 0x00, 0x00]) + length + b"\x00")
    if len(answer) < _STATUS_BYTES:
        raise CardSilent("the card's answer is too short to mean anything")
    if answer[-2] != _WRAPPED:
        raise NotNative
    return answer[-1], answer[:-2]


def told(channel: Channel, command: int, data: bytes = b"", *, wanted: int = OK) -> bytes:
    """Send a command that has to go well; give its data. Raises ``CardRefuses``, and what ``send`` does."""
    status, answer = send(channel, command, data)
    if status != wanted:
        raise CardRefuses(status)
    return answer
