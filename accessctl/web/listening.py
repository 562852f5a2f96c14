"""Where browsers find the console, as it was asked for, and what is refused before anything listens.

Rule 1: nothing leaves this machine in clear. Beyond the loopback there is a certificate, or no server.
Rule 2: a reverse proxy is somebody else's server: who has one says under which origin browsers see it.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from accessctl.web.errors import CannotServe

USUAL: Final = "127.0.0.1:8421"
_WHERE: Final = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<four>[^:\[\]]+)):(?P<port>[0-9]{1,5})")
_LAST_PORT: Final = 65_535


@dataclass(frozen=True, slots=True)
class Listening:
    """What was asked for, and is sound."""

    address: IPv4Address | IPv6Address
    port: int
    """0: any that is free."""
    certificate: Path | None
    key: Path | None
    own_certificate: bool
    """Whether a certificate is made here, where none is named."""
    public_origin: str | None
    """Where browsers find a reverse proxy that leads here, such as ``https://doors.example.com``."""
    consoles: int
    """So many at once at most: each is a process."""
    idle: timedelta
    """After so long without a key or a click a session ends."""

    @property
    def encrypted(self) -> bool:
        """Whether we speak TLS ourselves."""
        return self.certificate is not None or self.own_certificate

    @property
    def behind_a_proxy(self) -> bool:
        """Whether who connects is a reverse proxy, which tells for whom."""
        return self.public_origin is not None and self.address.is_loopback and not self.encrypted

    @property
    def secure(self) -> bool:
        """Whether browsers come over TLS, be it to us or to a proxy."""
        return self.encrypted or (self.public_origin or "").startswith("https:")


def listening(
    where: str,
    certificate: Path | None = None,
    key: Path | None = None,
    *,
    own_certificate: bool = False,
    public_origin: str | None = None,
    consoles: int = 8,
    idle: timedelta = timedelta(minutes=30),
) -> Listening:
    """Check what was asked for. Raises ``CannotServe``."""
    if (certificate is None) is not (key is None):
        raise CannotServe("--cert and --key go together")
    if certificate is not None and own_certificate:
        raise CannotServe("--own-cert makes a certificate, --cert names one: say one of them")
    address, port = _address_and_port(where)
    origin = None if public_origin is None else origin_of(public_origin)
    asked = Listening(address, port, certificate, key, own_certificate, origin, consoles, idle)
    if not address.is_loopback and not asked.encrypted:
        raise CannotServe(
            f"{where} can be reached from elsewhere, and nothing goes there in clear: name a certificate "
            "with --cert and --key, have one made with --own-cert, or listen on 127.0.0.1 behind a "
            "reverse proxy"
        )
    return asked


def origin_of(url: str) -> str:
    """Give the origin as browsers send it: scheme, host and a port that is not the usual one."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    host, beyond = parts.hostname or "", (parts.path.strip("/"), parts.query, parts.fragment, parts.username)
    if parts.scheme != "https" or not host or not host.isascii() or any(beyond) or port == -1:
        raise CannotServe(f"--public-origin {url}: has to be https://HOST or https://HOST:PORT, and no more")
    shown = f"[{host}]" if ":" in host else host
    return f"https://{shown}" if port in {None, 443} else f"https://{shown}:{port}"


def _address_and_port(where: str) -> tuple[IPv4Address | IPv6Address, int]:
    wrong = CannotServe(f"--listen {where}: has to be ADDRESS:PORT, such as {USUAL} or [::1]:8421")
    found = _WHERE.fullmatch(where)
    if found is None or int(found["port"]) > _LAST_PORT:
        raise wrong
    host = found["six"] or found["four"]
    try:
        return ip_address("127.0.0.1" if host == "localhost" else host), int(found["port"])
    except ValueError:
        raise wrong from None
