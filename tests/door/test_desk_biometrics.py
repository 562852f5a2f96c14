"""What the office asks about enrolments, and what it is refused."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from accessctl.config import Site, load
from accessctl.door.clock import VirtualClock
from accessctl.door.desk_biometrics import BiometricDesk, Place
from accessctl.door.enrolment import Enrolled, EnrolmentSessions, Progress, Session, Subject
from accessctl.door.refusing import DeskRefuses
from accessctl.door.timers import Timers
from accessctl.home import Home
from accessctl.keys.root import RootKey, RootKeyUnusable
from accessctl.keys.vault import Label, Vault
from accessctl.link.answers import Answer, ConsentAsked, Done, EnrolmentOutcome, EnrolmentState, FaultCode
from accessctl.link.requests import (
    AskConsentText,
    AskEnrolment,
    BeginEnrolment,
    BodyKind,
    ForgetTemplate,
    LearnFinger,
    Request,
    StopEnrolment,
)
from accessctl.link.wire import decode, encode
from accessctl.store.biometric_rows import ConsentText, NewBiometric
from accessctl.store.biometrics import BiometricReader, PersonKey
from accessctl.store.people_writer import PeopleWriter
from hardware.board import Board
from hardware.health import DeviceState, Health
from hardware.ports import FaceCamera
from hardware.signals import DeviceId, Signal
from hardware.simulated.fingers import SimulatedFingerSensor
from policies.factors import Factor
from tests.door.site import SITE
from tests.door.story import NOON

SENSOR = DeviceId("cage-in.finger")
CAMERA = DeviceId("cage-in.camera")
CONSENT = """
[biometrics]
consent_version = "2026-1"
consent_text = "I agree."
"""
WITH_SENSOR = (
    SITE.replace(
        'asks = "card_and_pin"\n',
        'asks = "card_and_pin"\nfinger = { kind = "simulated" }\ncamera = { kind = "simulated" }\n',
    )
    + CONSENT
)
BEGIN = BeginEnrolment("n-1", BodyKind.FINGERPRINT, "cage-in", "alice", "b-1", "k-1")


class Picture:
    """Leads the enrolment of a face that is there at once."""

    def __init__(self, camera: FaceCamera, subject: Subject, vault: Vault) -> None:
        """Seal a template for whoever it is."""
        self.device = camera.id
        sealed = vault.seal(subject.key, Label(subject.biometric, "face", "dlib:1"), b"template")
        self._made = Enrolled(Factor.FACE, "dlib:1", sealed, subject.key, warnings=("bob is near",))

    def begin(self, tickets: object) -> None:
        """Nothing has to be ordered."""

    def hear(self, signal: Signal) -> None:
        """Nothing is reported."""

    def stop(self) -> None:
        """Nothing has to be undone."""

    def progress(self) -> Progress:
        """It is done."""
        return Progress("", 5, 5, self._made)


class Camera:
    """What a face is looked at with; here it only has a name, and is there or not."""

    id = CAMERA
    health = Health(DeviceState.HERE)


class Office:
    """A desk on its own: a real store, real keys, a simulated sensor."""

    def __init__(self, home: Home, site: Site) -> None:
        """Put it together; Alice is there and has agreed to nothing."""
        self.home, self.site = home, site
        self.clock = VirtualClock(NOON)
        self.timers = Timers(self.clock)
        self.sessions = EnrolmentSessions(self.timers)
        self.report: Callable[[Signal], object] = self.sessions.hear
        self.kept: dict[str, str] = {}
        self.sensor = SimulatedFingerSensor(SENSOR, self._keep)
        self.sensor.be(None, {})
        self.sensor.open(self._report)
        self.camera = Camera()
        self.writer = PeopleWriter(home.people)
        self.people = BiometricReader(home.people)
        board = Board(
            strikes={},
            contacts={},
            readers={},
            annunciators={},
            fingers={SENSOR: self.sensor},
            cameras={CAMERA: self.camera},  # type: ignore[dict-item]  # its name and health are asked for
        )
        place = Place(lambda: self.site, board, self.sessions, self.people, self.clock, lambda: 7)
        self.root_key = home.root_key
        self.desk = BiometricDesk(place, self, self._picture)

    def _report(self, signal: Signal) -> None:
        self.report(signal)

    def root(self) -> RootKey:
        """Give the root key of the home."""
        return RootKey.load(self.root_key)

    def _picture(self, camera: FaceCamera, subject: Subject, vault: Vault) -> Session:
        return Picture(camera, subject, vault)

    def _keep(self, _device: DeviceId, template: str, finger: str | None) -> bool:
        if finger is None:
            self.kept.pop(template, None)
        else:
            self.kept[template] = finger
        return True

    def ask(self, request: Request) -> Answer:
        """Ask the desk; the answer goes over the link and back."""

        async def answered() -> Answer:
            return await self.desk.answers()[type(request)](request)

        answer = asyncio.run(answered())
        assert decode(encode(answer)) == answer
        return answer

    def refused(self, request: Request) -> FaultCode:
        """Ask what is refused, and give the reason."""
        with pytest.raises(DeskRefuses) as refusal:
            self.ask(request)
        return refusal.value.code

    def agree(self, kind: str = "fingerprint", person: str = "alice") -> str:
        """Let somebody agree to the text in force."""
        consent = self.site.biometrics.consent
        assert consent is not None
        text = ConsentText(consent.version, consent.sha256)
        return self.writer.give_consent(person, kind, text, "local:maria").id


@pytest.fixture
def office(staffed_home: Path, tmp_path: Path) -> Iterator[Office]:
    shutil.copytree(staffed_home, tmp_path / "home")
    office = Office(Home(tmp_path / "home"), load(WITH_SENSOR))
    yield office
    office.writer.close()


def test_the_text_in_force_is_told(office: Office) -> None:
    """The office shows people the very text of the site file."""
    asked = office.ask(AskConsentText())
    assert isinstance(asked, ConsentAsked)
    assert (asked.version, asked.text, asked.expire_days) == ("2026-1", "I agree.", 365)
    office.site = load(SITE)
    assert office.ask(AskConsentText()) == ConsentAsked("", "", "", 365, "")


def test_a_finger_is_enrolled(office: Office) -> None:
    """From the first step on the office knows the template's name; in the end what has to be stored."""
    consent = office.agree()
    begun = office.ask(BEGIN)
    assert isinstance(begun, EnrolmentState)
    assert (begun.outcome, begun.consent, begun.sensor) == (EnrolmentOutcome.NONE, consent, SENSOR)
    assert begun.template
    office.ask(LearnFinger("n-1"))
    office.sensor.touch("mila", bad=False)
    again = office.ask(AskEnrolment("n-1"))
    assert isinstance(again, EnrolmentState)
    assert again.hint
    office.sensor.touch("mila", bad=False)
    ended = office.ask(AskEnrolment("n-1"))
    assert isinstance(ended, EnrolmentState)
    assert (ended.outcome, ended.model) == (EnrolmentOutcome.ENROLLED, "simulated")
    assert office.kept == {begun.template: "mila"}
    assert office.refused(AskEnrolment("n-1")) is FaultCode.TIMED_OUT


