"""Enrolling at a sensor: one session at a time, which nobody is checked beside, and which ends by itself."""

from datetime import timedelta

import pytest

from accessctl.door.clock import VirtualClock
from accessctl.door.enrolment import (
    FIRST_TICKET,
    LONGEST,
    UNATTENDED,
    Enrolled,
    EnrolmentSessions,
    Failed,
    NoSuchEnrolment,
    SensorInUse,
)
from accessctl.door.finger_enrolment import FingerEnrolment, FingerForgetting
from accessctl.door.gathering import Checked, Then
from accessctl.door.timers import Timers
from hardware.signals import (
    CardFrame,
    DeviceId,
    DeviceLost,
    FingerChecked,
    FingerEnrolled,
    SensorFailed,
    SensorStep,
    Signal,
    Technology,
)
from hardware.simulated.fingers import SimulatedFingerSensor
from policies.factors import Factor
from policies.ids import CredentialId, PersonId
from policies.people import Card, Holder, Person
from policies.reasons import Reason
from tests.door.story import NOON

SENSOR = DeviceId("cage-in.finger")
ALICE = Holder(Person(PersonId("alice"), ()), Card(CredentialId("c-1")))


class Looker:
    """A gatherer that asks a real sensor and tells whatever it hears."""

    identifies = True
    unmatched = False

    def __init__(self, sensor: SimulatedFingerSensor) -> None:
        """Take the sensor; its orders have numbers from 1 on."""
        self._sensor, self._ticket = sensor, 0
        self._then: Then | None = None

    def ask(self, holder: Holder | None, then: Then) -> None:
        """Have the next finger looked at."""
        del holder
        self._ticket, self._then = self._ticket + 1, then
        self._sensor.verify(self._ticket, (), 10)

    def stop(self) -> None:
        """Look no more."""
        self._then = None
        self._sensor.stop(self._ticket)

    def hear(self, signal: Signal) -> None:
        """Take what the sensor says of the newest order."""
        if isinstance(signal, FingerChecked) and signal.ticket == self._ticket and self._then is not None:
            then, self._then = self._then, None
            then(Checked(Factor.FINGERPRINT, None, PersonId("alice")))

    def lost(self, why: str) -> None:
        """Never happens here."""
        raise AssertionError(why)


class Bench:
    """A simulated sensor, sessions on a virtual clock, and somebody who is checked there."""

    def __init__(self) -> None:
        """Open the sensor; what it is told to keep, it keeps."""
        self.clock = VirtualClock(NOON)
        self.timers = Timers(self.clock)
        self.sessions = EnrolmentSessions(self.timers)
        self.kept: dict[str, str] = {}
        self.sensor = SimulatedFingerSensor(SENSOR, self._keep)
        self.sensor.be(None, {})
        self.guarded = self.sessions.guard(Looker(self.sensor), Factor.FINGERPRINT, SENSOR)
        self.checked: list[Checked] = []
        self.sensor.open(self.report)

    def _keep(self, _device: DeviceId, template: str, finger: str | None) -> bool:
        if finger is None:
            self.kept.pop(template, None)
        else:
            self.kept[template] = finger
        return True

    def report(self, signal: Signal) -> None:
        """Do as the controller does."""
        if not self.sessions.hear(signal):
            self.guarded.hear(signal)

    def enrol(self, id_: str = "n-1", template: str = "slot-1") -> None:
        """Begin to enrol somebody."""
        enrolment = FingerEnrolment(self.sensor, template, "simulated")
        self.sessions.begin(id_, enrolment)
        enrolment.learn()

    def wait(self, time: timedelta) -> None:
        """Let time pass in one leap."""
        self.clock.move_to(self.clock.now() + time)
        self.timers.run_due()


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_finger_is_learnt_by_touches(bench: Bench) -> None:
    """Each touch is a step with a hint, and in the end there is what has to be stored."""
    bench.enrol()
    first = bench.sessions.ask("n-1")
    assert first.hint
    assert first.outcome is None
    bench.sensor.touch("mila", bad=False)
    assert bench.sessions.ask("n-1").step > first.step
    bench.sensor.touch("mila", bad=False)
    assert bench.sessions.take("n-1").outcome == Enrolled(
        Factor.FINGERPRINT, "simulated", sensor=SENSOR, template="slot-1"
    )
    assert bench.kept == {"slot-1": "mila"}


def test_what_was_taken_stays(bench: Bench) -> None:
    """A finger that the office has fetched is not forgotten, however long nobody asks."""
    bench.enrol()
    bench.sensor.touch("mila", bad=False)
    bench.sensor.touch("mila", bad=False)
    bench.sessions.take("n-1")
    bench.wait(LONGEST * 2)
    assert bench.kept == {"slot-1": "mila"}
    with pytest.raises(NoSuchEnrolment):
        bench.sessions.take("n-1")


def test_what_nobody_fetches_is_undone(bench: Bench) -> None:
    """The sensor forgets a finger that was learnt and that the office never asked for."""
    bench.enrol()
    bench.sensor.touch("mila", bad=False)
    bench.sensor.touch("mila", bad=False)
    assert bench.kept
    bench.wait(UNATTENDED)
    assert bench.kept == {}
    assert not bench.sessions.holds(SENSOR)


