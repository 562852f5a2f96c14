"""Leads the enrolment of a face: five varied pictures, one at a time, and a template of them.

Nothing of a picture is kept, here or anywhere: the camera's process gives vectors only. They become one
sealed template, or are gone with the session.
"""

import logging
import secrets
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from accessctl.config.site import Liveness
from accessctl.door.enrolment import Enrolled, Failed, Progress, Subject
from accessctl.door.face_templates import FacesUnavailable, FaceTemplates
from accessctl.door.workers import Workers
from accessctl.faces.template import PICTURES, Template, TemplateUnusable
from accessctl.faces.thresholds import MARGIN, SHIPPED, Measure, NoThreshold, engine_of
from accessctl.faces.vectors import Vector, VectorUnusable, distance, mean, seen_from, vector_in
from accessctl.keys.vault import Label, Vault
from accessctl.store.biometrics import FACE
from hardware.health import DeviceState
from hardware.ports import FaceCamera, Look, Turn
from hardware.signals import DeviceId, DeviceLost, FaceSeen, Live, SensorFailed, SensorStep, Signal
from policies.factors import Factor

PICTURE_S: Final = 20.0
"""So long may one picture take."""
MOST_BAD: Final = 8
"""After so many pictures that could not be used, something is wrong that going on will not put right."""
_HINTS: Final = (
    "look straight into the camera",
    "turn your head a very little to the left",
    "turn your head a very little to the right",
    "lift your chin a little; who wears glasses now and then puts them on or takes them off",
    "look straight into the camera again, as you usually come here",
)
assert len(_HINTS) == PICTURES  # noqa: S101 - one for each picture

_SAME: Final = 0.01
"""Of an engine of which nothing is known: what no two pictures of a living face are."""
_NOTHING_TO_COMPARE: Final = (
    "the site has no threshold for this camera's engine, or too few people are enrolled for it: whether "
    "somebody else looks like this person cannot be told, and no face is checked until "
    "`accessctl faces calibrate` was run"
)

log = logging.getLogger(__name__)


