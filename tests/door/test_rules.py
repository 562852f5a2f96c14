"""The rules as the door process carries them out: real stores on disk, a restart, a disk that fails."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from accessctl.home import Home
from accessctl.link.answers import Done, Fault, FaultCode, Status
from accessctl.link.requests import AskStatus, GiveOrder, OrderKind
from accessctl.store.facts import FactQueries
from hardware.signals import DeviceBack, DeviceId, DeviceLost
from policies.ids import PersonId
from tests.door.rules_site import RULES_SITE
from tests.door.story import NOON, Office, Story, make_home

ANN, BEN, VIC, CHIEF = (bytes.fromhex(f"04{n:02X}B2C3D4E5F6") for n in range(1, 5))
_CARDS = {"ann": ("staff", ANN), "ben": ("staff", BEN), "vic": ("visitor", VIC), "chief": ("chief", CHIEF)}


@pytest.fixture(scope="module")
def ruled_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = make_home(tmp_path_factory.mktemp("ruled"), RULES_SITE)
    office = Office(home)
    for person, (role, card) in _CARDS.items():
        office.person(person, role=role)
        office.card(person, card)
    office.writer.close()
    return home.path


@pytest.fixture
def story(ruled_home: Path, tmp_path: Path) -> Iterator[Story]:
    shutil.copytree(ruled_home, tmp_path / "home")
    told = Story(Home(tmp_path / "home"), site=RULES_SITE)
    for door in ("front", "lab", "outer", "inner", "shed"):
        told.closes(door)
    yield told
    told.process.stop()
    told.office.writer.close()


def order(story: Story, kind: OrderKind, id_: str = "o1", **about: object) -> object:
    return story.ask(GiveOrder(id_, "local:root", kind, **about))  # type: ignore[arg-type]


def enters(story: Story, point: str, card: bytes) -> None:
    door = point.partition("-")[0]
    story.badge(point, card).opens(door).after(1).closes(door).after(1)


@contextmanager
def locked(story: Story) -> Iterator[None]:
    with closing(sqlite3.connect(story.home.record)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.rollback()


def test_who_is_inside_does_not_come_in_twice(story: Story) -> None:
    """Presence moves when the leaf opened: only then is a second entry refused."""
    story.badge("front-in", ANN).after(10)
    assert story.last().type == "access_not_taken"
    enters(story, "front-in", ANN)
    story.badge("front-in", ANN)
    assert story.last().type == "denied_passback"
    assert not story.released("front")


def test_who_has_left_comes_in_again(story: Story) -> None:
    """A badge on the way out and an open leaf make a person be outside."""
    enters(story, "front-in", ANN)
    enters(story, "front-out", ANN)
    story.badge("front-in", ANN)
    assert story.released("front")


@pytest.mark.parametrize("crash", [False, True])
def test_presence_survives_a_restart(story: Story, *, crash: bool) -> None:
    """Nobody comes in a second time because the controller was restarted, or crashed."""
    enters(story, "front-in", ANN)
    story.restart(crash=crash).closes("front")
    story.badge("front-in", ANN)
    assert story.last().type == "denied_passback"


def test_an_operator_forgives(story: Story) -> None:
    """Whoever tailgated out is let in again by order; the record names the operator."""
    enters(story, "front-in", ANN)
    assert isinstance(order(story, OrderKind.FORGIVE, person="ann"), Done)
    assert (story.last().type, story.last().person) == ("passback_forgiven", "ann")
    story.badge("front-in", ANN)
    assert story.released("front")


def test_a_lockdown_survives_a_restart_and_lets_people_out(story: Story) -> None:
    """Only whom the site names passes; leaving stays free; a reboot lifts nothing."""
    order(story, OrderKind.LOCKDOWN)
    story.restart(crash=True).closes("front")
    story.badge("front-in", ANN)
    assert story.last().type == "denied_deny_all"
    story.badge("front-in", CHIEF)
    assert story.released("front")
    story.after(10).wants_out("front")
    assert story.released("front")


def test_an_order_below_a_lockdown_is_refused(story: Story) -> None:
    """No door is unlocked in a lockdown, and the record says that somebody tried."""
    order(story, OrderKind.LOCKDOWN)
    refused = order(story, OrderKind.MODE, "o2", door="front", mode="unlocked")
    assert isinstance(refused, Fault)
    assert refused.code is FaultCode.ORDER_REFUSED
    assert story.last().type == "order_refused"
    assert not story.released("front")


def test_the_same_order_is_carried_out_once(story: Story) -> None:
    """An order that is sent again after its answer got lost changes nothing more."""
    order(story, OrderKind.RELEASE, "same", door="front")
    story.after(10)
    again = order(story, OrderKind.RELEASE, "same", door="front")
    assert again == Done(story.mark(), repeated=True)
    assert not story.released("front")


def test_fire_frees_doors_and_nothing_locks_them_again(story: Story) -> None:
    """Not the end of the alarm, not a restart: only an operator ends an emergency."""
    story.sets("input.fire", active=True)
    assert story.released("front")
    assert story.released("shed")
    assert not story.released("lab")
    story.sets("input.fire", active=False).after(60)
    assert story.released("front")
    story.restart(crash=True)
    assert story.released("front")
    assert isinstance(order(story, OrderKind.END_EMERGENCY), Done)
    assert not story.released("front")


def test_fire_frees_doors_while_the_record_cannot_be_written(story: Story) -> None:
    """A disk that does not answer keeps nobody in a burning building."""
    with locked(story):
        story.sets("input.fire", active=True)
        assert story.released("front")


def test_an_airlock_opens_one_door_at_a_time(story: Story) -> None:
    """While one door is off its latch nobody comes in by the other; who leaves takes it back."""
    story.badge("outer-in", ANN)
    story.badge("inner-in", BEN)
    assert story.last().type == "denied_interlock"
    story.after(10).badge("inner-in", BEN)
    assert story.released("inner")
    story.wants_out("outer")
    assert (story.released("inner"), story.released("outer")) == (False, True)


def test_two_people_open_together(story: Story) -> None:
    """The first waits by the light, the second opens for both; both are in the record."""
    enters(story, "front-in", ANN)
    enters(story, "front-in", BEN)
    story.badge("lab-in", ANN)
    assert not story.released("lab")
    assert story.last().type == "authorization_delayed"
    mark = story.mark()
    story.badge("lab-in", BEN)
    assert story.released("lab")
    assert story.types(since=mark) == ["access_granted", "access_granted"]


def test_one_person_alone_does_not_open(story: Story) -> None:
    """When nobody joins in time, the one who waited is refused, by the light too."""
    enters(story, "front-in", ANN)
    story.badge("lab-in", ANN).after(21)
    assert story.last().type == "denied_no_accompaniment"
    assert not story.released("lab")


def test_a_visitor_passes_behind_the_escort_only(story: Story) -> None:
    """Alone refused, right behind somebody who may escort let in."""
    story.badge("front-in", VIC)
    assert story.last().type == "denied_no_accompaniment"
    story.badge("front-in", ANN).badge("front-in", VIC)
    assert [row.type for row in story.rows()][-2:] == ["access_granted", "accompaniment_by"]
    story.opens("front").after(1).closes("front")
    assert FactQueries(story.home.record).memory().escorts == {PersonId("vic"): PersonId("ann")}


def test_an_area_takes_no_more_than_it_may_hold(story: Story) -> None:
    """The fourth is refused; when one has left there is room again."""
    for person in ("ann", "ben", "chief"):
        enters(story, "front-in", _CARDS[person][1])
    story.office.person("dan")
    story.office.card("dan", bytes.fromhex("0499B2C3D4E5F6"))
    story.badge("front-in", bytes.fromhex("0499B2C3D4E5F6"))
    assert story.last().type == "denied_upper_occupancy_limit"
    enters(story, "front-out", BEN)
    story.badge("front-in", bytes.fromhex("0499B2C3D4E5F6"))
    assert story.released("front")


def test_a_schedule_unlocks_and_locks(story: Story) -> None:
    """At two the shed is unlocked, at five it is locked, each with its entry."""
    story.after(2 * 3600 + 1)
    assert story.released("shed")
    assert story.last().type == "door_unlocked"
    story.after(3 * 3600)
    assert not story.released("shed")
    assert story.last().type == "door_locked"


def test_a_schedule_unlocks_nothing_that_it_cannot_record(story: Story) -> None:
    """No door opens without its record: unlocking waits until the record can be written."""
    with locked(story):
        story.after(2 * 3600 + 1)
        assert not story.released("shed")
    story.after(3)
    assert story.released("shed")


def test_on_battery_nothing_stays_released(story: Story) -> None:
    """Where the site says so, a schedule unlocks nothing while the mains are gone."""
    story.after(2 * 3600 + 1).sets("input.mains", active=True)
    assert not story.released("shed")
    story.sets("input.mains", active=False)
    assert story.released("shed")


def test_a_code_alone_opens_where_the_site_asks_for_nothing_else(story: Story) -> None:
    """The right digits open, others are nobody's, and no digit is in the record."""
    story.office.code("ann", "482913")
    story.keys("shed-in", "111111#")
    assert story.last().type == "denied_unknown_credential"
    story.keys("shed-in", "482913#")
    assert story.released("shed")
    assert (story.last().type, story.last().person) == ("access_granted", "ann")
    assert "482913" not in "".join(str(row) for row in story.rows())


