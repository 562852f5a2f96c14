"""What an admin reads when a file is wrong: every problem at once, each by its path."""

import tomllib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from accessctl.config import Problem, load
from hardware.signals import DeviceId
from hardware.specs import LockKind, StrikeSpec, Unattended
from policies.area_rules import Passback, PassbackKind, Together
from policies.door_modes import DoorMode, ModeRule
from policies.factors import Asks
from policies.ids import AccessPointId, AreaId, DoorId, MemberId, ScheduleId
from policies.places import AccessPoint, AsksWhen, Direction, DoorTimes
from policies.schedule import Interval, Schedule
from tests.config.sites import FULL, GOOD, SIMULATED, WIRED, complaints_of, problems_of, spoilt, without

NEVER = Schedule(ScheduleId(""), ZoneInfo("UTC"), ((),) * 7)
FIVE_IDS = (AccessPointId("x"), "X", DoorId("x"), AreaId("one"), AreaId("other"))

TEN_MISTAKES = (
    ('timezone = "Europe/London"', 'timezone = "Europe/Lodnon"'),
    ("date = 2026-12-25", "date = 2026-12-24"),
    ('name = "Yard"', 'name = "street"'),
    ('to = "14:30" }]', 'to = "25:30" }]'),
    ("gpio = 27,", "gpio = 17,"),
    ("release_time_s = 8", "release_time_s = 2"),
    ('[doors.cage]\nname = "Cage door"', '[doors.cage]\nname_s = "Cage door"'),
    ('door = "gate"\nfrom = "street"', 'door = "gaet"\nfrom = "street"'),
    ('from = "yard"\nto = "cage"', 'from = "yard"\nto = "yard"'),
    ('levels = ["yard", "rounds"]', "levels = [7]"),
)
TEN_COMPLAINTS = [
    'site.timezone: no such time zone: "Europe/Lodnon"; did you mean "Europe/London"?',
    "holidays[1].date: 2026-12-24 is already holidays[0]",
    'areas.yard.name: "street" is already the name of areas.street',
    'schedules.early.weekly[0].to: must be a time in quotes, "00:00" to "24:00", not "25:30"',
    "doors.gate.position.gpio: GPIO17 is already doors.gate.strike",
    "doors.gate.release_time_s: must be 3 to 600 seconds, not 2 (IEC 60839-11-1 asks for 3 or more)",
    "doors.cage.name_s: no such key; did you mean name?",
    'access_points.gate-in.door: no such door: "gaet"; did you mean "gate"?',
    "access_points.cage-in.to: leads back to where it comes from",
    "roles.guard.levels[0]: must be text in quotes, not 7",
]


def test_ten_mistakes_are_ten_problems() -> None:
    """All of them are listed at once, by path, and none of them drags in an eleventh."""
    assert complaints_of(*TEN_MISTAKES) == TEN_COMPLAINTS


@pytest.mark.parametrize("left", range(10))
def test_each_mistake_put_right_takes_away_its_own_problem(left: int) -> None:
    """No problem hides behind another one."""
    mistakes = [mistake for place, mistake in enumerate(TEN_MISTAKES) if place != left]
    complaints = [complaint for place, complaint in enumerate(TEN_COMPLAINTS) if place != left]
    assert complaints_of(*mistakes) == complaints


def test_the_error_prints_a_line_for_each_problem() -> None:
    """What is shown to an admin is the list, and nothing around it."""
    problems = problems_of(spoilt(*TEN_MISTAKES))
    with pytest.raises(ValueError, match="no such time zone") as caught:
        load(spoilt(*TEN_MISTAKES))
    assert str(caught.value).splitlines() == [str(problem) for problem in problems] == TEN_COMPLAINTS


