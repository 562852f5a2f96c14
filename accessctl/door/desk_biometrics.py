"""Enrolments, as the office asks for them: sensors, cameras and keys are here, and what people agree to.

What is made here is stored by the office; it counts when it is stored, and is undone if nobody fetches it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from accessctl.config import Site
from accessctl.config.site import Consent
from accessctl.door.clock import Clock
from accessctl.door.enrolment import (
    Enrolled,
    EnrolmentSessions,
    Failed,
    NoSuchEnrolment,
    Progress,
    SensorInUse,
    Session,
    Subject,
)
from accessctl.door.finger_enrolment import FingerEnrolment, FingerForgetting, model_of
from accessctl.door.refusing import DeskRefuses, way_in
from accessctl.keys.root import Purpose, RootKey
from accessctl.keys.vault import Vault, VaultUnusable
from accessctl.link.answers import Answer, ConsentAsked, Done, EnrolmentOutcome, EnrolmentState, FaultCode
from accessctl.link.requests import (
    AskConsentText,
    AskEnrolment,
    BeginEnrolment,
    BodyKind,
    ForgetTemplate,
    LearnFinger,
    StopEnrolment,
)
from accessctl.store.biometrics import BiometricReader
from accessctl.store.errors import PeopleUnavailable
from hardware.board import Board
from hardware.errors import HardwareError
from hardware.health import DeviceState
from hardware.ports import FaceCamera
from hardware.signals import DeviceId

FORGET_S: Final = 5.0
"""So long may a sensor take to erase a template."""
_FOR: Final = "an enrolment"

FaceSessions = Callable[[FaceCamera, Subject, Vault], Session]


class Keys(Protocol):
    """Who has the keys."""

    def root(self) -> RootKey:
        """Give the installation's root. Raises ``KeysUnavailable``."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """What this controller is, as far as enrolments go."""

    site: Callable[[], Site]
    """The site in force."""
    board: Board
    sessions: EnrolmentSessions
    people: BiometricReader
    clock: Clock
    seq: Callable[[], int]
    """The number of the newest entry of the record."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What is told of an enrolment at every step."""

    consent: str
    sensor: str = ""
    template: str = ""
    finger: FingerEnrolment | None = None


