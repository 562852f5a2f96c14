"""What is said of readers, cards, fingers and faces; and a picture that a camera can read."""

from datetime import UTC, datetime
from typing import Any

import pytest

from accessctl.client import ApiRefused, ApiUnreachable, ConsentText, EnrolledCard
from accessctl.tui.enrol.body_words import body, equal_way, outcome, standing_consent, steps
from accessctl.tui.enrol.card_words import counting, enrolled_lines, failed_words, seen_words
from accessctl.tui.enrol.generators import what_to_do
from accessctl.tui.enrol.pins import ways
from accessctl.tui.enrol.places import card_places, place_at, sensor_places
from accessctl.tui.enrol.qr import Picture, picture_of, room_for
from accessctl.tui.enrol.show_generator import code_of, in_groups
from accessctl.tui.enrol.type_pin import pin_problem
from accessctl.tui.look import Tone
from accessctl.tui.standing import Standing

URI = "otpauth://totp/Kade%20Warehouse:Ana%20Marsh?secret=FAQAL2UN3NIEP2GJUSDFAIIVFYK7MFPF&issuer=Kade%20Warehouse"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC).isoformat()


def _reader(point: str, **more: object) -> dict[str, Any]:
    known = {"id": f"{point}.reader", "access_point": point, "name": point.title(), "door": "gate"}
    return {**known, "direction": "in", "kind": "simulated", "online": True, **more}


def _standing(*readers: dict[str, Any]) -> Standing:
    return Standing(status={"doors": [{"id": "gate", "name": "Main gate"}], "readers": list(readers)})


def _card(**more: object) -> EnrolledCard:
    known = {"id": "c-1", "person": "p-1", "technology": "iso14443-uid", "hint": "EF", "clonable": False}
    known |= {"status": "active", "valid_from": None, "valid_until": None, "enrolled_at": NOW}
    return {**known, "like_pin": False, **more}  # type: ignore[typeddict-item]


def _event(**more: object) -> Any:  # noqa: ANN401 - as much of an event as is looked at
    known: dict[str, Any] = {"type": "access_granted", "person": None, "person_name": None, "reason": None}
    return known | more


def test_readers_on_ways_in_can_wait_for_a_card() -> None:
    """Ways out and keypads cannot; one that is gone says so."""
    standing = _standing(
        _reader("gate-in"),
        _reader("gate-out", direction="out"),
        _reader("yard-in", id="yard-in.keypad"),
        _reader("dock-in", online=False),
    )
    places = card_places(standing)
    assert [place.point for place in places] == ["gate-in", "dock-in"]
    assert places[0].choice().more == "gate-in · Main gate"
    assert "does not answer" in places[1].choice().more
    assert place_at(places, "gate-in") is places[0]
    assert place_at(places, None) is None
    assert card_places(Standing()) == []


def test_sensors_of_one_kind_are_found_where_people_come_in() -> None:
    """Whatever else there is at the same place."""
    standing = _standing(_reader("gate-in"), _reader("gate-out", direction="out"))
    known = {"name": "Gate", "door": "gate", "state": "here"}
    readers: list[Any] = [
        {"access_point": "gate-in", "kind": "camera", **known},
        {"access_point": "gate-out", "kind": "camera", **known},
        {"access_point": "gate-in", "kind": "fingerprint sensor", **known},
    ]
    assert [place.point for place in sensor_places(readers, standing, "camera")] == ["gate-in"]


def test_a_card_that_proves_a_key_is_not_warned_of() -> None:
    """One that can be copied is, and one that has the PIN printed on it."""
    (line,) = enrolled_lines(_card(technology="desfire-aes"), "Ana Marsh")
    assert line.tone is Tone.GOOD
    assert "proves the site's key" in line.words
    tones = [line.tone for line in enrolled_lines(_card(clonable=True, like_pin=True), "Ana Marsh")]
    assert tones == [Tone.GOOD, Tone.WARN, Tone.WARN]


def test_cards_that_can_be_lost_are_those_that_count() -> None:
    """The newest first, and no codes."""
    cards = [
        _card(id="c-1"),
        _card(id="c-2", enrolled_at=datetime(2026, 11, 23, tzinfo=UTC).isoformat()),
        _card(id="c-3", status="lost"),
        _card(id="c-4", technology="code"),
    ]
    assert [card["id"] for card in counting([*cards])] == ["c-2", "c-1"]


def test_what_else_was_shown_at_the_reader_is_said() -> None:
    """Somebody else's card by name, one's own, and what the door refused; nothing of doors and leaves."""
    assert seen_words(_event(type="door_opened", person="p-2"), "p-1") is None
    assert "this person has already" in str(seen_words(_event(person="p-1"), "p-1"))
    assert "Marta's" in str(seen_words(_event(person="p-2", person_name="Marta"), "p-1"))
    assert "p-2's" in str(seen_words(_event(type="denied_passback", person="p-2"), "p-1"))
    assert "forged" in str(seen_words(_event(type="denied_x", reason="It is forged."), "p-1"))