WIRES = [
    ("gpio = 22,", "gpio = 1,", "GPIO1 is kept for the EEPROM of an add-on board; choose GPIO 2 to 27"),
    ("gpio = 22,", "gpio = 28,", "must be GPIO 2 to 27, not 28"),
    ("gpio = 22,", "gpio = -2,", "must be GPIO 2 to 27, not -2"),
    ("gpio = 22,", "gpio = true,", "must be a GPIO number, not true"),
    ("gpio = 22,", 'gpio = "GPIO22",', 'must be a GPIO number, not "GPIO22"'),
    ("gpio = 22,", "gpio = 27,", "GPIO27 is already doors.gate.position"),
]


@pytest.mark.parametrize(("old", "new", "what"), WIRES)
def test_a_line_that_cannot_be_used_is_refused(old: str, new: str, what: str) -> None:
    """A line exists, is free, and is used once."""
    assert complaints_of((old, new)) == [f"doors.gate.exit_request.gpio: {what}"]


@pytest.mark.parametrize("gpio", [2, 3, 4, 5, 6, 7, 8])
def test_no_strike_hangs_on_a_line_that_rises_at_boot(gpio: int) -> None:
    """A relay on such a line would let go of the door before any software runs."""
    lights_elsewhere = ("green_gpio = 5, red_gpio = 6", "green_gpio = 15, red_gpio = 16")
    complaint = (
        f"doors.cage.strike.gpio: GPIO{gpio} is pulled up while the board starts, which would move the lock; "
        "choose GPIO 9 to 27 (not 14)"
    )
    assert complaints_of(("gpio = 23", f"gpio = {gpio}"), lights_elsewhere) == [complaint]


@pytest.mark.parametrize("gpio", [9, 10, 11, 12, 15, 26])
def test_every_other_line_may_drive_a_strike(gpio: int) -> None:
    """What is not pulled up at boot is fine."""
    assert load(spoilt(("gpio = 23", f"gpio = {gpio}"))).board.strikes[1].gpio == gpio


def test_no_strike_hangs_on_the_serial_console() -> None:
    """That line pulses while the board starts."""
    (complaint,) = complaints_of(("gpio = 23", "gpio = 14"))
    assert complaint == (
        "doors.cage.strike.gpio: GPIO14 is the serial console and pulses while the board starts, which would "
        "move the lock; choose GPIO 9 to 27 (not 14)"
    )


def test_a_light_cannot_share_the_line_of_a_strike() -> None:
    """Lines are counted across sections, and the later user is told who was there first."""
    assert complaints_of(("red_gpio = 6", "red_gpio = 23")) == [
        "access_points.gate-in.annunciator.red_gpio: GPIO23 is already doors.cage.strike"
    ]
    annunciator = "access_points.gate-in.annunciator"
    assert complaints_of(("red_gpio = 6", "red_gpio = 5")) == [
        f"{annunciator}.red_gpio: GPIO5 is already {annunciator}.green_gpio"
    ]


def mistakes(name: str) -> list[dict[str, str]]:
    read: list[dict[str, str]] = tomllib.loads((Path(__file__).parent / name).read_text("utf-8"))["mistake"]
    return read


MISTAKES = mistakes("mistakes.toml")
MISTAKES_FULL = mistakes("mistakes_full.toml")
MISTAKES_WIRED = mistakes("mistakes_wired.toml")


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake["name"])
def test_one_mistake_is_one_problem(mistake: dict[str, str]) -> None:
    """Each mistake is told in its own words, by its path, and drags in no other."""
    assert complaints_of((mistake["old"], mistake["new"])) == [mistake["what"]]


@pytest.mark.parametrize("mistake", MISTAKES_FULL, ids=lambda mistake: mistake["name"])
def test_one_mistake_in_a_full_file_is_one_problem(mistake: dict[str, str]) -> None:
    """So is each of those that only a site with more rules can have."""
    assert complaints_of((mistake["old"], mistake["new"]), text=FULL) == [mistake["what"]]


