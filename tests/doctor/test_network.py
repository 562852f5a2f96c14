"""What the doctor says of the API on the network."""

import shutil
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from accessctl.doctor.finding import Finding, Weight
from accessctl.doctor.machine import Identity, Machine
from accessctl.doctor.network import network
from accessctl.home import Home
from accessctl.office.certificates import Pair, about, make
from accessctl.office.rules import NetworkRules
from tests.api.networks import LOCAL, ServedNetwork, with_

UNITS = Path("packaging/systemd")
SETTINGS = Path("etc/systemd/system")
NOW = datetime.now(UTC)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[ServedNetwork]:
    (tmp_path / "home").mkdir()
    served = ServedNetwork(Home(tmp_path / "home"))
    yield served
    served.close()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path, Identity("nobody", 65534, frozenset()))


def at(served: ServedNetwork) -> NetworkRules:
    return with_(port=served.port)


def wrong(findings: Iterator[Finding]) -> list[Finding]:
    return [each for each in findings if each.weight is Weight.WRONG]


def test_without_a_network_nothing_is_looked_at(tmp_path: Path, machine: Machine) -> None:
    """The Unix socket is all there is."""
    assert list(network(None, Home(tmp_path), machine, NOW)) == []


def test_what_is_served_is_shown_with_its_fingerprint(served: ServedNetwork, machine: Machine) -> None:
    """So that it can be compared where a client is set up; nothing is wrong with it."""
    (finding,) = network(at(served), served.home, machine, NOW)
    assert finding.weight is Weight.NOTE
    assert about(served.home.tls / "cert.pem").fingerprint in finding.what


@pytest.mark.parametrize(("days", "words"), [(700, ""), (702, "ends on"), (731, "ended on")])
def test_a_certificate_that_ends_and_is_not_renewed_is_said(
    served: ServedNetwork, machine: Machine, days: int, words: str
) -> None:
    """Our own only when it should have been renewed by itself."""
    found = wrong(network(at(served), served.home, machine, NOW + timedelta(days=days)))
    assert [words in each.what for each in found] == ([True] if words else [])


def test_where_nobody_listens_that_is_said(tmp_path: Path, machine: Machine) -> None:
    """With the place, and why."""
    with socket.create_server((LOCAL, 0)) as gone:
        port = gone.getsockname()[1]
    (finding,) = network(with_(port=port), Home(tmp_path), machine, NOW)
    assert finding.what == f"nobody listens at {LOCAL}:{port}: Connection refused"


def test_another_program_at_the_port_is_found_out(tmp_path: Path, machine: Machine) -> None:
    """Whatever it says, it does not say it in TLS 1.3."""
    with socket.create_server((LOCAL, 0)) as other:

        def hang_up() -> None:
            connection, _ = other.accept()
            connection.sendall(b"SSH-2.0-x\r\n")
            connection.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        (finding,) = network(with_(port=other.getsockname()[1]), Home(tmp_path), machine, NOW)
        thread.join(15)
    assert "is not the API" in finding.what


def test_another_certificate_than_that_of_the_file_is_said(served: ServedNetwork, machine: Machine) -> None:
    """One that was put there and is not taken yet, or another server."""
    rules = at(served)
    make(Pair.of(rules, served.home.tls), ["localhost"], NOW)
    (finding,) = wrong(network(rules, served.home, machine, NOW))
    assert "shows another certificate" in finding.what


@pytest.mark.parametrize(("own", "mode", "found"), [(True, 0o640, 1), (False, 0o640, 0), (False, 0o644, 1)])
def test_a_key_that_others_may_read_is_said(
    served: ServedNetwork, machine: Machine, tmp_path: Path, own: bool, mode: int, found: int
) -> None:
    """A key that the site names may be for a group; our own is for nobody else."""
    folder = served.home.tls
    rules = at(served)
    if not own:
        rules = with_(port=rules.port, certificate=str(folder / "cert.pem"), key=str(folder / "key.pem"))
    (folder / "key.pem").chmod(mode)
    findings = wrong(network(rules, served.home, machine, NOW))
    assert [each.about for each in findings] == ["api.key"] * found


def test_a_named_key_that_is_gone_is_said(served: ServedNetwork, machine: Machine, tmp_path: Path) -> None:
    """With its path."""
    rules = with_(
        port=served.port, certificate=str(served.home.tls / "cert.pem"), key=str(tmp_path / "gone.pem")
    )
    (finding,) = wrong(network(rules, served.home, machine, NOW))
    assert str(tmp_path / "gone.pem") in finding.what


def test_a_named_certificate_is_said_a_month_before(served: ServedNetwork, machine: Machine) -> None:
    """Somebody has to renew it."""
    folder = served.home.tls
    rules = with_(port=served.port, certificate=str(folder / "cert.pem"), key=str(folder / "key.pem"))
    (finding,) = wrong(network(rules, served.home, machine, NOW + timedelta(days=701)))
    assert "renewed" in finding.do


def test_a_unit_without_the_drop_in_keeps_the_api_from_the_network(
    served: ServedNetwork, machine: Machine
) -> None:
    """With the file that ships beside it, nothing is said."""
    units = machine.root / SETTINGS
    (units / "accessctl-api.service.d").mkdir(parents=True)
    shutil.copy(UNITS / "accessctl-api.service", units)
    (finding,) = wrong(network(at(served), served.home, machine, NOW))
    assert "network.conf" in finding.do
    shutil.copy(UNITS / "accessctl-api.service.d/network.conf", units / "accessctl-api.service.d")
    assert wrong(network(at(served), served.home, machine, NOW)) == []
