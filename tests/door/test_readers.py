"""What readers tell of themselves: lost and back, torn off, without power, or not themselves."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from accessctl.config import Site, load
from accessctl.door.devices import devices_of
from accessctl.door.reader_book import MOST_UNTOLD
from hardware.ports import Pattern
from hardware.signals import DeviceBack, DeviceId, DeviceLost, KeyPressed, UnknownDevice
from hardware.specs import SimulatedReaderSpec
from policies.ids import AccessPointId
from tests.door.conftest import ALICE, BOB
from tests.door.rules_site import RULES_SITE
from tests.door.site import SITE
from tests.door.story import Row, Story, make_home

KEYPAD = DeviceId("cage-in.keypad")


def with_keypad(site: Site) -> Site:
    """Hang a keypad beside the reader of the cage."""
    board = replace(site.board, readers=(*site.board.readers, SimulatedReaderSpec(KEYPAD)))
    return replace(
        site, board=board, point_of_reader={**site.point_of_reader, KEYPAD: AccessPointId("cage-in")}
    )


@pytest.fixture
def two(story: Story) -> Story:
    """The same site with a keypad of its own at the cage."""
    story.process.stop()
    story.start_process(with_keypad(load(SITE)))
    return story


def said(story: Story, mark: int) -> list[tuple[str, object]]:
    """Each entry's type with the device in its detail."""
    return [(row.type, device_in(row)) for row in story.rows() if row.seq > mark]


def device_in(row: Row) -> object:
    return json.loads(row.detail or "{}").get("device")


def health(story: Story, device: str) -> dict[str, object]:
    devices = devices_of(story.process.controller, story.clock)
    return next(each for each in devices if each["id"] == device)


def test_a_reader_torn_off_its_wall_is_reported_and_goes_on(story: Story) -> None:
    """It is an event at its access point, once; cards count as ever; and its end is one too."""
    mark = story.mark()
    for _ in range(3):
        story.reader("front-in").tamper()
    assert said(story, mark) == [("reader_tamper", "front-in.reader")]
    assert health(story, "front-in.reader")["tampered"]
    story.badge("front-in", ALICE)
    assert story.released("front")
    story.reader("front-in").tamper(False)
    assert story.last().type == "reader_tamper_restored"
    assert not health(story, "front-in.reader")["tampered"]


def test_a_reader_that_is_whole_from_the_start_is_no_news(story: Story) -> None:
    """Readers say how they are when they come; what is well is not recorded."""
    mark = story.mark()
    story.reader("front-in").tamper(False)
    story.reader("front-in").power(False)
    assert story.types(since=mark) == []


def test_a_supply_that_fails_is_reported(story: Story) -> None:
    """The reader's own supply fails and is good again: one event each."""
    mark = story.mark()
    story.reader("front-in").power()
    story.reader("front-in").power(False)
    assert story.types(since=mark) == ["reader_power_failed", "reader_power_restored"]


def test_something_else_on_a_readers_line_lets_nobody_in(story: Story) -> None:
    """A wrong key is an event with its cause, once for each cause; the reader is lost until it is itself."""
    mark = story.mark()
    story.reader("front-in").insecure("the key is wrong")
    story.reader("front-in").insecure("the key is wrong")
    story.reader("front-in").insecure("no encryption")
    assert story.types(since=mark) == ["reader_insecure", "reader_offline", "reader_insecure"]
    assert health(story, "front-in.reader")["insecure"] == "no encryption"
    story.badge("front-in", ALICE)
    assert not story.released("front")
    story.reader("front-in").come_back()
    assert health(story, "front-in.reader")["insecure"] is None
    story.badge("front-in", ALICE)
    assert story.released("front")


def test_a_strange_keyboard_is_reported(story: Story) -> None:
    """What types and is not ours is an event at the reader beside which it was plugged in."""
    reader = DeviceId("front-in.reader")
    story.process.controller.handle(UnknownDevice(reader, 0, "keyboard at usb 1-1.4"))
    assert (story.last().type, story.last().access_point) == ("unknown_input_device", "front-in")
    assert story.last().reason == "keyboard at usb 1-1.4"


