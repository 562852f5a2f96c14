"""What the zone policies of a good file are turned into."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accessctl.config import Site, load
from accessctl.config.asking import in_words
from accessctl.config.site import InputKind, KeypadCodes, PinMaker, PinRules, SiteInput
from hardware.specs import ContactSpec, SimulatedAnnunciatorSpec, SimulatedReaderSpec
from policies.area_rules import LowerLimit, Passback, PassbackKind, Together, UpperLimit
from policies.degraded import Degraded, Fallback
from policies.door_modes import DoorMode, ModeRule
from policies.factors import Asks, Factor
from policies.ids import (
    AccessPointId,
    AreaId,
    DoorId,
    InputId,
    LevelId,
    MemberId,
    QualificationId,
    ScheduleId,
)
from policies.interlock import Interlock
from policies.places import Area, AreaState, AsksWhen, DoorTimes, MusterPoint
from policies.rulebook import EscortRules, Traits
from tests.config.sites import FULL, GOOD, spoilt

GUARD, KEEPER, ACME = MemberId("guard"), MemberId("keeper"), MemberId("acme")
VISITOR = MemberId("visitor")


@pytest.fixture(scope="module")
def site() -> Site:
    return load(FULL)


def s(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def test_an_area_has_all_that_it_asks_for(site: Site) -> None:
    """Each key of an area is one of its rules, minutes and seconds are time spans."""
    assert site.areas[AreaId("vault")] == Area(
        AreaId("vault"),
        "Vault",
        AreaId("inside"),
        passback=Passback(PassbackKind.HARD),
        upper_limits=(UpperLimit(10), UpperLimit(3, ACME, report_only=True)),
        lower_limit=LowerLimit(2, s(90)),
        together=Together(2, s(20), (GUARD, KEEPER), one_of_each=True),
        assurance=1,
        requires=(QualificationId("induction"),),
        refuses_clonable=True,
    )
    assert site.areas[AreaId("street")] == Area(AreaId("street"), "Street", outside=True)
    assert site.areas[AreaId("store")].passback == Passback(PassbackKind.TIMED, timedelta(minutes=90))


def test_a_lower_limit_has_a_minute_of_grace_unless_told_otherwise() -> None:
    """Without a grace time nobody could enter first, so that has to be written."""
    vault = load(spoilt(("alone_grace_s = 90", ""), text=FULL)).areas[AreaId("vault")]
    assert vault.lower_limit == LowerLimit(2, s(60))


def test_a_door_has_modes_longer_times_and_fallbacks(site: Site) -> None:
    """What the door says comes first, then what is said for every door."""
    gate, schedules = site.doors[DoorId("gate")], site.schedules
    assert gate.extended == DoorTimes(s(15), s(2), s(60), s(20))
    assert gate.longest_prop == s(900)
    day, night = schedules[ScheduleId("day")], schedules[ScheduleId("night")]
    assert gate.modes == (
        ModeRule(DoorMode.BLOCKED, night),
        ModeRule(DoorMode.UNLOCKED, day, first_card=True, first_card_members=(GUARD, ACME)),
    )
    everywhere = Degraded(
        Fallback.TIMELESS_ONLY,
        Fallback.REFUSE,
        Fallback.REFUSE,
        Fallback.NO_UNLOCKING,
        Fallback.REFUSE,
        Fallback.NO_UNLOCKING,
    )
    assert site.doors[DoorId("store")].degraded == everywhere
    assert gate.degraded.contact_lost is Fallback.REFUSE
    assert gate.degraded.clock_untrusted is Fallback.TIMELESS_ONLY


def test_longer_times_are_as_usual_where_nothing_is_said() -> None:
    """Only what differs has to be written."""
    text = spoilt((", relock_delay_s = 2, open_time_s = 60, pre_alarm_s = 20 }", " }"), text=FULL)
    assert load(text).doors[DoorId("gate")].extended == DoorTimes(s(15), s(1), s(30), s(10))


@pytest.mark.parametrize(("open_time", "longest"), [(60, 1800), (7200, 7200)])
def test_a_leaf_may_be_propped_as_long_as_it_may_be_open(open_time: int, longest: int) -> None:
    """Half an hour is usual, unless the door is open for longer anyway."""
    text = spoilt(("open_time_s = 60", f"open_time_s = {open_time}"))
    assert load(text).doors[DoorId("gate")].longest_prop == s(longest)


def test_an_access_point_asks_for_other_things_at_times(site: Site) -> None:
    """Each condition that is written has to hold, and two of a list is every pair."""
    night = site.schedules[ScheduleId("night")]
    pairs = Asks(
        (
            Factor.CARD | Factor.PIN,
            Factor.CARD | Factor.FINGERPRINT,
            Factor.CARD | Factor.FACE,
            Factor.PIN | Factor.FINGERPRINT,
            Factor.PIN | Factor.FACE,
        )
    )
    assert site.access_points[AccessPointId("gate-in")].asks_when == (
        AsksWhen(Asks.CARD_AND_CODE, night, 1, AreaState.ARMED),
        AsksWhen(pairs, threat_level=2),
    )


def test_a_finger_and_a_face_never_make_a_pair() -> None:
    """They are one kind of proof, however they are listed."""
    sensor = 'finger = { kind = "simulated" }\n\n'
    both = sensor.replace("\n\n", '\ncamera = { kind = "simulated" }\n\n')
    listed = ('["card", "pin", "biometric"]', '["fingerprint", "code", "face"]')
    text = spoilt(listed, (sensor, both), text=FULL)
    asks = load(text).access_points[AccessPointId("gate-in")].asks_when[1].asks
    assert asks.ways == (Factor.CODE | Factor.FINGERPRINT, Factor.CODE | Factor.FACE)


@pytest.mark.parametrize(
    ("word", "asks", "spoken"),
    [
        ("nothing", Asks.NOTHING, "nothing"),
        ("card", Asks.CARD, "a card"),
        ("card_and_pin", Asks.CARD_AND_PIN, "card and PIN"),
        ("card_and_code", Asks.CARD_AND_CODE, "card and one-time code"),
        ("card_and_biometric", Asks.CARD_AND_BIOMETRIC, "card and finger or face"),
        ("pin", Asks.PIN, "a keypad code"),
    ],
)
def test_every_word_for_what_is_asked(word: str, asks: Asks, spoken: str) -> None:
    """Each word is one of the rules' own constants, and can be said to people."""
    text = spoilt(('asks = "card_and_biometric"', f'asks = "{word}"'), text=FULL)
    assert load(text).access_points[AccessPointId("inner-in")].asks is asks
    assert in_words(asks) == spoken


