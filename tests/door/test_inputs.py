"""Supervised wires that are cut, buttons that are stuck, locks that do not hold, strikes that got too hot."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from accessctl.config import load
from accessctl.door.devices import devices_of
from accessctl.door.status import status_of
from accessctl.link.requests import GiveOrder, OrderKind
from hardware.ports import Pattern
from hardware.signals import DeviceId, StrikeRested
from tests.door.conftest import ALICE
from tests.door.rules_site import RULES_SITE
from tests.door.site import SITE
from tests.door.story import Story, make_home

BOND = SITE.replace("[doors.cage]\n", "[doors.cage]\nbond = { gpio = 5 }\n").replace(
    "[doors.shed]\n", "[doors.shed]\nbond = { gpio = 6 }\n"
)
CAGE_BOND = DeviceId("cage.bond")
TAMPER = SITE.replace("[doors.front]\n", "[doors.front]\ntamper = { gpio = 5 }\n").replace(
    "[access_points.front-in]\n",
    '[inputs.hatch]\nkind = "tamper"\ndoor = "front"\ngpio = 6\n\n[access_points.front-in]\n',
)
"""The front door's housing is watched twice: by its own contact and by an input of the site."""


@pytest.fixture
def rules(tmp_path: Path) -> Iterator[Story]:
    """The site with fire and mains."""
    (tmp_path / "home").mkdir(mode=0o700)
    told = Story(make_home(tmp_path / "home", RULES_SITE), site=RULES_SITE)
    yield told
    told.process.stop()
    told.office.writer.close()


@pytest.fixture
def bonded(story: Story) -> Story:
    """The site with bond sensors, the cage's leaf shut and its lock holding."""
    story.process.stop()
    story.start_process(load(BOND))
    return story


def contact(story: Story, device: str) -> object:
    return next(each for each in devices_of(story.process.controller, story.clock) if each["id"] == device)


def test_a_cut_exit_button_lets_nobody_out_and_is_known(story: Story) -> None:
    """Cut wires are an event with their cause; they release nothing, not even when mended while pressed."""
    button = story.board.contacts[DeviceId("front.exit_request")]
    mark = story.mark()
    button.lose("the wires are cut")
    assert (story.last().type, story.last().door) == ("input_fault", "front")
    assert story.last().reason == "the wires are cut"
    assert json.loads(story.last().detail or "") == {"device": "front.exit_request", "input": "exit_request"}
    assert contact(story, "front.exit_request")["fault"] == "the wires are cut"  # type: ignore[index]
    button.set(True)
    button.come_back()
    assert not story.released("front")
    assert story.types(since=mark) == ["input_fault", "input_restored"]
    story.lets_go("front").wants_out("front")
    assert story.released("front")


def test_leaving_stays_possible_past_a_cut_button(story: Story) -> None:
    """The reader on the way out lets people out."""
    story.board.contacts[DeviceId("front.exit_request")].lose()
    story.badge("front-out", ALICE)
    assert story.released("front")


def test_a_cut_fire_input_frees_no_door(rules: Story) -> None:
    """It is an event; doors stay as they are, and the real alarm afterwards frees them."""
    fire = rules.board.contacts[DeviceId("input.fire")]
    fire.lose("the wires are shorted")
    assert rules.last().type == "input_fault"
    assert json.loads(rules.last().detail or "")["input"] == "fire"
    assert not rules.released("front")
    fire.come_back()
    rules.sets("input.fire", active=True)
    assert rules.released("front")


def test_a_cut_position_switch_says_so_and_why(story: Story) -> None:
    """The record has the cause, and the status does not claim that the leaf is shut."""
    story.board.contacts[DeviceId("front.position")].lose("the wires are cut")
    assert (story.last().type, story.last().reason) == ("input_fault", "the wires are cut")
    assert ("contact_lost", "front") in {
        (condition.value, where) for condition, where in story.process.controller.memory.gone
    }
    story.board.contacts[DeviceId("front.position")].come_back()
    assert "input_restored" in story.types()


