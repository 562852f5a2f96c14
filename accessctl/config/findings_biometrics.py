"""What is owed to the people whose fingers and faces are asked for, and what does not come to anything."""

from collections.abc import Iterator, Mapping
from typing import Final

from accessctl.config.finding import Finding, mistake, note
from accessctl.config.findings_points import asked_at
from accessctl.config.reading import show, under
from accessctl.config.site import Liveness, Site
from hardware.specs import CameraSpec
from policies.degraded import Condition, Fallback
from policies.factors import BIOMETRIC, Factor
from policies.places import Direction
from policies.rulebook import PointRules


def findings_about_biometrics(site: Site) -> Iterator[Finding]:
    """Give what is owed and missing. A site that asks for no finger and no face has none of it."""
    yield from _sensors_that_nobody_is_sent_to(site)
    asked = [
        (path, asks)
        for point in site.access_points.values()
        for path, asks in asked_at(point)
        if asks.factors & BIOMETRIC
    ]
    if not asked:
        return
    if site.biometrics.consent is None:
        yield mistake(
            "biometrics.consent_text",
            f"nobody can be enrolled: {asked[0][0]} asks for a finger or face, and there is no text that "
            "people could agree to",
        )
    if site.biometrics.equal_way is None:
        yield from _no_other_way(site)
    if any(asks.factors & Factor.FACE for _, asks in asked):
        yield from _liveness(site)
    yield from _pins_that_nobody_can_type(site)


def _sensors_that_nobody_is_sent_to(site: Site) -> Iterator[Finding]:
    """Find what would look at fingers or faces where nobody is ever asked for one."""
    for point in site.access_points.values():
        asked = {factor for _, asks in asked_at(point) for factor in asks.factors}
        for factor, (key, what) in _SENSORS.items():
            if not factor & point.senses or factor in asked:
                continue
            why = (
                "a way out lets people out by their card, and asks for no finger and no face"
                if point.direction is Direction.OUT
                else f"nothing that is asked for here is a {what}"
            )
            yield note(f"{under('access_points', point.id)}.{key}", f"nobody is let through by it: {why}")


_SENSORS: Final[Mapping[Factor, tuple[str, str]]] = {
    Factor.FINGERPRINT: ("finger", "finger"),
    Factor.FACE: ("camera", "face"),
}


def _pins_that_nobody_can_type(site: Site) -> Iterator[Finding]:
    """Find doors where a PIN stands in for a finger or face, and no keys to type it on."""
    for id_, door in site.doors.items():
        if door.degraded.under(Condition.BIOMETRIC_LOST) is not Fallback.PIN_INSTEAD:
            continue
        for way_in in site.rulebook.doors[id_].ways_in:
            point = site.access_points[way_in]
            wants = any(asks.factors & BIOMETRIC for _, asks in asked_at(point))
            if wants and not point.senses & Factor.PIN:
                yield mistake(
                    f"{under('doors', id_)}.degraded.biometric_lost",
                    f"{show(Fallback.PIN_INSTEAD.value)} lets nobody in at {under('access_points', way_in)}, "
                    "where there is no keypad to type a PIN on",
                )


def _no_other_way(site: Site) -> Iterator[Finding]:
    """Find the areas into which nobody comes who has given neither finger nor face."""
    ways_in = [rules for rules in site.rulebook.points.values() if rules.point.direction is Direction.IN]
    for rules in ways_in:
        if not _wants_a_body(rules):
            continue
        others = [other for other in ways_in if other.enters == rules.enters and not _wants_a_body(other)]
        if not others:
            yield mistake(
                f"{under('access_points', rules.point.id)}.asks",
                "nobody can enter without giving a finger or face, and people must have an equal way: let "
                "two_of leave a choice, or say in [biometrics] equal_way how they come in",
            )


def _wants_a_body(rules: PointRules) -> bool:
    """Whether at some time there is no way here without a finger or face."""
    return any(all(way & BIOMETRIC for way in asks.ways) for _, asks in asked_at(rules.point))


def _liveness(site: Site) -> Iterator[Finding]:
    wanted = site.biometrics.liveness
    if wanted is Liveness.NONE:
        yield note("biometrics.liveness", "a printed picture of somebody's face passes for the face")
    if wanted.looks:
        for camera in site.board.cameras:
            if isinstance(camera, CameraSpec) and camera.faces and not camera.liveness:
                point = camera.id.rpartition(".")[0]
                yield mistake(
                    f"{under('access_points', point)}.camera",
                    "nobody passes by their face here: [biometrics] liveness wants the liveness model, and "
                    "this camera has none of its files",
                )