def test_pairs_can_be_said_to_people() -> None:
    """Each way is named, as one would say it."""
    pairs = Asks((Factor.CARD | Factor.PIN, Factor.PIN | Factor.FACE))
    assert in_words(pairs) == "card and PIN or PIN and face"


def test_a_pin_and_a_code_are_no_pair() -> None:
    """Neither says who somebody is: beside a card each is one of two, and together they are nothing."""
    text = spoilt(('two_of = ["card", "pin", "biometric"]', 'two_of = ["card", "pin", "code"]'), text=FULL)
    asks = load(text).access_points[AccessPointId("gate-in")].asks_when[1].asks
    assert in_words(asks) == "card and PIN or card and one-time code"


def test_codes_may_be_long_where_none_is_for_emergencies() -> None:
    """Twelve digits are taken for a break-glass code only where there are such."""
    longest = (("digits = 6", "digits = 12"), ("break_glass = true", "break_glass = false"))
    assert load(spoilt(*longest, text=FULL)).codes == KeypadCodes(12, 1000)
    text = spoilt(("digits = 6", "digits = 11"), text=FULL)
    assert load(text).codes == KeypadCodes(11, 1000, break_glass=True)


@pytest.mark.parametrize("asks", ['"card"', '"pin"', '"nothing"'])
def test_any_order_counts_where_more_is_asked_at_times(asks: str) -> None:
    """What is asked at some hour, or from some threat level on, is enough."""
    text = spoilt(("any_order = true\n", f"any_order = true\nasks = {asks}\n"), text=FULL)
    assert load(text).access_points[AccessPointId("gate-in")].any_order


def test_the_rulebook_has_what_joins_doors(site: Site) -> None:
    """Interlocks, fire inputs and muster points reach the rules."""
    outer, inner = DoorId("outer"), DoorId("inner")
    assert site.interlocks == (Interlock((outer, inner), s(20)),)
    assert site.rulebook.doors[outer].siblings == (inner,)
    assert site.rulebook.fire_doors == {InputId("fire"): tuple(site.doors)}
    assembly = AccessPointId("assembly")
    assert site.rulebook.muster_points == site.muster_points
    assert site.muster_points == {assembly: MusterPoint(assembly, "Assembly point", AreaId("street"))}


def test_a_fire_input_may_release_some_doors() -> None:
    """It names them, where it does not release all."""
    text = spoilt(('doors = "all"', 'doors = ["gate", "store"]'), text=FULL)
    assert load(text).rulebook.fire_doors == {InputId("fire"): (DoorId("gate"), DoorId("store"))}


def test_roles_and_groups_have_levels_denials_and_traits(site: Site) -> None:
    """Both are members, and the rules go by both."""
    assert site.groups == {ACME: (site.levels[LevelId("yard")],)}
    assert site.group_names == {ACME: "Acme Ltd"}
    assert site.denies == {ACME: (site.levels[LevelId("vault")],)}
    assert site.traits == {
        GUARD: Traits(passes_lockdown=True, threat_authority=2, exempt=True, may_escort=True),
        KEEPER: Traits(threat_authority=1, unseen_limit=timedelta(days=90)),
        VISITOR: Traits(needs_escort=True),
        ACME: Traits(),
    }
    book = site.rulebook
    assert (book.traits_of, book.denies_of) == (site.traits, {ACME: (LevelId("vault"),)})
    assert book.allows_of[ACME] == (LevelId("yard"),)
    assert site.qualification_names == {QualificationId("induction"): "Safety induction"}


