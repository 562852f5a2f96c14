import json

import pytest

from tests.simulate.lines import Play, at, badge, decided, done, order, parsed, person
from tests.simulate.sites import hall

ANA = person("ana", "staff")
CARD = hall()
PIN = hall(asks='"card_and_pin"')
FINGER = hall(asks='"card_and_biometric"')
CODE = hall(asks='"card_and_code"')
PIN_ALONE = hall(asks='"pin"') + "[codes]\ndigits = 6\nmost = 900\n"
FREE = hall(asks='"nothing"')


def test_a_card_where_more_is_wanted(play: Play) -> None:
    """The answer names what is wanted; a badge that has all of it passes."""
    played = play(PIN, ANA, badge(0, "hall-in", "ana"), badge(3, "hall-in", "ana", "card", "pin"))
    asked, shown, *rest = parsed(played)
    assert asked["type"] == "verification_required"
    assert asked["person"] == "ana"
    assert asked["detail"] == {"wanted": ["pin"]}
    assert shown == {
        "at": "2026-03-02T08:00:00+00:00",
        "effect": "answer",
        "access_point": "hall-in",
        "show": "prompt",
    }
    assert rest[0]["type"] == "access_granted"


@pytest.mark.parametrize(
    ("site", "factors", "more", "wanted"),
    [
        (CARD, ["card"], {}, "access_granted ana"),
        (CARD, ["card"], {"card": "lost"}, "denied_factor_lost ana"),
        (CARD, ["card"], {"card": "stolen"}, "denied_factor_stolen ana"),
        (CARD, ["card"], {"card": "damaged"}, "denied_factor_damaged ana"),
        (CARD, ["card"], {"card": "revoked"}, "denied_factor_disabled ana"),
        (CARD, ["card"], {"card": "active"}, "access_granted ana"),
        (CARD, ["card"], {"card": "unknown"}, "denied_unknown_credential hall"),
        (CARD, ["card"], {"card": "unreadable"}, "denied_factor_error hall"),
        (CARD, [], {}, "denied_unknown_credential hall"),
        (PIN, ["pin"], {}, "verification_required ana"),
        (PIN, ["card", "pin"], {"pin": "right"}, "access_granted ana"),
        (PIN, ["card", "pin"], {"pin": "wrong"}, "denied_incorrect_authentication_factor ana"),
        (PIN, ["card"], {"pin": "wrong"}, "denied_incorrect_authentication_factor ana"),
        (PIN, ["card", "pin"], {"pin": "timeout"}, "denied_authentication_factor_timeout ana"),
        (PIN, ["card", "pin"], {"pin": "unavailable"}, "denied_authentication_unavailable ana"),
        (PIN_ALONE, ["pin"], {}, "access_granted ana"),
        (PIN_ALONE, ["pin"], {"pin": "wrong"}, "denied_incorrect_authentication_factor hall"),
        (FINGER, ["card"], {}, "verification_required ana"),
        (FINGER, ["card", "fingerprint"], {}, "access_granted ana"),
        (FINGER, ["card", "face"], {}, "access_granted ana"),
        (FINGER, ["card", "finger"], {"finger": "wrong"}, "verification_required ana"),
        (FINGER, ["card", "face"], {"face": "wrong"}, "verification_required ana"),
        (CODE, ["card", "code"], {}, "access_granted ana"),
        (CODE, ["card", "code"], {"code": "wrong"}, "verification_required ana"),
        (FREE, [], {}, "access_granted_anonymous hall"),
        (FREE, ["card"], {}, "access_granted_anonymous ana"),
    ],
)
def test_what_was_shown(play: Play, site: str, factors: list[str], more: dict[str, str], wanted: str) -> None:
    """Each factor counts where it is asked for, and as it was."""
    line = at(0, "badge", access_point="hall-in", person="ana", factors=factors, **more)
    assert decided(play(site, ANA, line))[0] == f"0 {wanted}"


@pytest.mark.parametrize("who", [None, "unknown", "nobody-knows"])
def test_a_card_that_nobody_holds(play: Play, who: str | None) -> None:
    """Whoever was not declared is nobody the site knows."""
    assert decided(play(CARD, badge(0, "hall-in", who))) == ["0 denied_unknown_credential hall"]


def test_a_badge_with_nothing_but_a_place_and_a_person(play: Play) -> None:
    """It is a card."""
    assert decided(play(CARD, ANA, at(0, "badge", access_point="hall-in", person="ana")))[0] == (
        "0 access_granted ana"
    )


