"""TLS as the API speaks it on the network: 1.3, and nothing below. Loaded only where there is a network."""

import logging
import ssl
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from accessctl.office.certificates import CertificateUnusable, Pair, about, make, renewed, wanted_names
from accessctl.office.rules import NetworkRules

_ALPN: Final = ["http/1.1"]

log = logging.getLogger(__name__)


def context() -> ssl.SSLContext:
    """Give a context without a certificate."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.minimum_version = ssl.TLSVersion.TLSv1_3
    # Whatever comes after 1.3 is for OpenSSL to know.
    tls.maximum_version = ssl.TLSVersion.MAXIMUM_SUPPORTED
    tls.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_TICKET
    # A ticket lets a session be taken up again with keys of before; so few clients can shake hands anew.
    tls.num_tickets = 0
    tls.set_alpn_protocols(_ALPN)
    return tls


class Tls:
    """A context with the certificate that counts now. New connections meet a new one at once."""

    def __init__(self, rules: NetworkRules, folder: Path, now: Callable[[], datetime]) -> None:
        """Have no certificate yet. Our own lies in ``folder``."""
        self.context = context()
        self._rules, self._pair, self._now = rules, Pair.of(rules, folder), now
        self._taken: tuple[tuple[int, int, int], ...] | None = None

    def take(self) -> str | None:
        """Make our own certificate where that is due, and take what is new; give why it could not be had."""
        try:
            if self._pair.own and (new := renewed(self._pair, self._rules, self._now())):
                self._tell(new.fingerprint)
            mark = self._pair.mark()
            if mark != self._taken:
                self._load()
                self._taken = self._pair.mark()
        except CertificateUnusable as error:
            return str(error)
        except OSError as error:
            return f"{error.filename or self._pair.certificate}: {error.strerror or error}"
        return None

    def _load(self) -> None:
        try:
            load(self.context, self._pair)
        except CertificateUnusable:
            if not self._pair.own:
                raise
            # The process died between the two files, or somebody has put another one there.
            make(self._pair, wanted_names(self._rules), self._now())
            self._tell(about(self._pair.certificate).fingerprint)
            load(self.context, self._pair)

    def _tell(self, fingerprint: str) -> None:
        log.warning("a new certificate for the API on the network, SHA-256 %s", fingerprint)


def load(tls: ssl.SSLContext, pair: Pair) -> None:
    """Take a certificate and its key, for connections from now on. Raises ``CertificateUnusable``."""
    where = f"{pair.certificate} with the key {pair.key}"
    try:
        # A context of its own first: one that fails half way would be left without the old certificate.
        for each in (context(), tls):
            each.load_cert_chain(pair.certificate, pair.key, password=_nobody_types_one)
    except ssl.SSLError as error:
        why = (error.reason or "they are not PEM").replace("_", " ").lower()
        raise CertificateUnusable(f"{where} cannot be used: {why}") from error
    except OSError as error:
        raise CertificateUnusable(f"{where} cannot be read: {error.strerror or error}") from error
    except _KeyHasPasswordError as error:
        raise CertificateUnusable(f"{where}: the key has a password, and nobody to type it") from error


class _KeyHasPasswordError(Exception):
    """OpenSSL would ask for it on the terminal."""


def _nobody_types_one() -> str:
    raise _KeyHasPasswordError
