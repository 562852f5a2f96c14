"""A badge, from the reader to the strike and the record."""

from datetime import UTC, datetime, timedelta

import pytest

from hardware.ports import Pattern
from policies.people import CardStatus
from policies.reasons import Reason
from tests.door.conftest import ALICE, BOB, STRANGER
from tests.door.story import NOON, Story


def test_a_known_card_releases_the_door_and_is_recorded(story: Story) -> None:
    """Who, which door and why stand in the record, and the person sees and hears that it was granted."""
    mark = story.mark()
    story.badge("front-in", ALICE)
    assert story.released("front")
    row = story.last()
    assert (row.type, row.door, row.access_point, row.person) == (
        "access_granted",
        "front",
        "front-in",
        "alice",
    )
    assert row.reason == "Granted."
    assert story.types(since=mark) == ["access_granted"]
    assert story.shown("front-in")[-1] is Pattern.GRANTED


def test_a_door_that_is_not_opened_is_secured_again(story: Story) -> None:
    """Granted and not taken: the strike is secured after its time, and the record says nobody entered."""
    story.badge("front-in", ALICE).after(4.9)
    assert story.released("front")
    story.after(0.2)
    assert not story.released("front")
    assert story.last().type == "access_not_taken"
    assert story.last().person == "alice"


def test_presence_is_recorded_when_the_leaf_opens(story: Story) -> None:
    """The badge alone moves nobody; the opened leaf does."""
    mark = story.mark()
    story.badge("front-in", ALICE).after(2).opens("front")
    assert not story.released("front")
    story.after(3).closes("front")
    assert story.types(since=mark) == ["access_granted", "door_opened", "access_taken", "door_closed"]


def test_a_forced_door_is_an_alarm_until_it_is_closed(story: Story) -> None:
    """A leaf that opens without leave is recorded and sounds at its readers."""
    mark = story.mark()
    story.opens("front")
    assert story.shown("front-in")[-1] is Pattern.ALARM
    story.closes("front")
    assert story.types(since=mark) == [
        "door_opened",
        "door_forced_open",
        "door_forced_open_restored",
        "door_closed",
    ]
    assert story.shown("front-in")[-1] is Pattern.IDLE


def test_a_propped_door_warns_before_it_alarms(story: Story) -> None:
    """Held open is first a polite tone, then an alarm."""
    story.badge("front-in", ALICE).opens("front").after(14.9)
    assert story.last().type == "access_taken"
    story.after(0.2)
    assert story.last().type == "door_pre_alarm"
    story.after(5)
    assert story.last().type == "door_open_too_long"
    assert story.keeper("front").alarm is not None


def test_the_exit_button_lets_out_without_asking(story: Story) -> None:
    """Leaving needs no credential and is recorded as anonymous."""
    story.wants_out("front")
    assert story.released("front")
    assert story.last().type == "access_granted_anonymous"
    assert story.last().access_point == "front-out"


def test_a_handle_masks_the_alarm_and_releases_nothing(story: Story) -> None:
    """Where a handle opens the door, the exit request keeps it from being forced."""
    mark = story.mark()
    story.wants_out("cage")
    assert not story.released("cage")
    story.opens("cage")
    assert story.types(since=mark) == ["rex", "door_opened"]


def _refused(story: Story, point: str, number: bytes) -> Reason:
    door = point.removesuffix("-in").removesuffix("-out")
    before = len(story.strike(door).history)
    story.badge(point, number)
    assert len(story.strike(door).history) == before
    row = story.last()
    reason = next(reason for reason in Reason if reason.event_type == row.type)
    assert row.reason == reason.words
    assert story.shown(point)[-1] is Pattern.REFUSED
    return reason


