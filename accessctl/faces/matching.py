"""Whose face is it? One to one against who somebody says they are, or one among all who are enrolled.

The probe is the middle of several frames, the template the middle of several pictures: of all the ways to
compare several with several this one tells people apart best. A vector of one engine is never compared with
another's: whoever calls this sorts them out before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from accessctl.faces.thresholds import Measure
from accessctl.faces.vectors import Vector, distance, mean, seen_from


@dataclass(frozen=True, slots=True)
class Nearness:
    """What came of comparing one face with one person's."""

    distance: float
    fits: bool
    at: int
    """Which of the person's templates is the nearest."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """Whose template is nearest, and the next of another person."""

    person: str | None
    distance: float | None
    runner_up: float | None
    """``None`` where only one person is enrolled."""
    fits: bool
    """Whether it is near enough, and no other person is nearly as near."""
    at: int | None = None
    """Which of the person's templates it is."""


class _Near(NamedTuple):
    person: str
    distance: float
    at: int


def probe_of(frames: Sequence[Vector]) -> Vector:
    """Make the probe of a look at a camera. Raises ``VectorUnusable``."""
    return mean(frames)


def verify(
    templates: Sequence[Vector], probe: Vector, measure: Measure, centre: Vector | None = None
) -> Nearness:
    """Compare a probe with one person's templates, one at least. Raises ``VectorUnusable``."""
    at, nearest = _nearest([seen_from(centre, template) for template in templates], seen_from(centre, probe))
    return Nearness(nearest, nearest < measure.threshold, at)


def _nearest_two(gallery: Mapping[str, Sequence[Vector]], probe: Vector) -> tuple[_Near | None, _Near | None]:
    """Give the two people who are nearest, nearest first. Raises ``VectorUnusable``."""
    first: _Near | None = None
    second: _Near | None = None
    for person, templates in gallery.items():
        if not templates:
            continue
        at, far = _nearest(templates, probe)
        found = _Near(person, far, at)
        if first is None or found.distance < first.distance:
            first, second = found, first
        elif second is None or found.distance < second.distance:
            second = found
    return first, second


def _nearest(templates: Sequence[Vector], probe: Vector) -> tuple[int, float]:
    far = [distance(template, probe) for template in templates]
    nearest = min(far)
    return far.index(nearest), nearest


def identify(
    gallery: Mapping[str, Sequence[Vector]], probe: Vector, measure: Measure, centre: Vector | None = None
) -> Nearest:
    """Find whose face it is among everybody's, whose templates are seen from the centre already.

    Two people who are both near are nobody: who of them is it? Raises ``VectorUnusable``.
    """
    first, second = _nearest_two(gallery, seen_from(centre, probe))
    if first is None:
        return Nearest(None, None, None, fits=False)
    clear = second is None or second.distance - first.distance >= measure.margin
    return Nearest(
        first.person,
        first.distance,
        None if second is None else second.distance,
        fits=first.distance < measure.threshold and clear,
        at=first.at,
    )
