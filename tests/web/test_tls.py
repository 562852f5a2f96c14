"""Beyond this machine: TLS, with a certificate that is named or made, and what does not begin at all."""

import os
import socket
import ssl
import subprocess
import sys
import warnings
from pathlib import Path

import httpx
import pytest

from accessctl.office.certificates import about
from tests.tui.rig import Site
from tests.web.rig import Served, environment, served


def refused(site: Site, *options: str) -> str:
    """Give why it does not begin: wrong use, status 2."""
    words = ["--socket", str(site.home.api_socket), "web", *options]
    ran = subprocess.run(
        [sys.executable, "-m", "accessctl.cli", *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 2, ran
    return " ".join(ran.stderr.split())


def test_a_certificate_of_its_own_is_told_by_its_fingerprint(site: Site, tmp_path: Path) -> None:
    """Made once, with a key that nobody else may read; cookies go over TLS alone."""
    options = ("--listen", "127.0.0.1:0", "--own-cert")
    with served(site, *options, state=tmp_path) as first:
        folder = tmp_path / "accessctl/web/tls"
        fingerprint = about(folder / "cert.pem").fingerprint
        assert f"fingerprint {fingerprint}" in first.said[0]
        assert (folder / "key.pem").stat().st_mode & 0o777 == 0o600
        trusted = ssl.create_default_context(cafile=folder / "cert.pem")
        with httpx.Client(base_url=first.url, verify=trusted) as client:
            answer = client.get("/")
            assert answer.headers["Set-Cookie"].startswith("__Host-accessctl-form=")
            assert "Secure" in answer.headers["Set-Cookie"]
            assert client.get("/", headers={"Host": "evil.example"}).status_code == 421
    with served(site, *options, state=tmp_path) as second:
        assert fingerprint in second.said[0]


def test_no_older_tls_is_spoken(site: Site, tmp_path: Path) -> None:
    """1.2 with a key that is used once at the least; 1.3 where the browser can."""
    with served(site, "--listen", "127.0.0.1:0", "--own-cert", state=tmp_path) as server:
        host, _, port = server.host.partition(":")
        for version, ciphers, good in (
            (ssl.TLSVersion.TLSv1_3, None, True),
            (ssl.TLSVersion.TLSv1_2, "ECDHE+AESGCM", True),
            (ssl.TLSVersion.TLSv1_2, "AES256-GCM-SHA384", False),
            (ssl.TLSVersion.TLSv1_1, "ALL:@SECLEVEL=0", False),
        ):
            assert _shakes_hands((host, int(port)), version, ciphers) is good, (version, ciphers)


def _shakes_hands(where: tuple[str, int], version: ssl.TLSVersion, ciphers: str | None) -> bool:
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        client.minimum_version = client.maximum_version = version
    if ciphers is not None:
        client.set_ciphers(ciphers)
    try:
        with socket.create_connection(where) as line, client.wrap_socket(line):
            return True
    except OSError:
        return False


def test_it_does_not_begin_in_clear_beyond_this_machine(site: Site) -> None:
    """Status 2, and words that say what would do."""
    assert "nothing goes there in clear" in refused(site, "--listen", "0.0.0.0:0")
    assert "ADDRESS:PORT" in refused(site, "--listen", "somewhere")
    assert "go together" in refused(site, "--cert", "cert.pem")
    assert "has to be https://HOST" in refused(site, "--public-origin", "http://a.example")


def test_a_certificate_that_cannot_be_used_is_said(site: Site, tmp_path: Path) -> None:
    """Missing, or no certificate at all."""
    pair = [tmp_path / "cert.pem", tmp_path / "key.pem"]
    options = ("--cert", str(pair[0]), "--key", str(pair[1]))
    assert "cert.pem: No such file" in refused(site, *options)
    for file in pair:
        file.write_text("nothing")
    assert "no certificate in PEM" in refused(site, *options)


def test_a_port_that_is_taken_is_said(site: Site, server: Served) -> None:
    """And what is there goes on."""
    assert "cannot listen" in refused(site, "--listen", server.host)


def test_without_the_extra_it_says_what_to_install(site: Site, tmp_path: Path) -> None:
    """Nothing else needs aiohttp or textual-serve."""
    (tmp_path / "aiohttp.py").write_text("raise ModuleNotFoundError('no aiohttp', name='aiohttp')")
    ran = subprocess.run(
        [sys.executable, "-m", "accessctl.cli", "--socket", str(site.home.api_socket), "web"],
        env={**environment(tmp_path), "PYTHONPATH": f"{tmp_path}{os.pathsep}{Path(__file__).parents[2]}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert "pip install 'accessctl[web]'" in ran.stderr


@pytest.mark.parametrize("library", ["aiohttp", "textual_serve", "jinja2"])
def test_nothing_else_imports_what_only_browsers_need(library: str) -> None:
    """It is an extra: whoever has no browser does without."""
    root = Path(__file__).parents[2]
    found = {
        file.relative_to(root).parts[:2]
        for package in ("accessctl", "hardware", "policies")
        for file in (root / package).rglob("*.py")
        if f"import {library}" in (text := file.read_text()) or f"from {library}" in text
    }
    assert found == {("accessctl", "web")}