def test_wider_than_normal_only_where_the_site_says_so(story: Story) -> None:
    """Without a record the shed lets people in, since its site file says so in words; no other door does."""
    story.office.code("ann", "482913")
    with locked(story):
        story.badge("front-in", ANN)
        assert not story.released("front")
        story.keys("shed-in", "482913#")
        assert story.released("shed")
    story.after(3)
    assert "access_granted" in story.types()


def test_a_grant_that_could_not_be_recorded_leaves_nothing_behind(story: Story) -> None:
    """What a refused grant would have changed is taken back: nobody waits to pass."""
    with locked(story):
        story.badge("front-in", ANN)
    assert story.process.executive.warden.memory.doors[story.door("front")].waiting == ()


def test_needs_longer_gets_longer(story: Story) -> None:
    """Who needs more time gets the door's longer release time."""
    story.office.writer.change_person("ann", story.office.extended, "tester")
    story.badge("front-in", ANN).after(10)
    assert story.released("front")
    story.after(6)
    assert not story.released("front")


def test_a_muster_knows_who_is_missing(story: Story) -> None:
    """Who badges at the muster point is safe; the status names the others."""
    enters(story, "front-in", ANN)
    enters(story, "front-in", BEN)
    order(story, OrderKind.START_MUSTER)
    story.badge("yard", ANN)
    status = story.ask(AskStatus())
    assert isinstance(status, Status)
    assert status.site_state["muster"]["missing"] == ["ben"]
    order(story, OrderKind.SEEN_SAFE, "o2", person="ben")
    assert story.last().type == "muster_complete"