def test_a_stranger_is_refused(story: Story) -> None:
    """A card that nobody holds is refused, with its last two digits and no more."""
    assert _refused(story, "front-in", STRANGER) is Reason.UNKNOWN_CREDENTIAL
    assert story.last().detail == '{"card":"02"}'


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (CardStatus.REVOKED, Reason.CARD_REVOKED),
        (CardStatus.LOST, Reason.CARD_LOST),
        (CardStatus.STOLEN, Reason.CARD_STOLEN),
        (CardStatus.DAMAGED, Reason.CARD_DAMAGED),
    ],
)
def test_a_card_that_does_not_count_any_more_is_refused(
    story: Story, status: CardStatus, reason: Reason
) -> None:
    """A revoked card stops working at the next badge, even one that was just used, and says why."""
    card = story.office.card("bob", STRANGER)
    story.badge("shed-in", STRANGER)
    assert story.released("shed")
    story.after(10)
    story.office.revoke(card, status)
    assert _refused(story, "shed-in", STRANGER) is reason


def test_a_card_outside_its_time_is_refused(story: Story) -> None:
    """Not yet valid and expired are two reasons; the start is included, the end is not."""
    story.office.card("bob", b"\x01\x02\x03\x04", start=NOON + timedelta(seconds=1))
    story.office.card("bob", b"\x01\x02\x03\x05", end=NOON)
    assert _refused(story, "front-in", b"\x01\x02\x03\x04") is Reason.NOT_YET_VALID
    assert _refused(story, "front-in", b"\x01\x02\x03\x05") is Reason.EXPIRED
    story.after(1).badge("front-in", b"\x01\x02\x03\x04")
    assert story.last().type == "access_granted"


def test_a_disabled_person_is_refused(story: Story) -> None:
    """An admin's word stops every card of a person at once."""
    from dataclasses import replace

    story.office.writer.change_person("bob", lambda row: replace(row, disabled=True), "tester")
    assert _refused(story, "front-in", BOB) is Reason.PERSON_DISABLED


def test_a_person_without_a_level_is_refused(story: Story) -> None:
    """A known card of a role that may go nowhere."""
    story.office.person("guest", role="guest")
    story.office.card("guest", STRANGER)
    assert _refused(story, "front-in", STRANGER) is Reason.NO_ACCESS_LEVEL


def test_a_card_off_its_schedule_is_refused(story: Story) -> None:
    """Six hours after noon the day is over."""
    story.after(6 * 3600)
    assert story.clock.now() == datetime(2026, 3, 17, 18, 0, tzinfo=UTC)
    assert _refused(story, "front-in", ALICE) is Reason.OUTSIDE_SCHEDULE


def test_leaving_is_granted_to_everybody(story: Story) -> None:
    """At a reader on the way out a stranger, and somebody refused inbound, are let out, and noted."""
    story.after(8 * 3600).badge("front-out", STRANGER)
    assert story.released("front")
    assert story.last().type == "access_granted_anonymous"
    assert (
        story.last().reason
        == f"{Reason.GRANTED_ANONYMOUS.words} On the way in: {Reason.UNKNOWN_CREDENTIAL.words}"
    )
    story.after(10).badge("front-out", ALICE)
    assert story.released("front")
    assert story.last().person == "alice"
    assert story.last().detail == '{"assurance":0,"noted":"denied_out_of_time_range","proven":["card"]}'


def test_a_door_without_a_position_switch_does_not_say_who_entered(story: Story) -> None:
    """Nobody can tell, so nothing is claimed; the strike is secured all the same."""
    mark = story.mark()
    story.badge("shed-in", BOB).after(6)
    assert not story.released("shed")
    assert story.types(since=mark) == ["access_granted"]


def test_an_unreadable_card_is_an_event(story: Story) -> None:
    """A card yanked away is refused with its own reason, and the next card works."""
    story.reader("front-in").show_unreadable("the card went away")
    assert story.last().type == Reason.CARD_UNREADABLE.event_type
    assert story.last().detail == '{"why":"the card went away"}'
    story.badge("front-in", ALICE)
    assert story.released("front")
