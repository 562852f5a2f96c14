"""Asks for one face at one access point: the camera looks, the template is opened, both are compared.

Rule 1: what is wanted and cannot be told is a failure: no liveness verdict where the site wants one, no
        threshold for the camera's engine, fewer pictures than were asked for.
Rule 2: liveness comes before likeness: a picture of somebody learns nothing of how like it is.
Rule 3: comparing is done off the loop. An answer that comes after ``stop`` or for an older look is dropped.
"""

import logging
import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from accessctl.config.site import BiometricRules
from accessctl.door.asking import SLACK, WITHIN, Asking
from accessctl.door.face_templates import FacesUnavailable, FaceTemplates
from accessctl.door.gathering import Checked
from accessctl.door.timers import Timers
from accessctl.door.workers import Workers
from accessctl.faces.matching import identify, probe_of, verify
from accessctl.faces.thresholds import (
    MARGIN,
    Measure,
    NoThreshold,
    SiteThreshold,
    engine_of,
    measure_for,
)
from accessctl.faces.vectors import Vector, VectorUnusable, vector_in
from accessctl.store.biometrics import OTHER_MODEL, FaceRow
from hardware.cameras.hints import TURN_HINTS
from hardware.ports import FaceCamera, Look, Pattern, Turn
from hardware.signals import FaceSeen, Live, SensorFailed, SensorStep, Signal
from policies.factors import Factor
from policies.ids import CredentialId, PersonId
from policies.people import Holder
from policies.reasons import Reason

FRAMES: Final = 3
"""The thresholds were measured with so many."""

log = logging.getLogger(__name__)


