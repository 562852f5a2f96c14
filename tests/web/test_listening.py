from datetime import timedelta
from pathlib import Path

import pytest

from accessctl.web.errors import CannotServe
from accessctl.web.listening import listening, origin_of
from accessctl.web.origins import Origins
from accessctl.web.tries import BACK_AFTER_S, FREE, Tries

CERT, KEY = Path("cert.pem"), Path("key.pem")


@pytest.mark.parametrize("where", ["0.0.0.0:8421", "192.168.1.5:443", "[::]:8421", "[fe80::1]:1"])
def test_nothing_goes_beyond_this_machine_in_clear(where: str) -> None:
    """Without a certificate it does not begin, and the words say what to do."""
    with pytest.raises(CannotServe, match="--cert and --key"):
        listening(where)
    with pytest.raises(CannotServe, match="--cert and --key"):
        listening(where, public_origin="https://doors.example.com")
    assert listening(where, CERT, KEY).encrypted
    assert listening(where, own_certificate=True).secure


@pytest.mark.parametrize("where", ["127.0.0.1:8421", "[::1]:8421", "localhost:0", "127.1.2.3:1"])
def test_on_this_machine_alone_it_needs_no_certificate(where: str) -> None:
    """Who is here already gains nothing by it."""
    assert not listening(where).secure


@pytest.mark.parametrize(
    "where", ["8421", "doors.example.com:8421", "127.0.0.1", "127.0.0.1:70000", "::1:8421", "[::1:1", "a b:1"]
)
def test_what_is_no_address_is_said(where: str) -> None:
    """Names are not looked up: what listens where is written down."""
    with pytest.raises(CannotServe, match="ADDRESS:PORT"):
        listening(where)


def test_a_certificate_and_its_key_go_together() -> None:
    """One alone is a mistake, and one of each kind as well."""
    with pytest.raises(CannotServe, match="go together"):
        listening("0.0.0.0:1", CERT)
    with pytest.raises(CannotServe, match="say one"):
        listening("0.0.0.0:1", CERT, KEY, own_certificate=True)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://doors.example.com", "https://doors.example.com"),
        ("https://Doors.Example.com:443/", "https://doors.example.com"),
        ("https://doors.example.com:8443", "https://doors.example.com:8443"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
    ],
)
def test_an_origin_is_as_browsers_send_it(url: str, origin: str) -> None:
    """In small letters, and without the usual port."""
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example",
        "https://",
        "a.example",
        "https://a.example/x",
        "https://u@a.example",
        "https://a:b",
    ],
)
def test_what_is_no_origin_is_said(url: str) -> None:
    """A public origin is TLS, and no path."""
    with pytest.raises(CannotServe, match="public-origin"):
        origin_of(url)


def test_on_the_loopback_only_its_own_names_are_ours() -> None:
    """A name of somebody else's that leads to this machine is none, whichever port."""
    origins = Origins(["127.0.0.1"], encrypted=False)
    assert all(map(origins.is_ours, ("localhost:1", "127.0.0.1:8421", "[::1]:8421", "LOCALHOST")))
    assert not any(
        map(origins.is_ours, (None, "", "evil.example:8421", "localhost.evil.example", "10.0.0.1"))
    )


@pytest.mark.parametrize(
    "host", ["localhost:1; x", "localhost:", "[::1", "localhost:1:2", "a@localhost", "[::1]x"]
)
def test_what_is_no_host_is_not_ours(host: str) -> None:
    """It is written into a header of ours."""
    assert not Origins(["127.0.0.1"], encrypted=False).is_ours(host)


def test_another_port_of_the_same_host_is_another_origin() -> None:
    """Its pages get our cookies, and must not use them."""
    origins = Origins(["127.0.0.1"], encrypted=False)
    assert origins.same("http://localhost:8421", "localhost:8421")
    for elsewhere in ("http://localhost:3000", "https://localhost:8421", "null", None, ""):
        assert not origins.same(elsewhere, "localhost:8421")


def test_with_tls_the_names_of_the_certificate_are_ours() -> None:
    """Those with a star for one label as well, and the loopback's no more."""
    origins = Origins(["pi.example", "*.doors.example", "192.0.2.7"], encrypted=True)
    assert all(map(origins.is_ours, ("pi.example:8421", "north.doors.example", "192.0.2.7:8421")))
    assert not any(map(origins.is_ours, ("doors.example", "a.b.doors.example", "localhost:8421")))
    assert origins.websocket("pi.example:8421") == "wss://pi.example:8421"


def test_behind_a_proxy_its_origin_counts_and_no_other() -> None:
    """A proxy writes into Host what it likes."""
    origins = Origins(["127.0.0.1"], encrypted=False, public_origin="https://doors.example.com")
    assert origins.is_ours("127.0.0.1:8421")
    assert origins.same("https://doors.example.com", "127.0.0.1:8421")
    assert not origins.same("http://127.0.0.1:8421", "127.0.0.1:8421")
    assert origins.websocket("127.0.0.1:8421") == "wss://doors.example.com"


def test_who_tries_too_often_waits_and_others_do_not() -> None:
    """Ten wrong tries are free; then one every half minute."""
    at = 100.0
    tries = Tries(lambda: at)
    for _ in range(FREE):
        assert tries.wait_s("192.0.2.7") == 0
        tries.failed("192.0.2.7")
    assert tries.wait_s("192.0.2.7") == BACK_AFTER_S
    assert tries.wait_s("192.0.2.8") == 0
    at += BACK_AFTER_S
    assert tries.wait_s("192.0.2.7") == 0
    tries.failed("192.0.2.7")
    assert tries.wait_s("192.0.2.7") > 0


def test_a_network_of_six_counts_as_one_address() -> None:
    """Who has one has more addresses in it than anybody could count; a mapped one is that of four."""
    tries = Tries(lambda: 0.0)
    for number in range(FREE):
        tries.failed(f"2001:db8:1:2::{number:x}")
    assert tries.wait_s("2001:db8:1:2:ffff::1") > 0
    assert tries.wait_s("2001:db8:1:3::1") == 0
    for _ in range(FREE):
        tries.failed("::ffff:192.0.2.7")
    assert tries.wait_s("192.0.2.7") > 0


def test_no_more_addresses_are_remembered_than_fit() -> None:
    """Whoever tries from many fills nothing."""
    tries = Tries(lambda: 0.0)
    for number in range(3000):
        tries.failed(f"10.0.{number // 250}.{number % 250}")
    assert len(tries._spent) == 1000


def test_a_proxy_is_believed_on_this_machine_alone() -> None:
    """Anybody may say for whom they ask."""
    assert listening("127.0.0.1:1", public_origin="https://a.example").behind_a_proxy
    assert not listening("127.0.0.1:1").behind_a_proxy
    assert not listening("0.0.0.0:1", CERT, KEY, public_origin="https://a.example").behind_a_proxy
    assert listening("127.0.0.1:1").idle == timedelta(minutes=30)
