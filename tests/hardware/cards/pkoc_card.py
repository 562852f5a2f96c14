"""A PKOC credential made of software, after PSIA's NFC specification 1.0. Shares no code with the reader."""

from collections.abc import Callable
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ATR: Final = bytes.fromhex("3b8180018080")
"""Of a contactless card that takes commands."""
UID: Final = bytes.fromhex("08a1b2c3")
"""Made up by the card anew each time, as phones do."""
SELECT: Final = bytes.fromhex("00a4040008a00000089800000100")
OK: Final = b"\x90\x00"
NOT_FOUND: Final = b"\x6a\x82"


class PkocCard:
    """The answers of one credential. What it says can be spoiled in every way a forger can."""

    def __init__(
        self,
        key: ec.EllipticCurvePrivateKey | None = None,
        *,
        claims: ec.EllipticCurvePrivateKey | None = None,
        compressed: bool = False,
        versions: bytes = b"\x01\x00",
        spoil: Callable[[bytes], bytes] = bytes,
    ) -> None:
        self.key = key or ec.generate_private_key(ec.SECP256R1())
        self._claims, self._spoil, self._versions = claims or self.key, spoil, versions
        self._form = PublicFormat.CompressedPoint if compressed else PublicFormat.UncompressedPoint
        self.transactions: list[bytes] = []
        self.readers: list[bytes] = []

    @property
    def number(self) -> bytes:
        """X and Y of the key that it claims to have."""
        point = self._claims.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return point[1:]

    def __call__(self, command: bytes) -> bytes:
        """Answer one command."""
        if command == bytes.fromhex("ffca000000"):
            return UID + OK
        if command == SELECT:
            return bytes([0x5C, len(self._versions)]) + self._versions + OK
        if command[:4] != bytes.fromhex("80800001"):
            return NOT_FOUND
        assert (command[4], command[5:9], command[9:11]) == (0x38, b"\x5c\x02\x01\x00", b"\x4c\x10")
        assert (command[27:29], len(command)) == (b"\x4d\x20", 62)
        transaction = command[11:27]
        self.transactions.append(transaction)
        self.readers.append(command[29:61])
        return self._spoil(self.answer(transaction)) + OK

    def answer(self, transaction: bytes) -> bytes:
        """Make what proves the key to this transaction."""
        point = self._claims.public_key().public_bytes(Encoding.X962, self._form)
        r, s = decode_dss_signature(self.key.sign(transaction, ec.ECDSA(SHA256())))
        signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        return bytes([0x5A, len(point)]) + point + bytes([0x9E, len(signature)]) + signature
