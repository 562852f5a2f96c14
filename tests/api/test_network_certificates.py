"""The certificate of the API on the network: made, renewed, named by the site, or not to be had."""

import hashlib
import logging
import socket
import ssl
import stat
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from accessctl.api import network
from accessctl.api.tls import Tls
from accessctl.home import Home
from accessctl.office.certificates import (
    LASTS,
    CertificateUnusable,
    Pair,
    about,
    make,
    renewed,
    wanted_names,
)
from tests.api.networks import LOCAL, RULES, ServedNetwork, with_

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "tls"


@pytest.fixture
def own(folder: Path) -> Pair:
    return Pair.of(RULES, folder)


def test_one_is_made_where_the_site_names_none(own: Pair, folder: Path) -> None:
    """Its key is for nobody else, it lasts two years, and it has every name that a client may use."""
    rules = with_(names=("doors.example.com", "2001:db8::7"))
    new = renewed(own, rules, NOW)
    assert new == about(own.certificate)
    assert new.ends == NOW + LASTS == NOW + timedelta(days=730)
    host = socket.gethostname().lower()
    assert new.names == {"doors.example.com", "2001:db8::7", LOCAL, host, "localhost"}
    assert stat.S_IMODE(own.key.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    certificate = x509.load_pem_x509_certificate(own.certificate.read_bytes())
    key = certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert isinstance(key.curve, ec.SECP256R1)


def test_openssl_reads_the_same_fingerprint(own: Pair) -> None:
    """What is said on the terminal can be compared with what any client shows."""
    new = renewed(own, RULES, NOW)
    assert new is not None
    program = ("openssl", "x509", "-in", str(own.certificate), "-noout", "-fingerprint", "-sha256")
    said = subprocess.run(program, capture_output=True, text=True, check=True).stdout
    assert said.strip().lower() == f"sha256 fingerprint={new.fingerprint.lower()}"


def test_an_address_that_means_all_is_no_name() -> None:
    """Nobody calls a machine by it."""
    assert wanted_names(with_(address="::"))[-1] == "localhost"
    assert "::" not in wanted_names(with_(address="::"))


@pytest.mark.parametrize(
    ("days", "anew"), [(0, False), (699, False), (700, False), (701, True), (730, True), (3000, True)]
)
def test_it_is_made_anew_in_the_last_month(own: Pair, days: int, anew: bool) -> None:
    """With a new key."""
    renewed(own, RULES, NOW)
    key = own.key.read_bytes()
    assert (renewed(own, RULES, NOW + timedelta(days=days)) is not None) is anew
    assert (own.key.read_bytes() != key) is anew


def test_it_is_made_anew_when_a_name_is_added(own: Pair) -> None:
    """And stays when one is taken away."""
    rules = with_(names=("doors.example.com",))
    assert renewed(own, RULES, NOW)
    assert renewed(own, rules, NOW)
    assert renewed(own, rules, NOW) is None
    assert renewed(own, RULES, NOW) is None


@pytest.mark.parametrize("lost", ["cert.pem", "key.pem"])
def test_it_is_made_anew_when_half_of_it_is_gone(own: Pair, folder: Path, lost: str) -> None:
    """Neither is of any use without the other."""
    renewed(own, RULES, NOW)
    (folder / lost).unlink()
    assert renewed(own, RULES, NOW)


def test_a_key_of_another_certificate_is_found_out(
    own: Pair, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """As a crash between the two files would leave it: both are made anew, and the new one is told."""
    renewed(own, RULES, NOW)
    before = own.key.read_bytes()
    make(own, ["localhost"], NOW)
    own.key.write_bytes(before)
    with caplog.at_level(logging.WARNING):
        renewed(own, RULES, NOW)
        own.key.write_bytes(before)
        assert Tls(RULES, folder, lambda: NOW).take() is None
    assert own.key.read_bytes() != before
    assert about(own.certificate).fingerprint in caplog.text


@pytest.fixture
def named(tmp_path: Path) -> Pair:
    """A pair that the site names."""
    pair = Pair(tmp_path / "site.pem", tmp_path / "site-key.pem", own=False)
    make(pair, ["localhost", LOCAL], NOW)
    return pair


def of(pair: Pair) -> dict[str, str]:
    return {"certificate": str(pair.certificate), "key": str(pair.key)}


def test_a_named_certificate_is_served_and_never_written(named: Pair, tmp_path: Path) -> None:
    """However near its end."""
    before = named.certificate.read_bytes(), named.key.read_bytes()
    late = NOW + timedelta(days=720)
    served = ServedNetwork(Home(tmp_path), with_(**of(named)), lambda: late)
    try:
        assert fingerprint_at(served.port) == about(named.certificate).fingerprint
    finally:
        served.close()
    assert (named.certificate.read_bytes(), named.key.read_bytes()) == before
    assert not (tmp_path / "tls").exists()


@pytest.mark.parametrize("trouble", ["gone", "no PEM", "other key", "password"])
def test_a_named_certificate_that_cannot_be_used_is_said_and_tried_again(
    named: Pair,
    tmp_path: Path,
    trouble: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Once, loudly, with its path; nothing else is served in its place."""
    monkeypatch.setattr(network, "AGAIN_S", 0.01)
    good = named.key.read_bytes()
    spoil(named, trouble)
    served = ServedNetwork(Home(tmp_path), with_(**of(named)))
    try:
        served.until(lambda: len(caplog.records) > 0)
        served.until(lambda: served.tries > 3)
        (record,) = caplog.records
        assert record.levelno == logging.ERROR
        assert str(named.key) in record.message
        assert "NOT served on the network" in record.message
        assert served.network.port is None
        named.key.write_bytes(good)
        assert fingerprint_at(served.port) == about(named.certificate).fingerprint
        assert "after all" in caplog.records[-1].message
    finally:
        served.close()
    assert good.decode() not in caplog.text


def spoil(pair: Pair, trouble: str) -> None:
    match trouble:
        case "gone":
            pair.key.unlink()
        case "no PEM":
            pair.key.write_text("no key")
        case "other key":
            other = Pair(pair.certificate.with_name("o.pem"), pair.key.with_name("o-key.pem"), own=False)
            make(other, ["localhost"], NOW)
            pair.key.write_bytes(other.key.read_bytes())
        case _:
            locked = ("openssl", "ec", "-in", str(pair.key), "-aes256", "-passout", "pass:x")
            pair.key.write_bytes(subprocess.run(locked, capture_output=True, check=True).stdout)


def test_what_is_no_certificate_is_not_read(tmp_path: Path) -> None:
    """In words that name the file."""
    path = tmp_path / "cert.pem"
    with pytest.raises(CertificateUnusable, match=str(path)):
        about(path)
    path.write_text("no certificate")
    with pytest.raises(CertificateUnusable, match=str(path)):
        about(path)


class Later:
    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def later() -> Later:
    return Later()


@pytest.fixture
def served(tmp_path: Path, later: Later, monkeypatch: pytest.MonkeyPatch) -> Iterator[ServedNetwork]:
    monkeypatch.setattr(network, "CERTIFICATE_S", 0.01)
    served = ServedNetwork(Home(tmp_path), RULES, later)
    yield served
    served.close()


def test_a_running_server_renews_its_certificate(
    served: ServedNetwork, later: Later, caplog: pytest.LogCaptureFixture
) -> None:
    """New connections meet the new one, and those that are open go on."""
    before = fingerprint_at(served.port)
    assert before in caplog.text
    with served.client() as http:
        assert http.get("/people").status_code == 200
        later.at = NOW + timedelta(days=705)
        served.until(lambda: len(caplog.records) > 1)
        served.until(lambda: fingerprint_in(served) not in (before, None))
        assert http.get("/people").status_code == 200
    while (now := fingerprint_at(served.port)) == before:
        served.do(lambda: None)
    assert now in caplog.records[-1].message


def fingerprint_in(served: ServedNetwork) -> str | None:
    return about(served.home.tls / "cert.pem").fingerprint


def fingerprint_at(port: int) -> str:
    """Give the fingerprint of what a server shows."""
    anything = ssl.create_default_context()
    anything.check_hostname, anything.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection((LOCAL, port), 15) as raw, anything.wrap_socket(raw) as connection:
        shown = connection.getpeercert(binary_form=True)
    assert shown is not None
    return hashlib.sha256(shown).digest().hex(":").upper()
