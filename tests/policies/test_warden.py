"""What the warden is told besides badges and orders: fire, tamper, devices and mains, the clock."""

import pytest

from policies.degraded import Condition, Degraded, Fallback
from policies.door_modes import DoorMode
from policies.factors import Asks, Factor
from policies.ids import DoorId, InputId
from policies.interlock import Interlock
from policies.orders import SetMode
from policies.reasons import Reason
from tests.policies.site_story import SiteStory
from tests.policies.sites import ALICE, BY_DAY, STAFF, UNLOCKED_BY_DAY, door, everywhere, person, site, way_in
from tests.policies.values import HOUR, NOON, utc

IN = ("access_granted", "release front")
FIRE = {InputId("fire"): (DoorId("front"), DoorId("back"))}
AT_FRONT_IN = ("front", "front-in")
PINNED = person("pia", has_pin=True)


def degraded(**chosen: Fallback) -> SiteStory:
    return SiteStory(site(doors=[door("front", degraded=Degraded(**chosen))]))


# -------------------------------------------------------------------------------------------- fire


def test_a_fire_input_frees_its_doors() -> None:
    """The software follows the hardware and reports; other doors stay as they are."""
    story = SiteStory(site(fire_doors=FIRE)).fire()
    note = story.note("fire_input")
    assert note.detail == {"input": "fire", "doors": ["front", "back"]}
    assert note.reason == "The fire input is active: its doors are free until an operator ends that."
    story.expects("fire_input", "door_free_access", "release front", "door_free_access", "release back")
    assert not story.is_released("store")


def test_nothing_is_locked_when_a_fire_input_comes_to_rest() -> None:
    """That is for an operator to do; said twice, it is one event."""
    story = SiteStory(site(fire_doors=FIRE)).fire().fire().forgets().fire(active=False).fire(active=False)
    story.expects("fire_input_restored").after(1000).expects()
    assert story.is_released("front")


def test_an_input_that_frees_nothing_is_reported() -> None:
    """Whatever is wired to the controller goes into the record."""
    SiteStory(site()).fire("attic").expects("fire_input")


def test_everybody_passes_a_free_door_and_is_counted() -> None:
    """Neither an alarm nor a lock order nor a schedule has a say in an emergency."""
    rules = site(fire_doors=FIRE, doors=[door("front", modes=(UNLOCKED_BY_DAY,))])
    story = SiteStory(rules).fire().forgets().leaf_opens("front").after(3600).expects("door_opened")
    story.leaf_closes("front").badge(ALICE, "front-in").leaf_opens("front").forgets()
    assert story.warden.memory.headcounts["hall"] == 1  # type: ignore[index]
    story.at(7 * HOUR).expects()
    assert story.is_released("front")


# ------------------------------------------------------------------------------------------ tamper


def test_tampering_is_reported_and_nothing_else() -> None:
    """When it begins and when it is over."""
    story = SiteStory(site()).tamper("front").tamper("front", active=False)
    assert story.note("door_tamper").door == "front"
    story.expects("door_tamper", "door_tamper_restored")


# --------------------------------------------------------------------------------- what leads out


def test_an_exit_request_names_the_way_out() -> None:
    """Door and access point stand in the entry; a door without a reader inside has no access point."""
    story = SiteStory(site()).exit_button("front")
    note = story.note("access_granted_anonymous")
    assert (note.access_point, note.detail) == ("front-out", {"by": "exit request"})
    assert note.reason == Reason.GRANTED_ANONYMOUS.words
    rules = site(doors=[door("hatch", exit_releases=False)]).points  # a door that leads nowhere
    assert "hatch-out" not in rules
    story = SiteStory(site(doors=[door("hatch", exit_releases=False)])).exit_button("hatch")
    assert (story.note("rex").access_point, story.note("rex").reason) == (None, None)


def test_whoever_has_to_get_out_takes_a_siblings_release_back() -> None:
    """Also when something went wrong with their card."""
    story = SiteStory(site(interlocks=[Interlock((DoorId("front"), DoorId("store")))]))
    story.badge(ALICE, "front-in").forgets().let_out("store")
    story.expects("secure front", "access_not_taken", "release store")


# -------------------------------------------------------------------------------------- conditions


