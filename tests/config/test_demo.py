"""The warehouse of the demo is a place where people could work."""

from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import accessctl.demo
from accessctl.config import Site, load_file
from accessctl.config.findings import Severity, findings
from accessctl.demo.holders import holder_of
from accessctl.demo.roster import BY_HANDLE, ROSTER
from accessctl.drill import drill
from hardware.specs import BoardKind, LockKind, Unattended
from policies.calendar import HolidayType
from policies.decide import Outcome, decide
from policies.factors import Factor
from policies.ids import AccessPointId, AreaId, RoleId
from policies.people import CardStatus, Holder
from policies.places import Direction
from policies.reasons import Reason
from policies.requests import Request

STREET = AreaId("street")
TUESDAY = datetime(2026, 12, 1, 10, tzinfo=UTC)
SATURDAY_NIGHT = datetime(2026, 12, 5, 23, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def site() -> Site:
    return load_file(Path(accessctl.demo.__file__).parent / "site.toml")


def holder(handle: str, made: datetime = TUESDAY) -> Holder:
    return holder_of(BY_HANDLE[handle], made)


def reason(site: Site, handle: str, point: str, at: datetime = TUESDAY) -> Reason:
    request = Request(AccessPointId(point), holder(handle, at), Factor.CARD | Factor.PIN)
    return decide(request, site.rulebook, at).reason


def rights(site: Site) -> set[tuple[RoleId, AccessPointId]]:
    return {
        (role, policy.access_point)
        for role, levels in site.roles.items()
        for level in levels
        for policy in level.policies
    }


def reached(ways: set[tuple[AreaId, AreaId]], start: AreaId) -> set[AreaId]:
    found = {start}
    while more := {to for here, to in ways if here in found} - found:
        found |= more
    return found


def test_the_demo_stands_on_no_real_wire(site: Site) -> None:
    """It runs on any desk."""
    assert site.board.kind is BoardKind.SIMULATED
    assert len(site.doors) == 9
    assert all(door.monitored for door in site.doors.values())


def test_every_place_can_be_reached_from_the_street(site: Site) -> None:
    """No room of the demo is there for show."""
    ways = {(point.from_area, point.to_area) for point in site.access_points.values()}
    assert reached(ways, STREET) == set(site.areas)


def test_every_place_can_be_left(site: Site) -> None:
    """From each area a way leads to the street that asks no rule: a way out, or an exit request."""
    ways = set()
    for point in site.access_points.values():
        if point.direction is Direction.OUT:
            ways.add((point.from_area, point.to_area))
        elif point.door in site.door_of_exit_request.values():
            ways.add((point.to_area, point.from_area))
    for area in site.areas:
        assert STREET in reached(ways, area), area


def test_a_power_cut_frees_the_cold_store_and_a_crash_does_not(site: Site) -> None:
    """The magnet of the cold store lets go without power, and a crash of the software does not release it."""
    (cold,) = (strike for strike in site.board.strikes if strike.id == "cold.strike")
    assert (cold.lock, cold.unattended) == (LockKind.FAIL_SAFE, Unattended.SECURED)


def test_whoever_may_enter_the_cage_has_a_pin(site: Site) -> None:
    """And nobody else has one: the other places that ask for it at times are for the same people."""
    roles = {role for role, point in rights(site) if point == "cage-in"}
    assert all(bool(person.pin_code) == (person.role in roles) for person in ROSTER)


def test_only_the_gate_asks_for_a_code(site: Site) -> None:
    """Every driver has one, but for the one who works here no more."""
    asking = {point.id for point in site.access_points.values() if Factor.PIN in point.asks.ways}
    assert asking == {"gate-in"}
    drivers = {person.handle for person in ROSTER if person.role == "driver"}
    assert {person.handle for person in ROSTER if person.keypad_code} == drivers - {"wes-calloway"}
    assert site.codes is not None
    codes = [person.keypad_code for person in ROSTER if person.keypad_code]
    assert {len(code) for code in codes} == {site.codes.digits}
    assert len(set(codes)) == len(codes) <= site.codes.most


def test_every_role_and_every_access_point_is_used(site: Site) -> None:
    """Each role and group has people, and each access point somebody who may pass it, or is free."""
    assert {person.role for person in ROSTER} == set(site.roles)
    assert {group for person in ROSTER for group in person.groups} == set(site.groups)
    assert len(site.roles) >= 6
    free = {point.id for point in site.access_points.values() if point.asks.is_free}
    assert {point for _, point in rights(site)} | free == set(site.access_points)


def test_the_roster_has_forty_people(site: Site) -> None:
    """Every one with a handle, a name and a card of their own."""
    assert len(ROSTER) == len(BY_HANDLE) == len({person.name for person in ROSTER}) == 40
    assert all(person.handle == person.name.lower().replace(" ", "-") for person in ROSTER)


def test_card_numbers_are_ones_that_a_card_could_have() -> None:
    """4 or 7 bytes, never twice, and none that a card would draw anew at every reading."""
    numbers = [person.card_number for person in ROSTER]
    assert len(set(numbers)) == len(numbers)
    assert {len(number) for number in numbers} == {4, 7}
    assert all(any(number) and number[0] != 0x08 for number in numbers)


def test_pins_are_distinct_digits() -> None:
    """4 to 6 of them, and nobody shares one."""
    pins = [pin for person in ROSTER for pin in (person.pin_code, person.duress_pin_code) if pin]
    assert len(set(pins)) == len(pins)
    assert all(pin.isascii() and pin.isdigit() and 4 <= len(pin) <= 6 for pin in pins)


def test_the_roster_shows_no_card_and_no_pin_by_accident() -> None:
    """Neither is part of how a person is printed, so that no log of the demo teaches bad habits."""
    harriet = BY_HANDLE["harriet-lowe"]
    assert harriet.pin_code is not None
    assert harriet.pin_code not in repr(harriet)
    assert repr(harriet.card_number) not in repr(harriet)
    for person in ROSTER:
        for digits in (person.duress_pin_code, person.keypad_code):
            assert digits is None or digits not in repr(person)


def test_cards_are_in_order_but_for_four() -> None:
    """One of each kind of trouble, and one person who is disabled, so that everybody else's is ordinary."""
    count = Counter(person.card_status for person in ROSTER)
    assert (count[CardStatus.REVOKED], count[CardStatus.LOST], count[CardStatus.ACTIVE]) == (1, 1, 38)
    assert sum(person.disabled for person in ROSTER) == 1
    assert len([person for person in ROSTER if person.card_validity.start or person.card_validity.end]) == 2


@pytest.mark.parametrize(
    ("handle", "point", "expected"),
    [
        ("ana-marsh", "staff-in", Reason.GRANTED),
        ("ana-marsh", "cold-in", Reason.NO_ACCESS_LEVEL),
        ("chloe-bannister", "staff-in", Reason.OUTSIDE_SCHEDULE),
        ("joel-hartnell", "staff-in", Reason.CARD_REVOKED),
        ("tess-whitlock", "cold-in", Reason.CARD_LOST),
        ("wes-calloway", "gate-in", Reason.EXPIRED),
        ("zoe-thackray", "staff-in", Reason.NOT_YET_VALID),
        ("noah-feldman", "office-in", Reason.PERSON_DISABLED),
        ("marta-quill", "cage-in", Reason.COMPANION_WANTED),
        ("fatou-diallo", "cold-in", Reason.NO_ESCORT),
        ("mihaela-popa", "staff-in", Reason.NOT_SEEN),
        ("rhys-tanner", "staff-in", Reason.OUTSIDE_SCHEDULE),
        ("viktor-hale", "cage-in", Reason.OUTSIDE_SCHEDULE),
        ("joel-hartnell", "staff-out", Reason.GRANTED),
        ("kofi-mensah", "cold-in", Reason.DENIED_BY_LEVEL),
    ],
)
def test_a_tuesday_morning_has_grants_and_refusals(
    site: Site, handle: str, point: str, expected: Reason
) -> None:
    """A day of the demo shows every kind of answer."""
    assert reason(site, handle, point) is expected


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 4, 3), HolidayType.FULL),  # Good Friday
        (date(2026, 12, 24), HolidayType.HALF),  # as the company wants it
        (date(2026, 12, 28), HolidayType.FULL),  # in place of Boxing Day, a Saturday
        (date(2027, 1, 15), HolidayType.SITE),
        (date(2028, 5, 29), HolidayType.FULL),  # of a year that nobody has written down
        (date(2026, 3, 17), None),  # Saint Patrick's Day, in another part of the kingdom
    ],
)
def test_holidays_are_the_law_and_the_company(site: Site, day: date, kind: HolidayType | None) -> None:
    """Public holidays need no line in the file; half days and the site's own do."""
    assert site.calendar.type_of(day) is kind


