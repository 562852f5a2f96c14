"""Starting, stopping, crashing, reloading: none of it releases a door, all of it is recorded."""

import pytest

from accessctl.config import SiteInvalid, load
from accessctl.config.last_good import keep_as_last_good, load_site
from accessctl.keys.cards import KnownCards
from accessctl.link.answers import Done
from accessctl.link.requests import DoorOrder, OrderDoor
from hardware.fakes import FakeAnnunciator
from policies.reasons import Reason
from tests.door.conftest import ALICE, STRANGER
from tests.door.site import SITE
from tests.door.story import Story


def test_a_start_moves_no_strike(story: Story) -> None:
    """From power-on to the first badge no strike is told to release."""
    story.restart()
    assert not any(released for strike in story.board.strikes.values() for _, released in strike.history)


def test_a_stop_secures_every_door(story: Story) -> None:
    """A released door is secured when the process stops, and the stop is in the record."""
    story.badge("front-in", ALICE)
    strike = story.strike("front")
    assert strike.released
    story.process.stop()
    assert not strike.released
    assert story.last().type == "system_stop"
    story.start_process(load(SITE))


def test_an_unlock_order_does_not_survive_a_crash(story: Story) -> None:
    """A door that was unlocked comes back locked, and the record says why."""
    assert isinstance(story.ask(OrderDoor("o1", "front", DoorOrder.UNLOCK, "local:root")), Done)
    assert story.released("front")
    mark = story.mark()
    story.restart(crash=True)
    assert not story.released("front")
    assert story.types(since=mark)[:3] == ["system_start", "system_crash_recovered", "policy_loaded"]


def test_a_clean_stop_is_no_crash(story: Story) -> None:
    """After an orderly stop the start says nothing of a crash."""
    mark = story.mark()
    story.restart()
    assert "system_crash_recovered" not in story.types(since=mark)


def test_a_door_found_open_is_watched_from_the_start(story: Story) -> None:
    """A leaf that stands open at the start is no forced door, but is held open after its time."""
    story.process.stop()
    mark = story.mark()
    story.start_process(load(SITE), standing_open="front")
    story.after(21)
    happened = story.types(since=mark)
    assert "door_forced_open" not in happened
    assert "door_open_too_long" in happened


def test_a_button_that_is_pressed_at_the_start_releases_nothing_by_that(story: Story) -> None:
    """A shorted exit button must not release its door at every start; let go and pressed again it counts."""
    story.process.stop()
    story.start_process(load(SITE), pressed="front")
    assert not story.released("front")
    story.lets_go("front").wants_out("front")
    assert story.released("front")


def test_an_order_is_carried_out_once(story: Story) -> None:
    """An order repeated with the same id, even after a crash, releases nothing a second time."""
    order = OrderDoor("o1", "front", DoorOrder.RELEASE, "local:root")
    assert story.ask(order) == Done(story.mark(), repeated=False)
    assert story.released("front")
    story.restart(crash=True)
    answer = story.ask(order)
    assert isinstance(answer, Done)
    assert answer.repeated
    assert not story.released("front")


def test_orders_say_who_gave_them(story: Story) -> None:
    """Release, unlock and lock stand in the record with the operator's name."""
    for number, order in enumerate(DoorOrder):
        story.ask(OrderDoor(f"o{number}", "front", order, "local:vera"))
    rows = story.rows()[-3:]
    assert [row.type for row in rows] == ["manual_unlock", "door_unlocked", "door_locked"]
    assert all(row.reason == "Ordered by local:vera." for row in rows)


def test_new_rules_hold_from_the_next_badge(story: Story) -> None:
    """A changed site file is put in force without a restart, and entries stand under its revision."""
    story.home.site_file.write_text(SITE.replace('to = "18:00"', 'to = "11:00"'))
    story.process.reload()
    assert story.last().type == "policy_loaded"
    story.badge("front-in", ALICE)
    assert story.last().type == Reason.OUTSIDE_SCHEDULE.event_type


@pytest.mark.parametrize(
    "text",
    ["nonsense", SITE.replace("gpio = 17", "gpio = 18"), SITE.replace("[areas.cage]", "[areas.vault]")],
)
def test_rules_that_cannot_hold_leave_the_old_ones_in_force(story: Story, text: str) -> None:
    """A broken file, or one that changes the wiring, is refused in the record and changes nothing."""
    story.home.site_file.write_text(text)
    story.process.reload()
    assert story.last().type == "policy_refused"
    story.badge("front-in", ALICE)
    assert story.released("front")


def test_a_broken_site_file_at_night_falls_back_on_the_last_good_one(story: Story) -> None:
    """What was in force before goes on, with everything that is wrong with the newer file."""
    site, refused = load_site(story.home)
    assert refused is None
    keep_as_last_good(story.home)
    story.home.site_file.write_text("[site")
    fallen_back, refused = load_site(story.home)
    assert fallen_back == site
    assert isinstance(refused, SiteInvalid)
    story.home.last_good_site.unlink()
    with pytest.raises(SiteInvalid):
        load_site(story.home)


def test_a_strike_that_does_not_answer_is_reported(story: Story) -> None:
    """A line that cannot be driven is a fault of that door, in the record and for the operator."""
    story.strike("front").break_line("no such line")
    mark = story.mark()
    story.badge("front-in", ALICE)
    assert story.types(since=mark) == ["access_granted", "door_fault"]
    assert story.keeper("front").fault is not None
    story.badge("shed-in", ALICE)
    assert story.released("shed")


def test_a_light_that_fails_keeps_no_door_from_working(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a reader's light does, the strike is released, secured in time, and all of it recorded."""

    def burn_out(*_: object) -> None:
        raise OSError("burnt out")

    monkeypatch.setattr(FakeAnnunciator, "show", burn_out)
    mark = story.mark()
    story.badge("front-in", ALICE)
    assert story.released("front")
    story.after(6)
    assert not story.released("front")
    story.badge("front-in", STRANGER)
    assert story.types(since=mark) == [
        "access_granted",
        "access_not_taken",
        Reason.UNKNOWN_CREDENTIAL.event_type,
    ]


def test_a_card_on_the_way_out_is_let_out_whatever_goes_wrong(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even a fault that nobody foresaw, in the middle of a check, keeps nobody in."""

    def fall_over(*_: object) -> None:
        raise RuntimeError("nobody foresaw this")

    monkeypatch.setattr(KnownCards, "recall", fall_over)
    story.badge("front-in", ALICE)
    assert not story.released("front")
    story.badge("front-out", ALICE)
    assert story.released("front")