@pytest.mark.parametrize(
    ("condition", "where", "lost", "back", "named"),
    [
        (Condition.CLOCK_UNTRUSTED, None, "clock_sync_lost", "clock_sync_restored", (None, None)),
        (Condition.RECORD_UNWRITABLE, None, "storage_fault", "storage_restored", (None, None)),
        (Condition.READER_LOST, "front-in", "reader_offline", "reader_online", AT_FRONT_IN),
        (Condition.CONTACT_LOST, "front", "input_fault", "input_restored", ("front", None)),
        (
            Condition.BIOMETRIC_LOST,
            "front-in",
            "biometric_offline",
            "biometric_online",
            ("front", "front-in"),
        ),
        (Condition.ON_BATTERY, None, "power_mains_lost", "power_mains_restored", (None, None)),
    ],
)
def test_every_condition_is_reported_once(
    condition: Condition, where: str | None, lost: str, back: str, named: tuple[str | None, str | None]
) -> None:
    """When it begins and when it is over, with its place; or quietly, where the caller says more."""
    story = SiteStory(site()).lost(condition, where).lost(condition, where)
    note = story.note(lost)
    assert (note.door, note.access_point) == named
    assert (note.reason or "").endswith(".")
    story.expects(lost).back(condition, where).back(condition, where).expects(back)
    story.lost(condition, where, quietly=True).back(condition, where, quietly=True).expects()


def test_a_site_that_refuses_without_its_record_refuses() -> None:
    """No door opens without its record, unless the site file says so in as many words; leaving is free."""
    story = SiteStory(site()).lost(Condition.RECORD_UNWRITABLE).forgets()
    story.badge(ALICE, "front-in").expects("denied_other")
    story.badge(ALICE, "front-out").expects(*IN)
    story = degraded(record_unwritable=Fallback.WITHOUT_RECORD).lost(Condition.RECORD_UNWRITABLE).forgets()
    story.badge(ALICE, "front-in").expects(*IN).badge(ALICE, "back-in").expects("denied_other")


@pytest.mark.parametrize(
    ("chosen", "condition", "where", "reason"),
    [
        ({"reader_lost": Fallback.REFUSE}, Condition.READER_LOST, "front-out", "denied_degraded"),
        ({"contact_lost": Fallback.REFUSE}, Condition.CONTACT_LOST, "front", "denied_degraded"),
        ({"on_battery": Fallback.REFUSE}, Condition.ON_BATTERY, None, "denied_degraded"),
        ({"clock_untrusted": Fallback.REFUSE}, Condition.CLOCK_UNTRUSTED, None, "denied_clock_untrusted"),
    ],
)
def test_a_door_may_let_nobody_in_meanwhile(
    chosen: dict[str, Fallback], condition: Condition, where: str | None, reason: str
) -> None:
    """Only at the doors for which the site file says so, and only for as long as it is so."""
    story = degraded(**chosen).lost(condition, where).forgets().badge(ALICE, "front-in").expects(reason)
    story.badge(ALICE, "back-in").expects("access_granted", "release back")
    story.badge(ALICE, "front-out").forgets().after(5).back(condition, where).forgets()
    story.badge(ALICE, "front-in").expects(*IN)


def test_a_lost_reader_may_leave_a_door_released() -> None:
    """Where the site file says so in as many words; with the last of two lost readers back, it is locked."""
    story = degraded(reader_lost=Fallback.UNLOCK).lost(Condition.READER_LOST, "front-in")
    assert story.note("door_unlocked").reason == "A reader of this door does not answer."
    story.expects("reader_offline", "door_unlocked", "release front")
    story.lost(Condition.READER_LOST, "front-out").expects("reader_offline")
    story.back(Condition.READER_LOST, "front-in").expects("reader_online")
    story.back(Condition.READER_LOST, "front-out")
    assert story.note("door_locked").reason == "The reader answers again."
    story.expects("reader_online", "door_locked", "secure front")


def test_a_lost_contact_may_end_what_keeps_a_door_released() -> None:
    """And the order holds again when the switch is back."""
    story = degraded(contact_lost=Fallback.NO_UNLOCKING).order(SetMode(DoorId("front"), DoorMode.UNLOCKED))
    story.forgets().lost(Condition.CONTACT_LOST, "front").expects(
        "input_fault", "door_locked", "secure front"
    )
    story.back(Condition.CONTACT_LOST, "front").expects("input_restored", "door_unlocked", "release front")


