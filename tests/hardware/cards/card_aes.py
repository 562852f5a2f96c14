"""What the cards of the tests compute, by the library alone: nothing of the drivers' own is used here."""

import zlib

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.cmac import CMAC

ZEROS = bytes(16)


def encrypt(key: bytes, plain: bytes, iv: bytes = ZEROS) -> bytes:
    """CBC."""
    encryptor = Cipher(AES(key), CBC(iv)).encryptor()
    return encryptor.update(plain) + encryptor.finalize()


def decrypt(key: bytes, sealed: bytes, iv: bytes = ZEROS) -> bytes:
    """CBC, the other way."""
    decryptor = Cipher(AES(key), CBC(iv)).decryptor()
    return decryptor.update(sealed) + decryptor.finalize()


def cmac(key: bytes, message: bytes) -> bytes:
    """CMAC as the library has it."""
    mac = CMAC(AES(key))
    mac.update(message)
    return mac.finalize()


def chained_cmac(key: bytes, message: bytes, iv: bytes) -> bytes:
    """CMAC begun from a vector: as if a block went before that encrypts to it."""
    return cmac(key, decrypt(key, iv) + message)


def crc(data: bytes) -> bytes:
    """CRC-32 without the last inversion, least significant byte first."""
    return (~zlib.crc32(data) & 0xFFFFFFFF).to_bytes(4, "little")
