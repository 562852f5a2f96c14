"""AES-128 as NXP's cards use it: CBC, CMAC with a vector to begin from, and the cards' own sort of CRC-32."""

import zlib
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC, ECB

BLOCK: Final = 16
ZEROS: Final = bytes(BLOCK)
_LAST_BIT: Final = 0x87
"""The constant of NIST SP 800-38B for blocks of 128 bits."""
_END: Final = b"\x80"
"""Begins the padding of ISO/IEC 9797-1, method 2."""


def encrypt(key: bytes, plain: bytes, iv: bytes = ZEROS) -> bytes:
    """Encrypt whole blocks by CBC."""
    encryptor = Cipher(AES(key), CBC(iv)).encryptor()
    return encryptor.update(plain) + encryptor.finalize()


def decrypt(key: bytes, sealed: bytes, iv: bytes = ZEROS) -> bytes:
    """Decrypt whole blocks by CBC."""
    decryptor = Cipher(AES(key), CBC(iv)).decryptor()
    return decryptor.update(sealed) + decryptor.finalize()


def one_block(key: bytes, plain: bytes) -> bytes:
    """Encrypt one block alone."""
    encryptor = Cipher(AES(key), ECB()).encryptor()  # noqa: S305 - one block, as the cards make their vectors
    return encryptor.update(plain) + encryptor.finalize()


def cmac(key: bytes, message: bytes, iv: bytes = ZEROS) -> bytes:
    """Give the CMAC (NIST SP 800-38B) of a message, begun from a vector: cards chain one to the next.

    Written out, because the library's CMAC begins from zeros only.
    """
    first = _doubled(one_block(key, ZEROS))
    whole = len(message) % BLOCK == 0 and message != b""
    padded = message if whole else padded_80(message)
    last = xor(padded[-BLOCK:], first if whole else _doubled(first))
    return encrypt(key, padded[:-BLOCK] + last, iv)[-BLOCK:]


def odd_bytes(mac: bytes) -> bytes:
    """Shorten a CMAC to eight bytes, as cards do since EV2: every second one."""
    return mac[1::2]


def padded_80(data: bytes) -> bytes:
    """Fill up to whole blocks with 80 00 ..., by one block where it was whole already."""
    data += _END
    return data + bytes(-len(data) % BLOCK)


def unpadded_80(data: bytes) -> bytes | None:
    """Take that padding away; ``None`` where there is none."""
    bare = data.rstrip(b"\0")
    return bare[:-1] if bare.endswith(_END) and len(data) - len(bare) < BLOCK else None


def padded_00(data: bytes) -> bytes:
    """Fill up to whole blocks with zeros."""
    return data + bytes(-len(data) % BLOCK)


def crc32(data: bytes) -> bytes:
    """Give the CRC-32 as the cards count it: not inverted at the end, least significant byte first."""
    return (zlib.crc32(data) ^ 0xFFFFFFFF).to_bytes(4, "little")


def xor(one: bytes, other: bytes) -> bytes:
    """Combine two strings of one length, bit by bit."""
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def rotated(block: bytes) -> bytes:
    """Move the first byte to the end."""
    return block[1:] + block[:1]


def _doubled(block: bytes) -> bytes:
    shifted = int.from_bytes(block, "big") << 1
    overflow = shifted >> (8 * BLOCK)
    return ((shifted ^ (_LAST_BIT if overflow else 0)) & ((1 << 8 * BLOCK) - 1)).to_bytes(BLOCK, "big")
