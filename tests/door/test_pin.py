"""Card and PIN at the cage."""

from dataclasses import replace
from datetime import timedelta

import pytest

from accessctl.link.answers import Done
from accessctl.link.requests import ForgiveWrongPins
from hardware.ports import Pattern
from policies.lockout import FREE_TRIES, LAST_TRY, wait_after
from policies.people import CardStatus
from policies.reasons import Reason
from tests.door.conftest import ALICE, BOB, STRANGER
from tests.door.story import Story


def _enter(story: Story, pin: str) -> str:
    story.badge("cage-in", ALICE).keys("cage-in", f"{pin}#")
    return story.last().type


def test_card_and_pin_open_the_cage(story: Story) -> None:
    """The card alone opens nothing and asks for the PIN; with it the door is released."""
    mark = story.mark()
    story.badge("cage-in", ALICE)
    assert not story.released("cage")
    assert story.shown("cage-in")[-1] is Pattern.PIN_WANTED
    story.keys("cage-in", "4711#")
    assert story.released("cage")
    assert story.types(since=mark) == ["access_granted"]


def test_every_key_is_answered_alike(story: Story) -> None:
    """Nobody learns from light or tone which key was pressed, or whether it counted."""
    story.keys("cage-in", "0123456789*#")
    assert story.shown("cage-in")[-12:] == [Pattern.KEY] * 12


def test_a_star_begins_the_pin_anew(story: Story) -> None:
    """A slip of the finger can be taken back."""
    story.badge("cage-in", ALICE).keys("cage-in", "99*4711#")
    assert story.released("cage")


def test_a_wrong_pin_is_refused_with_its_own_reason(story: Story) -> None:
    """The record says that it was the PIN, and never what was typed."""
    assert _enter(story, "0000") == Reason.WRONG_PIN.event_type
    assert not story.released("cage")
    assert story.shown("cage-in")[-1] is Pattern.REFUSED


def test_a_pin_with_too_many_digits_is_wrong(story: Story) -> None:
    """What is typed beyond the longest PIN is not cut off to make it right."""
    assert _enter(story, "4711" + "0" * 40) == Reason.WRONG_PIN.event_type


def test_enter_without_a_digit_is_no_try(story: Story) -> None:
    """An empty PIN is neither right nor counted."""
    story.badge("cage-in", ALICE).keys("cage-in", "##4711#")
    assert story.released("cage")


def test_a_pin_that_does_not_come_times_out(story: Story) -> None:
    """Ten seconds after the last key the attempt ends, with its own reason and without a wrong try."""
    story.badge("cage-in", ALICE).after(9).keys("cage-in", "4").after(9.9)
    mark = story.mark()
    story.after(0.2)
    assert story.types(since=mark) == [Reason.FACTOR_TIMEOUT.event_type]
    story.keys("cage-in", "711#")
    assert not story.released("cage")


def test_a_half_typed_pin_dies_with_its_reader(story: Story) -> None:
    """Digits typed before a reader was lost do not join digits typed after it came back."""
    story.badge("cage-in", ALICE).keys("cage-in", "47")
    mark = story.mark()
    story.reader("cage-in").lose("unplugged")
    story.reader("cage-in").come_back()
    story.keys("cage-in", "11#")
    assert not story.released("cage")
    assert story.types(since=mark) == [Reason.FACTOR_TIMEOUT.event_type, "reader_offline", "reader_online"]


def test_another_card_ends_the_attempt_before_it(story: Story) -> None:
    """A PIN belongs to the card that was shown last."""
    story.badge("cage-in", ALICE).badge("cage-in", BOB)
    assert [row.type for row in story.rows()][-2:] == [
        Reason.FACTOR_TIMEOUT.event_type,
        Reason.NO_PIN.event_type,
    ]
    story.keys("cage-in", "4711#")
    assert not story.released("cage")


def test_a_person_without_a_pin_is_told_so(story: Story) -> None:
    """No PIN is a reason of its own, not a wrong one."""
    story.badge("cage-in", BOB)
    assert story.last().type == Reason.NO_PIN.event_type


def test_an_unknown_card_is_asked_for_a_pin_as_any_other(story: Story) -> None:
    """Whoever found a card learns nothing of it: it is refused after the digits, whichever they are."""
    story.badge("cage-in", STRANGER)
    assert story.shown("cage-in")[-1] is Pattern.PIN_WANTED
    assert not story.released("cage")
    story.keys("cage-in", "4711#")
    assert story.last().type == Reason.UNKNOWN_CREDENTIAL.event_type
    assert '"card"' in (story.last().detail or "")
    assert not story.released("cage")


