"""The walk through a door's wiring, without a screen."""

from typing import Any, cast

from accessctl.client import Event
from accessctl.tui.system.wiring import Sight, WiringWalk, steps_of

DEVICES: list[dict[str, Any]] = [
    {"id": "gate-in.reader", "kind": "reader", "driver": "osdp", "door": "gate", "access_point": "gate-in"},
    {"id": "gate-in.keypad", "kind": "keypad", "driver": "matrix", "door": "gate", "access_point": "gate-in"},
    {"id": "gate.position", "kind": "contact", "driver": "gpio", "door": "gate"},
    {"id": "gate.exit_request", "kind": "contact", "driver": "gpio", "door": "gate"},
    {"id": "gate-in.button", "kind": "contact", "driver": "gpio", "door": "gate"},
    {"id": "gate.bond", "kind": "contact", "driver": "gpio", "door": "gate"},
    {"id": "yard.position", "kind": "contact", "driver": "gpio", "door": "yard"},
    {"id": "gate.strike", "kind": "strike", "driver": "gpio", "door": "gate"},
    {"id": "gate-in.annunciator", "kind": "annunciator", "driver": "gpio", "door": None},
    {"id": "yard-in.annunciator", "kind": "annunciator", "driver": "gpio", "door": None},
]


def event(seq: int, type_: str, door: str | None = "gate", point: str | None = None) -> Event:
    return cast("Event", {"seq": seq, "type": type_, "door": door, "access_point": point})


def test_a_door_is_walked_through_device_by_device() -> None:
    """Its own devices and no others; a leaf is opened and shut."""
    steps = steps_of("gate", DEVICES)
    assert [step.id for step in steps] == [
        "gate-in.reader",
        "gate-in.keypad",
        "gate.strike",
        "gate.position:open",
        "gate.position:close",
        "gate.exit_request",
        "gate-in.button",
        "gate.bond",
        "gate-in.annunciator",
    ]
    eyes = {step.id for step in steps if step.sight is Sight.EYES}
    assert eyes == {"gate.strike", "gate.bond", "gate-in.annunciator"}


def test_what_happens_is_ticked_in_whatever_order() -> None:
    """What was recorded before the walk, or at another door, counts for nothing."""
    walk = WiringWalk("gate", steps_of("gate", DEVICES))
    walk.begin(10)
    assert not walk.take([event(9, "rex"), event(11, "rex", "yard")])
    assert walk.take([event(12, "rex"), event(13, "door_forced_open")])
    assert not walk.take([event(13, "door_forced_open")])
    assert set(walk.seen) == {"gate.exit_request", "gate.position:open"}
    assert walk.take([event(14, "denied_unknown_credential", "gate", "gate-in")])
    assert walk.current is not None
    assert walk.current.id == "gate.strike"


def test_what_was_passed_over_is_not_asked_again_and_may_still_be_seen() -> None:
    """It is named at the end unless it was."""
    walk = WiringWalk("gate", steps_of("gate", DEVICES))
    for _step in walk.steps:
        walk.pass_over()
    assert walk.current is None
    assert len(walk.unseen) == len(walk.steps)
    walk.take([event(1, "door_closed")])
    assert "gate.position:close" not in {step.id for step in walk.unseen}
    walk.pass_over()