@pytest.mark.parametrize("mistake", MISTAKES_WIRED, ids=lambda mistake: mistake["name"])
def test_one_mistake_in_the_wiring_is_one_problem(mistake: dict[str, str]) -> None:
    """So is each of those that only a site with real devices can have."""
    assert complaints_of((mistake["old"], mistake["new"]), text=WIRED) == [mistake["what"]]


@pytest.mark.parametrize(
    ("change", "path", "build"),
    [
        pytest.param(
            ('lock = "fail_safe"', 'lock = "fail_secure"'),
            "doors.gate.strike.unattended",
            lambda: StrikeSpec(DeviceId("x"), 9, LockKind.FAIL_SECURE, Unattended.RELEASED),
            id="impossible lock",
        ),
        pytest.param(
            ('from = "22:00", to = "06:00"', 'from = "22:00", to = "22:00"'),
            "schedules.night.weekly[0].to",
            lambda: Interval(22 * 60, 22 * 60),
            id="interval of no length",
        ),
        pytest.param(
            ("relock_delay_s = 0.5", "relock_delay_s = 9"),
            "doors.gate.relock_delay_s",
            lambda: DoorTimes(relock_delay=timedelta(seconds=9)),
            id="late relock",
        ),
        pytest.param(
            ("pre_alarm_s = 10", "pre_alarm_s = 55"),
            "doors.gate.release_time_s",
            lambda: DoorTimes(pre_alarm=timedelta(seconds=18)),
            id="early warning",
        ),
    ],
)
def test_what_the_values_refuse_is_told_in_their_words(
    change: tuple[str, str], path: str, build: Callable[[], object]
) -> None:
    """The rules and the devices know best what they cannot be; the file adds where it was written."""
    with pytest.raises(ValueError, match=r"\w+") as refused:
        build()
    (complaint,) = complaints_of(change)
    assert complaint.startswith(f"{path}: {refused.value}")


@pytest.mark.parametrize(
    ("change", "build"),
    [
        pytest.param(
            ('passback = "timed"', 'passback = "hard"'),
            lambda: Passback(PassbackKind.HARD, timedelta(hours=1)),
            id="passback that forgets",
        ),
        pytest.param(
            ('of = ["guard", "keeper"], one_of_each', 'of = ["guard"], one_of_each'),
            lambda: Together(2, timedelta(seconds=20), (MemberId("guard"),), one_of_each=True),
            id="too few roles",
        ),
        pytest.param(
            ("first_card = true, ", ""),
            lambda: ModeRule(DoorMode.UNLOCKED, NEVER, first_card_members=(MemberId("guard"),)),
            id="first card of somebody",
        ),
        pytest.param(
            ("{ threat_level = 2, asks", "{ asks"), lambda: AsksWhen(Asks.CARD), id="always asked otherwise"
        ),
        pytest.param(
            ('asks = "card"\n', 'asks = "nothing"\n'),
            lambda: AccessPoint(*FIVE_IDS, Direction.OUT, Asks.NOTHING),
            id="free way out",
        ),
        pytest.param(
            ("open_time_s = 60, pre_alarm_s = 20", "open_time_s = 60, pre_alarm_s = 50"),
            lambda: DoorTimes(pre_alarm=timedelta(seconds=18)),
            id="longer times that contradict each other",
        ),
    ],
)
def test_what_the_policies_refuse_is_told_in_their_words(
    change: tuple[str, str], build: Callable[[], object]
) -> None:
    """So it is with the rules of areas, modes and access points."""
    with pytest.raises(ValueError, match=r"\w+") as refused:
        build()
    (complaint,) = complaints_of(change, text=FULL)
    assert complaint.endswith(f": {refused.value}")


def test_two_contradictions_of_one_door_are_both_told() -> None:
    """A relock delay that is too long does not hide a warning that comes too early."""
    late, early = complaints_of(
        ("relock_delay_s = 0.5", "relock_delay_s = 9"), ("pre_alarm_s = 10", "pre_alarm_s = 55")
    )
    assert late.endswith("(9 s, 8 s)")
    assert early.endswith("(8 s, 5 s after opening)")


