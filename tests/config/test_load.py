"""What a good file is turned into."""

import dataclasses
import hashlib
import pickle
import subprocess
import sys
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accessctl.config import Holiday, SiteInvalid, load, revision_of
from hardware.signals import DeviceId
from hardware.specs import (
    BoardKind,
    BoardSpec,
    ContactSpec,
    GpioAnnunciatorSpec,
    LockKind,
    PcscReaderSpec,
    SimulatedAnnunciatorSpec,
    SimulatedReaderSpec,
    StrikeSpec,
    Unattended,
)
from policies.calendar import HolidayType
from policies.factors import Asks, Factor
from policies.ids import AccessPointId, AreaId, DoorId, LevelId, MemberId, PersonId, RoleId, ScheduleId
from policies.people import Person
from policies.places import AccessPoint, Area, Direction, Door, DoorTimes
from policies.schedule import Interval
from tests.config.sites import GOOD, SIMULATED, spoilt

GATE, CAGE = DoorId("gate"), DoorId("cage")
GATE_IN, GATE_OUT, CAGE_IN = AccessPointId("gate-in"), AccessPointId("gate-out"), AccessPointId("cage-in")
LONDON = ZoneInfo("Europe/London")


def device(name: str) -> DeviceId:
    return DeviceId(name)


def test_the_site_knows_its_name_controller_and_time() -> None:
    """The first section names the place, the controller and the clock on its wall."""
    site = load(GOOD)
    assert (site.name, site.controller, site.timezone) == ("Kade Warehouse", "kade-1", LONDON)


def test_doors_become_the_doors_of_the_rules() -> None:
    """Seconds become time spans, and a switch or its absence decides what the rules may conclude."""
    doors = load(GOOD).doors
    times = DoorTimes(
        timedelta(seconds=8), timedelta(seconds=0.5), timedelta(seconds=60), timedelta(seconds=10)
    )
    assert doors[GATE] == Door(GATE, "Main gate", times, monitored=True, exit_releases=False)
    assert doors[CAGE] == Door(CAGE, "Cage door", DoorTimes(), monitored=False, exit_releases=True)


def test_access_points_lead_from_area_to_area() -> None:
    """An access point is one direction through one door, and asks for the card unless it says more."""
    site = load(GOOD)
    street, yard = AreaId("street"), AreaId("yard")
    assert site.areas[yard] == Area(yard, "Yard")
    assert site.access_points[GATE_OUT] == AccessPoint(
        GATE_OUT, "Gate, outbound", GATE, yard, street, Direction.OUT, Asks.CARD, senses=Factor.CARD
    )


def test_the_board_holds_every_wire() -> None:
    """Each strike, contact, reader and light of the file is a device of the board."""
    assert load(GOOD).board == BoardSpec(
        BoardKind.PI,
        strikes=(
            StrikeSpec(device("gate.strike"), 17, LockKind.FAIL_SAFE, Unattended.RELEASED),
            StrikeSpec(device("cage.strike"), 23, LockKind.FAIL_SECURE, Unattended.SECURED),
        ),
        contacts=(
            ContactSpec(device("gate.position"), 27, normally_closed=False, debounce_ms=50),
            ContactSpec(device("gate.exit_request"), 22, normally_closed=False, debounce_ms=20),
        ),
        readers=(
            PcscReaderSpec(device("gate-in.reader"), "ACS ACR122U 00"),
            PcscReaderSpec(device("gate-out.reader"), "ACS ACR122U 01"),
            PcscReaderSpec(device("cage-in.reader"), "HID Omnikey"),
        ),
        annunciators=(GpioAnnunciatorSpec(device("gate-in.annunciator"), 5, 6, 13),),
    )


def test_a_position_switch_is_closed_with_its_leaf_unless_told_otherwise() -> None:
    """By default a cut wire reads as an open leaf."""
    text = spoilt(("normally_closed = false, debounce_ms = 50", "debounce_ms = 50"))
    assert load(text).board.contacts[0].normally_closed