def test_a_finger_is_learnt_once_its_name_is_noted(office: Office) -> None:
    """Before, no touch counts; for an enrolment that ended, and for a face, there is nothing to learn."""
    office.agree()
    office.ask(BEGIN)
    for _ in range(2):
        office.sensor.touch("mila", bad=False)
    assert office.kept == {}
    assert office.ask(LearnFinger("n-1")) == Done(7)
    for _ in range(2):
        office.sensor.touch("mila", bad=False)
    assert office.kept
    office.ask(StopEnrolment("n-1"))
    assert office.kept == {}
    assert office.refused(LearnFinger("n-1")) is FaultCode.TIMED_OUT
    office.agree("face")
    office.ask(BeginEnrolment("n-2", BodyKind.FACE, "cage-in", "alice", "b-2", "k-2"))
    assert office.refused(LearnFinger("n-2")) is FaultCode.TIMED_OUT


def test_a_face_is_sealed_under_its_persons_key(office: Office) -> None:
    """The first face brings a key of its own along, and opens with it."""
    office.agree("face")
    office.ask(BeginEnrolment("n-1", BodyKind.FACE, "cage-in", "alice", "b-1", "k-1"))
    made = office.ask(AskEnrolment("n-1"))
    assert isinstance(made, EnrolmentState)
    assert (made.outcome, made.key, made.why) == (EnrolmentOutcome.ENROLLED, "k-1", "bob is near")
    assert made.sealed_hex not in repr(made)
    assert made.wrapped_hex not in repr(made)