def test_why_no_card_came_is_said() -> None:
    """That nobody showed one, in words of the console; everything else in the API's."""
    late = ApiRefused({"type": "urn:accessctl:problem:timed-out", "detail": "late"})
    assert failed_words(late, "Gate") == "No new card was shown at Gate in time."
    assert failed_words(ApiUnreachable("nobody there"), "Gate") == "nobody there"


def test_what_can_be_done_about_a_pin_depends_on_what_there_is() -> None:
    """A duress PIN stands beside a PIN only."""
    person: Any = {"has_pin": False, "has_duress_pin": False}
    assert [each.value for each in ways(person)] == ["made", "typed"]
    person = {"has_pin": True, "has_duress_pin": True}
    assert [each.value for each in ways(person)][2:] == [
        "duress-made",
        "duress-typed",
        "remove",
        "remove-duress",
    ]


@pytest.mark.parametrize(
    ("pin", "again", "wrong"),
    [
        ("4739", "4739", None),
        ("473", "473", "4 to 12"),
        ("47a9", "47a9", "4 to 12"),
        ("4739", "4730", "same"),
    ],
)
def test_a_pin_is_looked_at_before_anybody_is_asked(pin: str, again: str, wrong: str | None) -> None:
    """What is wrong with it is said without repeating it."""
    said = pin_problem(pin, again)
    assert (said is None) if wrong is None else (wrong in str(said) and pin not in str(said))


def test_a_consent_counts_for_the_text_in_force() -> None:
    """Not for another kind, another text, nor when it was taken back."""
    text: ConsentText = {"version": "2", "text": "…", "sha256": "aa", "expire_days": 365, "equal_way": ""}
    given: Any = {"kind": "face", "text_version": "2", "text_sha256": "aa", "withdrawn_at": None}
    others: list[Any] = [
        {**given, "kind": "fingerprint"},
        {**given, "text_version": "1"},
        {**given, "text_sha256": "bb"},
        {**given, "withdrawn_at": NOW},
    ]
    assert standing_consent(others, "face", text) is None
    assert standing_consent([*others, given], "face", text) is given
    assert "card and PIN" in equal_way(text)
    assert equal_way({**text, "equal_way": "The guard opens."}) == "The guard opens."


def _goes_on(**more: object) -> Any:  # noqa: ANN401 - as much of an enrolment as is looked at
    known: dict[str, Any] = {"state": "goes on", "step": 2, "of": 5, "why": "", "biometric": None}
    return known | more


def test_how_an_enrolment_goes_is_said_in_marks_and_numbers() -> None:
    """And what came of it, with what to look at."""
    assert steps(_goes_on()) == "●●○○○  2 of 5"
    assert steps(_goes_on(of=0)) == "step 2"
    assert steps(_goes_on(of=0, step=0)) == ""
    ((words, tone),) = outcome(_goes_on(state="failed", why="the sensor is gone"), "finger")
    assert (tone, "the sensor is gone" in words) == (Tone.BAD, True)
    made = _goes_on(state="enrolled", why="somebody is near", biometric={"expires_at": None})
    assert [tone for _, tone in outcome(made, "face")] == [Tone.GOOD, Tone.WARN]
    assert body("finger").kind == body("fingerprint").kind == "fingerprint"


def test_codes_are_typed_with_or_without_blanks() -> None:
    """And secrets are shown in groups of four."""
    assert code_of("287 082") == "287082"
    assert code_of("28708x") is None
    assert code_of("") is None
    assert in_groups("ABCDEFGHIJ") == "ABCD EFGH IJ"
    assert [each.value for each in what_to_do("unconfirmed")] == ["confirm", "another", "remove"]
    assert [each.value for each in what_to_do("confirmed")] == ["another", "remove"]


def test_the_picture_takes_the_widest_quiet_zone_that_fits() -> None:
    """At 80 by 24 there is room for it beside the words; where there is none, there is no picture."""
    wide = picture_of(URI, 120, 60)
    narrow = picture_of(URI, 46, 23)
    assert wide is not None
    assert narrow is not None
    assert (wide.columns, narrow.columns) == (49, 45)
    assert room_for(URI) == (45, 23)
    assert picture_of(URI, 44, 23) is None
    assert picture_of(URI, 46, 22) is None
    ink = narrow.text()
    assert str(ink.style) == "#000000 on #ffffff"


def _pixels(picture: Picture) -> "Any":  # noqa: ANN401 - numpy is there with the reader of codes only
    numpy = pytest.importorskip("numpy")
    dark = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}
    rows = [[dark[block][half] for block in line] for line in picture.lines for half in (0, 1)]
    return numpy.kron(255 * (1 - numpy.array(rows, dtype="uint8")), numpy.ones((6, 6), dtype="uint8"))


@pytest.mark.parametrize("room", [(120, 60), (46, 23)])
def test_a_camera_reads_the_picture(room: tuple[int, int]) -> None:
    """Dark on light, as it stands on the screen, also with the narrow quiet zone."""
    zxing = pytest.importorskip("zxingcpp")
    picture = picture_of(URI, *room)
    assert picture is not None
    assert [code.text for code in zxing.read_barcodes(_pixels(picture))] == [URI]