def test_what_a_reader_says_of_itself_does_not_fill_the_record(story: Story) -> None:
    """What flutters leaves some hundred entries; how it ends up is recorded all the same."""
    mark = story.mark()
    for _ in range(1000):
        story.reader("front-in").tamper()
        story.reader("front-in").tamper(False)
        story.reader("front-in").insecure(f"cause {_}")
        story.reader("front-in").come_back()
    story.reader("front-in").tamper()
    assert len(story.types(since=mark)) < 250
    story.after(11)
    tampers = [type_ for type_ in story.types(since=mark) if type_.startswith("reader_tamper")]
    assert tampers[-1] == "reader_tamper"
    assert story.types(since=mark).count("reader_flood") == 1


@pytest.mark.parametrize("point", ["front-in", "yard"])
def test_what_must_be_known_of_a_reader_outlives_a_flood(mustering: Story, point: str) -> None:
    """A stranger on the line or a strange keyboard while too much is told already is told of later, once."""
    reader = mustering.reader(point)
    for _ in range(500):
        reader.lose()
        reader.come_back()
    mark = mustering.mark()
    for _ in range(3):
        reader.insecure("no encryption")
        reader.unknown_device("keyboard at usb 1-1.4")
        reader.come_back()
    assert mustering.types(since=mark) == []
    mustering.after(11)
    kinds = {"reader_insecure", "unknown_input_device"}
    told = [row for row in mustering.rows() if row.seq > mark and row.type in kinds]
    assert [(row.type, row.access_point, row.reason) for row in told] == [
        ("reader_insecure", point, "no encryption"),
        ("unknown_input_device", point, "keyboard at usb 1-1.4"),
    ]
    mark = mustering.mark()
    mustering.after(11)
    assert mustering.types(since=mark) == []


def test_a_flood_of_strangers_has_an_end(story: Story) -> None:
    """However many names something gives itself, so many at most are told of late; they hide nothing else."""
    for count in range(1000):
        story.reader("front-in").unknown_device(f"keyboard {count}")
    mark = story.mark()
    story.reader("front-in").insecure("no encryption")
    story.after(11)
    assert "reader_insecure" in story.types(since=mark)
    assert story.types(since=mark).count("unknown_input_device") == MOST_UNTOLD


def test_a_point_with_a_keypad_is_online_when_both_answer(two: Story) -> None:
    """Reader and keypad are told apart in the record; the rules lack a reader while either is lost."""
    lost = ("reader_lost", "cage-in.reader")
    assert two.point("cage-in").online
    mark = two.mark()
    two.board.readers[KEYPAD].lose()
    assert not two.point("cage-in").online
    assert lost in _gone(two)
    two.reader("cage-in").lose()
    two.board.readers[KEYPAD].come_back()
    assert lost in _gone(two), "the reader itself is still gone"
    two.reader("cage-in").come_back()
    assert lost not in _gone(two)
    assert said(two, mark) == [
        ("reader_offline", KEYPAD),
        ("reader_offline", "cage-in.reader"),
        ("reader_online", KEYPAD),
        ("reader_online", "cage-in.reader"),
    ]


def _gone(story: Story) -> set[tuple[str, object]]:
    return {(condition.value, where) for condition, where in story.process.controller.memory.gone}


def test_the_rules_lack_nothing_before_the_second_device_has_spoken(two: Story) -> None:
    """Where a lost reader is answered by an unlocked door, a restart must not unlock it for a moment."""
    two.process.stop()
    two.start_process(
        with_keypad(
            load(SITE.replace("[doors.cage]", '[doors.cage]\ndegraded = { reader_lost = "wider_unlock" }'))
        )
    )
    assert two.strike("cage").history == []
    two.board.readers[KEYPAD].lose()
    assert two.released("cage"), "which a reader that is really lost does"


def test_a_pin_is_typed_at_the_keypad(two: Story) -> None:
    """The card at the reader, the PIN at the keypad beside it."""
    two.badge("cage-in", ALICE)
    two.board.readers[KEYPAD].press("4711#")
    assert two.released("cage")