def test_a_second_face_has_the_key_that_is_stored(office: Office) -> None:
    """A person has one key, whatever name the office proposes for another."""
    consent = office.agree("face")
    begin = BeginEnrolment("n-1", BodyKind.FACE, "cage-in", "alice", "b-1", "k-1")
    office.ask(begin)
    made = office.ask(AskEnrolment("n-1"))
    assert isinstance(made, EnrolmentState)
    key = office.people.key_of("alice")
    assert key is None
    first = PersonKey("alice", made.key, bytes.fromhex(made.wrapped_hex))
    sealed = bytes.fromhex(made.sealed_hex)
    new = NewBiometric("b-1", "face", made.model, consent, sealed=sealed, key=first)
    office.writer.enrol_biometric("alice", new, "local:maria")
    office.ask(BeginEnrolment("n-2", BodyKind.FACE, "cage-in", "alice", "b-2", "k-2"))
    again = office.ask(AskEnrolment("n-2"))
    assert isinstance(again, EnrolmentState)
    assert (again.key, bytes.fromhex(again.wrapped_hex)) == ("k-1", first.wrapped)


def test_nobody_is_enrolled_who_has_not_agreed(office: Office) -> None:
    """Neither without a consent, nor with one to another kind or another text, nor after taking it back."""
    assert office.refused(BEGIN) is FaultCode.NO_CONSENT
    office.agree("face")
    assert office.refused(BEGIN) is FaultCode.NO_CONSENT
    old = ConsentText("2025-1", "00" * 32)
    office.writer.give_consent("alice", "fingerprint", old, "local:maria")
    assert office.refused(BEGIN) is FaultCode.NO_CONSENT
    same_version = ConsentText("2026-1", "00" * 32)
    office.writer.give_consent("alice", "fingerprint", same_version, "local:maria")
    assert office.refused(BEGIN) is FaultCode.NO_CONSENT, "the words were changed under the same version"
    office.agree()
    office.writer.withdraw_consent("alice", "fingerprint", "local:maria")
    assert office.refused(BEGIN) is FaultCode.NO_CONSENT
    assert not office.sessions.holds(SENSOR)


def test_without_a_text_nobody_is_enrolled(office: Office) -> None:
    """What people agreed to under an earlier file does not count while no text is in force."""
    office.agree()
    office.site = load(WITH_SENSOR.replace(CONSENT, ""))
    assert office.refused(BEGIN) is FaultCode.NOT_SET_UP


@pytest.mark.parametrize(
    ("point", "kind", "code"),
    [
        ("nowhere-in", BodyKind.FINGERPRINT, FaultCode.UNKNOWN_ACCESS_POINT),
        ("front-in", BodyKind.FINGERPRINT, FaultCode.UNKNOWN_SENSOR),
        ("front-in", BodyKind.FACE, FaultCode.UNKNOWN_SENSOR),
        ("front-out", BodyKind.FINGERPRINT, FaultCode.WAY_OUT),
    ],
)
def test_a_place_without_a_sensor_enrols_nobody(
    office: Office, point: str, kind: BodyKind, code: FaultCode
) -> None:
    """Each has its own reason; a way out is kept free of it."""
    office.agree(kind.value)
    request = BeginEnrolment("n-1", kind, point, "alice", "b-1", "k-1")
    assert office.refused(request) is code


def test_somebody_who_is_not_there_is_not_enrolled(office: Office) -> None:
    """An id that nobody has is refused before any sensor moves."""
    request = BeginEnrolment("n-1", BodyKind.FINGERPRINT, "cage-in", "nobody", "b-1", "k-1")
    assert office.refused(request) is FaultCode.UNKNOWN_PERSON


@pytest.mark.parametrize("kind", BodyKind)
def test_nobody_waits_at_a_sensor_that_is_gone(office: Office, kind: BodyKind) -> None:
    """It is refused at once, in the device's own words, and goes on once the device is back."""
    office.agree(kind.value)
    why = "its models cannot be used: dlib_bin is missing"
    office.camera.health = Health(DeviceState.LOST, why)
    office.sensor.be(why)
    begin = BeginEnrolment("n-1", kind, "cage-in", "alice", "b-1", "k-1")
    with pytest.raises(DeskRefuses, match=f"cage-in.* does not answer: {why}") as refusal:
        office.ask(begin)
    assert refusal.value.code is FaultCode.SENSOR_FAILED
    assert not office.sessions.holds(SENSOR)
    assert not office.sessions.holds(CAMERA)
    office.camera.health = Health(DeviceState.HERE)
    office.sensor.be(None)
    assert isinstance(office.ask(begin), EnrolmentState)


