import asyncio
import json
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from fastapi import Request

from accessctl.api.card_models import PROVE_A_KEY
from accessctl.api.presence import while_present
from accessctl.api.problems import Refusal
from accessctl.link.answers import CardTag, FaultCode
from accessctl.link.requests import MakeCardTag, ReadCard
from accessctl.store.people import CLONABLE
from hardware.signals import Technology
from tests.api.running import RunningApi, refused


def test_a_card_is_enrolled_by_its_number(api: RunningApi) -> None:
    """A number becomes a tag at the door process; what is given back is an id and two digits."""
    person = api.new_person()
    answer = api.http.post(f"/people/{person}/cards", json={"number": "04A1B2C3D4E501"})
    assert answer.status_code == 201
    card = answer.json()
    assert card.pop("like_pin") is False
    assert (card["person"], card["hint"], card["status"]) == (person, "01", "active")
    assert "A1B2C3" not in answer.text.upper()
    assert api.http.get(f"/cards/{card['id']}").json() == card
    assert api.http.get("/cards", params={"person": person}).json()["cards"] == [card]
    assert api.http.get(f"/people/{person}").json()["active_cards"] == 1


def test_the_api_and_the_rules_agree_on_what_can_be_copied() -> None:
    """What is warned of here is what counts for nothing at a door that wants a card one has."""
    assert set(PROVE_A_KEY) == {each.value for each in Technology if not CLONABLE.get(each, True)}


@pytest.mark.parametrize(("technology", "bytes_"), [("pkoc", 66), ("piv", 33)])
def test_a_number_longer_than_any_of_its_kind_is_refused(
    api: RunningApi, technology: str, bytes_: int
) -> None:
    """A public key has 65 bytes at most, a digest 32."""
    body = {"technology": technology, "number": "04" * bytes_}
    refused(api.http.post(f"/people/{api.new_person()}/cards", json=body), 422)


@pytest.mark.parametrize(
    ("technology", "number", "clonable"),
    [("iso14443-uid", "04A1B2C3D4E5C7", True), ("pkoc", "5A" * 64, False), ("piv", "5B" * 32, False)],
)
def test_an_enrolled_card_says_whether_it_can_be_copied(
    api: RunningApi, technology: str, number: str, clonable: bool
) -> None:
    """A plain UID can, a card that proves a key cannot; so say the answer and the list."""
    person = api.new_person()
    body = {"technology": technology, "number": number}
    card = api.http.post(f"/people/{person}/cards", json=body).json()
    assert (card["technology"], card["clonable"]) == (technology, clonable)
    (listed,) = api.http.get("/cards", params={"person": person}).json()["cards"]
    assert listed["clonable"] is clonable


def test_a_card_is_enrolled_at_a_reader(api: RunningApi) -> None:
    """Instead of a number an access point can be named, and how long to wait."""
    person = api.new_person()
    answer = api.http.post(f"/people/{person}/cards", json={"read_at": "gate-in", "within_s": 3})
    assert answer.json()["hint"] == "AB"
    assert api.peer.heard_of(ReadCard)[-1] == ReadCard("gate-in", 3, person)


@pytest.mark.parametrize(
    ("technology", "number"), [("wiegand", "h10301:123:4567"), ("ndef", "Zürich"), ("typed", "00123")]
)
def test_a_number_that_is_text_reaches_the_door_as_its_bytes(
    api: RunningApi, technology: str, number: str
) -> None:
    """What it means, the door process knows; here it is only passed on."""
    body, person = {"technology": technology, "number": number}, api.new_person()
    assert api.http.post(f"/people/{person}/cards", json=body).status_code == 201
    assert api.peer.heard_of(MakeCardTag)[-1] == MakeCardTag(technology, number.encode().hex(), person)


def test_the_record_learns_where_a_card_was_read(api: RunningApi) -> None:
    """A card shown at a reader is enrolled with its access point, one typed in without."""
    with api.peer.answering(ReadCard, CardTag("iso14443-uid", "c0" * 32, "C0")):
        cards = [
            api.http.post(f"/people/{api.new_person()}/cards", json=body).json()["id"]
            for body in ({"read_at": "gate-in"}, {"number": "04A1B2C3D4E509"})
        ]
    with closing(sqlite3.connect(api.home.people)) as people:
        told = dict(people.execute("SELECT credential, detail FROM outbox WHERE credential IS NOT NULL"))
    assert [json.loads(told[card]).get("read_at") for card in cards] == ["gate-in", None]