def test_a_level_that_no_role_has_can_still_be_given_for_a_while() -> None:
    """Temporary access names a level, so the rules know all of them."""
    text = spoilt(('levels = ["yard", "rounds", "vault"]', 'levels = ["yard", "vault"]'), text=FULL)
    assert LevelId("rounds") in load(text).rulebook.levels


def test_visitors_and_codes_have_their_numbers(site: Site) -> None:
    """What is said of them is what holds, and where nothing is said the usual holds."""
    assert site.rulebook.escort == EscortRules(s(20), s(45), 3)
    assert site.codes == KeypadCodes(6, 1000, break_glass=True)
    assert site.pins == PinRules(5, PinMaker.SYSTEM)
    plain = load(GOOD)
    assert (plain.rulebook.escort, plain.codes) == (EscortRules(), None)


@pytest.mark.parametrize("day", ["2026-12-01", "2026-12-24", "2026-12-25", "2026-12-26"])
def test_passback_is_forgiven_at_a_minute_of_every_day(site: Site, day: str) -> None:
    """Holidays and weekends included, on the clock of the site."""
    forgives = site.rulebook.forgives
    assert forgives is not None
    midnight = datetime.fromisoformat(f"{day}T00:00").replace(tzinfo=ZoneInfo("Europe/London"))
    begins = forgives.next_change(midnight)
    assert begins == midnight.replace(hour=3).astimezone(UTC)
    assert forgives.next_change(begins) == begins + timedelta(minutes=1)


def test_the_last_minute_of_a_day_can_be_the_one() -> None:
    """It ends with the day, and does not wrap round."""
    forgives = load(spoilt(('"03:00"', '"23:59"'), text=FULL)).rulebook.forgives
    assert forgives is not None
    assert forgives.holds_at(datetime(2026, 12, 1, 23, 59, 30, tzinfo=UTC))
    assert not forgives.holds_at(datetime(2026, 12, 2, tzinfo=UTC))


def test_nothing_is_forgiven_unless_the_file_says_so() -> None:
    """A site without the key has no such minute."""
    assert load(GOOD).rulebook.forgives is None


def test_the_schedules_are_read_on_the_clock_of_the_site(site: Site) -> None:
    """So are the days of people's use counts."""
    assert site.rulebook.timezone == ZoneInfo("Europe/London")


def test_every_further_wire_is_on_the_board_and_on_the_maps(site: Site) -> None:
    """Tamper contacts, inputs, buttons and muster points have devices, and each device an owner."""
    contacts = {contact.id: contact for contact in site.board.contacts}
    assert contacts[next(iter(site.door_of_tamper))] == ContactSpec(
        next(iter(site.door_of_tamper)), 15, normally_closed=False, debounce_ms=100
    )
    assert site.door_of_tamper == {"gate.tamper": "gate"}
    assert site.inputs == {
        "input.fire": SiteInput(InputId("fire"), InputKind.FIRE),
        "input.mains": SiteInput(InputId("mains"), InputKind.MAINS),
        "input.cabinet": SiteInput(InputId("cabinet"), InputKind.TAMPER, DoorId("gate")),
    }
    assert site.point_of_button == {"wicket-in.button": "wicket-in"}
    assert site.muster_point_of_reader == {"assembly.reader": "assembly"}
    assert site.annunciator_of_point[AccessPointId("assembly")] == "assembly.annunciator"
    owned = {
        *site.door_of_position,
        *site.door_of_exit_request,
        *site.door_of_tamper,
        *site.inputs,
        *site.point_of_button,
    }
    assert owned == set(contacts)


def test_a_free_way_in_with_a_button_needs_no_reader(site: Site) -> None:
    """The board has none for it, and a muster point has one with its light."""
    readers = {reader.id: reader for reader in site.board.readers}
    assert set(readers) == {*site.point_of_reader, *site.muster_point_of_reader}
    assert AccessPointId("wicket-in") not in site.point_of_reader.values()
    muster = next(iter(site.muster_point_of_reader))
    assert readers[muster] == SimulatedReaderSpec(muster)
    shown = site.annunciator_of_point[AccessPointId("assembly")]
    assert SimulatedAnnunciatorSpec(shown) in site.board.annunciators


def test_a_line_of_an_input_rests_closed_unless_told_otherwise(site: Site) -> None:
    """A cut wire then tells what the input would tell."""
    mains = next(contact for contact in site.board.contacts if contact.id == "input.mains")
    assert mains.normally_closed
