"""A home whose people have faces, and a camera that sees what a test tells it to."""

import hashlib
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from accessctl.config.site import BiometricRules, Liveness
from accessctl.door.clock import VirtualClock
from accessctl.door.face_gatherer import FaceGatherer
from accessctl.door.face_templates import FaceTemplates
from accessctl.door.gathering import Checked
from accessctl.door.proving import Prover
from accessctl.door.timers import Timers
from accessctl.door.workers import InlineWorkers, Workers
from accessctl.faces.template import Template
from accessctl.faces.vectors import Vector, bytes_of
from accessctl.keys.root import Purpose, RootKey
from accessctl.keys.vault import Label, Vault
from accessctl.store.biometric_rows import ConsentText, NewBiometric
from accessctl.store.biometrics import FACE, BiometricReader
from accessctl.store.people import PeopleReader
from accessctl.store.people_writer import PeopleWriter
from hardware.health import Health, HealthBook
from hardware.ports import Look, Report
from hardware.signals import DeviceId, FaceSeen, Live, SensorFailed, SensorStep
from policies.ids import CredentialId, PersonId
from policies.people import Card, Holder, Person
from tests.door.story import make_home
from tests.faces.people import MODEL, pictures_of, template_of

NOON = datetime(2026, 3, 17, 12, 0, tzinfo=UTC)
OPERATOR = "local:maria"
CAMERA = DeviceId("gate-in.camera")
TEXT = ConsentText("2026-1", hashlib.sha256(b"text").hexdigest())


@dataclass(frozen=True, slots=True)
class Order:
    """What the camera was asked for."""

    ticket: int
    look: Look
    within_s: float


class TestCamera:
    """A ``FaceCamera`` that keeps what it is asked for; the test answers."""

    __test__ = False

    def __init__(self, id_: DeviceId = CAMERA) -> None:
        """Be there."""
        self.id = id_
        self.book = HealthBook()
        self.book.here()
        self.orders: list[Order] = []
        self.stopped: list[int] = []

    @property
    def health(self) -> Health:
        """How it is."""
        return self.book.page()

    def open(self, report: Report) -> None:
        """Nothing to open."""

    def close(self) -> None:
        """Nothing to close."""

    def look(self, ticket: int, look: Look, within_s: float) -> None:
        """Keep the order."""
        self.orders.append(Order(ticket, look, within_s))

    def stop(self, ticket: int) -> None:
        """Keep that it was stopped."""
        self.stopped.append(ticket)

    def seen(
        self,
        vectors: Sequence[Vector],
        live: Live = Live.UNKNOWN,
        *,
        model: str = MODEL,
        quality: tuple[str, ...] = (),
    ) -> FaceSeen:
        """Report a face under the last order."""
        raw = tuple(map(bytes_of, vectors))
        return FaceSeen(self.id, time.monotonic_ns(), self.orders[-1].ticket, model, raw, quality, live)

    def step(self, hint: str) -> SensorStep:
        """Report a hint under the last order."""
        return SensorStep(self.id, time.monotonic_ns(), self.orders[-1].ticket, hint)

    def failed(self, why: str, *, broken: bool = False) -> SensorFailed:
        """Report that the last order came to nothing."""
        return SensorFailed(self.id, time.monotonic_ns(), self.orders[-1].ticket, why, broken)


class Faces:
    """A home with real stores and a real root key, where people have faces."""

    def __init__(self, path: Path) -> None:
        """Make the home."""
        self.home = make_home(path)
        self.writer = PeopleWriter(self.home.people, lambda: NOON)
        self.clock = VirtualClock(NOON)
        self.timers = Timers(self.clock)
        self.store = BiometricReader(self.home.people)
        prover = Prover(PeopleReader(self.home.people, self.clock.now), self.home.root_key, InlineWorkers())
        self.templates = FaceTemplates(self.store, prover.root, self.clock.now)
        self.vault = Vault(RootKey.load(self.home.root_key).derive(Purpose.PERSON_KEYS))

    def person(self, name: str) -> str:
        """Add somebody without a face."""
        return self.writer.add_person(name, (), OPERATOR, id_=name).id

    def enrol(
        self,
        name: str,
        template: Template | None = None,
        *,
        row_model: str | None = None,
        expires_at: datetime | None = None,
    ) -> str:
        """Add somebody, with their consent, and with their face; gives the row's id."""
        if not self.store.knows(name):
            self.person(name)
        face = template or template_of(name)
        consent = self.store.consent_of(name, FACE, TEXT.version, TEXT.sha256)
        if consent is None:
            consent = self.writer.give_consent(name, FACE, TEXT, OPERATOR).id
        key = self.store.key_of(name) or self.vault.new_key(name, f"k-{name}")
        id_ = f"b-{name}-{secrets.token_hex(3)}"
        model = row_model or face.model
        sealed = self.vault.seal(key, Label(id_, FACE, model), face.pack())
        new = NewBiometric(id_, FACE, model, consent, sealed=sealed, key=key, expires_at=expires_at)
        self.writer.enrol_biometric(name, new, OPERATOR)
        return id_

    def pass_time(self, by: timedelta) -> None:
        """Let so much time pass, every timer at its instant."""
        end = self.clock.now() + by
        while (due := self.timers.next_due_ns()) is not None:
            at = self.clock.now() + timedelta(microseconds=(due - self.clock.monotonic_ns()) // 1000)
            if at > end:
                break
            self.clock.move_to(at)
            self.timers.run_due()
        self.clock.move_to(end)

    def close(self) -> None:
        """Close the store."""
        self.writer.close()


class Gate:
    """One access point that asks for faces."""

    def __init__(
        self,
        faces: Faces,
        rules: BiometricRules | None = None,
        *,
        camera: TestCamera | None = None,
        workers: Workers | None = None,
    ) -> None:
        """Build it."""
        self.rules = rules or BiometricRules(liveness=Liveness.NONE)
        self.camera = camera or TestCamera()
        self.shown: list[object] = []
        self.came: list[Checked] = []
        self.gatherer = FaceGatherer(
            self.camera,
            faces.templates,
            lambda: self.rules,
            faces.timers,
            workers or InlineWorkers(),
            self.shown.append,
        )

    def ask(self, name: str | None) -> None:
        """Ask for somebody's face, or for anybody's."""
        self.gatherer.ask(None if name is None else holder(name), self.came.append)

    def sees(self, name: str, live: Live = Live.UNKNOWN) -> None:
        """Let somebody stand before the camera."""
        self.gatherer.hear(self.camera.seen(pictures_of(name, 3, series="at the gate"), live))

    def change(self, **rules: object) -> None:
        """Put other rules in force."""
        self.rules = replace(self.rules, **rules)  # type: ignore[arg-type]  # whatever the test says


def holder(name: str) -> Holder:
    """Give somebody with a card."""
    return Holder(Person(PersonId(name), ()), Card(CredentialId(f"c-{name}")))