class FaceGatherer(Asking):
    """Gathers ``Factor.FACE`` at one access point. Used from the loop's thread."""

    def __init__(
        self,
        camera: FaceCamera,
        templates: FaceTemplates,
        rules: Callable[[], BiometricRules],
        timers: Timers,
        workers: Workers,
        show: Callable[[Pattern], None] = lambda _pattern: None,
        *,
        within: timedelta = WITHIN,
    ) -> None:
        """Take the camera, what opens templates, the rules in force, and what shows which turn is wanted."""
        alone = "the site compares faces one to one only"
        super().__init__(Factor.FACE, camera, timers, workers, alone=alone)
        self._camera, self._templates, self._rules = camera, templates, rules
        self._show, self._within = show, within
        templates.prepare()
        self._look = Look()
        self._shown: Pattern | None = None

    @property
    def identifies(self) -> bool:
        """Whether the site lets faces be looked for among everybody's."""
        return self._rules().identify

    def stop(self) -> None:
        """Ask no more; ``then`` is not called."""
        super().stop()
        self._shown = None

    def hear(self, signal: Signal) -> None:
        """Take what the camera reports to the look that goes on."""
        match signal:
            case SensorStep() if signal.ticket == self._ticket:
                turn = self._look.turn
                turning = turn is not None and signal.hint == TURN_HINTS[turn]
                self._show_once(_PATTERN_OF[turn] if turn is not None and turning else Pattern.FACE_WANTED)
            case SensorFailed() if signal.ticket == self._ticket:
                self._ticket = None
                self._end(self._failed(self._reason_of(signal), signal.why))
            case FaceSeen() if signal.ticket == self._ticket:
                self._ticket = None
                self._judge(signal)
            case _:
                pass

    def _start(self, holder: Holder | None) -> None:
        if holder is None:
            self._begin()
            return
        person = holder.person.id
        self._off_the_loop(lambda: self._rows_of(person), self._begin_with)

    def _rows_of(self, person: str) -> tuple[FaceRow, ...] | str:
        """Give what counts of a person, or why nothing does. Off the loop."""
        return self._templates.rows_of(person) or self._templates.why_none(person)

    def _begin_with(self, rows: tuple[FaceRow, ...] | str | Exception) -> None:
        if isinstance(rows, Exception):
            self._end(self._unavailable(rows))
        elif isinstance(rows, str):
            self._end(self._failed(Reason.NO_BIOMETRIC, rows))
        else:
            self._begin()

    def _begin(self) -> None:
        liveness = self._rules().liveness
        turn = secrets.choice(tuple(Turn)) if liveness.turns else None
        self._look = Look(FRAMES, passive=liveness.looks, turn=turn)
        # The camera ends earlier than we do: it knows what was missing.
        ticket = self._new_order(self._within + SLACK)
        self._camera.look(ticket, self._look, self._within.total_seconds())

    def _late(self, *, sensor: bool) -> Checked:
        if sensor:
            return self._failed(Reason.SENSOR_UNAVAILABLE, "the camera did not answer")
        return self._failed(Reason.AUTHENTICATION_UNAVAILABLE, "the templates could not be read in time")

    def _reason_of(self, failed: SensorFailed) -> Reason:
        if failed.broken:
            return Reason.SENSOR_UNAVAILABLE
        # A face was there and would not turn: that is what a picture of one does.
        still = self._shown in _PATTERN_OF.values()
        return Reason.NOT_LIVE if still else Reason.NO_FACE

    def _show_once(self, pattern: Pattern) -> None:
        """Show a pattern unless it is shown already: begun anew at every hint, none would be recognised."""
        if pattern is not self._shown:
            self._shown = pattern
            self._show(pattern)

    def _judge(self, seen: FaceSeen) -> None:
        refusal = self._liveness_refusal(seen.live)
        if refusal is not None:
            self._end(refusal)
            return
        rules, holder = self._rules(), self._holder
        person = None if holder is None else holder.person.id
        self._off_the_loop(lambda: self._compared(seen, rules, person), self._end_compared)

    def _liveness_refusal(self, live: Live) -> Checked | None:
        wanted = self._look.passive or self._look.turn is not None
        if live is Live.SPOOFED:
            return self._failed(Reason.NOT_LIVE)
        if wanted and live is not Live.LIVE:
            return self._failed(Reason.LIVENESS_UNAVAILABLE)
        return None

    def _compared(self, seen: FaceSeen, rules: BiometricRules, person: PersonId | None) -> Checked:
        """Compare what was seen. Off the loop; may raise ``FacesUnavailable`` and the like."""
        if len(seen.vectors) < FRAMES:
            raise FacesUnavailable("the camera gave fewer pictures than were asked for")
        probe = probe_of([vector_in(vector) for vector in seen.vectors])
        if person is None:
            return self._identified(probe, measure_of(rules, seen.model))
        # Read again: whoever was erased since the look began is not compared any more.
        rows = self._rows_of(person)
        if isinstance(rows, str):
            return self._failed(Reason.NO_BIOMETRIC, rows)
        faces = self._templates.middles_in(rows, seen.model)
        if not faces:
            return self._failed(Reason.NO_BIOMETRIC, OTHER_MODEL)
        measure = measure_of(rules, seen.model)
        near = verify(tuple(faces.values()), probe, measure, self._templates.centre(measure))
        detail = _detail(measure, near.distance)
        if near.fits:
            row = CredentialId(tuple(faces)[near.at])
            return Checked(self._factor, person=person, credential=row, detail=detail)
        return Checked(self._factor, Reason.WRONG_FACE, detail=detail)

    def _identified(self, probe: Vector, measure: Measure) -> Checked:
        gallery = self._templates.gallery(measure)
        nearest = identify(gallery.people, probe, measure, gallery.centre)
        detail = _detail(measure, nearest.distance, nearest.runner_up)
        if nearest.fits and nearest.person is not None and nearest.at is not None:
            person, row = PersonId(nearest.person), CredentialId(gallery.rows[nearest.person][nearest.at])
            return Checked(self._factor, person=person, credential=row, detail=detail)
        return Checked(self._factor, Reason.UNKNOWN_FACE, detail=detail)

    def _end_compared(self, came: Checked | Exception) -> None:
        self._end(self._unavailable(came) if isinstance(came, Exception) else came)

    def _unavailable(self, error: Exception) -> Checked:
        if isinstance(error, FacesUnavailable | NoThreshold | VectorUnusable):
            log.error("no face can be checked: %s", error)
            return self._failed(Reason.AUTHENTICATION_UNAVAILABLE, str(error))
        log.error("no face can be checked: %s", type(error).__name__)
        return self._failed(Reason.AUTHENTICATION_UNAVAILABLE)


_PATTERN_OF: Final[Mapping[Turn, Pattern]] = {Turn.LEFT: Pattern.TURN_LEFT, Turn.RIGHT: Pattern.TURN_RIGHT}


def measure_of(rules: BiometricRules, model: str) -> Measure:
    """Say how faces of an engine are compared under these rules. Raises ``NoThreshold``."""
    site = None
    if rules.face_threshold is not None:
        site = SiteThreshold(rules.face_threshold, rules.face_model or "", centred=rules.face_centred)
    return measure_for(model, site, MARGIN if rules.margin is None else rules.margin)


def _detail(measure: Measure, *distances: float | None) -> dict[str, object]:
    names = ("distance", "runner_up")
    told = {name: round(far, 3) for name, far in zip(names, distances, strict=False) if far is not None}
    return {**told, "threshold": measure.threshold, "engine": engine_of(measure.model)}