def test_lost_mains_may_end_what_a_schedule_unlocks() -> None:
    """With the reason in the entry, at each door that wants it so."""
    front = door("front", modes=(UNLOCKED_BY_DAY,), degraded=Degraded(on_battery=Fallback.NO_UNLOCKING))
    story = SiteStory(site(doors=[front, door("back", modes=(UNLOCKED_BY_DAY,))])).forgets()
    story.lost(Condition.ON_BATTERY)
    assert story.note("door_locked").reason == "The mains are lost."
    story.expects("power_mains_lost", "door_locked", "secure front")
    story.back(Condition.ON_BATTERY).expects("power_mains_restored", "door_unlocked", "release front")


def test_a_lost_sensor_may_be_replaced_by_a_pin() -> None:
    """Only where the site file says so in as many words; otherwise nobody can be checked."""
    point = way_in("front", Asks.CARD_AND_BIOMETRIC)
    usual = SiteStory(site(points=[point])).lost(Condition.BIOMETRIC_LOST, "front-in").forgets()
    usual.badge(PINNED, "front-in").expects("denied_authentication_unavailable")
    lenient = door("front", degraded=Degraded(biometric_lost=Fallback.PIN_INSTEAD))
    story = SiteStory(site(points=[point], doors=[lenient])).lost(Condition.BIOMETRIC_LOST, "front-in")
    story.forgets().badge(PINNED, "front-in", Factor.CARD | Factor.PIN).expects(*IN)


def test_without_a_clock_rights_that_depend_on_the_hour_may_be_void() -> None:
    """And so may modes; with the clock trusted again, all is as before."""
    timeless = door(
        "front", modes=(UNLOCKED_BY_DAY,), degraded=Degraded(clock_untrusted=Fallback.TIMELESS_ONLY)
    )
    rules = site(doors=[timeless], levels_of={STAFF: [everywhere(when=BY_DAY)]})
    story = SiteStory(rules).forgets().lost(Condition.CLOCK_UNTRUSTED)
    assert story.note("door_locked").reason == "The clock is not to be trusted."
    story.expects("clock_sync_lost", "door_locked", "secure front")
    story.badge(ALICE, "front-in").expects("denied_clock_untrusted")
    story.back(Condition.CLOCK_UNTRUSTED).expects("clock_sync_restored", "door_unlocked", "release front")


# -------------------------------------------------------------------------------------------- clock


def test_a_clock_that_is_set_is_looked_at_anew() -> None:
    """What holds by schedule holds by the new time at once, and so does its next change."""
    story = SiteStory(site(doors=[door("front", modes=(UNLOCKED_BY_DAY,))])).forgets()
    story.clock_is_set(utc("2025-06-18T20:00")).expects("door_locked", "secure front")
    story.clock_is_set(NOON).expects("door_unlocked", "release front")
    story.at(utc("2025-06-18T17:00")).expects("door_locked", "secure front")


def test_a_timer_that_comes_too_early_waits_for_the_rest() -> None:
    """Timers run on a clock of their own; what counts is what the wall clock shows."""
    story = SiteStory(site(doors=[door("front", modes=(UNLOCKED_BY_DAY,))])).forgets()
    early = utc("2025-06-18T16:59:59")
    turn = story.warden.elapsed(("mode", "front"), early)
    assert [type(effect).__name__ for effect in turn.effects] == ["Start"]
    assert turn.effects[0].after == utc("2025-06-18T17:00") - early  # type: ignore[union-attr]


def test_a_warden_answers_only_for_what_there_is() -> None:
    """A timer that nobody started and an access point that there is not are mistakes of the caller."""
    story = SiteStory(site())
    with pytest.raises(ValueError, match="no timer lunch"):
        story.warden.elapsed(("lunch", ""), story.now)
    with pytest.raises(KeyError):
        story.badge(ALICE, "attic-in")


def test_a_warden_reads_no_time_without_an_offset() -> None:
    """It would be read by the zone of the machine."""
    story = SiteStory(site())
    with pytest.raises(ValueError, match="no offset"):
        story.warden.leaf(DoorId("front"), story.now.replace(tzinfo=None), is_open=True)
