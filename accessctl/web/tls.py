"""TLS towards browsers: 1.3, and 1.2 with keys that are used once for phones that are older than that."""

import os
import ssl
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from accessctl.office.certificates import About, CertificateUnusable, Pair, about, renewed
from accessctl.office.rules import NetworkRules
from accessctl.web.errors import CannotServe
from accessctl.web.listening import Listening

_OLDER_CIPHERS: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""Of 1.2; those of 1.3 are all good."""


def certificate_of(asked: Listening) -> About:
    """Give what our certificate says; make it first where it is our own. Raises ``CannotServe``."""
    pair = pair_of(asked)
    try:
        if pair.own:
            public = urlsplit(asked.public_origin or "").hostname
            names = () if public is None else (public,)
            rules = NetworkRules(str(asked.address), asked.port, names=names)
            renewed(pair, rules, datetime.now(UTC))
        return about(pair.certificate)
    except (CertificateUnusable, OSError) as error:
        raise CannotServe(str(error)) from error


def context_of(asked: Listening) -> ssl.SSLContext:
    """Give what speaks TLS. Raises ``CannotServe``."""
    pair = pair_of(asked)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.minimum_version = ssl.TLSVersion.TLSv1_2
    tls.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    tls.set_ciphers(_OLDER_CIPHERS)
    tls.set_alpn_protocols(["http/1.1"])
    where = f"{pair.certificate} with the key {pair.key}"
    try:
        tls.load_cert_chain(pair.certificate, pair.key, password=_nobody_types_one)
    except ssl.SSLError as error:
        why = (error.reason or "they are not PEM").replace("_", " ").lower()
        raise CannotServe(f"{where} cannot be used: {why}") from error
    except OSError as error:
        raise CannotServe(f"{where} cannot be read: {error.strerror or error}") from error
    return tls


def pair_of(asked: Listening) -> Pair:
    """Give where the certificate and its key lie."""
    if asked.certificate is not None and asked.key is not None:
        return Pair(asked.certificate, asked.key, own=False)
    folder = state_folder() / "tls"
    return Pair(folder / "cert.pem", folder / "key.pem", own=True)


def state_folder() -> Path:
    """Give the folder for what we keep: systemd's for the service, else where programs keep their state."""
    given = os.environ.get("STATE_DIRECTORY", "").partition(":")[0]
    if given:
        return Path(given)
    base = os.environ.get("XDG_STATE_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".local/state") / "accessctl" / "web"


def _nobody_types_one() -> str:
    raise CannotServe("the key has a password, and nobody is there to type it")
