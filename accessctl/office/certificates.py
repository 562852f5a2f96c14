"""The certificate of the API on the network: the one that the site names, or one of our own.

Our own is signed by nobody but itself. Whoever connects trusts it by its fingerprint, or takes the file.
It has a new key each time, because a key that lasts for ever is one that somebody has copied at some time.
"""

import os
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from accessctl.office.rules import NetworkRules

LASTS: Final = timedelta(days=730)
RENEWED_BEFORE: Final = timedelta(days=30)
_SLOW_CLOCKS: Final = timedelta(days=1)
"""A client whose clock is a little behind must not find a new certificate not valid yet."""
_PRIVATE_FOLDER: Final = 0o700
_PRIVATE_FILE: Final = 0o600
_PUBLIC_FILE: Final = 0o644
_LONGEST_COMMON_NAME: Final = 64


class CertificateUnusable(Exception):
    """A certificate cannot be read. The words say why, without its key."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Where a certificate and its key are."""

    certificate: Path
    key: Path
    own: bool
    """Whether it is made and renewed here; otherwise the site names it, and nobody here writes it."""

    @classmethod
    def of(cls, rules: NetworkRules, folder: Path) -> "Pair":
        """Give the pair that the rules name, or our own in ``folder``."""
        if rules.certificate is not None and rules.key is not None:
            return cls(Path(rules.certificate), Path(rules.key), own=False)
        return cls(folder / "cert.pem", folder / "key.pem", own=True)

    def mark(self) -> tuple[tuple[int, int, int], ...]:
        """Give what changes when either file does. Raises ``OSError``."""
        found = (self.certificate.stat(), self.key.stat())
        return tuple((each.st_mtime_ns, each.st_size, each.st_ino) for each in found)


@dataclass(frozen=True, slots=True)
class About:
    """What a certificate says."""

    ends: datetime
    names: frozenset[str]
    """Host names and addresses."""
    fingerprint: str
    """SHA-256 of it, as browsers and ``openssl x509 -fingerprint -sha256`` write it."""


def about(path: Path) -> About:
    """Read the first certificate of a file. Raises ``CertificateUnusable``."""
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
    except OSError as error:
        raise CertificateUnusable(f"{path}: {error.strerror or error}") from error
    except ValueError as error:
        raise CertificateUnusable(f"{path} is no certificate in PEM") from error
    return _about(certificate)


def about_shown(der: bytes) -> About:
    """Read a certificate as a server shows it. Raises ``CertificateUnusable``."""
    try:
        return _about(x509.load_der_x509_certificate(der))
    except ValueError as error:
        raise CertificateUnusable("what is shown is no certificate") from error


def _about(certificate: x509.Certificate) -> About:
    fingerprint = certificate.fingerprint(hashes.SHA256()).hex(":").upper()
    return About(certificate.not_valid_after_utc, _names_in(certificate), fingerprint)


def _names_in(certificate: x509.Certificate) -> frozenset[str]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return frozenset()
    addresses = map(str, names.get_values_for_type(x509.IPAddress))
    return frozenset((*names.get_values_for_type(x509.DNSName), *addresses))


def renewed(pair: Pair, rules: NetworkRules, now: datetime) -> About | None:
    """Make our own certificate anew where that is due, and give the new one. Raises ``OSError``.

    It is due when there is none that can be read, when it ends soon, and when it lacks a name.
    """
    names = wanted_names(rules)
    try:
        before = about(pair.certificate)
        due = before.ends - now < RENEWED_BEFORE or not before.names >= set(names)
    except CertificateUnusable:
        due = True
    if not due and pair.key.exists():
        return None
    make(pair, names, now)
    return about(pair.certificate)


def wanted_names(rules: NetworkRules) -> tuple[str, ...]:
    """Give every name and address that our own certificate is to have."""
    listening = () if ip_address(rules.address).is_unspecified else (rules.address,)
    host = socket.gethostname().lower()
    named = (host,) if host.isascii() and host else ()
    return tuple(dict.fromkeys((*rules.names, *listening, *named, "localhost")))


def make(pair: Pair, names: Iterable[str], now: datetime) -> None:
    """Make a key (ECDSA, P-256) and a certificate that it signs itself. Raises ``OSError``."""
    key = ec.generate_private_key(ec.SECP256R1())
    all_names = [_general(name) for name in names]
    who = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "accessctl"),
            x509.NameAttribute(NameOID.COMMON_NAME, str(all_names[0].value)[:_LONGEST_COMMON_NAME]),
        ]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SLOW_CLOCKS)
        .not_valid_after(now + LASTS)
        .add_extension(x509.SubjectAlternativeName(all_names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    pair.key.parent.mkdir(_PRIVATE_FOLDER, parents=True, exist_ok=True)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    # A certificate whose key is another one is found unusable at the next look, and made anew.
    _write(pair.key, secret, _PRIVATE_FILE)
    _write(pair.certificate, certificate.public_bytes(serialization.Encoding.PEM), _PUBLIC_FILE)


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _write(path: Path, content: bytes, mode: int) -> None:
    """Put a file in its place whole, never open to more than its mode says."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with open(descriptor, "wb") as file:  # noqa: PTH123 - there is a descriptor already
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