def test_a_loose_wire_does_not_fill_the_record(story: Story) -> None:
    """Thousands of faults leave some hundred entries; how it is in the end is recorded all the same."""
    button = story.board.contacts[DeviceId("front.exit_request")]
    mark = story.mark()
    for _ in range(1000):
        button.lose()
        button.come_back()
    button.lose()
    assert len(story.types(since=mark)) < 250
    story.after(11)
    assert story.last().type == "input_fault"


def test_an_exit_button_that_stays_pressed_is_stuck(story: Story) -> None:
    """After ten minutes it is an event, and its end is one; one that is pressed for long is none."""
    mark = story.mark()
    button = story.board.contacts[DeviceId("front.exit_request")]
    button.set(True)
    story.after(599)
    assert "rex_stuck" not in story.types(since=mark)
    story.after(2)
    assert (story.last().type, story.last().door) == ("rex_stuck", "front")
    button.set(False)
    assert story.last().type == "rex_stuck_restored"
    mark = story.mark()
    button.set(True)
    story.after(599)
    button.set(False)
    story.after(60)
    assert not {"rex_stuck", "rex_stuck_restored"} & set(story.types(since=mark))


def test_a_button_that_is_cut_while_it_is_pressed_is_not_stuck(story: Story) -> None:
    """Nobody knows any more whether somebody leans on it; mended, it is watched anew."""
    button = story.board.contacts[DeviceId("front.exit_request")]
    mark = story.mark()
    button.set(True)
    button.lose()
    story.after(700)
    assert "rex_stuck" not in story.types(since=mark)
    button.come_back()
    story.after(599)
    assert "rex_stuck" not in story.types(since=mark)
    story.after(2)
    assert story.last().type == "rex_stuck"


@pytest.mark.parametrize("device", ["front.tamper", "input.hatch"])
def test_tamper_is_over_after_a_cut_wire_was_mended(story: Story, device: str) -> None:
    """Opened, cut, and shut by the time it is mended: its end is told, and nothing is told twice."""
    story.process.stop()
    story.start_process(load(TAMPER))
    tamper = story.board.contacts[DeviceId(device)]
    mark = story.mark()
    tamper.set(True)
    tamper.lose()
    tamper.come_back()
    tamper.lose()
    tamper.set(False)
    tamper.come_back()
    assert [type_ for type_ in story.types(since=mark) if "tamper" in type_] == [
        "door_tamper",
        "door_tamper_restored",
    ]
    assert story.last().door == "front"


@pytest.mark.parametrize("device", ["front.tamper", "input.hatch"])
def test_a_tamper_contact_at_rest_is_no_news(story: Story, device: str) -> None:
    """Neither at the start nor after its wires were mended."""
    story.process.stop()
    story.start_process(load(TAMPER))
    mark = story.mark()
    story.board.contacts[DeviceId(device)].lose()
    story.board.contacts[DeviceId(device)].come_back()
    assert story.types(since=mark) == ["input_fault", "input_restored"]


def test_a_lock_that_does_not_hold_is_reported(bonded: Story) -> None:
    """Secured, shut, and slack for three seconds: an event. It ends when the lock holds."""
    bonded.closes("cage").after(1)
    mark = bonded.mark()
    bonded.sets("cage.bond", active=True).after(2.9)
    assert bonded.types(since=mark) == []
    bonded.after(0.2)
    assert (bonded.last().type, bonded.last().door) == ("lock_not_holding", "cage")
    bonded.sets("cage.bond", active=False)
    assert bonded.last().type == "lock_holding_again"


def test_a_released_or_open_door_is_not_held(bonded: Story) -> None:
    """While somebody passes, the lock holds nothing and nothing is wrong with it."""
    bonded.badge("cage-in", ALICE).keys("cage-in", "4711#")
    bonded.sets("cage.bond", active=True).after(3.5)
    bonded.opens("cage").after(6)
    bonded.closes("cage").after(1).sets("cage.bond", active=False)
    assert "lock_not_holding" not in bonded.types()


