"""PIV and CAC cards: the card authentication key (9E), which signs without a PIN (SP 800-73, PKI-CAK).

OpenSC speaks to the card, through its PKCS#11 library. The card's certificate brings the public key; a fresh
challenge, signed, shows that the card has the private one. The number is the SHA-256 of the public key. Who
issued the certificate is not asked: a site enrols the keys it knows, as with any card.

What OpenSC is allowed: it connects to every reader that it is not told to ignore, and has a driver in C for
each kind of card there is. So it is told to ignore all readers but ours, and to try no driver but PIV's.
A card that makes it hang is ended with this process, as any reader that hangs.
"""

import hashlib
import logging
import os
import secrets
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Final

import pkcs11
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_der_x509_certificate
from pkcs11 import Attribute, Mechanism, ObjectClass, Session, SignMixin

from hardware.cards.channel import CardGone, CardSilent, Channel, ask
from hardware.cards.opensc_settings import opensc_library, opensc_settings
from hardware.cards.proving import Forged, Proof, Proved
from hardware.signals import Technology

log = logging.getLogger(__name__)

AID: Final = bytes.fromhex("a00000030800001000")
"""Without the version, which may be any (SP 800-73-4, part 1, 2.2)."""
SELECT: Final = bytes([0x00, 0xA4, 0x04, 0x00, len(AID)]) + AID + b"\x00"
CARD_AUTHENTICATION: Final = b"\x04"
"""The number under which OpenSC has the certificate and the key of slot 9E."""
CHALLENGE_BYTES: Final = 32
SHORTEST_RSA: Final = 2048
"""Bits, as SP 800-78 has it."""
MISSING: Final = "PIV cards need OpenSC, which is not installed here (apt install opensc-pkcs11)"

Public = ec.EllipticCurvePublicKey | rsa.RSAPublicKey
Readers = Callable[[], Iterable[str]]
"""Tells the names of all PC/SC readers there are now."""


class PivProver:
    """Asks cards for their card authentication key. Used from one thread."""

    def __init__(self, library: str | None, readers: Readers) -> None:
        """Take the path of OpenSC's library; ``None``: where Debian has it."""
        self._path = opensc_library(library)
        self._readers = readers

    def prove(self, channel: Channel, reader: str, left: Callable[[], AbstractContextManager[None]]) -> Proof:
        """Ask the card at the reader of this name. Raises ``CardGone`` or ``CardSilent``.

        While OpenSC talks to the card, ``left`` leaves it to whoever asks.
        """
        if not ask(channel, SELECT).good:
            return None
        if self._path is None:
            raise CardSilent(MISSING)
        with left():
            try:
                return self._ask(self._path, reader)
            except (pkcs11.TokenNotPresent, pkcs11.DeviceRemoved, pkcs11.NoSuchToken):
                raise CardGone("the card went away while it was read") from None
            except pkcs11.PKCS11Error as error:
                raise CardSilent(f"OpenSC could not ask the PIV card ({type(error).__name__})") from None

    def _ask(self, path: str, reader: str) -> Proof:
        others = sorted(name for name in self._readers() if name != reader)
        with opensc_settings(others) as settings:
            os.environ["OPENSC_CONF"] = settings
            library = pkcs11.lib(path)
        try:
            for slot in library.get_slots(token_present=True):
                if slot.slot_description == reader[: len(slot.slot_description)]:
                    with slot.get_token().open() as session:
                        return _proof(session)
            raise CardSilent("OpenSC finds no PIV card at this reader")
        finally:
            # It holds on to the card until then.
            library.finalize()


def _proof(session: Session) -> Proof:
    found = list(session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE, **_WANTED}))
    keys = list(session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY, **_WANTED}))
    if not found or not keys:
        raise CardSilent("the PIV card has no card authentication key, or a damaged certificate")
    try:
        public = load_der_x509_certificate(found[0][Attribute.VALUE]).public_key()
    except ValueError:
        return Forged(Technology.PIV, "the card's certificate is damaged")
    if isinstance(public, ec.EllipticCurvePublicKey) and isinstance(public.curve, ec.SECP256R1):
        signs = _signs_with_curve
    elif isinstance(public, rsa.RSAPublicKey) and public.key_size >= SHORTEST_RSA:
        signs = _signs_with_rsa
    else:
        raise CardSilent("the PIV card's key is of a kind or size that does not count here")
    assert isinstance(keys[0], SignMixin)  # noqa: S101 - of that class it was asked for
    if not signs(keys[0], public, secrets.token_bytes(CHALLENGE_BYTES)):
        return Forged(Technology.PIV, "the card's signature does not fit its certificate")
    written = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return Proved(Technology.PIV, hashlib.sha256(written).digest())


_WANTED: Final = {Attribute.ID: CARD_AUTHENTICATION}


def _signs_with_curve(key: SignMixin, public: Public, challenge: bytes) -> bool:
    assert isinstance(public, ec.EllipticCurvePublicKey)  # noqa: S101 - chosen by that
    digest = hashlib.sha256(challenge).digest()
    signature = key.sign(digest, mechanism=Mechanism.ECDSA)
    half = len(signature) // 2
    halves = (int.from_bytes(part, "big") for part in (signature[:half], signature[half:]))
    try:
        public.verify(encode_dss_signature(*halves), digest, ec.ECDSA(Prehashed(SHA256())))
    except InvalidSignature:
        return False
    return True


def _signs_with_rsa(key: SignMixin, public: Public, challenge: bytes) -> bool:
    assert isinstance(public, rsa.RSAPublicKey)  # noqa: S101 - chosen by that
    signature = key.sign(challenge, mechanism=Mechanism.SHA256_RSA_PKCS)
    try:
        public.verify(signature, challenge, padding.PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True