def test_a_sensor_that_goes_before_it_learns_ends_the_enrolment(office: Office) -> None:
    """Nothing is ordered any more, and whoever asks is told why."""
    office.agree()
    office.ask(BEGIN)
    office.sensor.be("it was unplugged")
    office.ask(LearnFinger("n-1"))
    ended = office.ask(AskEnrolment("n-1"))
    assert isinstance(ended, EnrolmentState)
    assert (ended.outcome, ended.why) == (EnrolmentOutcome.FAILED, "the sensor is gone: it was unplugged")


def test_two_operators_take_turns(office: Office) -> None:
    """The second one is told that the sensor is taken, until the first is done."""
    office.agree()
    office.ask(BEGIN)
    second = BeginEnrolment("n-2", BodyKind.FINGERPRINT, "cage-in", "alice", "b-2", "k-2")
    assert office.refused(second) is FaultCode.BUSY
    assert office.ask(StopEnrolment("n-1")) == Done(7)
    office.ask(second)


def test_a_name_that_waits_to_be_forgotten_is_not_given_again(office: Office) -> None:
    """Else a sensor that was away would erase the newcomer's finger."""
    office.agree()
    first = office.ask(BEGIN)
    assert isinstance(first, EnrolmentState)
    office.ask(StopEnrolment("n-1"))
    office.writer.expect_template(SENSOR, first.template)
    second = office.ask(BeginEnrolment("n-2", BodyKind.FINGERPRINT, "cage-in", "alice", "b-2", "k-2"))
    assert isinstance(second, EnrolmentState)
    assert second.template != first.template


def test_a_template_is_forgotten(office: Office) -> None:
    """Once the sensor has erased it the office is told."""
    office.kept["alice:1"] = "mila"
    office.sensor.be(None, {"alice:1": "mila"})
    assert office.ask(ForgetTemplate(SENSOR, "alice:1")) == Done(7)
    assert office.kept == {}
    assert not office.sessions.holds(SENSOR)


def test_who_asks_twice_ends_nothing(office: Office) -> None:
    """A second request for the same template is refused, and the first goes on to its end."""
    office.kept["alice:1"] = "mila"
    office.sensor.be(None, {"alice:1": "mila"})
    forget, heard = office.desk.answers()[ForgetTemplate], office.sensor.forget

    async def asked() -> tuple[Answer | BaseException, Answer | BaseException]:
        later: list[Callable[[], None]] = []
        office.sensor.forget = lambda *order: later.append(partial(heard, *order))  # type: ignore[method-assign]
        first = asyncio.ensure_future(forget(ForgetTemplate(SENSOR, "alice:1")))
        await asyncio.sleep(0)
        (second,) = await asyncio.gather(forget(ForgetTemplate(SENSOR, "alice:1")), return_exceptions=True)
        assert office.sessions.holds(SENSOR)
        loop = asyncio.get_running_loop()
        office.report = lambda signal: loop.call_soon_threadsafe(office.sessions.hear, signal)
        later[0]()
        async with asyncio.timeout(5):
            return await first, second

    done, refusal = asyncio.run(asked())
    assert done == Done(7)
    assert isinstance(refusal, DeskRefuses)
    assert refusal.code is FaultCode.BUSY
    assert not office.sessions.holds(SENSOR)
    assert office.kept == {}


def test_a_sensor_that_cannot_forget_says_so(office: Office) -> None:
    """One that is away, taken, or not of this site is not mistaken for one that has done it."""
    assert office.refused(ForgetTemplate("gate-in.finger", "alice:1")) is FaultCode.UNKNOWN_SENSOR
    office.agree()
    office.ask(BEGIN)
    assert office.refused(ForgetTemplate(SENSOR, "alice:1")) is FaultCode.BUSY
    office.ask(StopEnrolment("n-1"))
    office.sensor.be("unplugged")
    assert office.refused(ForgetTemplate(SENSOR, "alice:1")) is FaultCode.SENSOR_FAILED
    assert not office.sessions.holds(SENSOR)


def test_an_impossible_key_is_no_enrolment(office: Office, tmp_path: Path) -> None:
    """Without the root key no face is enrolled, and fingers still are."""
    office.agree("face")
    office.root_key = tmp_path / "nowhere"
    with pytest.raises(RootKeyUnusable):
        office.ask(BeginEnrolment("n-1", BodyKind.FACE, "cage-in", "alice", "b-1", "k-1"))
    office.agree("fingerprint")
    office.ask(BEGIN)
