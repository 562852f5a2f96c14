"""Where a witness listens, and what is refused before it does: nothing leaves this machine in clear.

What is sent is signed, but an answer that says no is not: who stood between could raise a false alarm.
"""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from accessctl.office.rules import NetworkRules
from accessctl.witness.errors import WitnessUnusable

USUAL: Final = "127.0.0.1:8422"
_WHERE: Final = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<four>[^:\[\]]+)):(?P<port>[0-9]{1,5})")
_LAST_PORT: Final = 65_535


@dataclass(frozen=True, slots=True)
class Listening:
    """Where, and with which certificate."""

    address: str
    port: int
    """0: any that is free."""
    certificate: Path | None = None
    key: Path | None = None
    own_certificate: bool = False
    names: tuple[str, ...] = ()
    """What our own certificate is to be good for, besides the address."""

    @property
    def encrypted(self) -> bool:
        """Whether it speaks TLS."""
        return self.certificate is not None or self.own_certificate

    @property
    def rules(self) -> NetworkRules:
        """The same, as the API's server takes it."""
        certificate, key = (None if path is None else str(path) for path in (self.certificate, self.key))
        return NetworkRules(self.address, self.port, certificate, key, self.names)

    @property
    def words(self) -> str:
        """Address and port."""
        return self.rules.where

    def url(self, port: int) -> str:
        """Give where it is asked, once it has this port."""
        where = NetworkRules(self.address, port).where
        return f"{'https' if self.encrypted else 'http'}://{where}"


def listening(
    where: str,
    certificate: Path | None = None,
    key: Path | None = None,
    *,
    own_certificate: bool = False,
    names: tuple[str, ...] = (),
) -> Listening:
    """Check what was asked for. Raises ``WitnessUnusable``."""
    if (certificate is None) is not (key is None):
        raise WitnessUnusable("--cert and --key go together")
    if certificate is not None and own_certificate:
        raise WitnessUnusable("--own-cert makes a certificate, --cert names one: say one of them")
    if names and not own_certificate:
        raise WitnessUnusable("--hostname is for --own-cert")
    found = _WHERE.fullmatch(where)
    try:
        address = ip_address("" if found is None else found["four"] or found["six"])
    except ValueError:
        address = None
    if found is None or address is None or int(found["port"]) > _LAST_PORT:
        raise WitnessUnusable(f"an address and a port are wanted, such as {USUAL}, not {where}")
    asked = Listening(str(address), int(found["port"]), certificate, key, own_certificate, names)
    if not address.is_loopback and not asked.encrypted:
        raise WitnessUnusable(
            f"{where} can be reached from elsewhere, and nothing goes there in clear: name a certificate "
            "with --cert and --key, have one made with --own-cert, or listen on 127.0.0.1 behind a "
            "reverse proxy"
        )
    return asked
