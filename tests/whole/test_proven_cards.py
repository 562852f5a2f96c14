"""Cards that prove a key in real processes, from a hand in the warehouse to the record."""

import pytest
from click.testing import CliRunner, Result

from accessctl.cli.root import cli
from accessctl.client import ApiClient
from accessctl.home import Home
from tests.whole.processes import PATIENCE_S, Api, Warehouse

POINT = (
    "0ec5d87dc39d14a2c5480686da860c82b16be0b6903b525f84848b79fd463e32"
    "bbda1f0252c33503c5287035e6eac55d138d0650dcfb5281d59a9cf4124d2831"
)
"""A public key of P-256: X and Y."""


def run(home: Home, *words: str) -> Result:
    return CliRunner().invoke(cli, ["--home", str(home.path), *words])


def shown(home: Home, *words: str) -> str:
    """Do something at a reader, and give the type of what is recorded next at its access point."""
    with ApiClient(home.api_socket) as client:
        (last,) = client.events(most=1)
        assert run(home, "sim", "badge", *words).exit_code == 0
        for event in client.follow(last["seq"], pytest.fail):
            if event["access_point"] == words[1]:
                return event["type"]
    raise AssertionError(f"nothing was recorded within {PATIENCE_S} s")


def test_a_card_that_proves_a_key_is_told_from_its_number(api: Api, home: Home) -> None:
    """A public key enrolled from afar opens where it is proved; a forgery or another card does not."""
    enrolled = run(home, "cards", "enrol", "alice", "--technology", "pkoc", "--number", f"04{POINT}")
    assert enrolled.exit_code == 0, enrolled.output
    pkoc = ("front-in", "--technology", "pkoc")
    assert shown(home, POINT, *pkoc) == "access_granted"
    assert shown(home, POINT, *pkoc, "--forged") == "denied_card_forged"
    assert shown(home, POINT[:14], "front-in", "--technology", "desfire-aes") == "denied_unknown_credential"


@pytest.mark.parametrize(
    ("words", "why", "status"),
    [
        (("0412AB34CD56EF", "front-in", "--technology", "pkoc"), "has 64 bytes", 1),
        (("0412AB34CD56EF", "front-in", "--forged"), "claims no key", 2),
    ],
)
def test_what_no_card_could_be_is_refused(
    home: Home, warehouse: Warehouse, words: tuple[str, ...], why: str, status: int
) -> None:
    """The hand in the warehouse says what it lacks."""
    refused = run(home, "sim", "badge", *words)
    assert refused.exit_code == status
    assert why in refused.stderr