def test_passback_is_forgiven_at_night(story: Story) -> None:
    """At three o'clock everybody may come in again, whatever happened the day before."""
    enters(story, "front-in", ANN)
    story.after(15 * 3600 + 60)
    assert "passback_forgiven" in story.types()
    story.badge("front-in", ANN)
    assert story.released("front")


def test_what_is_remembered_is_read_back_when_the_record_comes_back(story: Story) -> None:
    """A lockdown is not forgotten because the record was locked while the controller started."""
    order(story, OrderKind.LOCKDOWN)
    with locked(story), closing(sqlite3.connect(story.home.record)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        story.restart(crash=True).closes("front")
    story.after(3).badge("front-in", ANN)
    assert story.last().type == "denied_deny_all"


def test_a_clock_that_is_set_is_followed(story: Story) -> None:
    """A schedule holds by the wall clock, whoever sets it: forwards it unlocks, backwards it locks again."""
    story.after(1)
    story.clock.set_to(NOON.replace(hour=15))
    story.after(1.5)
    assert story.released("shed")
    story.clock.set_to(NOON)
    story.after(1.5)
    assert not story.released("shed")


def test_a_clock_that_is_set_while_the_record_is_gone_is_followed_later(story: Story) -> None:
    """No door is unlocked without its record, and none is forgotten either."""
    story.after(1)
    with locked(story):
        story.clock.set_to(NOON.replace(hour=15))
        story.after(1.5)
        assert not story.released("shed")
    story.after(3)
    assert story.released("shed")


def test_the_record_says_whether_the_clock_was_kept_right(story: Story) -> None:
    """When nothing keeps the wall clock right any more, and when something does again."""
    mark = story.mark()
    story.clock.synced = False
    story.after(1.5)
    story.clock.synced = True
    story.after(1.5)
    assert story.types(since=mark) == ["clock_sync_lost", "clock_sync_restored"]


def test_a_position_switch_that_is_gone_is_known(story: Story) -> None:
    """Nobody takes a leaf for closed that nothing watches: the interlock refuses, and the record says why."""
    controller = story.process.controller
    controller.handle(DeviceLost(DeviceId("inner.position"), 0, "unplugged"))
    assert story.last().type == "input_fault"
    story.badge("outer-in", ANN)
    assert story.last().type == "denied_interlock"
    controller.handle(DeviceBack(DeviceId("inner.position"), 0))
    assert story.last().type == "input_restored"