def test_a_simulated_reader_brings_light_and_buzzer() -> None:
    """It has a keypad too, so it may ask for a PIN, and a real reader may stand beside it."""
    site = load(SIMULATED)
    assert site.board.readers[1:] == (
        PcscReaderSpec(device("gate-out.reader"), "ACS ACR122U 01"),
        SimulatedReaderSpec(device("cage-in.reader")),
    )
    assert site.board.annunciators[1:] == (SimulatedAnnunciatorSpec(device("cage-in.annunciator")),)
    assert site.access_points[CAGE_IN].asks is Asks.CARD_AND_PIN


def test_the_wiring_maps_name_both_ends() -> None:
    """The daemon finds the rules' end of every wire, and the wire of every door."""
    site = load(GOOD)
    assert site.point_of_reader == {
        "gate-in.reader": "gate-in",
        "gate-out.reader": "gate-out",
        "cage-in.reader": "cage-in",
    }
    assert site.door_of_position == {"gate.position": "gate"}
    assert site.door_of_exit_request == {"gate.exit_request": "gate"}
    assert site.strike_of_door == {"gate": "gate.strike", "cage": "cage.strike"}
    assert site.annunciator_of_point == {"gate-in": "gate-in.annunciator"}
    assert site.annunciators_of_door == {"gate": ("gate-in.annunciator",), "cage": ()}


def test_every_device_of_the_maps_is_on_the_board() -> None:
    """No map names a device that nobody builds."""
    site = load(SIMULATED)
    board = site.board
    built = {spec.id for spec in (*board.strikes, *board.contacts, *board.readers, *board.annunciators)}
    inputs = {*site.point_of_reader, *site.door_of_position, *site.door_of_exit_request}
    assert inputs | {*site.strike_of_door.values(), *site.annunciator_of_point.values()} == built


def test_roles_have_levels_and_the_rulebook_has_their_schedules() -> None:
    """What the file says of roles is what a badge is judged by."""
    site = load(GOOD)
    guard = RoleId(MemberId("guard"))
    assert site.roles[guard] == (site.levels[LevelId("yard")], site.levels[LevelId("rounds")])
    assert site.role_names[guard] == "Guard"
    early, night = site.schedules[ScheduleId("early")], site.schedules[ScheduleId("night")]
    on_watch = site.rulebook.crowd_of(Person(PersonId("p"), (guard,)))
    assert on_watch.allows[GATE_IN] == (early, night)
    picking = site.rulebook.crowd_of(Person(PersonId("p"), (RoleId(MemberId("picker")),)))
    assert CAGE_IN not in picking.allows
    assert site.rulebook.access_points == site.access_points


@pytest.mark.parametrize(
    ("at", "holds"),
    [
        ("2026-12-23T05:29", False),
        ("2026-12-23T05:30", True),
        ("2026-12-23T14:29", True),
        ("2026-12-23T14:30", False),
        ("2026-12-24T05:30", False),
        ("2026-12-24T06:00", True),
        ("2026-12-25T09:00", False),
        ("2026-12-26T09:00", False),
    ],
)
def test_a_schedule_holds_when_the_file_says(at: str, *, holds: bool) -> None:
    """Ordinary days, half holidays, full holidays and the weekend each have their own hours."""
    early = load(GOOD).schedules[ScheduleId("early")]
    assert early.holds_at(datetime.fromisoformat(at).replace(tzinfo=LONDON)) is holds


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ("mon", "0"),
        ("mon-fri", "01234"),
        ("mon,wed,fri", "024"),
        ("mon-tue, sat - sun", "0156"),
        ("fri-mon", "0456"),
        ("sun-mon", "06"),
        ("tue-tue", "1"),
        ("every day", "0123456"),
    ],
)
def test_days_are_written_as_people_say_them(days: str, expected: str) -> None:
    """Single days, ranges (also over the weekend), lists of both, and every day."""
    weekly = load(spoilt(('"mon-fri"', f'"{days}"'))).schedules[ScheduleId("early")].weekly
    assert "".join(str(day) for day in range(7) if weekly[day]) == expected


