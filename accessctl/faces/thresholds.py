"""How near two faces must be to count as one person's: for each engine what was measured, and a site's own.

A number of one engine says nothing of another's vectors, so a threshold always belongs to an engine. The one
that is shipped was chosen on the faces that ``make bench FACES=...`` measures; ``docs/faces.md`` has the
figures. What a site has measured of its own people (``accessctl faces calibrate``) is better, wherever its
people look more alike than strangers on press photographs do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

TARGET_FMR: Final = 2e-4
"""A stranger may match at one comparison in 5,000. Thresholds are chosen for that."""
TARGET_FNMR: Final = 0.01
MARGIN: Final = 0.04
"""Where nobody says who they are: so much nearer than the next other person has the nearest to be. And so
near to the threshold is a face at enrolment too near to somebody else's."""
FEWEST_CENTRED: Final = 10
"""A middle of fewer people than these is no middle of a site."""


@dataclass(frozen=True, slots=True)
class Shipped:
    """What is known of an engine without a site's own measurements."""

    threshold: float
    alike: float
    """Pictures of an enrolment that are nearer to each other are the same picture twice."""
    unlike: float
    """A picture of an enrolment that is farther from the middle of the others is another person's."""


SHIPPED: Final[Mapping[str, Shipped]] = MappingProxyType(
    {
        "dlib": Shipped(threshold=0.275, alike=0.04, unlike=0.42),
        "simulated": Shipped(threshold=0.275, alike=0.0, unlike=0.42),
    }
)
"""By the name of the engine. An engine of files that the operator supplies has to be calibrated."""


@dataclass(frozen=True, slots=True)
class SiteThreshold:
    """What the site file says."""

    threshold: float
    model: str
    """The engine it was measured with."""
    centred: bool = False
    """Whether faces are compared as seen from the middle of everybody's who is enrolled."""


@dataclass(frozen=True, slots=True)
class Measure:
    """How faces of one engine are compared here."""

    model: str
    threshold: float
    centred: bool
    margin: float
    source: str
    """Where the threshold comes from, in words."""


class NoThreshold(Exception):
    """Nothing says how near faces of this engine have to be. The words say what to do about it."""


def measure_for(model: str, site: SiteThreshold | None, margin: float = MARGIN) -> Measure:
    """Say how faces of an engine are compared. Raises ``NoThreshold``.

    A site's threshold that belongs to another engine is not taken for this one, and neither is it replaced by
    the shipped one behind the site's back.
    """
    if site is not None:
        if site.model != model:
            raise NoThreshold(
                "the threshold of the site file was measured with another engine than the camera has now: "
                "run `accessctl faces calibrate` again"
            )
        return Measure(model, site.threshold, site.centred, margin, "measured on this site's own people")
    shipped = SHIPPED.get(engine_of(model))
    if shipped is None:
        raise NoThreshold(
            "nobody has measured how near faces have to be with these model files: "
            "run `accessctl faces calibrate`"
        )
    return Measure(model, shipped.threshold, centred=False, margin=margin, source="shipped")


def engine_of(model: str) -> str:
    """Give the name of the engine out of a model's: what stands before the first colon."""
    return model.partition(":")[0]
