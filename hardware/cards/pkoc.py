"""Public Key Open Credential (PSIA): a card or phone that proves a private key of its own.

The reader selects the PKOC application, sends a transaction id that nobody could know before, and gets the
credential's public key with a signature over that id. The public key is the credential's number. The reader
keeps no secret: whoever takes it apart learns nothing.

The signature covers the transaction id and not the reader's or site's name (NFC specification 1.0): it shows
that the key's owner answered just now, not at which door. Somebody who passes on what both say, within the
time that a card may take, is not noticed.
"""

import hashlib
import secrets
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hardware.cards.channel import CardSilent, Channel, ask
from hardware.cards.proving import Forged, Proof, Prove, Proved
from hardware.cards.tlv import NotTlv, fields_of
from hardware.signals import DeviceId, Technology

AID: Final = bytes.fromhex("a000000898000001")
SELECT: Final = bytes([0x00, 0xA4, 0x04, 0x00, len(AID)]) + AID + b"\x00"
VERSION: Final = b"\x01\x00"
AUTHENTICATE: Final = bytes([0x80, 0x80, 0x00, 0x01])

VERSIONS_TAG: Final = 0x5C
TRANSACTION_TAG: Final = 0x4C
READER_TAG: Final = 0x4D
KEY_TAG: Final = 0x5A
SIGNATURE_TAG: Final = 0x9E

TRANSACTION_BYTES: Final = 16
PLACE_BYTES: Final = 16
"""Of the site's name, and of the reader's in it."""
INTEGER_BYTES: Final = 32
"""Of a coordinate of P-256, and of each half of a signature."""


def place_of(device: DeviceId) -> bytes:
    """Give the name under which a card knows this reader: 16 bytes that stay."""
    return hashlib.sha256(device.encode()).digest()[:PLACE_BYTES]


def pkoc_prover(site: bytes, device: DeviceId) -> Prove:
    """Make what asks cards at this reader for their PKOC proof."""
    here = site + place_of(device)
    return lambda channel: prove_pkoc(channel, here, secrets.token_bytes(TRANSACTION_BYTES))


def prove_pkoc(channel: Channel, reader: bytes, transaction: bytes) -> Proof:
    """Ask a card for its key, and whether it has it. Raises ``CardGone`` or ``CardSilent``.

    ``reader`` is the site's and the reader's name, 32 bytes; ``transaction`` 16 bytes, never used before.
    """
    selected = ask(channel, SELECT)
    if not selected.good:
        return None
    try:
        versions = fields_of(selected.data).get(VERSIONS_TAG, b"")
    except NotTlv as error:
        raise CardSilent(f"what the card says of its PKOC versions is damaged: {error}") from None
    if VERSION not in {versions[at : at + 2] for at in range(0, len(versions), 2)}:
        raise CardSilent("the card speaks PKOC in no version that is known here")
    answered = ask(channel, authenticate(reader, transaction))
    if not answered.good:
        raise CardSilent(f"the card refused to prove its PKOC key (status {answered.status:04X})")
    try:
        key = key_that_signed(answered.data, transaction)
    except ValueError as error:
        return Forged(Technology.PKOC, str(error))
    return Proved(Technology.PKOC, number_of_key(key))


def authenticate(reader: bytes, transaction: bytes) -> bytes:
    """Make the AUTHENTICATION COMMAND."""
    fields = ((VERSIONS_TAG, VERSION), (TRANSACTION_TAG, transaction), (READER_TAG, reader))
    body = b"".join(bytes([tag, len(value)]) + value for tag, value in fields)
    return AUTHENTICATE + bytes([len(body)]) + body + b"\x00"


def key_that_signed(answer: bytes, transaction: bytes) -> EllipticCurvePublicKey:
    """Give the public key of an answer to AUTHENTICATION COMMAND. Raises ``ValueError`` with the reason."""
    fields = fields_of(answer)
    key = public_key(fields.get(KEY_TAG, b""))
    signature = fields.get(SIGNATURE_TAG, b"")
    if len(signature) != 2 * INTEGER_BYTES:
        raise ValueError("the card's signature is missing or too short")
    halves = signature[:INTEGER_BYTES], signature[INTEGER_BYTES:]
    try:
        r, s = (int.from_bytes(half, "big") for half in halves)
        key.verify(encode_dss_signature(r, s), transaction, ECDSA(SHA256()))
    except InvalidSignature:
        raise ValueError("the card's signature does not fit its key") from None
    return key


def public_key(point: bytes) -> EllipticCurvePublicKey:
    """Read a point of P-256, compressed or not. Raises ``ValueError`` where it is none."""
    try:
        return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
    except ValueError:
        raise ValueError("the card's public key is no point of P-256") from None


def number_of_key(key: EllipticCurvePublicKey) -> bytes:
    """Give the number of a credential: X and Y of its key, 64 bytes, however the card wrote them."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)[1:]
