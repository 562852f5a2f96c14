"""What is wrong with the API on the network: nobody listens, a certificate ends, a key lies open."""

import socket
import ssl
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Final

from accessctl.doctor.finding import Finding, Weight
from accessctl.doctor.machine import Machine
from accessctl.home import Home
from accessctl.office.rules import NetworkRules

if TYPE_CHECKING:
    from accessctl.office.certificates import About, Pair

API_SERVICE: Final = "accessctl-api"
_SOON: Final = timedelta(days=30)
_OVERDUE: Final = timedelta(days=29)
"""Our own is renewed with 30 days to go, and looked at every hour."""
_PATIENCE_S: Final = 2.0
_LISTEN: Final = "api.listen"


class _OtherProgram(Exception):
    """Something listens there and is not the API."""


def network(rules: NetworkRules | None, home: Home, machine: Machine, now: datetime) -> Iterator[Finding]:
    """See whether the API is served where the site file says, and for how long its certificate holds."""
    if rules is None:
        return
    # Only where there is a network: it takes longer to load than all else here.
    from accessctl.office.certificates import Pair, about_shown

    pair = Pair.of(rules, home.tls)
    yield from _key(pair)
    yield from _unit(rules, machine)
    kept = _kept(pair)
    try:
        shown = about_shown(_shown_at(rules))
    except _OtherProgram as error:
        yield Finding(
            _LISTEN,
            f"what listens at {rules.where} is not the API: {error}",
            "find the other program (ss -ltnp), or write another port",
        )
    except OSError as error:
        yield Finding(
            _LISTEN,
            f"nobody listens at {rules.where}: {error.strerror or error}",
            f"its log says why: journalctl -u {API_SERVICE}; a firewall may also keep this machine from it",
        )
    else:
        yield Finding(
            _LISTEN,
            f"{rules.where} shows a certificate until {shown.ends:%Y-%m-%d}, SHA-256 {shown.fingerprint}",
            "compare it where a client is set up",
            Weight.NOTE,
        )
        if kept is not None and kept.fingerprint != shown.fingerprint:
            yield Finding(
                _LISTEN,
                f"{rules.where} shows another certificate than {pair.certificate} holds",
                f"a new one is taken within an hour; sooner: systemctl restart {API_SERVICE}",
            )
        kept = shown
    if kept is not None:
        yield from _end(kept, pair, now)


def _key(pair: "Pair") -> Iterator[Finding]:
    # The key that a site names may be for a group, as that of ssl-cert.
    open_to = stat.S_IRWXG | stat.S_IRWXO if pair.own else stat.S_IRWXO
    try:
        mode = pair.key.stat().st_mode
    except PermissionError:
        return  # So it is not open to us at least.
    except OSError as error:
        if not pair.own:
            do = "put it there, or write where it is"
            yield Finding("api.key", f"{pair.key}: {error.strerror or error}", do)
        return
    if mode & open_to:
        yield Finding(
            "api.key", f"others may read {pair.key}", f"chmod {'600' if pair.own else 'o='} {pair.key}"
        )


def _unit(rules: NetworkRules, machine: Machine) -> Iterator[Finding]:
    # Of several drop-ins the last one counts.
    if machine.unit_says("PrivateNetwork", API_SERVICE)[-1:] == ["yes"]:
        yield Finding(
            _LISTEN,
            f"the unit {API_SERVICE} keeps it from {rules.where}",
            f"copy packaging/systemd/{API_SERVICE}.service.d/network.conf to "
            f"/etc/systemd/system/{API_SERVICE}.service.d/, write in who may connect, then "
            "systemctl daemon-reload, and start it anew",
        )


def _kept(pair: "Pair") -> "About | None":
    """Give what the certificate's file says; ``None`` where it is not there, or not for us to read."""
    from accessctl.office.certificates import CertificateUnusable, about

    try:
        return about(Path(pair.certificate))
    except CertificateUnusable:
        return None


def _shown_at(rules: NetworkRules) -> bytes:
    """Give the certificate that is shown there. Raises ``OSError`` and ``_OtherProgram``."""
    address = ip_address(rules.address)
    if address.is_unspecified:
        address = ip_address("::1" if address.version == 6 else "127.0.0.1")  # noqa: PLR2004 - of IP
    anything = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anything.check_hostname, anything.verify_mode = False, ssl.CERT_NONE
    anything.minimum_version = ssl.TLSVersion.TLSv1_3
    with socket.create_connection((str(address), rules.port), _PATIENCE_S) as raw:
        try:
            with anything.wrap_socket(raw) as connection:
                shown = connection.getpeercert(binary_form=True)
        except OSError as error:
            raise _OtherProgram("it speaks no TLS 1.3") from error
    if shown is None:
        raise _OtherProgram("it shows no certificate")
    return shown


def _end(found: "About", pair: "Pair", now: datetime) -> Iterator[Finding]:
    left = found.ends - now
    if left >= (_OVERDUE if pair.own else _SOON):
        return
    when = f"{'ended' if left < timedelta() else 'ends'} on {found.ends:%Y-%m-%d}"
    yield Finding(
        "api.certificate",
        f"the certificate {pair.certificate} {when}",
        f"systemctl restart {API_SERVICE}, which makes a new one; then tell the clients its fingerprint"
        if pair.own
        else "have it renewed, and put certificate and key in the same places",
    )
