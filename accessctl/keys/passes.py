"""Passes: signed texts that say who made them and when they count, and nothing about anybody.

A pass is ``AP1`` and 148 characters of base32 (``hardware.cards.pass_text`` has the why of the alphabet).
They stand for 92 bytes: 4 that name the key, 16 that name the pass, twice 4 for the first second in which it
counts and the first in which it does not any more (unsigned, from 1970 on in UTC, big-endian), and 64 of
signature. That is Ed25519 (RFC 8032) over ``SIGNED_AS``, the prefix, and the 28 bytes before it.

Whose the pass is, where it counts and how often, lies in the people's store under the 16 bytes: a pass can be
revoked, and tells whoever finds it nothing. The seed of the key derives from the root, so it is stored
nowhere; with the public key anybody can check that a pass is one of this controller's.

Every pass has one text: base32 that ends in other bits, lower case and padding are refused, so that flipping
any bit of a pass makes it none.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from struct import Struct
from typing import Final

from hardware.cards.pass_text import PREFIX, is_pass

ID_BYTES: Final = 16
KEY_ID_BYTES: Final = 4
SIGNATURE_BYTES: Final = 64
SIGNED_AS: Final = b"accessctl/pass/v1\0"
"""Stands before what is signed, so that no signature of this key means anything else."""
LATEST: Final = datetime.fromtimestamp(2**32 - 1, UTC)
"""The last instant that a pass can name: in February 2106."""

_SAID: Final = Struct(f">{KEY_ID_BYTES}s{ID_BYTES}sII")
_PADDING: Final = "===="


class PassForged(ValueError):
    """A text is no pass of this key. The words never repeat it."""


@dataclass(frozen=True, slots=True)
class Pass:
    """What a pass says."""

    id: bytes = field(repr=False)
    """16 random bytes: whoever knows them still has no signature over them."""
    start: datetime
    """Counts from this instant on, a whole second."""
    end: datetime
    """Counts up to here, and at this very instant not any more."""

    def __post_init__(self) -> None:
        """Refuse what no text could hold."""
        if len(self.id) != ID_BYTES:
            raise ValueError(f"the id of a pass has {ID_BYTES} bytes")
        for at in (self.start, self.end):
            if at.tzinfo is None or at.microsecond or not 0 <= at.timestamp() < 2**32:
                raise ValueError("a pass names whole seconds with an offset, from 1970 to 2106")
        if self.end <= self.start:
            raise ValueError("a pass must end after it starts")


class PassReader:
    """Checks passes with a public key: 32 bytes."""

    def __init__(self, public_key: bytes) -> None:
        """Take the key. Raises ``ValueError`` for bytes that are none."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        self.public_key = public_key
        self.key_id = key_id_of(public_key)
        self._key = Ed25519PublicKey.from_public_bytes(public_key)

    def read(self, text: bytes) -> Pass:
        """Give what a genuine pass says. Raises ``PassForged`` for any other text."""
        from cryptography.exceptions import InvalidSignature

        said, signature = _taken_apart(text)
        key_id, id_, start, end = _SAID.unpack(said)
        if key_id != self.key_id:
            raise PassForged("the pass names another key")
        try:
            self._key.verify(signature, _to_sign(said))
            return Pass(id_, datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC))
        except (InvalidSignature, ValueError):
            raise PassForged("the pass was not made with this key, or was altered") from None


class PassMaker:
    """Signs passes. Holds the private key, so it lives where the root is."""

    def __init__(self, seed: bytes) -> None:
        """Take the seed: 32 bytes, derived from the root."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.reader = PassReader(self._key.public_key().public_bytes_raw())

    def text_of(self, made: Pass) -> str:
        """Give the text of a pass."""
        said = _SAID.pack(self.reader.key_id, made.id, int(made.start.timestamp()), int(made.end.timestamp()))
        body = said + self._key.sign(_to_sign(said))
        return PREFIX + base64.b32encode(body).decode().rstrip("=")


def key_id_of(public_key: bytes) -> bytes:
    """Name a public key: the first four bytes of its SHA-256."""
    return hashlib.sha256(public_key).digest()[:KEY_ID_BYTES]


def _to_sign(said: bytes) -> bytes:
    return SIGNED_AS + PREFIX.encode() + said


def _taken_apart(text: bytes) -> tuple[bytes, bytes]:
    """Give what a text says and its signature, neither of them checked. Raises ``PassForged``."""
    if not is_pass(text):
        raise PassForged("this is no pass")
    body_text = text.decode("ascii").removeprefix(PREFIX)
    try:
        body = base64.b32decode(body_text + _PADDING)
    except binascii.Error:
        raise PassForged("this is no pass") from None
    if base64.b32encode(body).decode().rstrip("=") != body_text:
        raise PassForged("the text of the pass ends in bits that no pass has")
    return body[:-SIGNATURE_BYTES], body[-SIGNATURE_BYTES:]
