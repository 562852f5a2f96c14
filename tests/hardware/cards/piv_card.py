"""A PIV card made of software: the PIV application of SP 800-73-4 as far as card authentication needs it.

Answers as a virtual card's ``Answer``: SELECT, GET DATA, GET RESPONSE, and GENERAL AUTHENTICATE with the card
authentication key (9E), which wants no PIN. It shares no code with what reads it.
"""

import datetime as dt
from collections.abc import Callable
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

ATR: Final = bytes.fromhex("3b8180018080")
AID: Final = bytes.fromhex("a000000308000010000100")
CARD_AUTHENTICATION: Final = bytes.fromhex("5fc101")
CHUID: Final = bytes.fromhex("5fc102")
CAPABILITIES: Final = bytes.fromhex("5fc107")
KEY_9E: Final = 0x9E
OK: Final = b"\x90\x00"
NOT_FOUND: Final = b"\x6a\x82"
UNKNOWN: Final = b"\x6d\x00"
REFUSED: Final = b"\x69\x82"
AT_A_TIME: Final = 0xF0

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
Spoil = Callable[[bytes], bytes]


def certificate(key: Key) -> bytes:
    """Make a certificate for a key, in DER, signed by itself."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a virtual card")])
    begin = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(1)
    made = made.public_key(key.public_key()).not_valid_before(begin)
    return (
        made.not_valid_after(begin + dt.timedelta(days=36_500)).sign(key, SHA256()).public_bytes(Encoding.DER)
    )


class PivCard:
    """The answers of one card. ``signs_with`` may be another key than the certificate's: a clone of it."""

    def __init__(
        self,
        key: Key,
        *,
        signs_with: Key | None = None,
        shown: bytes | None = None,
        spoil: Spoil = bytes,
    ) -> None:
        self._key, self._spoil = signs_with or key, spoil
        self._objects = {CHUID: _field(0x34, bytes(range(16))) + b"\xfe\x00", CAPABILITIES: b"\xfe\x00"}
        if shown is None:
            shown = certificate(key)
        if shown:
            self._objects[CARD_AUTHENTICATION] = _field(0x70, shown) + b"\x71\x01\x00\xfe\x00"
        self._rest = b""
        self._chained = b""
        self.signed = 0
        """How often it was asked to sign."""

    def __call__(self, command: bytes) -> bytes:
        """Answer one command."""
        head, instruction = command[0], command[1]
        if command[:4] == bytes.fromhex("ffca0000"):
            return bytes.fromhex("04112233445566") + OK
        wanted = command[-1] or AT_A_TIME
        if instruction == 0xC0:
            return self._give(wanted)
        length = command[4] if len(command) > 5 else 0
        body = self._chained + command[5 : 5 + length]
        self._chained = body if head & 0x10 else b""
        if head & 0x10:
            return OK
        match instruction:
            case 0xA4:
                return self._select(body)
            case 0xCB:
                return self._begin(self._objects.get(body[2:]), wanted)
            case 0x87 if command[3] == KEY_9E:
                return self._authenticate(body)
            case 0x87:
                return REFUSED
            case _:
                return UNKNOWN

    def _select(self, wanted: bytes) -> bytes:
        if not wanted or not AID.startswith(wanted):
            return NOT_FOUND
        return _field(0x61, _field(0x4F, AID[5:]) + _field(0x79, _field(0x4F, AID[:5]))) + OK

    def _begin(self, content: bytes | None, wanted: int) -> bytes:
        if content is None:
            return NOT_FOUND
        self._rest = _field(0x53, content)
        return self._give(wanted)

    def _give(self, wanted: int) -> bytes:
        part, self._rest = self._rest[:wanted], self._rest[wanted:]
        return part + (bytes([0x61, min(len(self._rest), AT_A_TIME)]) if self._rest else OK)

    def _authenticate(self, body: bytes) -> bytes:
        challenge = _value(_value(body, 0x7C), 0x81)
        self.signed += 1
        if isinstance(self._key, rsa.RSAPrivateKey):
            numbers = self._key.private_numbers()
            size = (self._key.key_size + 7) // 8
            power = pow(int.from_bytes(challenge, "big"), numbers.d, numbers.public_numbers.n)
            signature = power.to_bytes(size, "big")
        else:
            signature = self._key.sign(challenge, ec.ECDSA(Prehashed(SHA256())))
        self._rest = _field(0x7C, _field(0x82, self._spoil(signature)))
        return self._give(AT_A_TIME)


def _field(tag: int, value: bytes) -> bytes:
    if len(value) < 0x80:
        length = bytes([len(value)])
    elif len(value) < 0x100:
        length = bytes([0x81, len(value)])
    else:
        length = b"\x82" + len(value).to_bytes(2, "big")
    return bytes([tag]) + length + value


def _value(body: bytes, wanted: int) -> bytes:
    at = 0
    while at < len(body):
        tag, length, at = body[at], body[at + 1], at + 2
        if length > 0x80:
            size = length - 0x80
            length, at = int.from_bytes(body[at : at + size], "big"), at + size
        if tag == wanted:
            return body[at : at + length]
        at += length
    return b""
