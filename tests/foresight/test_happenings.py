"""Entries of a real record, as a warden hears of them again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from accessctl.config import load
from accessctl.foresight.happenings import concerns, order_in, told_of
from accessctl.foresight.history import History, Past, reason_in
from accessctl.foresight.side import Side
from accessctl.home import Home
from accessctl.link.answers import Done
from accessctl.link.requests import GiveOrder, OrderKind
from accessctl.store.errors import RecordUnavailable
from policies.degraded import Condition
from policies.door_modes import DoorMode
from policies.orders import (
    Arm,
    Disarm,
    EndEmergency,
    Forgive,
    LiftLockdown,
    Lockdown,
    PropDoor,
    ReleaseDoor,
    Renew,
    SetMode,
    SetThreatLevel,
)
from policies.reasons import Reason
from policies.warden import Warden
from tests.door.story import NOON, Story
from tests.foresight.conftest import ALICE, ended, new_story, passes, rehearsed
from tests.foresight.rules import RULES

SINCE = NOON - timedelta(days=1)


@pytest.fixture
def rules(tmp_path: Path) -> Iterator[Story]:
    """A site with every kind of rule."""
    story = new_story(tmp_path, RULES)
    yield story
    ended(story)


def orders(story: Story, *given: GiveOrder) -> None:
    for order in given:
        id_ = f"after {story.mark()}"
        done = story.ask(replace(order, id=id_, operator="ana"))
        assert isinstance(done, Done), (order, done)
        story.after(1)


def order(kind: OrderKind, **about: Any) -> GiveOrder:  # noqa: ANN401
    return GiveOrder("", "", kind, **about)


def history(home: Home) -> list[Past]:
    return list(History(home.record).since(SINCE))


def test_orders_are_read_as_they_were_given(rules: Story) -> None:
    """Every order that changes what is decided is found again in the record, with all that it said."""
    until = (NOON + timedelta(hours=1)).isoformat()
    rules.sets("input.fire", active=True).sets("input.fire", active=False)
    orders(
        rules,
        order(OrderKind.END_EMERGENCY),
        order(OrderKind.MODE, door="front", mode="unlocked", until=until),
        order(OrderKind.MODE, door="front", mode="held_open"),
        order(OrderKind.NORMAL, door="front"),
        order(OrderKind.MODE, door="front", mode="blocked"),
        order(OrderKind.NORMAL, door="front"),
        order(OrderKind.MODE, door="front", mode="locked_down"),
        order(OrderKind.NORMAL, door="front"),
        order(OrderKind.MODE, door="front", mode="locked"),
        order(OrderKind.RELEASE, door="outer"),
        order(OrderKind.PROP, door="front", lasting_s=90.0),
        order(OrderKind.LOCKDOWN),
        order(OrderKind.LIFT),
        order(OrderKind.LOCKDOWN, area="hall"),
        order(OrderKind.LIFT, area="hall"),
        order(OrderKind.THREAT_LEVEL, level=3),
        order(OrderKind.THREAT_LEVEL, level=0),
        order(OrderKind.FORGIVE),
        order(OrderKind.FORGIVE, person="alice"),
        order(OrderKind.RENEW, person="alice"),
        order(OrderKind.ARM, area="hall"),
        order(OrderKind.DISARM, area="hall"),
        order(OrderKind.START_MUSTER),
        order(OrderKind.END_MUSTER),
    )
    found = [order_in(past) for past in history(ended(rules))]
    assert [each for each in found if each is not None] == [
        EndEmergency(),
        SetMode("front", DoorMode.UNLOCKED, NOON + timedelta(hours=1)),  # type: ignore[arg-type]
        SetMode("front", DoorMode.HELD_OPEN),  # type: ignore[arg-type]
        SetMode("front", None),  # type: ignore[arg-type]
        SetMode("front", DoorMode.BLOCKED),  # type: ignore[arg-type]
        SetMode("front", None),  # type: ignore[arg-type]
        SetMode("front", DoorMode.LOCKED_DOWN),  # type: ignore[arg-type]
        SetMode("front", None),  # type: ignore[arg-type]
        SetMode("front", DoorMode.LOCKED),  # type: ignore[arg-type]
        ReleaseDoor("outer"),  # type: ignore[arg-type]
        PropDoor("front", timedelta(seconds=90)),  # type: ignore[arg-type]
        Lockdown(),
        LiftLockdown(),
        Lockdown("hall"),
        LiftLockdown("hall"),
        SetThreatLevel(3),
        SetThreatLevel(0),
        Forgive(),
        Forgive("alice"),  # type: ignore[arg-type]
        Renew("alice"),  # type: ignore[arg-type]
        Arm("hall"),  # type: ignore[arg-type]
        Disarm("hall"),  # type: ignore[arg-type]
    ]


def test_an_order_that_was_refused_is_not_given_again(rules: Story) -> None:
    """What stood below what was in force did nothing then, and does nothing now."""
    orders(rules, order(OrderKind.LOCKDOWN))
    rules.ask(GiveOrder("late", "ana", OrderKind.RELEASE, door="front"))
    home = ended(rules)
    assert [past.type for past in history(home)].count("order_refused") == 1
    assert [each for each in map(order_in, history(home)) if each is not None] == [Lockdown()]


def test_a_lockdown_of_then_holds_in_a_rehearsal(rules: Story) -> None:
    """Who was kept out by a lockdown would have come in by a file in which their role passes one."""
    passes(rules, "front-in", ALICE)
    passes(rules, "front-out", ALICE)
    orders(rules, order(OrderKind.LOCKDOWN))
    passes(rules, "front-in", ALICE)
    orders(rules, order(OrderKind.LIFT))
    passes(rules, "front-in", ALICE)
    wider = RULES.replace("may_escort = true", "may_escort = true\npasses_lockdown = true")
    found = rehearsed(ended(rules), wider)
    assert [(row["person"], row["would"], row["entries"]) for row in found["differences"]] == [
        ("alice", "granted", 1)
    ]


def test_a_lost_device_of_then_is_lost_in_a_rehearsal(rules: Story) -> None:
    """What a file says of a door on battery counts for the time in which the mains were gone."""
    passes(rules, "front-in", ALICE)
    passes(rules, "front-out", ALICE)
    rules.sets("input.mains", active=True)
    passes(rules, "front-in", ALICE)
    rules.sets("input.mains", active=False)
    passes(rules, "front-out", ALICE)
    passes(rules, "front-in", ALICE)
    strict = RULES.replace("[doors.lab]", 'degraded = { on_battery = "refuse" }\n\n[doors.lab]', 1)
    home = ended(rules)
    assert [past.type for past in history(home)].count("power_mains_lost") == 1
    found = rehearsed(home, strict)
    assert [(row["would"], row["entries"]) for row in found["differences"]] == [("refused", 1)]


def test_a_badge_at_a_muster_point_moves_somebody(rules: Story) -> None:
    """Who was seen safe outside is outside, and may come in again whatever passback says."""
    passes(rules, "front-in", ALICE)
    rules.badge("yard", ALICE).after(5)
    passes(rules, "front-in", ALICE)
    home = ended(rules)
    without = RULES.replace("[muster_points.yard]", "[muster_points.court]")
    assert rehearsed(home, RULES)["differences"] == []
    assert [row["would"] for row in rehearsed(home, without)["differences"]] == ["refused"]


@pytest.mark.parametrize(
    ("kind", "about", "gone"),
    [
        ("reader_offline", {"door": "front", "access_point": "front-in"}, (Condition.READER_LOST, "front")),
        ("input_fault", {"door": "front"}, (Condition.CONTACT_LOST, "front")),
        ("clock_sync_lost", {}, (Condition.CLOCK_UNTRUSTED, None)),
        ("biometric_offline", {"access_point": "front-in"}, (Condition.BIOMETRIC_LOST, "front-in")),
    ],
)
def test_conditions_are_told(kind: str, about: dict[str, str], gone: tuple[Condition, str | None]) -> None:
    """What was gone then is gone for whoever hears the record again."""
    side = Side(Warden(load(RULES).rulebook))
    side.begin(NOON)
    told = told_of(past(kind, **about))
    assert told is not None
    side.carry_out(told(side))
    assert gone in side.memory.gone


@pytest.mark.parametrize("kind", ["access_taken", "storage_fault", "person_added", "door_forced_open"])
def test_what_follows_from_other_things_is_not_told(kind: str) -> None:
    """What a rule book brings about by itself, and what concerns none, is no happening."""
    assert told_of(past(kind, door="front")) is None


def test_an_input_that_no_rule_depends_on_is_not_told() -> None:
    """A cut exit button is no position switch that is gone."""
    entry = past("input_fault", door="front")._replace(detail={"input": "exit_request"})
    assert told_of(entry) is None


def test_an_entry_concerns_who_knows_the_place() -> None:
    """Where a door or access point is not there, nothing is told."""
    side = Side(Warden(load(RULES).rulebook))
    assert concerns(past("door_opened", door="front"), side)
    assert not concerns(past("door_opened", door="moon"), side)
    assert not concerns(past("reader_offline", door="front", access_point="moon-in"), side)
    assert concerns(past("reader_offline", access_point="yard"), side)


def test_words_are_read_back_as_reasons() -> None:
    """A decision's words stand for its reason, also where what the way in would have said follows them."""
    noted = f"{Reason.GRANTED.words} On the way in: {Reason.CARD_LOST.words}"
    assert reason_in(noted) is Reason.GRANTED
    assert reason_in("Something that no version says.") is None
    assert reason_in(None) is None


def test_a_record_that_is_missing_says_so(tmp_path: Path) -> None:
    """Nothing can be rehearsed without a record."""
    with pytest.raises(RecordUnavailable, match="record"):
        list(History(tmp_path / "record.db").since(datetime(2026, 1, 1, tzinfo=UTC)))


def past(kind: str, *, door: str | None = None, access_point: str | None = None) -> Past:
    return Past(NOON, kind, door, access_point, None, None, None, {})