def test_a_folder_of_the_time_zones_is_no_time_zone() -> None:
    """What the database's own files are is never taken for a zone."""
    (complaint,) = complaints_of(('"Europe/London"', '"Europe"'))
    assert complaint.startswith('site.timezone: no such time zone: "Europe"; did you mean "Europe/')


def test_a_number_of_any_size_is_told_in_few_words() -> None:
    """Python itself refuses to write out an integer of thousands of digits."""
    assert complaints_of(("open_time_s = 60", f"open_time_s = 0x1{'0' * 5000}")) == [
        "doors.gate.open_time_s: must be 10 to 86400 seconds, not a number far too large"
    ]


def test_a_way_out_never_asks_for_a_pin() -> None:
    """Leaving is never refused, so nothing may stand in its way, even where there is a keypad."""
    text = spoilt(
        ('direction = "out"\n', 'direction = "out"\nasks = "card_and_pin"\n'),
        ('{ kind = "pcsc", name = "ACS ACR122U 01" }', '{ kind = "simulated" }'),
        text=SIMULATED,
    )
    (problem,) = problems_of(text)
    assert problem.path == "access_points.gate-out.asks"
    assert "leaving is never refused" in problem.what


def test_a_simulated_reader_takes_no_name_and_no_second_light() -> None:
    """What it cannot use is not silently dropped."""
    too_much = 'reader = { kind = "simulated", name = "X" }\nannunciator = { red_gpio = 9 }'
    assert complaints_of(('reader = { kind = "simulated" }', too_much), text=SIMULATED) == [
        'access_points.cage-in.reader.name: a reader of kind "simulated" has none; leave this out',
        "access_points.cage-in.annunciator: a simulated reader has light and buzzer built in; leave this out",
    ]


@pytest.mark.parametrize("name", ["ACS", "ACS ACR122U 00 00"])
def test_a_reader_name_that_fits_two_readers_is_refused(name: str) -> None:
    """A reader is found by the beginning of its name, so neither may begin with the other."""
    first, *_ = complaints_of(('"HID Omnikey"', f'"{name}"'))
    assert first == (
        f'access_points.cage-in.reader.name: "{name}" cannot be told from "ACS ACR122U 00" of '
        "access_points.gate-in.reader: a reader is found by the beginning of its name"
    )


def test_a_door_that_nobody_can_pass_was_forgotten() -> None:
    """A door without an access point is an error, one with any is none."""
    more = '[doors.side]\nname = "Side door"\nstrike = { gpio = 9 }\n\n[levels.yard]'
    assert complaints_of(("[levels.yard]", more)) == ["doors.side: has no access point"]


@pytest.mark.parametrize("bad", ["Gate", "-gate", "ga_te", "gâte"])
def test_an_id_is_plain(bad: str) -> None:
    """Ids stand in the record, in paths and on command lines, so they are kept simple."""
    at = bad if bad.isascii() else f'"{bad}"'
    text = GOOD.replace("[doors.cage]", f'[doors."{bad}"]').replace('door = "cage"', f'door = "{bad}"')
    assert problems_of(text) == (
        Problem(
            f"doors.{at}", f'"{bad}" is no id: small letters, digits and hyphens, a letter or a digit first'
        ),
    )


@pytest.mark.parametrize(
    ("section", "old", "part"),
    [
        ("doors", "wicket", "position"),
        ("access_points", "outer-in", "reader"),
        ("muster_points", "assembly", "reader"),
    ],
)
def test_no_two_devices_go_by_one_name(section: str, old: str, part: str) -> None:
    """Names of devices are put together from two ids, and one pair may not read like another."""
    text = FULL.replace(f"[{section}.{old}]", f"[{section}.input]").replace(f'"{old}"', '"input"')
    load(text)
    assert [str(problem) for problem in problems_of(text.replace("[inputs.mains]", f"[inputs.{part}]"))] == [
        f"inputs.{part}: its line would be called as the {part} of {section}.input; choose another id"
    ]


