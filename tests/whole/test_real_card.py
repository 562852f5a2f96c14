"""A card at a real PC/SC stack: our virtual card, Debian's pcscd, pyscard, the door process."""

from collections.abc import Iterator

import pytest

from accessctl.home import Home
from tests.door.conftest import ALICE, STRANGER
from tests.hardware.virtual_card import uid_card
from tests.whole.processes import Door, Warehouse
from tests.whole.wall import Wall, hung_on


@pytest.fixture
def hung(home: Home, warehouse: Warehouse) -> Iterator[Wall]:
    """The shed's reader is a real one, everything else as it was; no door process runs yet."""
    with hung_on(home, warehouse) as wall:
        yield wall


@pytest.fixture
def wall(hung: Wall) -> Iterator[Wall]:
    """The door process runs and has found its reader."""
    with Door(hung.home):
        hung.expect("reader_online")
        yield hung


def test_a_real_card_releases_the_strike_and_stands_in_the_record(wall: Wall) -> None:
    """From the antenna to the strike through pcscd; a stranger's card is refused on the same way."""
    with wall.warehouse.tool.watch(timeout_s=20) as edges:
        with wall.card(uid_card(ALICE)):
            assert any(edge.kind == "line" and edge.facts["released"] for edge in edges)
        wall.expect("access_granted")
        assert any(edge.kind == "line" and not edge.facts["released"] for edge in edges)
    with wall.card(uid_card(STRANGER)):
        wall.expect("denied_unknown_credential")
    assert wall.warehouse.released() == []


def test_the_reader_outlives_everything_that_users_report(wall: Wall) -> None:
    """A killed and restarted pcscd, a card yanked, garbage, the reader pulled: each an event, none a release.

    After each of them the next good card works.
    """
    wall.pcscd.kill()
    wall.expect("reader_offline")
    wall.pcscd.start()
    wall.expect("reader_online")
    with wall.card(uid_card(ALICE)):
        wall.expect("access_granted")

    with wall.card(lambda _command: None):
        wall.expect("denied_factor_error")
    with wall.card(lambda _command: b"\xde\xad\xbe\xef" * 20):
        wall.expect("denied_factor_error")

    wall.pcscd.kill()
    wall.expect("reader_offline")
    wall.pcscd.start(with_reader=False)
    wall.pcscd.kill()
    wall.pcscd.start()
    wall.expect("reader_online")
    with wall.card(uid_card(ALICE)):
        wall.expect("access_granted")


def test_a_card_that_lies_on_the_reader_opens_nothing_at_a_start(hung: Wall) -> None:
    """A door process that starts releases no door: the card has to be shown again, and is read once then."""
    card = hung.card(uid_card(ALICE))
    with card, Door(hung.home):
        hung.expect("reader_online")
        card.remove()
        card.insert()
        hung.expect("access_granted")