def test_an_unknown_card_without_a_pin_is_still_an_unknown_card(story: Story) -> None:
    """The record names the cause, not that the digits did not come."""
    story.badge("cage-in", STRANGER).after(11)
    assert story.last().type == Reason.UNKNOWN_CREDENTIAL.event_type


def test_five_wrong_pins_lock_out_and_the_wait_doubles(story: Story) -> None:
    """Each wrong PIN from the fifth on costs twice the wait of the one before it."""
    for _ in range(FREE_TRIES - 1):
        assert _enter(story, "0000") == Reason.WRONG_PIN.event_type
    for count in range(FREE_TRIES, LAST_TRY):
        assert _enter(story, "0000") == "lockout_max_attempts"
        wait = wait_after(count)
        assert wait == timedelta(seconds=60) * 2 ** (count - FREE_TRIES)
        story.after(wait.total_seconds() - 1).badge("cage-in", ALICE)
        assert story.last().type == Reason.LOCKED_OUT.event_type
        story.after(1)
    assert _enter(story, "0000") == "lockout_max_attempts"
    story.after(3 * 24 * 3600).badge("cage-in", ALICE)
    assert story.last().type == Reason.TOO_MANY_WRONG_PINS.event_type


def test_a_lock_out_survives_a_crash(story: Story) -> None:
    """Pulling the plug wins nobody another try."""
    for _ in range(FREE_TRIES):
        _enter(story, "0000")
    story.restart(crash=True)
    story.badge("cage-in", ALICE)
    assert story.last().type == Reason.LOCKED_OUT.event_type


def test_the_right_pin_clears_the_count(story: Story) -> None:
    """Four slips and a success, and the next slip is the first again; after a restart too."""
    for _ in range(FREE_TRIES - 1):
        _enter(story, "0000")
    assert _enter(story, "4711") == "access_granted"
    story.after(10).restart()
    for _ in range(FREE_TRIES - 1):
        assert _enter(story, "0000") == Reason.WRONG_PIN.event_type


def test_an_admin_can_forgive(story: Story) -> None:
    """Ten wrong PINs are for an admin to clear, and the record says who did."""
    for _ in range(LAST_TRY):
        _enter(story, "0000")
        story.after(3601)
    story.badge("cage-in", ALICE)
    assert story.last().type == Reason.TOO_MANY_WRONG_PINS.event_type
    assert isinstance(story.ask(ForgiveWrongPins("o1", "alice", "local:root")), Done)
    assert story.last().type == "lockout_relinquished"
    assert _enter(story, "4711") == "access_granted"


@pytest.mark.parametrize("what", ["revoked", "disabled"])
def test_a_card_that_is_taken_away_while_the_pin_is_typed_opens_nothing(story: Story, what: str) -> None:
    """What counts is how card and person stand when the PIN is decided about, not when the card was shown."""
    card = story.office.card("alice", STRANGER)
    story.badge("cage-in", STRANGER).keys("cage-in", "47")
    if what == "revoked":
        story.office.revoke(card, CardStatus.STOLEN)
        expected = Reason.CARD_STOLEN
    else:
        story.office.writer.change_person("alice", lambda row: replace(row, disabled=True), "tester")
        expected = Reason.PERSON_DISABLED
    story.keys("cage-in", "11#")
    assert story.last().type == expected.event_type
    assert not story.released("cage")


def test_an_attempt_ends_however_many_keys_are_pressed(story: Story) -> None:
    """Somebody who keeps pressing keys keeps the reader for half a minute at most."""
    story.badge("cage-in", ALICE)
    for _ in range(5):
        story.after(5).keys("cage-in", "*")
    mark = story.mark()
    story.after(5.1)
    assert story.types(since=mark) == [Reason.FACTOR_TIMEOUT.event_type]


def test_the_light_goes_back_to_what_the_door_has_to_say(story: Story) -> None:
    """After an attempt the prompt is gone; and a prompt does not silence an alarm."""
    story.badge("cage-in", ALICE)
    assert story.playing("cage-in") is Pattern.PIN_WANTED
    story.keys("cage-in", "0000#").after(5)
    assert story.playing("cage-in") is Pattern.IDLE
    story.opens("cage").badge("cage-in", ALICE).after(1)
    assert story.playing("cage-in") is Pattern.ALARM
    story.keys("cage-in", "4711#").after(5)
    assert story.playing("cage-in") is Pattern.ALARM
    story.reader("cage-in").lose()
    story.reader("cage-in").come_back()
    assert story.playing("cage-in") is Pattern.ALARM