@pytest.mark.parametrize("device", ["cage-in.reader", KEYPAD])
def test_a_half_typed_pin_dies_with_either(two: Story, device: str) -> None:
    """What was typed before the reader or the keypad was lost counts for nothing after."""
    two.badge("cage-in", ALICE)
    two.board.readers[KEYPAD].press("47")
    two.board.readers[DeviceId(device)].lose()
    two.board.readers[DeviceId(device)].come_back()
    two.board.readers[KEYPAD].press("11#")
    assert not two.released("cage")


def test_health_says_when_and_how_often(story: Story) -> None:
    """Each device has its state, since when, its last sign of life and how often it errs."""
    story.after(60).badge("front-in", BOB)
    story.reader("front-in").show_unreadable("torn away")
    page = health(story, "front-in.reader")
    assert (page["state"], page["driver"], page["kind"]) == ("here", "simulated", "reader")
    assert page["since"] == "2026-03-17T12:00:00.000+00:00"
    assert page["seen"] == "2026-03-17T12:01:00.000+00:00"
    assert (page["errors_this_hour"], page["last_error"]) == (1, "torn away")
    story.reader("front-in").lose("it was unplugged")
    page = health(story, "front-in.reader")
    assert (page["state"], page["why"]) == ("lost", "it was unplugged")


def test_every_device_is_listed_and_nothing_secret_with_it(story: Story) -> None:
    """Readers, contacts, strikes and lights are all there; no card number and no key is."""
    story.badge("front-in", ALICE).keys("front-in", "12")
    devices = devices_of(story.process.controller, story.clock)
    kinds = [device["kind"] for device in devices]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "reader": 4,
        "contact": 4,
        "strike": 3,
        "annunciator": 4,
    }
    assert ALICE.hex() not in json.dumps(devices).lower()


def test_a_pattern_of_its_own_says_that_trying_again_is_of_no_use(story: Story) -> None:
    """Who is locked out after wrong PINs sees and hears another pattern than who is refused."""
    for _ in range(5):
        story.badge("cage-in", ALICE).keys("cage-in", "0000#")
    assert story.shown("cage-in")[-1] is Pattern.REFUSED
    story.badge("cage-in", ALICE)
    story.keys("cage-in", "4711#")
    assert Pattern.LOCKED_OUT in story.shown("cage-in")
    story.badge("shed-in", bytes.fromhex("04DEADBEEF0102"))
    assert Pattern.LOCKED_OUT not in story.shown("shed-in")


@pytest.fixture
def mustering(tmp_path: Path) -> Iterator[Story]:
    """A site with a muster point."""
    (tmp_path / "home").mkdir(mode=0o700)
    told = Story(make_home(tmp_path / "home", RULES_SITE), site=RULES_SITE)
    yield told
    told.process.stop()
    told.office.writer.close()


def test_a_muster_points_reader_is_watched_too(mustering: Story) -> None:
    """It has no door, and its events have none."""
    mark = mustering.mark()
    mustering.reader("yard").lose()
    mustering.reader("yard").come_back()
    mustering.reader("yard").tamper()
    assert mustering.types(since=mark) == ["reader_offline", "reader_online", "reader_tamper"]
    assert (mustering.last().door, mustering.last().access_point) == (None, "yard")
    assert health(mustering, "yard.reader")["access_point"] == "yard"


def test_a_muster_points_flutter_is_told_late(mustering: Story) -> None:
    """What came too fast is recorded as it is in the end."""
    mark = mustering.mark()
    for _ in range(500):
        mustering.reader("yard").lose()
        mustering.reader("yard").come_back()
    mustering.reader("yard").lose()
    assert len(mustering.types(since=mark)) < 250
    mustering.after(11)
    assert mustering.last().type == "reader_offline"


def test_a_signal_of_no_device_of_ours_harms_nobody(story: Story) -> None:
    """It is logged, and the next badge is decided about as ever."""
    nobody = DeviceId("moon.reader")
    for signal in (DeviceLost(nobody, 0, "x"), DeviceBack(nobody, 0), KeyPressed(nobody, 0, "1")):
        story.process.controller.handle(signal)
    story.badge("front-in", ALICE)
    assert story.released("front")