def test_a_lock_that_does_not_catch_after_somebody_is_noticed(bonded: Story) -> None:
    """The leaf is shut behind somebody and the door secured, yet the lock does not hold it."""
    bonded.badge("cage-in", ALICE).keys("cage-in", "4711#")
    bonded.sets("cage.bond", active=True).opens("cage").after(6).closes("cage").after(3.5)
    assert bonded.last().type == "lock_not_holding"


def test_a_leaf_that_nobody_watches_proves_nothing(bonded: Story) -> None:
    """Without a position switch a slack lock may belong to an open leaf."""
    bonded.sets("shed.bond", active=True).after(10)
    assert "lock_not_holding" not in bonded.types()


def test_a_strike_that_rests_is_a_fault_until_it_moves(story: Story) -> None:
    """It was switched off before it got too hot: the door is locked, which the status and the record say."""
    story.ask(GiveOrder("o-1", "tester", OrderKind.MODE, door="front", mode="unlocked"))
    story.strike("front").rest(30.0)
    assert story.last().type == "door_fault"
    assert "30 s" in (story.last().reason or "")
    door = _door(story, "front")
    assert door["strike"] == "secured"
    assert "30 s" in str(door["fault"])
    story.ask(GiveOrder("o-2", "tester", OrderKind.NORMAL, door="front"))
    assert _door(story, "front")["fault"] is None
    story.badge("front-in", ALICE)
    assert _door(story, "front")["strike"] == "released"


def test_a_rest_that_is_heard_of_late_is_over(bonded: Story) -> None:
    """The strike was released anew while its rest was on the way: the door is open, and no lock is slack."""
    bonded.closes("cage").after(1)
    bonded.ask(GiveOrder("o-1", "tester", OrderKind.MODE, door="cage", mode="unlocked"))
    mark = bonded.mark()
    bonded.process.controller.handle(StrikeRested(DeviceId("cage.strike"), 0, 30.0))
    bonded.sets("cage.bond", active=True).after(4)
    assert bonded.types(since=mark) == []
    assert (_door(bonded, "cage")["strike"], _door(bonded, "cage")["fault"]) == ("released", None)


def _door(story: Story, name: str) -> dict[str, object]:
    process = story.process
    status = status_of(process.controller, process.recorder, process.prover)
    return next(door for door in status.doors if door["id"] == name)


def test_a_lockdown_shows_at_the_readers(rules: Story) -> None:
    """It lasts until it is lifted, an alarm is shown before it, and cards are answered as ever."""
    rules.ask(GiveOrder("o-1", "tester", OrderKind.LOCKDOWN))
    assert rules.playing("front-in") is Pattern.LOCKDOWN
    rules.badge("front-in", ALICE)
    assert rules.playing("front-in") is Pattern.REFUSED
    rules.after(10)
    assert rules.playing("front-in") is Pattern.LOCKDOWN
    rules.opens("front")
    assert rules.playing("front-in") is Pattern.ALARM
    rules.closes("front").after(1)
    assert rules.playing("front-in") is Pattern.LOCKDOWN
    rules.ask(GiveOrder("o-2", "tester", OrderKind.LIFT))
    assert rules.playing("front-in") is Pattern.IDLE


def test_a_lockdown_outlives_a_restart_at_the_readers_too(rules: Story) -> None:
    """Whoever comes after a restart sees that the door is locked down."""
    rules.ask(GiveOrder("o-1", "tester", OrderKind.LOCKDOWN))
    rules.restart(crash=True)
    assert rules.playing("front-in") is Pattern.LOCKDOWN


def test_lifting_a_lockdown_silences_no_alarm(rules: Story) -> None:
    """The alarm of a forced door goes on when the lockdown is lifted."""
    rules.ask(GiveOrder("o-1", "tester", OrderKind.LOCKDOWN))
    rules.opens("front")
    rules.ask(GiveOrder("o-2", "tester", OrderKind.LIFT))
    assert rules.playing("front-in") is Pattern.ALARM
