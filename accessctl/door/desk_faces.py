"""Faces, as the office asks for them: who leads an enrolment, and what a site measures of its own people.

Templates are opened here because the keys are here. What leaves is counts and distances, nobody's name and
nobody's face.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from accessctl.config import Site
from accessctl.door.enrolment import Session, Subject
from accessctl.door.face_enrolment import FaceEnrolment
from accessctl.door.face_gatherer import measure_of
from accessctl.door.face_templates import FacesUnavailable, FaceTemplates
from accessctl.door.refusing import DeskRefuses
from accessctl.door.workers import Workers
from accessctl.faces.template import Template
from accessctl.faces.thresholds import SHIPPED, TARGET_FMR, TARGET_FNMR, engine_of
from accessctl.faces.vectors import VectorUnusable
from accessctl.keys.vault import Vault
from accessctl.link.answers import Answer, FacesCalibrated, FaultCode
from accessctl.link.requests import CalibrateFaces
from hardware.ports import FaceCamera

if TYPE_CHECKING:
    from accessctl.faces.calibration import Calibration, Way
    from accessctl.faces.intervals import Rate


class FaceDesk:
    """Leads enrolments of faces, and calibrates. Used from the loop's thread."""

    def __init__(self, site: Callable[[], Site], templates: FaceTemplates, workers: Workers) -> None:
        """Take the site in force, what opens templates, and who does it off the loop."""
        self._site, self._templates, self._workers = site, templates, workers
        self._calibrating = False

    def answers(self) -> Mapping[type, Callable[[Any], Awaitable[Answer]]]:
        """Give who answers what."""
        return {CalibrateFaces: self._calibrate}

    def session(self, camera: FaceCamera, subject: Subject, vault: Vault) -> Session:
        """Give who leads the enrolment of a face at a camera."""
        return FaceEnrolment(
            camera,
            subject,
            vault,
            self._templates,
            self._workers,
            lambda model: measure_of(self._site().biometrics, model),
            self._site().biometrics.liveness,
        )

    async def _calibrate(self, _request: CalibrateFaces) -> FacesCalibrated:
        # What counts is imported when somebody counts: a door goes without it all year.
        from accessctl.faces.calibration import TooFewPeople

        if self._calibrating:
            raise DeskRefuses(FaultCode.BUSY, "faces are being calibrated already")
        self._calibrating = True
        try:
            by_model = await self._opened()
            model = max(by_model, key=lambda each: len(by_model[each]), default="")
            found = await _in_pieces(by_model.get(model, {}))
        except FacesUnavailable as error:
            raise DeskRefuses(FaultCode.KEYS_UNAVAILABLE, str(error)) from error
        except (TooFewPeople, VectorUnusable) as error:
            raise DeskRefuses(FaultCode.UNUSABLE, str(error)) from error
        finally:
            self._calibrating = False
        others = sum(len(people) for each, people in by_model.items() if each != model)
        return FacesCalibrated(_as_plain(found, others))

    async def _opened(self) -> dict[str, dict[str, Template]]:
        opened: asyncio.Future[dict[str, dict[str, Template]]] = asyncio.get_running_loop().create_future()

        def hand_over(result: dict[str, dict[str, Template]] | Exception) -> None:
            if opened.done():
                return  # whoever asked has gone
            if isinstance(result, Exception):
                opened.set_exception(result)
            else:
                opened.set_result(result)

        self._workers.submit(self._templates.whole, hand_over)
        return await opened


async def _in_pieces(enrolled: Mapping[str, Template]) -> "Calibration":
    """Calibrate a few milliseconds at a time: doors come first."""
    from accessctl.faces.calibration import calibrate

    work = calibrate(enrolled)
    while True:
        try:
            next(work)
        except StopIteration as done:
            found: Calibration = done.value
            return found
        await asyncio.sleep(0)


def _as_plain(found: "Calibration", others: int) -> dict[str, Any]:
    shipped = SHIPPED.get(engine_of(found.model))
    return {
        "model": found.model,
        "people": found.people,
        "enrolled": found.enrolled,
        "other_engines": others,
        "shipped_threshold": None if shipped is None else shipped.threshold,
        "target_fmr": TARGET_FMR,
        "target_fnmr": TARGET_FNMR,
        "shown_fmr": found.shown_fmr,
        "plain": _way(found.plain),
        "centred": None if found.centred is None else _way(found.centred),
        "chosen": "centred" if found.chosen.centred else "plain",
    }


def _way(way: "Way") -> dict[str, Any]:
    return {
        "threshold": way.threshold,
        "nearest": way.nearest,
        "between_mean": way.between_mean,
        "between_sd": way.between_sd,
        "within_mean": way.within_mean,
        "within_worst": way.within_worst,
        "false_matches": _rate(way.false_matches),
        "false_refusals": _rate(way.false_refusals),
        "expected_fmr": way.expected_fmr,
        "reaches_target": way.reaches,
    }


def _rate(rate: "Rate") -> dict[str, Any]:
    return {"count": rate.count, "of": rate.of, "rate": rate.value, "low": rate.low, "high": rate.high}
