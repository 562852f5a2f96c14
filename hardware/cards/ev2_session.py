"""A conversation with an NTAG 424 DNA tag after both have proved that they know an AES key.

It is the secure messaging that the cards call EV2: two keys for the session, one to encrypt and one to sign,
an identifier of the transaction, and a counter that both sides keep. Facts from NXP's AN12196 and AN12343,
whose values the tests have.
"""

import hmac
import secrets
from collections.abc import Callable
from typing import Final

from hardware.cards.aes import (
    BLOCK,
    cmac,
    crc32,
    decrypt,
    encrypt,
    odd_bytes,
    one_block,
    padded_80,
    rotated,
    unpadded_80,
    xor,
)
from hardware.cards.channel import Channel
from hardware.cards.native import MORE, CardRefuses, Unproven, send, told

AUTHENTICATE: Final = 0x71
GET_UID: Final = 0x51
CHANGE_KEY: Final = 0xC4
KEY_VERSION: Final = 0x64
MAC_BYTES: Final = 8
UID_BYTES: Final = 7
TRANSACTION_BYTES: Final = 4
_TO_CARD, _FROM_CARD = b"\xa5\x5a", b"\x5a\xa5"
_ENCRYPTS, _SIGNS = b"\xa5\x5a\x00\x01\x00\x80", b"\x5a\xa5\x00\x01\x00\x80"

Challenge = Callable[[int], bytes]
"""Makes so many bytes that nobody can foresee."""


class Ev2Session:
    """One authenticated conversation. After any error of the tag it is over."""

    def __init__(
        self, channel: Channel, number: int, keys: tuple[bytes, bytes], transaction: bytes, counter: int = 0
    ) -> None:
        """Begin with both keys of the session, after authentication with the key of this number."""
        self._channel, self._number, self._transaction = channel, number, transaction
        self._encrypts, self._signs = keys
        self._counter = counter

    def signed(self, command: int, head: bytes = b"") -> bytes:
        """Send a command and get an answer, both signed and not encrypted."""
        status, answer = send(self._channel, command, head + self._mac(command, head))
        return self._checked(status, answer)

    def sealed(self, command: int, head: bytes = b"", data: bytes = b"") -> bytes:
        """Send a command and get an answer, the data of both encrypted and all of it signed."""
        hidden = self._hidden(data)
        status, answer = send(self._channel, command, head + hidden + self._mac(command, head + hidden))
        back = self._checked(status, answer)
        if not back:
            return b""
        if len(back) % BLOCK:
            raise Unproven("its answer has a length that makes no sense")
        plain = unpadded_80(decrypt(self._encrypts, back, self._vector(_FROM_CARD)))
        if plain is None:
            raise Unproven("its answer is not filled up as it should be")
        return plain

    def uid(self) -> bytes:
        """Give the tag's real UID."""
        uid = self.sealed(GET_UID)
        if len(uid) != UID_BYTES:
            raise Unproven("what it says of its UID makes no sense")
        return uid

    def key_version(self, number: int) -> int:
        """Give the version of a key, which says whether it was changed."""
        answer = self.signed(KEY_VERSION, bytes([number]))
        if len(answer) != 1:
            raise Unproven("what it says of its keys makes no sense")
        return answer[0]

    def change_key(self, number: int, old: bytes, new: bytes, version: int) -> None:
        """Give the tag another key under this number. With its own key the session is over then."""
        if number != self._number:
            self.sealed(CHANGE_KEY, bytes([number]), xor(new, old) + bytes([version]) + crc32(new))
            return
        head, hidden = bytes([number]), self._hidden(new + bytes([version]))
        # The answer has no MAC: the key that would make it is gone.
        told(self._channel, CHANGE_KEY, head + hidden + self._mac(CHANGE_KEY, head + hidden))

    def _hidden(self, data: bytes) -> bytes:
        return encrypt(self._encrypts, padded_80(data), self._vector(_TO_CARD)) if data else b""

    def _vector(self, direction: bytes) -> bytes:
        return one_block(self._encrypts, direction + self._place() + bytes(8))

    def _place(self) -> bytes:
        return self._transaction + self._counter.to_bytes(2, "little")

    def _mac(self, code: int, body: bytes) -> bytes:
        count = self._counter.to_bytes(2, "little")
        return odd_bytes(cmac(self._signs, bytes([code]) + count + self._transaction + body))

    def _checked(self, status: int, answer: bytes) -> bytes:
        if status:
            raise CardRefuses(status)
        self._counter += 1
        data, mac = answer[:-MAC_BYTES], answer[-MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(status, data)):
            raise Unproven("its answer is not signed with its key")
        return data


def authenticated_ev2(
    channel: Channel, number: int, key: bytes, challenge: Challenge = secrets.token_bytes
) -> Ev2Session:
    """Have a tag prove that it knows the AES key of this number, and prove the same to it.

    Raises ``CardRefuses`` when it has another key and says so, ``Unproven`` when it only pretends.
    """
    sealed_b = told(channel, AUTHENTICATE, bytes([number, 0]), wanted=MORE)
    if len(sealed_b) != BLOCK:
        raise Unproven("its challenge is none of AES")
    b = decrypt(key, sealed_b)
    a = challenge(BLOCK)
    answer = told(channel, MORE, encrypt(key, a + rotated(b)))
    if len(answer) != 2 * BLOCK:
        raise Unproven("it does not know the key that it should have")
    plain = decrypt(key, answer)
    transaction, back = plain[:TRANSACTION_BYTES], plain[TRANSACTION_BYTES:][:BLOCK]
    if not hmac.compare_digest(back, rotated(a)):
        raise Unproven("it does not know the key that it should have")
    return Ev2Session(channel, number, session_keys(key, a, b), transaction)


def session_keys(key: bytes, a: bytes, b: bytes) -> tuple[bytes, bytes]:
    """Derive the keys of a session out of both challenges: the one that encrypts, the one that signs."""
    mixed = a[:2] + xor(a[2:8], b[:6]) + b[6:] + a[8:]
    return cmac(key, _ENCRYPTS + mixed), cmac(key, _SIGNS + mixed)