@pytest.mark.parametrize("why", ["the line failed", "nobody touched it", "its driver did not answer"])
@pytest.mark.parametrize("is_asked", [True, False])
def test_what_a_failure_left_behind_is_undone(bench: Bench, why: str, *, is_asked: bool) -> None:
    """A sensor that kept the finger, and then failed to say so, forgets it: whether somebody asks or not."""
    bench.enrol()
    bench.sensor.be(None, {"slot-1": "mila"})
    bench.kept["slot-1"] = "mila"
    bench.sessions.hear(SensorFailed(SENSOR, 0, FIRST_TICKET, why))
    if is_asked:
        assert bench.sessions.take("n-1").outcome == Failed(why)
    else:
        bench.wait(UNATTENDED)
    assert bench.kept == {}
    assert not bench.sessions.holds(SENSOR)


def test_a_sensor_that_was_told_nothing_forgets_nothing(bench: Bench) -> None:
    """Before its template's name is noted, an enrolment has the sensor neither learn nor forget."""
    bench.sensor.be(None, {"slot-1": "roy"})
    bench.kept["slot-1"] = "roy"
    bench.sessions.begin("n-1", FingerEnrolment(bench.sensor, "slot-1", "simulated"))
    bench.sensor.touch("mila", bad=False)
    bench.sensor.touch("mila", bad=False)
    assert bench.sessions.ask("n-1").outcome is None
    bench.sessions.stop("n-1")
    assert bench.kept == {"slot-1": "roy"}


def test_a_finger_is_learnt_once_however_often_it_is_told(bench: Bench) -> None:
    """A request that comes twice begins nothing anew."""
    enrolment = FingerEnrolment(bench.sensor, "slot-1", "simulated")
    bench.sessions.begin("n-1", enrolment)
    enrolment.learn()
    bench.sensor.touch("mila", bad=False)
    enrolment.learn()
    bench.sensor.touch("mila", bad=False)
    assert isinstance(bench.sessions.take("n-1").outcome, Enrolled)


def test_a_session_that_nobody_asks_for_ends(bench: Bench) -> None:
    """It goes on while it is asked for, and no longer."""
    bench.enrol()
    for _ in range(3):
        bench.wait(UNATTENDED - timedelta(seconds=1))
        bench.sessions.ask("n-1")
    bench.wait(UNATTENDED)
    with pytest.raises(NoSuchEnrolment):
        bench.sessions.ask("n-1")
    bench.sensor.touch("mila", bad=False)
    bench.sensor.touch("mila", bad=False)
    assert bench.kept == {}, "the sensor does not go on by itself"


def test_a_session_ends_at_last_however_often_it_is_asked_for(bench: Bench) -> None:
    """Nobody keeps a door's sensor for ever."""
    bench.enrol()
    step = timedelta(seconds=5)
    for _ in range(int(LONGEST / step) - 1):
        bench.wait(step)
        bench.sessions.ask("n-1")
    bench.wait(step)
    assert not bench.sessions.holds(SENSOR)


def test_one_session_at_a_time(bench: Bench) -> None:
    """A second operator has to wait; a session that was stopped makes room."""
    bench.enrol("n-1")
    with pytest.raises(SensorInUse):
        bench.enrol("n-2", "slot-2")
    bench.sensor.touch("mila", bad=False)
    bench.sessions.stop("n-1")
    bench.sessions.stop("n-1")
    bench.enrol("n-2", "slot-2")
    bench.sensor.touch("noor", bad=False)
    bench.sensor.touch("noor", bad=False)
    assert bench.kept == {"slot-2": "noor"}


def test_nobody_is_checked_while_somebody_is_enrolled(bench: Bench) -> None:
    """Who needs the sensor then is refused at once as if it were away, and the enrolment goes on."""
    bench.enrol()
    bench.guarded.ask(ALICE, bench.checked.append)
    (checked,) = bench.checked
    assert checked.failure is Reason.SENSOR_UNAVAILABLE
    bench.guarded.stop()
    bench.sensor.touch("mila", bad=False)
    bench.sensor.touch("mila", bad=False)
    assert isinstance(bench.sessions.take("n-1").outcome, Enrolled)
    assert len(bench.checked) == 1, "a touch that teaches the sensor proves nothing"


def test_no_session_begins_while_somebody_is_checked(bench: Bench) -> None:
    """The person at the door comes first; afterwards the enrolment may begin."""
    bench.guarded.ask(ALICE, bench.checked.append)
    with pytest.raises(SensorInUse):
        bench.enrol()
    bench.sensor.touch("alice", bad=False)
    assert [checked.failure for checked in bench.checked] == [None]
    bench.enrol()


def test_a_check_that_was_stopped_makes_room(bench: Bench) -> None:
    """An attempt whose time is over holds no sensor."""
    bench.guarded.ask(ALICE, bench.checked.append)
    bench.guarded.stop()
    bench.enrol()
    assert bench.checked == []