@pytest.fixture
def no_card_yet(api: RunningApi) -> Iterator[None]:
    """Nobody shows a card."""
    api.peer.silent_on = {ReadCard}
    api.peer.heard.clear()
    api.peer.abandoned.clear()
    yield
    api.peer.silent_on = set()


def test_whoever_leaves_has_called_off_the_enrolment(api: RunningApi, no_card_yet: None) -> None:
    """When the client hangs up, nobody waits for a card any more, and the next one is enrolled to nobody."""
    person = api.new_person()
    body = json.dumps({"read_at": "gate-in", "within_s": 60}).encode()
    head = f"POST /v1/people/{person}/cards HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(api.home.api_socket))
        client.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        api.do(api.peer.until_heard, ReadCard)
    api.do(api.peer.until_abandoned, ReadCard)
    assert api.http.get(f"/people/{person}").json()["active_cards"] == 0


def test_a_card_that_comes_too_late_is_nobodys() -> None:
    """A card that is read in the moment in which the client leaves is not enrolled."""

    async def left() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def read() -> str:
        return "a tag"

    request = Request({"type": "http"}, left)
    with pytest.raises(Refusal, match="the client left"):
        asyncio.run(while_present(request, read()))


def test_a_card_is_enrolled_once(api: RunningApi) -> None:
    """A card that somebody has is a conflict, which names that person's id and the card's."""
    first, second = api.new_person(), api.new_person()
    card = api.http.post(f"/people/{first}/cards", json={"number": "04A1B2C3D4E502"}).json()
    answer = api.http.post(f"/people/{second}/cards", json={"number": "04a1b2c3d4e502"})
    assert refused(answer, 409)["detail"] == f"this card is enrolled already: it is {card['id']} of {first}"


@pytest.mark.parametrize("reason", ["revoked", "lost", "stolen", "damaged"])
def test_a_card_is_revoked_for_a_reason(api: RunningApi, reason: str) -> None:
    """Revoking says what became of the card."""
    person = api.new_person()
    number = f"04A1B2C3D4{'revoked lost stolen damaged'.index(reason):02X}03"
    card = api.http.post(f"/people/{person}/cards", json={"number": number}).json()
    assert api.http.post(f"/cards/{card['id']}/revoke", json={"reason": reason}).json()["status"] == reason


def test_an_unknown_card_is_not_found(api: RunningApi) -> None:
    """A card that is not there can be neither shown nor revoked."""
    refused(api.http.get("/cards/c-none"), 404)
    refused(api.http.post("/cards/c-none/revoke", json={"reason": "lost"}), 404)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"number": None},
        {"number": "04A1B2C3", "read_at": "gate-in"},
        {"number": "04A1B2C"},
        {"number": "twelve"},
        {"number": "04" * 33},
        {"read_at": "gate in"},
        {"read_at": "gate-in", "within_s": 0},
        {"read_at": "gate-in", "within_s": 61},
        {"read_at": "gate-in", "within_s": "NaN"},
        {"number": "04A1B2C3", "technology": "telepathy"},
        {"number": "1234", "technology": "code"},
        {"number": "h10301:1:2"},
        {"number": "", "technology": "wiegand"},
        {"number": "a\nb", "technology": "typed"},
        {"number": "x" * 257, "technology": "ndef"},
    ],
)
def test_a_senseless_enrolment_is_refused(api: RunningApi, body: dict[str, object]) -> None:
    """What says no card, two cards or nonsense is refused, and the door process is not bothered."""
    person = api.new_person()
    asked = len(api.peer.heard_of(MakeCardTag)) + len(api.peer.heard_of(ReadCard))
    assert refused(api.http.post(f"/people/{person}/cards", json=body), 422)["problems"]
    assert len(api.peer.heard_of(MakeCardTag)) + len(api.peer.heard_of(ReadCard)) == asked


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (FaultCode.TIMED_OUT, 504),
        (FaultCode.BUSY, 409),
        (FaultCode.WAY_OUT, 409),
        (FaultCode.UNKNOWN_ACCESS_POINT, 404),
        (FaultCode.KEYS_UNAVAILABLE, 503),
        (FaultCode.CARD_UNUSABLE, 422),
    ],
)
def test_a_card_that_was_not_read_says_why(api: RunningApi, code: FaultCode, status: int) -> None:
    """Each reason of the door process has a status of its own, and its words."""
    person = api.new_person()
    with api.peer.refusing(ReadCard, code, "because"):
        answer = api.http.post(f"/people/{person}/cards", json={"read_at": "gate-in"})
    assert refused(answer, status)["detail"] == "because"