def test_a_button_at_a_free_way(play: Play) -> None:
    """It is pressed by nobody in particular."""
    played = play(FREE, at(0, "button", access_point="hall-in"))
    assert decided(played)[0] == "0 access_granted_anonymous hall"


def test_a_pin_of_somebody_who_has_none(play: Play) -> None:
    """It proves nothing, however right."""
    without = person("ana", "staff", pin=False)
    played = play(PIN, without, badge(0, "hall-in", "ana", "card", "pin"))
    assert decided(played) == ["0 denied_credential_not_provisioned ana"]


def test_a_finger_counts_while_its_sensor_answers(play: Play) -> None:
    """A trace that says otherwise does not open the door."""
    lines = [at(0, "lost", device="hall-in.biometric"), badge(1, "hall-in", "ana", "card", "fingerprint")]
    assert decided(play(FINGER, ANA, *lines))[1:] == ["1 denied_authentication_unavailable ana"]


def test_wrong_pins_are_counted(play: Play) -> None:
    """The fifth in a row brings a wait, in which no PIN is tried; a right one before it ends the count."""
    wrong = [badge(each, "hall-in", "ana", "card", "pin", pin="wrong") for each in range(4)]
    right = badge(10, "hall-in", "ana", "card", "pin")
    more = [badge(20 + each, "hall-in", "ana", "card", "pin", pin="wrong") for each in range(5)]
    early, late = (badge(each, "hall-in", "ana", "card", "pin") for each in (83, 84))
    played = play(PIN, ANA, *wrong, right, *more, early, late)
    assert [each for each in decided(played) if "incorrect" not in each] == [
        "10 access_granted ana",
        "15 access_not_taken ana",
        "24 lockout_max_attempts ana",
        "83 denied_credential_lockout ana",
        "84 access_granted ana",
        "89 access_not_taken ana",
    ]
    locked = next(line for line in parsed(played) if line.get("type") == "lockout_max_attempts")
    assert locked["detail"] == {"wrong_pins": 5}
    assert locked["reason"].startswith("5 wrong PINs in a row: no PIN is tried before 2026-03-02 08:01:24")


def test_an_operator_forgives_wrong_pins(play: Play) -> None:
    """Then the next PIN is tried at once."""
    wrong = [badge(each, "hall-in", "ana", "card", "pin", pin="wrong") for each in range(5)]
    forgiven = order(10, "forgive_pins", person="ana", operator="maria")
    played = play(PIN, ANA, *wrong, forgiven, badge(11, "hall-in", "ana", "card", "pin"))
    assert decided(played)[-3:] == [
        "10 lockout_relinquished ana",
        "11 access_granted ana",
        "16 access_not_taken ana",
    ]


@pytest.mark.parametrize(
    ("site", "factors", "cry"),
    [
        (PIN, ["card", "pin"], {"pin": "duress"}),
        (FINGER, ["card", "fingerprint"], {"finger": "duress"}),
        (PIN_ALONE, ["pin"], {"pin": "duress"}),
    ],
)
def test_nothing_at_the_door_shows_duress(
    play: Play, site: str, factors: list[str], cry: dict[str, str]
) -> None:
    """What is done and shown is the same to the byte; the record alone has one line more."""
    usual = play(site, ANA, badge(0, "hall-in", "ana", *factors)).splitlines()
    under_duress = play(site, ANA, badge(0, "hall-in", "ana", *factors, **cry)).splitlines()
    assert [line for line in under_duress if '"type":"duress"' not in line] == usual
    assert len(under_duress) == len(usual) + 1


def test_duress_at_a_door_that_refuses(play: Play) -> None:
    """The cry for help is heard nevertheless, and the refusal looks like any other."""
    visitor = person("eve")
    refused = play(PIN, visitor, badge(0, "hall-in", "eve", "card", "pin"))
    cried = play(PIN, visitor, badge(0, "hall-in", "eve", "card", "pin", pin="duress"))
    assert done(cried) == done(refused) == ["0 answer hall-in refused"]
    assert decided(cried) == ["0 denied_point_no_access_rights eve", "0 duress eve"]
    alarm = next(line for line in parsed(cried) if line.get("type") == "duress")
    assert alarm["detail"] == {"granted": False}


def test_odd_ids_are_written_so_that_json_can_read_them(play: Play) -> None:
    """Quotes, backslashes and letters of every alphabet come out as they went in."""
    odd = 'A"na\\ \u00fc\u4f60\U0001f6aa'
    played = play(CARD, person(odd, "staff"), badge(0, "hall-in", odd))
    assert played.isascii()
    assert json.loads(played.splitlines()[0])["person"] == odd