def test_an_id_has_32_characters_at_most() -> None:
    """The longest id that is allowed loads, and one more character does not."""
    load(GOOD.replace('"kade-1"', f'"{"k" * 32}"'))
    assert complaints_of(('"kade-1"', f'"{"k" * 33}"')) == [
        "site.controller: an id must not be longer than 32 characters, and this has 33"
    ]


def test_an_empty_file_misses_its_sections_and_nothing_else() -> None:
    """Only what is required is missed."""
    assert [str(problem) for problem in problems_of("")] == [
        f"{section}: is missing" for section in ("site", "board", "areas", "doors", "access_points")
    ]


def test_a_misspelt_section_is_one_problem() -> None:
    """What refers to it is not blamed for it."""
    text = GOOD.replace("[levels.", "[level.")
    assert [str(problem) for problem in problems_of(text)] == ["level: no such key; did you mean levels?"]


def test_a_section_that_is_absent_is_missed_by_those_who_refer_to_it() -> None:
    """Levels may be left out only where no role names one."""
    text = GOOD[: GOOD.index("[levels.")] + GOOD[GOOD.index("[roles.") :]
    assert [problem.path for problem in problems_of(text)] == [
        "roles.picker.levels[0]",
        "roles.guard.levels[0]",
        "roles.guard.levels[1]",
    ]


@pytest.mark.parametrize("section", ["site", "board", "areas", "doors", "access_points"])
def test_a_section_that_must_be_there_is_missed_once(section: str) -> None:
    """Whatever refers to it is not blamed for it."""
    assert problems_of(without(section)) == (Problem(section, "is missing"),)


@pytest.mark.parametrize("wrong", ["5", '"x"', "[]", "true", "1979-05-27", "[[]]", "nan"])
@pytest.mark.parametrize(
    "section", ["site", "board", "areas", "schedules", "doors", "access_points", "levels"]
)
def test_a_section_of_the_wrong_type_is_one_problem(section: str, wrong: str) -> None:
    """Nothing that needs the section complains in its turn."""
    (problem,) = problems_of(f"{section} = {wrong}\n{without(section)}")
    assert problem.path == section
    assert problem.what.startswith("must be a table, not ")


SYNTAX = [
    ("[site\n", "line 1, column 6", "Expected ']' at the end of a table declaration"),
    ("[site]\nname = 'x\n", "line 2, column 10", "Expected"),
    ("[site]\nname =", "line 2, column 7", "Invalid value"),
    ("[site]\na = 1\na = 2\n", "line 3, column 6", "Cannot overwrite a value"),
    ("[a]\nx = 2026-02-30\n", "line 2, column 5", "Invalid date or datetime"),
    ("\ufeff[site]", "line 1, column 1", "a byte order mark; save the file as plain UTF-8"),
]


@pytest.mark.parametrize(("text", "path", "what"), SYNTAX)
def test_text_that_is_no_toml_is_one_problem_with_its_place(text: str, path: str, what: str) -> None:
    """The admin is sent to the line and the column."""
    (problem,) = problems_of(text)
    assert problem.path == path
    assert what in problem.what
    assert "(at " not in problem.what


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("x = " + "1" * 5000, "holds a number that is far too long"),
        ("x = " + "[" * 50_000, "is nested far too deep"),
    ],
)
def test_what_the_parser_itself_chokes_on_is_a_problem_too(text: str, what: str) -> None:
    """Limits of the TOML parser are told as problems of the text."""
    assert problems_of(text) == (Problem("the text", what),)


def test_a_level_or_schedule_that_nobody_uses_is_fine() -> None:
    """A rule may be written before it is given to anybody."""
    load(GOOD.replace('levels = ["yard", "rounds"]', "levels = []"))
