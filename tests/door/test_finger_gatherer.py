"""Asking for a finger: what the sensor says and what the store knows, made one checked value."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from accessctl.door.asking import SLACK, WITHIN
from accessctl.door.clock import VirtualClock
from accessctl.door.finger_gatherer import FingerGatherer
from accessctl.door.gathering import Checked
from accessctl.door.timers import Timers
from accessctl.door.workers import InlineWorkers, T, Then
from accessctl.store.biometric_rows import ConsentText, NewBiometric
from accessctl.store.biometrics import BiometricReader
from accessctl.store.people_writer import PeopleWriter
from hardware.fakes_sensors import FakeFingerSensor
from hardware.fingers.fprintd import FprintdSensor
from hardware.fingers.hints import NO_TEMPLATE
from hardware.ports import Pattern
from hardware.signals import DeviceBack, DeviceId, FingerChecked, SensorFailed, SensorStep, Signal
from hardware.specs import FprintdSensorSpec
from policies.factors import Factor
from policies.ids import CredentialId, PersonId
from policies.people import Card, Holder, Person
from policies.reasons import Reason
from tests.hardware.listening import Ear
from tests.hardware.private_fprintd import PrivateFprintd, why_not
from tests.homes import NOON, new_home

SENSOR = DeviceId("cage-in.finger")
OPERATOR = "local:maria"
TEXT = ConsentText("2026-1", "ab" * 32)
EXPIRES = NOON + timedelta(days=30)


def _person(name: str) -> Holder:
    return Holder(Person(PersonId(name), ()), Card(CredentialId(f"c-{name}")))


class Desk:
    """A gatherer at a sensor in memory, over a real store in which people have fingers."""

    def __init__(self, folder: Path) -> None:
        self.home = new_home(folder / "home")
        self.clock = VirtualClock(NOON)
        self.timers = Timers(self.clock)
        self.workers = Held()
        self.sensor = FakeFingerSensor(SENSOR, self.clock.monotonic_ns)
        self.said: list[Checked] = []
        self.shown: list[Pattern] = []
        self.writer = PeopleWriter(self.home.people, lambda: NOON)
        self.ana = self._with_fingers("Ana Marsh", anas="ana:1", crys="ana:2")
        self.bob = self._with_fingers("Bob Hale", bobs="bob:1")
        self.cleo = _person(self.writer.add_person("Cleo Ruiz", (), OPERATOR).id)
        self.gatherer = self.of(searches=True)
        self.sensor.open(self.hear)

    def of(self, *, searches: bool) -> FingerGatherer:
        return FingerGatherer(
            self.sensor,
            BiometricReader(self.home.people),
            self.timers,
            self.workers,
            self.clock,
            self.shown.append,
            searches=searches,
        )

    def hear(self, signal: Signal) -> None:
        self.gatherer.hear(signal)

    def ask(self, holder: Holder | None) -> None:
        self.said.clear()
        self.gatherer.ask(holder, self.said.append)

    def touch(self, holder: Holder | None, finger: str) -> Checked:
        """Ask somebody for a finger, and have this one touch."""
        self.ask(holder)
        self.sensor.touch(finger)
        [checked] = self.said
        assert checked.factor is Factor.FINGERPRINT
        return checked

    def pass_(self, time: timedelta) -> None:
        self.clock.move_to(self.clock.now() + time)
        self.timers.run_due()

    def _with_fingers(self, name: str, **templates: str) -> Holder:
        person = self.writer.add_person(name, (), OPERATOR).id
        consent = self.writer.give_consent(person, "fingerprint", TEXT, OPERATOR).id
        for finger, template in templates.items():
            new = NewBiometric(f"b-{finger}", "fingerprint", "simulated", consent, sensor=SENSOR)
            new = replace(new, template=template, duress=finger == "crys", expires_at=EXPIRES)
            self.writer.enrol_biometric(person, new, OPERATOR)
            self.sensor.kept[template] = finger
        return _person(person)


class Held(InlineWorkers):
    """Does every task at once, unless it is told to hold them."""

    def __init__(self) -> None:
        self.holding = False
        self._held: list[Callable[[], None]] = []

    def submit(self, task: Callable[[], T], then: Then[T]) -> None:
        """Do it now, or when ``go_on`` is called."""
        if self.holding:
            self._held.append(lambda: InlineWorkers.submit(self, task, then))
        else:
            super().submit(task, then)

    def go_on(self) -> None:
        """Do what was held."""
        self.holding = False
        held, self._held = self._held, []
        for task in held:
            task()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.writer.close()


def test_the_right_finger_proves_the_person(desk: Desk) -> None:
    """Whose card it was laid on with."""
    checked = desk.touch(desk.ana, "anas")
    assert (checked.failure, checked.person, checked.duress) == (None, desk.ana.person.id, False)
    assert checked.credential == "b-anas"


def test_a_finger_can_be_a_cry_for_help(desk: Desk) -> None:
    """It is right, and says so to nobody who stands there."""
    checked = desk.touch(desk.ana, "crys")
    assert (checked.failure, checked.person, checked.duress) == (None, desk.ana.person.id, True)
    assert "duress" not in str(checked.detail)


@pytest.mark.parametrize(
    ("finger", "reason"), [("bobs", Reason.OTHER_PERSON), ("nobodys", Reason.WRONG_FINGER)]
)
def test_any_other_finger_proves_nothing(desk: Desk, finger: str, reason: Reason) -> None:
    """Somebody else's is told from one that nobody knows; neither of them is anybody's."""
    checked = desk.touch(desk.ana, finger)
    assert (checked.failure, checked.person) == (reason, None)


def test_who_has_no_finger_here_is_not_asked(desk: Desk) -> None:
    """Nobody waits in vain at a sensor that keeps nothing of theirs."""
    desk.ask(desk.cleo)
    [checked] = desk.said
    assert (checked.failure, checked.detail) == (Reason.NO_BIOMETRIC, {"why": "none enrolled"})
    assert not desk.sensor.asked


def test_why_a_finger_does_not_count_is_told(desk: Desk) -> None:
    """One that was disabled is told from one that has expired, and from none; expired ones come first."""
    desk.writer.disable_biometric("b-bobs", OPERATOR, disabled=True)
    desk.ask(desk.bob)
    assert desk.said[-1].detail == {"why": "disabled"}
    desk.writer.disable_biometric("b-anas", OPERATOR, disabled=True)
    desk.clock.move_to(EXPIRES)
    desk.ask(desk.ana)
    assert desk.said[-1].detail == {"why": "expired"}
    desk.writer.erase_biometrics(desk.ana.person.id, ["fingerprint"], OPERATOR)
    desk.ask(desk.ana)
    assert desk.said[-1].detail == {"why": "none enrolled"}


def test_a_finger_that_expired_counts_no_more(desk: Desk) -> None:
    """The sensor keeps it still, and is not asked."""
    desk.clock.move_to(EXPIRES)
    desk.ask(desk.ana)
    assert [checked.failure for checked in desk.said] == [Reason.NO_BIOMETRIC]
    assert desk.touch(None, "anas").failure is Reason.UNKNOWN_FINGER


def test_a_sensor_that_lost_what_it_kept_accuses_nobody(desk: Desk) -> None:
    """It was exchanged for another one: that is no wrong finger, and counts as none."""
    desk.ask(desk.ana)
    desk.gatherer.hear(FingerChecked(SENSOR, 1, 1, None, NO_TEMPLATE))
    assert [(checked.failure, dict(checked.detail)) for checked in desk.said] == [
        (Reason.NO_BIOMETRIC, {"why": NO_TEMPLATE})
    ]


def test_anybodys_finger_is_looked_for_where_that_is_allowed(desk: Desk) -> None:
    """Where nobody said who they are, the finger says it; one that nobody knows is unknown."""
    assert desk.gatherer.identifies
    assert desk.touch(None, "bobs").person == desk.bob.person.id
    assert desk.touch(None, "nobodys").failure is Reason.UNKNOWN_FINGER


def test_a_sensor_that_compares_one_to_one_looks_for_nobody(desk: Desk) -> None:
    """It has to be told whose finger it is."""
    desk.gatherer = desk.of(searches=False)
    assert not desk.gatherer.identifies
    desk.ask(None)
    assert [checked.failure for checked in desk.said] == [Reason.SENSOR_UNAVAILABLE]
    assert not desk.sensor.asked


def test_nobody_touches_it_in_time(desk: Desk) -> None:
    """The time is ours, and the sensor is stopped; a touch after that is looked at by nobody."""
    desk.ask(desk.ana)
    desk.pass_(WITHIN - timedelta(milliseconds=1))
    assert not desk.said
    desk.pass_(timedelta(milliseconds=1))
    assert [checked.failure for checked in desk.said] == [Reason.NO_FINGER]
    assert not desk.sensor.asked
    desk.sensor.touch("anas")
    assert len(desk.said) == 1


def _one_by_one(desk: Desk) -> None:
    """Let the sensor want a touch for each template."""
    kept, desk.sensor = desk.sensor.kept, FakeFingerSensor(SENSOR, desk.clock.monotonic_ns, one_by_one=True)
    desk.sensor.kept = kept
    desk.sensor.open(desk.hear)
    desk.gatherer = desk.of(searches=False)


def test_who_walks_away_after_a_wrong_finger_has_shown_one(desk: Desk) -> None:
    """A sensor that wants another touch for the next template has not seen nobody."""
    _one_by_one(desk)
    desk.ask(desk.ana)
    assert not desk.gatherer.unmatched
    desk.sensor.touch("nobodys")
    assert desk.gatherer.unmatched
    assert not desk.said
    desk.pass_(WITHIN)
    assert [checked.failure for checked in desk.said] == [Reason.WRONG_FINGER]
    assert not desk.gatherer.unmatched
    desk.ask(desk.ana)
    desk.pass_(WITHIN)
    assert [checked.failure for checked in desk.said] == [Reason.NO_FINGER]


@pytest.mark.skipif(why_not() is not None, reason=why_not() or "")
def test_a_wrong_finger_at_fprintd_is_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its sensor compares with one template after the other: one touch, and away, is a failed try."""
    with PrivateFprintd() as fprintd:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", fprintd.address)
        sensor, ear = FprintdSensor(FprintdSensorSpec(SENSOR)), Ear()
        sensor.open(ear)
        ear.next(DeviceBack)
        for ticket, (template, finger) in enumerate((("ana:1", "anas"), ("ana:2", "crys")), 1_000):
            sensor.enrol(ticket, template, 30.0)
            while isinstance(ear._get(SensorStep), SensorStep):
                fprintd.sensor(f"SCAN {finger}")
        people = BiometricReader(desk.home.people)
        gatherer = FingerGatherer(sensor, people, desk.timers, desk.workers, desk.clock, searches=False)
        gatherer.ask(desk.ana, desk.said.append)
        fprintd.sensor("SCAN nobodys")
        gatherer.hear(ear.next(SensorStep))
        assert gatherer.unmatched
        desk.pass_(WITHIN)
        sensor.close()
    assert [checked.failure for checked in desk.said] == [Reason.WRONG_FINGER]