class FaceEnrolment:
    """One session at one camera: a ``Session``. Used from the loop's thread."""

    def __init__(
        self,
        camera: FaceCamera,
        subject: Subject,
        vault: Vault,
        templates: FaceTemplates,
        workers: Workers,
        measure: Callable[[str], Measure],
        liveness: Liveness,
    ) -> None:
        """Take the camera, the person, what seals, and what others' faces are read with.

        ``measure`` says how faces of a model are compared here; it may raise ``NoThreshold``. ``liveness`` is
        what a face has to show at a door, and here: the liveness model looks at every picture, and with the
        first one the head is turned.
        """
        self._camera, self._subject, self._vault, self._templates = camera, subject, vault, templates
        self._workers, self._measure, self._liveness = workers, measure, liveness
        self._look = Look(1)
        self._tickets: Callable[[], int] = lambda: 0
        self._ticket: int | None = None
        self._model: str | None = None
        self._vectors: list[Vector] = []
        self._taken = self._bad = 0
        self._hint = _HINTS[0]
        self._outcome: Enrolled | Failed | None = None
        self._ended = False

    @property
    def device(self) -> DeviceId:
        """The camera that it keeps."""
        return self._camera.id

    def begin(self, tickets: Callable[[], int]) -> None:
        """Ask for the first picture."""
        self._tickets = tickets
        self._next_picture()

    def hear(self, signal: Signal) -> None:
        """Take what the camera reports."""
        if self._outcome is not None:
            return
        match signal:
            case SensorStep() if signal.ticket == self._ticket:
                self._hint = signal.hint
            case SensorFailed() if signal.ticket == self._ticket:
                if signal.broken:
                    self._fail(signal.why)
                else:
                    self._refuse_picture(signal.why)
            case FaceSeen() if signal.ticket == self._ticket:
                self._ticket = None
                self._take(signal)
            case DeviceLost(device=device) if device == self.device:
                self._fail(f"the camera is gone: {signal.why}")
            case _:
                pass

    def stop(self) -> None:
        """Stop the camera, and forget every vector."""
        self._ended = True
        ticket, self._ticket = self._ticket, None
        if ticket is not None:
            self._camera.stop(ticket)
        self._vectors.clear()

    def progress(self) -> Progress:
        """Tell how it goes."""
        return Progress(self._hint, self._taken, PICTURES, self._outcome)

    def _next_picture(self) -> None:
        self._hint = _HINTS[self._taken]
        self._ticket = self._tickets()
        turns = self._liveness.turns and not self._taken
        turn = secrets.choice(tuple(Turn)) if turns else None
        self._look = Look(1, passive=self._liveness.looks, turn=turn)
        self._camera.look(self._ticket, self._look, PICTURE_S)

    def _take(self, seen: FaceSeen) -> None:
        if seen.live is Live.SPOOFED:
            self._fail("the camera sees a picture of a face, not a face")
            return
        wanted = self._look.passive or self._look.turn is not None
        if wanted and seen.live is not Live.LIVE:
            self._fail("the site wants living faces, and the camera cannot tell whether this one lives")
            return
        if self._model is not None and seen.model != self._model:
            self._fail("the camera changed its engine meanwhile")
            return
        if len(seen.vectors) != 1 or seen.quality:
            self._refuse_picture("; ".join(seen.quality) or "the camera gave no picture")
            return
        try:
            vector = vector_in(seen.vectors[0])
            wrong = _misfit(self._vectors, vector, seen.model)
        except VectorUnusable as error:
            self._fail(str(error))
            return
        if wrong is not None:
            self._refuse_picture(wrong)
            return
        self._model = seen.model
        self._vectors.append(vector)
        self._taken += 1
        if self._taken < PICTURES:
            self._next_picture()
        else:
            self._finish(seen.model)

    def _refuse_picture(self, why: str) -> None:
        self._ticket = None
        health = self._camera.health
        if health.state is DeviceState.LOST:  # no picture was bad: there was none
            self._fail(f"the camera is gone: {health.why}")
            return
        self._bad += 1
        if self._bad >= MOST_BAD:
            self._fail(f"{self._bad} pictures could not be used, the last one because {why}")
            return
        self._next_picture()
        self._hint = f"{why}: {self._hint}"

    def _finish(self, model: str) -> None:
        """Make the template, see whose else it resembles, and seal it: off the loop."""
        self._hint = "that is all; please wait"
        vectors = tuple(self._vectors)
        self._workers.submit(lambda: self._made(model, vectors), self._end)

    def _made(self, model: str, vectors: tuple[Vector, ...]) -> Enrolled | Failed:
        template = Template.of(model, vectors)
        others, centre, measure = self._others(model)
        warnings: list[str] = []
        if measure is None:
            warnings.append(_NOTHING_TO_COMPARE)
        else:
            nearest = _nearest(others, template.middle, centre)
            if nearest is not None and nearest.distance < measure.threshold:
                return Failed(
                    f"this face cannot be told from that of {nearest.person} (distance "
                    f"{nearest.distance:.3f}, threshold {measure.threshold:.3f}): is it the same person? "
                    "If they only look alike, let them use something else"
                )
            if nearest is not None and nearest.distance < measure.threshold + MARGIN:
                warnings.append(
                    f"{nearest.person} looks a lot like this person (distance {nearest.distance:.3f}, "
                    f"threshold {measure.threshold:.3f}): they may be taken for each other"
                )
        key, label = self._subject.key, Label(self._subject.biometric, FACE, model)
        sealed = self._vault.seal(key, label, template.pack())
        return Enrolled(Factor.FACE, model, sealed=sealed, key=key, warnings=tuple(warnings))

    def _others(self, model: str) -> tuple[Mapping[str, Mapping[str, Vector]], Vector | None, Measure | None]:
        everybody = self._templates.middles(model)
        others = {person: faces for person, faces in everybody.items() if person != self._subject.person}
        try:
            measure = self._measure(model)
            centre = self._templates.centre(measure)
        except (NoThreshold, FacesUnavailable):  # the first few of a site are enrolled all the same
            return others, None, None
        return others, centre, measure

    def _end(self, made: Enrolled | Failed | Exception) -> None:
        if self._ended or self._outcome is not None:
            return
        self._vectors.clear()
        match made:
            case Enrolled():
                self._outcome, self._hint = made, "enrolled"
            case Failed():
                self._fail(made.why)
            case FacesUnavailable() | VectorUnusable() | TemplateUnusable():
                self._fail(str(made))
            case _:
                log.error("a face could not be enrolled: %s", type(made).__name__)
                self._fail("the template could not be sealed; the log of the door process says more")

    def _fail(self, why: str) -> None:
        ticket, self._ticket = self._ticket, None
        if ticket is not None:
            self._camera.stop(ticket)
        self._vectors.clear()
        self._hint, self._outcome = why, Failed(why)


class _Near(NamedTuple):
    person: str
    distance: float


def _nearest(
    others: Mapping[str, Mapping[str, Vector]], middle: Vector, centre: Vector | None
) -> _Near | None:
    seen = seen_from(centre, middle)
    near = (
        _Near(person, min(distance(seen_from(centre, face), seen) for face in faces.values()))
        for person, faces in others.items()
    )
    return min(near, key=lambda each: each.distance, default=None)


def _misfit(taken: list[Vector], vector: Vector, model: str) -> str | None:
    """Say why a picture cannot stand beside those that were taken: the same again, or somebody else."""
    if not taken:
        return None
    known = SHIPPED.get(engine_of(model))
    if min(distance(vector, other) for other in taken) < (_SAME if known is None else known.alike):
        return "that is the picture from before"
    if known is not None and distance(vector, mean(taken)) > known.unlike:
        return "that is another face than before"
    return None