@pytest.mark.parametrize(
    ("start", "end", "interval"),
    [
        ("00:00", "24:00", Interval(0, 1440)),
        ("00:00", "00:00", Interval(0, 1440)),
        ("22:00", "24:00", Interval(1320, 1440)),
        ("22:00", "00:00", Interval(1320, 1440)),
        ("22:00", "06:00", Interval(1320, 360)),
        ("00:01", "23:59", Interval(1, 1439)),
    ],
)
def test_midnight_as_an_end_is_the_end_of_the_day(start: str, end: str, interval: Interval) -> None:
    """Both ways to write it mean the same, and an end before the start is on the next day."""
    text = spoilt(('from = "05:30", to = "14:30"', f'from = "{start}", to = "{end}"'))
    assert load(text).schedules[ScheduleId("early")].weekly[0] == (interval,)


def test_intervals_of_a_day_may_overlap() -> None:
    """A schedule holds where any of its intervals does."""
    more = '}, { days = "mon", from = "05:00", to = "06:00" }]'
    weekly = load(spoilt(('to = "14:30" }]', f'to = "14:30" {more}'))).schedules[ScheduleId("early")].weekly
    assert weekly[0] == (Interval(330, 870), Interval(300, 360))


def test_holidays_keep_their_names() -> None:
    """The rules need the type alone; people want to read which day it is."""
    site = load(GOOD)
    assert site.holidays[1] == Holiday(date(2026, 12, 25), HolidayType.FULL, "Christmas Day")
    assert site.calendar.type_of(date(2026, 12, 24)) is HolidayType.HALF


def test_the_revision_is_what_sha256sum_shows() -> None:
    """Anybody can tell which file a decision was made by."""
    site = load(GOOD)
    assert site.revision == hashlib.sha256(GOOD.encode()).hexdigest()[:12]
    assert site.rulebook.revision == site.revision


def test_any_change_is_a_new_revision() -> None:
    """Even a comment is: the revision names the text, not its meaning."""
    assert load(GOOD + "# nothing\n").revision != load(GOOD).revision
    assert revision_of(GOOD) == load(GOOD).revision


def test_a_comment_may_hold_anything() -> None:
    """Even half a character, which no encoding knows, has a revision."""
    assert load(GOOD + "# \ud800").name == "Kade Warehouse"


def test_a_site_is_frozen() -> None:
    """Nobody changes the rules behind the record's back."""
    site = load(GOOD)
    with pytest.raises(dataclasses.FrozenInstanceError):
        site.name = "Elsewhere"  # type: ignore[misc]
    with pytest.raises(TypeError):
        del site.doors[GATE]  # type: ignore[attr-defined]


def test_the_smallest_site_is_a_door_and_a_way_through_it() -> None:
    """Holidays, schedules, levels and roles may all come later."""
    text = GOOD[: GOOD.index("[[holidays]]")] + GOOD[GOOD.index("[areas.street]") : GOOD.index("[schedules")]
    text += GOOD[GOOD.index("[doors.gate]") : GOOD.index("[levels")]
    site = load(text)
    assert (site.holidays, site.schedules, site.levels, site.roles) == ((), {}, {}, {})


def test_the_problems_travel_between_processes() -> None:
    """A refusal to load survives being pickled, with every problem."""
    with pytest.raises(SiteInvalid) as caught:
        load("")
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - made one line before
    assert again.problems == caught.value.problems
    assert str(again) == str(caught.value)


def test_reading_the_file_needs_nothing_but_the_standard_library() -> None:
    """The door process loads this, and must stay small."""
    shows = "import sys, accessctl.config; print(*{name.partition('.')[0] for name in sys.modules})"
    ran = subprocess.run([sys.executable, "-c", shows], capture_output=True, text=True, check=True)
    loaded = set(ran.stdout.split())
    assert {"tomllib", "policies"} <= loaded
    assert loaded.isdisjoint({"pydantic", "click", "numpy", "sqlite_utils", "textual", "fastapi", "gpiozero"})