def test_the_second_finger_of_a_person_is_no_wrong_one(desk: Desk) -> None:
    """It does not fit the first template and fits the next: nothing of it counts against them."""
    _one_by_one(desk)
    told: list[bool] = []
    desk.gatherer.ask(desk.ana, lambda _checked: told.append(desk.gatherer.unmatched))
    desk.sensor.touch("crys")
    desk.sensor.touch("crys", bad=True)
    assert desk.gatherer.unmatched
    desk.sensor.touch("crys")
    assert told == [False]
    assert not desk.gatherer.unmatched


def test_a_wrong_finger_is_known_until_the_question_is_over(desk: Desk) -> None:
    """Whoever is told that the sensor failed sees it; after that, or once it was stopped, it is forgotten."""
    _one_by_one(desk)
    told: list[tuple[Reason | None, bool]] = []
    desk.gatherer.ask(desk.ana, lambda checked: told.append((checked.failure, desk.gatherer.unmatched)))
    desk.sensor.touch("nobodys")
    desk.sensor.lose()
    assert told == [(Reason.SENSOR_UNAVAILABLE, True)]
    assert not desk.gatherer.unmatched
    desk.sensor.come_back()
    desk.ask(desk.ana)
    desk.sensor.touch("nobodys")
    desk.gatherer.stop()
    assert not desk.gatherer.unmatched