def test_a_sensor_that_looks_for_anybody_gives_way(bench: Bench) -> None:
    """Where a finger alone opens the sensor looks all the time: that is no check, and goes on afterwards."""
    bench.guarded.ask(None, bench.checked.append)
    bench.enrol()
    assert [checked.failure for checked in bench.checked] == [Reason.NO_FINGER]
    bench.guarded.ask(None, bench.checked.append)
    assert [checked.failure for checked in bench.checked] == [Reason.NO_FINGER] * 2
    bench.sensor.touch("mila", bad=False)
    bench.sensor.touch("mila", bad=False)
    bench.sessions.take("n-1")
    bench.guarded.ask(None, bench.checked.append)
    bench.sensor.touch("mila", bad=False)
    assert bench.checked[-1].failure is None


def test_a_sensor_that_goes_away_ends_its_session(bench: Bench) -> None:
    """It fails with the sensor's words, and nothing is left to undo."""
    bench.enrol()
    bench.sessions.hear(DeviceLost(SENSOR, 0, "unplugged"))
    outcome = bench.sessions.take("n-1").outcome
    assert isinstance(outcome, Failed)
    assert "unplugged" in outcome.why


def test_a_finger_that_is_known_already_is_refused(bench: Bench) -> None:
    """The same finger does not serve two people: the sensor says so, and nothing is kept twice."""
    bench.sensor.be(None, {"slot-7": "mila"})
    bench.enrol()
    bench.sensor.touch("mila", bad=False)
    assert isinstance(bench.sessions.take("n-1").outcome, Failed)
    assert bench.kept == {}


def test_reports_of_another_order_are_not_its_own(bench: Bench) -> None:
    """A late answer of an older order, or one under another name, enrols nobody."""
    bench.enrol()
    before = bench.sessions.ask("n-1")
    bench.sessions.hear(FingerEnrolled(SENSOR, 0, 1, "slot-1"))
    bench.sessions.hear(SensorStep(SENSOR, 0, 1, "go away"))
    assert bench.sessions.ask("n-1") == before
    bench.sessions.hear(FingerEnrolled(SENSOR, 0, FIRST_TICKET, "slot-9"))
    assert isinstance(bench.sessions.take("n-1").outcome, Failed)


def test_a_finger_that_was_kept_under_another_name_is_forgotten(bench: Bench) -> None:
    """It would count as the finger of whoever has that name."""
    bench.enrol()
    bench.sensor.be(None, {"slot-9": "mila"})
    bench.kept["slot-9"] = "mila"
    bench.sessions.hear(FingerEnrolled(SENSOR, 0, FIRST_TICKET, "slot-9"))
    assert isinstance(bench.sessions.take("n-1").outcome, Failed)
    assert bench.kept == {}


def test_a_session_that_goes_on_is_not_replaced(bench: Bench) -> None:
    """A second one of the same name, at whichever sensor, is refused, and the first goes on."""
    bench.enrol()
    other = SimulatedFingerSensor(DeviceId("gate-in.finger"), lambda *_: True)
    with pytest.raises(SensorInUse):
        bench.sessions.begin("n-1", FingerEnrolment(other, "slot-2", "simulated"))
    bench.sensor.touch("mila", bad=False)
    bench.sensor.touch("mila", bad=False)
    assert isinstance(bench.sessions.take("n-1").outcome, Enrolled)


def test_reports_of_another_sensor_are_not_heard(bench: Bench) -> None:
    """A session takes what its own sensor says and nothing else."""
    bench.enrol()
    assert not bench.sessions.hear(SensorStep(DeviceId("gate-in.finger"), 0, FIRST_TICKET, "press"))


def test_a_pass_before_a_camera_is_no_concern_of_a_session(bench: Bench) -> None:
    """What a camera reads beside looking at faces goes where it always goes."""
    bench.enrol()
    assert not bench.sessions.hear(CardFrame(SENSOR, 0, Technology.PASS, b"AP1..."))


def test_a_template_is_forgotten_on_request(bench: Bench) -> None:
    """What the sensor kept is gone, and whoever asked hears so."""
    bench.sensor.be(None, {"slot-3": "mila"})
    bench.kept["slot-3"] = "mila"
    heard: list[str | None] = []
    bench.sessions.begin("f", FingerForgetting(bench.sensor, "slot-3", heard.append))
    bench.sessions.stop("f")
    assert heard == [None]
    assert bench.kept == {}


def test_a_sensor_that_is_away_forgets_nothing(bench: Bench) -> None:
    """Whoever asked hears why, so that it can be tried again."""
    bench.sensor.be("unplugged")
    heard: list[str | None] = []
    bench.sessions.begin("f", FingerForgetting(bench.sensor, "slot-3", heard.append))
    assert heard == ["unplugged"]


def test_all_sessions_end_with_the_process(bench: Bench) -> None:
    """Nothing half-learnt is left behind."""
    bench.enrol()
    bench.sensor.touch("mila", bad=False)
    bench.sensor.touch("mila", bad=False)
    bench.sessions.stop_all()
    assert bench.kept == {}