class BiometricDesk:
    """Begins, follows and stops enrolments. Used from the loop's thread."""

    def __init__(self, place: Place, keys: Keys, faces: FaceSessions | None = None) -> None:
        """Take the place, the keys, and who leads the enrolment of a face, where anybody can."""
        self._place, self._keys, self._faces = place, keys, faces
        self._known: dict[str, _Known] = {}
        self._forgettings = 0

    def answers(self) -> Mapping[type, Callable[[Any], Awaitable[Answer]]]:
        """Give who answers what."""
        return {
            AskConsentText: self._consent_text,
            BeginEnrolment: self._begin,
            LearnFinger: self._learn,
            AskEnrolment: self._ask,
            StopEnrolment: self._stop,
            ForgetTemplate: self._forget,
        }

    # --------------------------------------------------------------------------------- the steps

    async def _consent_text(self, _request: AskConsentText) -> ConsentAsked:
        rules = self._place.site().biometrics
        consent = rules.consent or Consent("", "", "")
        return ConsentAsked(
            consent.version, consent.text, consent.sha256, rules.expire_after.days, rules.equal_way or ""
        )

    async def _begin(self, request: BeginEnrolment) -> EnrolmentState:
        consent = self._consent_of(request)
        if request.kind is BodyKind.FINGERPRINT:
            finger, template = self._finger(request)
            session: Session = finger
            known = _Known(consent, str(finger.device), template, finger)
        else:
            session, known = self._face(request), _Known(consent)
        self._refuse_where_it_is_lost(session.device)
        progress = self._begin_session(request.enrolment, session)
        self._known = {id_: each for id_, each in self._known.items() if self._place.sessions.goes_on(id_)}
        self._known[request.enrolment] = known
        return _state(request.enrolment, known, progress)

    async def _learn(self, request: LearnFinger) -> Done:
        known = self._known.get(request.enrolment)
        if known is None or known.finger is None or not self._place.sessions.goes_on(request.enrolment):
            raise DeskRefuses(FaultCode.TIMED_OUT, "there is no such enrolment of a finger, or it has ended")
        try:
            known.finger.learn()
        except HardwareError as error:
            self._place.sessions.stop(request.enrolment)
            raise DeskRefuses(FaultCode.SENSOR_FAILED, str(error)) from error
        return Done(self._place.seq())

    async def _ask(self, request: AskEnrolment) -> EnrolmentState:
        known = self._known.get(request.enrolment)
        try:
            progress = self._place.sessions.take(request.enrolment)
        except NoSuchEnrolment as error:
            self._known.pop(request.enrolment, None)
            raise DeskRefuses(FaultCode.TIMED_OUT, str(error)) from error
        return _state(request.enrolment, known or _Known(""), progress)

    async def _stop(self, request: StopEnrolment) -> Done:
        self._known.pop(request.enrolment, None)
        self._place.sessions.stop(request.enrolment)
        return Done(self._place.seq())

    async def _forget(self, request: ForgetTemplate) -> Done:
        sensor = self._place.board.fingers.get(DeviceId(request.sensor))
        if sensor is None:
            words = f"this controller has no fingerprint sensor {request.sensor!r}"
            raise DeskRefuses(FaultCode.UNKNOWN_SENSOR, words)
        gone: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()

        def then(why: str | None) -> None:
            if not gone.done():
                gone.set_result(why)

        session = FingerForgetting(sensor, request.template, then)
        self._forgettings += 1
        id_ = f"forgetting {self._forgettings}"
        self._begin_session(id_, session)
        try:
            why = await asyncio.wait_for(gone, FORGET_S)
        except TimeoutError:
            raise DeskRefuses(FaultCode.SENSOR_FAILED, "the sensor does not answer") from None
        finally:
            self._place.sessions.stop(id_)
        if why is not None:
            raise DeskRefuses(FaultCode.SENSOR_FAILED, why)
        return Done(self._place.seq())

    # ----------------------------------------------------------------------------- what it needs

    def _refuse_where_it_is_lost(self, device: DeviceId) -> None:
        """Refuse to let anybody wait at a sensor or camera that is gone, in its own words."""
        there = self._place.board.fingers.get(device) or self._place.board.cameras[device]
        if there.health.state is DeviceState.LOST:
            raise DeskRefuses(FaultCode.SENSOR_FAILED, f"{device} does not answer: {there.health.why}")

    def _begin_session(self, id_: str, session: Session) -> Progress:
        try:
            return self._place.sessions.begin(id_, session)
        except SensorInUse as error:
            raise DeskRefuses(FaultCode.BUSY, str(error)) from error
        except HardwareError as error:
            raise DeskRefuses(FaultCode.SENSOR_FAILED, str(error)) from error

    def _consent_of(self, request: BeginEnrolment) -> str:
        """Give the id of the consent that stands. Refuses whoever has not agreed to the text in force."""
        consent = self._place.site().biometrics.consent
        if consent is None:
            words = "the site file has no [biometrics] consent_text, which people have to agree to first"
            raise DeskRefuses(FaultCode.NOT_SET_UP, words)
        try:
            if not self._place.people.knows(request.person):
                raise DeskRefuses(FaultCode.UNKNOWN_PERSON, f"there is no person {request.person}")
            found = self._place.people.consent_of(
                request.person, request.kind, consent.version, consent.sha256
            )
        except PeopleUnavailable as error:
            raise DeskRefuses(FaultCode.PEOPLE_UNAVAILABLE, str(error)) from error
        if found is None:
            words = (
                f"{request.person} has not agreed to version {consent.version} of the text for a "
                f"{request.kind}: accessctl people consent"
            )
            raise DeskRefuses(FaultCode.NO_CONSENT, words)
        return found

    def _finger(self, request: BeginEnrolment) -> tuple[FingerEnrolment, str]:
        from hardware.fingers.names import template_name

        site = self._place.site()
        point = way_in(site, request.access_point, _FOR).id
        device = site.finger_of_point.get(point)
        spec = next((each for each in site.board.fingers if each.id == device), None)
        sensor = None if device is None else self._place.board.fingers.get(device)
        if device is None or spec is None or sensor is None:
            raise DeskRefuses(
                FaultCode.UNKNOWN_SENSOR, f"there is no fingerprint sensor at {request.access_point}"
            )
        try:
            taken = self._place.people.templates_at(str(device))
            template = template_name(spec, request.person, taken)
        except PeopleUnavailable as error:
            raise DeskRefuses(FaultCode.PEOPLE_UNAVAILABLE, str(error)) from error
        except (HardwareError, ValueError) as error:
            raise DeskRefuses(FaultCode.UNUSABLE, str(error)) from error
        return FingerEnrolment(sensor, template, model_of(spec)), template

    def _face(self, request: BeginEnrolment) -> Session:
        site = self._place.site()
        device = site.camera_of_point.get(way_in(site, request.access_point, _FOR).id)
        camera = None if device is None else self._place.board.cameras.get(device)
        if camera is None or self._faces is None:
            raise DeskRefuses(
                FaultCode.UNKNOWN_SENSOR, f"there is no camera that looks at faces at {request.access_point}"
            )
        try:
            vault = Vault(self._keys.root().derive(Purpose.PERSON_KEYS))
            key = self._place.people.key_of(request.person) or vault.new_key(request.person, request.key)
        except VaultUnusable as error:
            raise DeskRefuses(FaultCode.NOT_SET_UP, str(error)) from error
        except PeopleUnavailable as error:
            raise DeskRefuses(FaultCode.PEOPLE_UNAVAILABLE, str(error)) from error
        return self._faces(camera, Subject(request.person, request.biometric, key), vault)


def _state(enrolment: str, known: _Known, progress: Progress) -> EnrolmentState:
    begun = EnrolmentState(
        enrolment,
        progress.hint,
        progress.step,
        progress.of,
        consent=known.consent,
        sensor=known.sensor,
        template=known.template,
    )
    match progress.outcome:
        case None:
            return begun
        case Failed(why):
            return replace(begun, outcome=EnrolmentOutcome.FAILED, why=why)
        case Enrolled() as made:
            return replace(
                begun,
                outcome=EnrolmentOutcome.ENROLLED,
                why="; ".join(made.warnings),
                model=made.model,
                sealed_hex="" if made.sealed is None else made.sealed.hex(),
                key="" if made.key is None else made.key.id,
                wrapped_hex="" if made.key is None else made.key.wrapped.hex(),
            )
