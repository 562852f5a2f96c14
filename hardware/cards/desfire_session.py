"""A conversation with a DESFire card after both have proved that they know an AES key.

It is the secure messaging that the cards call EV1: every DESFire since EV1 speaks it, EV2 and EV3 too. Each
command and each answer enters one chain of CMACs, so none can be changed, left out, repeated or moved.
Facts from NXP's public data sheet of the MF3ICD81 and its application notes; the values in the tests were
recorded from cards.
"""

import hmac
import secrets
from collections.abc import Callable
from typing import Final

from hardware.cards.aes import BLOCK, ZEROS, cmac, crc32, decrypt, encrypt, padded_00, rotated, xor
from hardware.cards.channel import Channel
from hardware.cards.native import MORE, OK, CardRefuses, Unproven, send, told

AUTHENTICATE: Final = 0xAA
GET_UID: Final = 0x51
CHANGE_KEY: Final = 0xC4
KEY_VERSION: Final = 0x64
MAC_BYTES: Final = 8
UID_BYTES: Final = 7
_STATUS: Final = bytes([OK])

Challenge = Callable[[int], bytes]
"""Makes so many bytes that nobody can foresee."""


class Session:
    """One authenticated conversation. After any error of the card it is over."""

    def __init__(self, channel: Channel, number: int, key: bytes) -> None:
        """Begin with the session's key, after authentication with the key of this number."""
        self._channel, self._number, self._key, self._iv = channel, number, key, ZEROS

    def ask(self, command: int, data: bytes = b"", *, maced: bytes | None = None) -> bytes:
        """Send a command and give the answer, which the card has signed.

        ``maced`` is what is sent after ``data`` under a MAC of its own; without it the command is sent as it
        is, and has its place in the chain all the same. Raises ``CardRefuses`` or ``Unproven``.
        """
        mac = self._chain(bytes([command]) + data + (maced or b""))
        sent = data if maced is None else data + maced + mac[:MAC_BYTES]
        return self._signed(*send(self._channel, command, sent))

    def uid(self) -> bytes:
        """Give the card's real UID, also of a card that shows another one at each read."""
        self._chain(bytes([GET_UID]))
        sealed = told(self._channel, GET_UID)
        if len(sealed) != BLOCK:
            raise Unproven("what it says of its UID is not made with its key")
        plain = decrypt(self._key, sealed, self._iv)
        self._iv = sealed
        uid = plain[:UID_BYTES]
        if not hmac.compare_digest(plain, padded_00(uid + crc32(uid + _STATUS))):
            raise Unproven("what it says of its UID is not made with its key")
        return uid

    def key_version(self, number: int) -> int:
        """Give the version of a key, which says whether it was changed."""
        answer = self.ask(KEY_VERSION, bytes([number]))
        if len(answer) != 1:
            raise Unproven("what it says of its keys makes no sense")
        return answer[0]

    def change_key(self, number: int, old: bytes, new: bytes, version: int) -> None:
        """Give the card another key under this number. With its own key the session is over then."""
        own = number == self._number
        told_key = (new if own else xor(new, old)) + bytes([version])
        checked = told_key + crc32(bytes([CHANGE_KEY, number]) + told_key) + (b"" if own else crc32(new))
        sealed = encrypt(self._key, padded_00(checked), self._iv)
        self._iv = sealed[-BLOCK:]
        status, answer = send(self._channel, CHANGE_KEY, bytes([number]) + sealed)
        if not own:
            self._signed(status, answer)
        elif status != OK:
            raise CardRefuses(status)

    def _signed(self, status: int, answer: bytes) -> bytes:
        if status != OK:
            raise CardRefuses(status)
        data, mac = answer[:-MAC_BYTES], answer[-MAC_BYTES:]
        if not hmac.compare_digest(mac, self._chain(data + _STATUS)[:MAC_BYTES]):
            raise Unproven("its answer is not signed with its key")
        return data

    def _chain(self, message: bytes) -> bytes:
        self._iv = cmac(self._key, message, self._iv)
        return self._iv


def authenticated(
    channel: Channel, number: int, key: bytes, challenge: Challenge = secrets.token_bytes
) -> Session:
    """Have a card prove that it knows the AES key of this number, and prove the same to it.

    Raises ``CardRefuses`` when it has another key and says so, ``Unproven`` when it only pretends.
    """
    sealed_b = told(channel, AUTHENTICATE, bytes([number]), wanted=MORE)
    if len(sealed_b) != BLOCK:
        raise Unproven("its challenge is none of AES")
    b = decrypt(key, sealed_b)
    a = challenge(BLOCK)
    token = encrypt(key, a + rotated(b), sealed_b)
    sealed_a = told(channel, MORE, token)
    # A challenge sent back as it is would prove nothing, but then the rotation is missing.
    if len(sealed_a) != BLOCK or not hmac.compare_digest(decrypt(key, sealed_a, token[-BLOCK:]), rotated(a)):
        raise Unproven("it does not know the key that it should have")
    return Session(channel, number, a[:4] + b[:4] + a[-4:] + b[-4:])
