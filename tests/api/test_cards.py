import pytest

from accessctl.link.messages import FaultCode, MakeCardTag, ReadCard
from tests.api.running import RunningApi, refused


def test_a_card_is_enrolled_by_its_number(api: RunningApi) -> None:
    """A number becomes a tag at the door process; what is given back is an id and two digits."""
    person = api.new_person()
    answer = api.http.post(f"/people/{person}/cards", json={"number": "04A1B2C3D4E501"})
    assert answer.status_code == 201
    card = answer.json()
    assert (card["person"], card["hint"], card["status"]) == (person, "01", "active")
    assert "A1B2C3" not in answer.text.upper()
    assert api.http.get(f"/cards/{card['id']}").json() == card
    assert api.http.get("/cards", params={"person": person}).json()["cards"] == [card]
    assert api.http.get(f"/people/{person}").json()["active_cards"] == 1


def test_a_card_is_enrolled_at_a_reader(api: RunningApi) -> None:
    """Instead of a number an access point can be named, and how long to wait."""
    person = api.new_person()
    answer = api.http.post(f"/people/{person}/cards", json={"read_at": "gate-in", "within_s": 3})
    assert answer.json()["hint"] == "AB"
    assert api.peer.heard_of(ReadCard)[-1] == ReadCard("gate-in", 3)


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
