"""Somebody leaves, by one call to the real API, and a real door process refuses at the next read."""

from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest
from click.testing import CliRunner

from accessctl.cli.root import cli
from accessctl.client import ApiClient
from accessctl.home import Home
from policies.reasons import Reason
from tests.door.conftest import ALICE, BOB
from tests.whole.processes import Api, Warehouse
from tests.whole.site import Site


@pytest.fixture
def site(home: Home, warehouse: Warehouse, api: Api) -> Iterator[Site]:
    """All processes of the home, and hands at its readers."""
    assert api.process.poll() is None
    transport = httpx.HTTPTransport(uds=str(home.api_socket))
    with closing(httpx.Client(transport=transport, base_url="http://accessctl")) as client:
        yield Site(home, warehouse, client)


def badges(site: Site, card: bytes, reason: Reason) -> None:
    before = len(site.reasons())
    site.warehouse.tool.badge("shed-in.reader", card)
    site.expect(before, "the badge", reason.words)


def test_a_leaver_is_refused_at_the_next_read(site: Site) -> None:
    """The card was good a moment ago and its tag is remembered; a colleague passes as before."""
    badges(site, ALICE, Reason.GRANTED)
    done = CliRunner().invoke(cli, ["--home", str(site.home.path), "people", "leave", "alice"])
    assert done.exit_code == 0, done.output + done.stderr
    badges(site, ALICE, Reason.CARD_REVOKED)
    badges(site, BOB, Reason.GRANTED)
    site.once(lambda: "person_left" in site.types(), "the leaving was never recorded")
    with ApiClient(site.home.api_socket) as client:
        (left,) = [event for event in client.events(most=1000) if event["type"] == "person_left"]
    assert left["person"] == "alice"
    assert left["detail"]["cards"] == 1
    assert left["detail"]["operator"]


def test_who_is_deleted_is_nobody_at_the_door_and_in_no_file(site: Site) -> None:
    """The record says that somebody was deleted, by pseudonym; the name is in no file of the home."""
    with ApiClient(site.home.api_socket) as client:
        client.change_person("alice", name="Zebulon Quickfinger")
    badges(site, ALICE, Reason.GRANTED)
    assert holding(site.home, b"Quickfinger") != []
    done = CliRunner().invoke(cli, ["--home", str(site.home.path), "people", "delete", "alice", "--yes"])
    assert done.exit_code == 0, done.output + done.stderr
    badges(site, ALICE, Reason.UNKNOWN_CREDENTIAL)
    site.once(lambda: "person_deleted" in site.types(), "the deletion was never recorded")
    assert holding(site.home, b"Quickfinger") == []
    assert holding(site.home, b"quickfinger") == []


def holding(home: Home, needle: bytes) -> list[str]:
    files = [path for path in home.path.rglob("*") if path.is_file()]
    return [path.name for path in files if needle in path.read_bytes()]