def test_a_bad_touch_is_asked_for_again(desk: Desk) -> None:
    """The light says that a finger is still wanted."""
    desk.ask(desk.ana)
    desk.sensor.touch("anas", bad=True)
    assert desk.shown == [Pattern.FINGER_WANTED]
    desk.sensor.touch("anas")
    assert [checked.failure for checked in desk.said] == [None]


def test_a_sensor_that_fails_accuses_nobody(desk: Desk) -> None:
    """Neither one that goes while it looks nor one that is gone already."""
    desk.ask(desk.ana)
    desk.sensor.lose()
    assert [checked.failure for checked in desk.said] == [Reason.SENSOR_UNAVAILABLE]
    desk.ask(desk.ana)
    assert [checked.failure for checked in desk.said] == [Reason.SENSOR_UNAVAILABLE]
    desk.sensor.come_back()
    assert desk.touch(desk.ana, "anas").failure is None


def test_being_told_of_the_loss_ends_it(desk: Desk) -> None:
    """Once, whatever the sensor says afterwards."""
    desk.ask(desk.ana)
    desk.gatherer.lost("unplugged")
    desk.gatherer.hear(SensorFailed(SENSOR, 1, 1, "unplugged"))
    desk.gatherer.hear(FingerChecked(SENSOR, 1, 1, "ana:1"))
    assert [checked.failure for checked in desk.said] == [Reason.SENSOR_UNAVAILABLE]


