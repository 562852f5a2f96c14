"""Cards that are a function: a ``Channel`` without a reader, and one whose answers are spoiled on the way."""

from collections.abc import Callable

from hardware.cards.channel import CardGone
from tests.hardware.virtual_card import Answer


class Direct:
    """A channel to a virtual card's answers."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.sent: list[bytes] = []
        self.heard: list[bytes] = []

    def transmit(self, apdu: bytes) -> bytes:
        self.sent.append(apdu)
        answer = self._answer(apdu)
        if answer is None:
            raise CardGone("the card went away while it was read")
        self.heard.append(answer)
        return answer


def spoiled(answer: Answer, number: int, spoil: Callable[[bytes], bytes]) -> Answer:
    """Make a card whose answer of this number (from 0) is spoiled."""
    count = -1

    def say(command: bytes) -> bytes | None:
        nonlocal count
        count += 1
        said = answer(command)
        return said if said is None or count != number else spoil(said)

    return say


def flipped(bit: int) -> Callable[[bytes], bytes]:
    """Make what flips one bit."""

    def flip(said: bytes) -> bytes:
        spoilt = bytearray(said)
        spoilt[bit // 8] ^= 1 << bit % 8
        return bytes(spoilt)

    return flip
