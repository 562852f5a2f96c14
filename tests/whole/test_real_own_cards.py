"""Cards that prove a key, at a real PC/SC stack: enrolled, shown, forged, replayed and copied.

The cards are software that was written after the published notes and shares no code with the readers; between
them and the door process stand Debian's pcscd and its virtual reader.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from accessctl.home import Home
from tests.hardware.cards.desfire_card import DesfireCard
from tests.hardware.cards.ntag_card import NtagCard
from tests.hardware.cards.pkoc_card import ATR, PkocCard
from tests.hardware.virtual_card import Answer, uid_card
from tests.whole.processes import Api, Door, Warehouse
from tests.whole.wall import Wall, hung_on

PROOFS = ', proofs = ["pkoc", "desfire", "sun"], plain_uid = false'


TIMES, HELD_S = 4, 4.0
"""So often, and each time so long at most, a card is held to the reader that is to take it."""


class Site:
    """A running site whose shed asks every card to prove a key."""

    def __init__(self, wall: Wall, client: httpx.Client) -> None:
        self.wall, self.client = wall, client

    def shows(self, answer: Answer, *types: str) -> None:
        """Hold a card to the reader; nothing else than this is recorded."""
        with self.wall.card(answer, atr=ATR):
            self.wall.expect(*types)

    def asks(self, path: str, body: dict[str, Any], answer: Answer) -> dict[str, Any]:
        """Have the API do something for which a card has to be shown."""
        answers: list[httpx.Response] = []
        asking = Thread(target=lambda: answers.append(self.client.post(path, json=body)))
        asking.start()
        self.wall.prompted()
        for _ in range(TIMES):
            with self.wall.card(answer, atr=ATR):
                asking.join(HELD_S)
            if answers:
                break
            # It came before anybody waited for it, and was somebody's badge: it is held there again.
            self.wall.skip_refusals()
        assert answers, "nobody answered"
        assert answers[0].is_success, answers[0].text
        found: dict[str, Any] = answers[0].json()
        return found

    def enrols(self, answer: Answer) -> dict[str, Any]:
        """Enrol a card to Bob by showing it."""
        return self.asks("/v1/people/bob/cards", {"read_at": "shed-in", "within_s": 15}, answer)


@contextmanager
def running(wall: Wall, *kinds: str) -> Iterator[Site]:
    """Start the site, with keys for these kinds of cards."""
    with Door(wall.home):
        api = Api(wall.home)
        try:
            for kind in kinds:
                made = api.client.post("/v1/card-keys", json={"kind": kind})
                assert made.is_success, made.text
        finally:
            api.close()
    wall.seen = len(wall.types())
    with Door(wall.home):
        api = Api(wall.home)
        try:
            wall.once_online()
            yield Site(wall, api.client)
        finally:
            api.close()


@pytest.fixture
def wall(home: Home, warehouse: Warehouse) -> Iterator[Wall]:
    """The shed's reader is a real one, which asks every card to prove a key."""
    with hung_on(home, warehouse, PROOFS) as hung:
        yield hung


def test_a_pkoc_card_opens_and_no_copy_of_it_does(wall: Wall) -> None:
    """Its key is what is enrolled. Who claims it without having it, or repeats what it said, is refused."""
    card, thief = PkocCard(), ec.generate_private_key(ec.SECP256R1())
    with running(wall) as site:
        enrolled = site.enrols(card)
        assert (enrolled["technology"], enrolled["clonable"]) == ("pkoc", False)
        site.shows(card, "access_granted")
        site.shows(PkocCard(thief, claims=card.key), "denied_card_forged")
        said = card.answer(bytes(16))
        site.shows(PkocCard(card.key, spoil=lambda _answer: said), "denied_card_forged")
        site.shows(PkocCard(), "denied_unknown_credential")
        site.shows(uid_card(bytes.fromhex("08a1b2c3")), "denied_factor_error")
        site.shows(card, "access_granted")


def test_a_desfire_card_that_was_encoded_here_opens_and_no_copy_of_it_does(wall: Wall) -> None:
    """From a blank card to a door. Another site's card, and one with its UID alone, open nothing."""
    card = DesfireCard()
    with running(wall, "desfire") as site:
        enrolled = site.asks(
            "/v1/cards/encode",
            {"kind": "desfire", "read_at": "shed-in", "within_s": 15, "person": "bob"},
            card,
        )
        assert enrolled["technology"] == "desfire-aes"
        wall.skip_to("card_encoded")
        site.shows(card, "access_granted")
        other = DesfireCard(applications=dict(card.applications), uid=bytes.fromhex("04112233445566"))
        site.shows(other, "denied_card_forged")
        site.shows(uid_card(card.uid), "denied_factor_error")
        site.shows(card, "access_granted")


def test_a_tag_that_counts_opens_and_what_it_said_before_does_not(wall: Wall) -> None:
    """The message that was read from it once is worth nothing the second time, after a restart too."""
    tag = NtagCard()
    with running(wall, "sun") as site:
        enrolled = site.asks(
            "/v1/cards/encode", {"kind": "sun", "read_at": "shed-in", "within_s": 15, "person": "bob"}, tag
        )
        assert enrolled["technology"] == "ntag424-sun"
        wall.skip_to("card_encoded")
        heard: list[tuple[bytes, bytes | None]] = []

        def overheard(command: bytes) -> bytes | None:
            answer = tag(command)
            heard.append((command, answer))
            return answer

        def repeated(command: bytes) -> bytes | None:
            return dict(heard).get(command, b"\x6d\x00")

        site.shows(overheard, "access_granted")
        site.shows(repeated, "denied_card_replay")
        site.shows(tag, "access_granted")
    wall.seen = len(wall.types())
    with Door(wall.home):
        wall.once_online()
        with wall.card(repeated, atr=ATR):
            wall.expect("denied_card_replay")
        with wall.card(tag, atr=ATR):
            wall.expect("access_granted")