def test_what_is_not_asked_any_more_is_not_told(desk: Desk) -> None:
    """A match for the one before is no match for the next one."""
    desk.ask(desk.ana)
    desk.gatherer.stop()
    assert not desk.sensor.asked
    desk.gatherer.hear(FingerChecked(SENSOR, 1, 1, "ana:1"))
    assert not desk.said
    desk.ask(desk.bob)
    desk.gatherer.hear(FingerChecked(SENSOR, 1, 1, "bob:1"))
    assert not desk.said
    desk.gatherer.hear(FingerChecked(SENSOR, 1, 2, "bob:1"))
    assert [checked.person for checked in desk.said] == [desk.bob.person.id]


def test_who_was_erased_meanwhile_is_not_let_in(desk: Desk) -> None:
    """Between the question and the touch an admin erased the finger."""
    desk.ask(desk.ana)
    desk.writer.erase_biometrics(desk.ana.person.id, ["fingerprint"], OPERATOR)
    desk.sensor.touch("anas")
    assert [checked.failure for checked in desk.said] == [Reason.WRONG_FINGER]


def test_a_store_that_cannot_be_read_accuses_nobody(desk: Desk) -> None:
    """Before the touch and after it."""
    desk.ask(desk.ana)
    desk.home.people.rename(desk.home.people.with_suffix(".away"))
    desk.sensor.touch("anas")
    assert [checked.failure for checked in desk.said] == [Reason.AUTHENTICATION_UNAVAILABLE]
    desk.ask(desk.ana)
    assert [checked.failure for checked in desk.said] == [Reason.AUTHENTICATION_UNAVAILABLE]


@pytest.mark.parametrize("when", ["before the touch", "after the touch"])
def test_a_store_that_does_not_answer_is_not_waited_for(desk: Desk, when: str) -> None:
    """Somebody who stands at a door is told in time; what the store says later is heard by nobody."""
    desk.workers.holding = when == "before the touch"
    desk.ask(desk.ana)
    desk.workers.holding = True
    desk.sensor.touch("anas")
    desk.pass_(SLACK)
    assert [checked.failure for checked in desk.said] == [Reason.AUTHENTICATION_UNAVAILABLE]
    desk.workers.go_on()
    assert len(desk.said) == 1
    assert not desk.sensor.asked