def test_a_check_finds_what_is_meant_and_nothing_else(site: Site) -> None:
    """A good example has no danger and no mistake; the one note is about what is wider, in as many words."""
    found = [(finding.severity, finding.path) for finding in findings(site, TUESDAY)]
    assert found == [(Severity.NOTE, "doors.gate.degraded.reader_lost")]


@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_every_door_does_what_the_file_states(site: Site, hour: int) -> None:
    """The drill finds nothing that is otherwise, at whatever hour it is held."""
    at = TUESDAY.replace(hour=hour)
    assert [row for row in drill(site.rulebook, at) if row.differs] == []


def test_the_guard_walks_at_night_and_at_christmas(site: Site) -> None:
    """The night shift crosses midnight, and on a full holiday it lasts the whole day."""
    for night in (
        SATURDAY_NIGHT,
        SATURDAY_NIGHT.replace(day=6, hour=5),
        SATURDAY_NIGHT.replace(day=25, hour=12),
    ):
        assert reason(site, "viktor-hale", "aisle-in", night) is Reason.GRANTED
        assert reason(site, "viktor-hale", "cage-in", night) is Reason.COMPANION_WANTED
    assert reason(site, "ana-marsh", "staff-in", TUESDAY.replace(day=25)) is Reason.OUTSIDE_SCHEDULE


@pytest.mark.parametrize("handle", sorted(BY_HANDLE))
def test_everybody_may_leave_at_any_hour_without_a_note(site: Site, handle: str) -> None:
    """Leaving late is nobody's offence; only what is wrong with the card itself is noted."""
    ordinary = BY_HANDLE[handle].card_status is CardStatus.ACTIVE and not BY_HANDLE[handle].disabled
    for point in site.access_points.values():
        if point.direction is Direction.OUT:
            who = holder(handle, SATURDAY_NIGHT)
            decision = decide(Request(point.id, who), site.rulebook, SATURDAY_NIGHT)
            assert decision.outcome is Outcome.GRANTED
            assert decision.noted not in {Reason.NO_ACCESS_LEVEL, Reason.OUTSIDE_SCHEDULE}
            assert not ordinary or decision.noted in {None, Reason.EXPIRED, Reason.NOT_YET_VALID}
