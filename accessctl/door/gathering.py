"""How what a person shows besides a card becomes a checked value: what an attempt and its gatherers agree on.

An attempt asks for a factor and is told, once, what came of it. A gatherer knows its sensor, its keys and its
store; it knows no rule, and nothing of what it gives away is secret.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Protocol

from hardware.signals import Signal
from policies.factors import Factor
from policies.ids import CredentialId, PersonId
from policies.marks import Mark
from policies.people import Holder
from policies.reasons import Reason

__all__ = ["Checked", "Gathers", "Mark", "Then"]

NOTHING: Final[Mapping[str, object]] = MappingProxyType({})
NOBODY_THERE: Final[Mapping[Factor, Reason]] = MappingProxyType(
    {Factor.FINGERPRINT: Reason.NO_FINGER, Factor.FACE: Reason.NO_FACE}
)
"""What is said where nobody came before a sensor."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of one factor."""

    factor: Factor
    """Which one was tried."""
    failure: Reason | None = None
    """Why it proved nothing; ``None`` when it was right."""
    person: PersonId | None = None
    """Whose it is, where it was right. An attempt with two people's factors is refused."""
    credential: CredentialId | None = None
    """Which finger or face of theirs it was, where it was one."""
    duress: bool = False
    """Whether it was a cry for help."""
    marks: tuple[Mark, ...] = ()
    detail: Mapping[str, object] = field(default_factory=lambda: NOTHING)
    """For the record: no secret, nobody's name."""


Then = Callable[[Checked], None]


class Gathers(Protocol):
    """Asks for one finger or face at one access point. Used from the loop's thread; never blocks.

    One order at a time: ``ask`` ends the one before. ``then`` is called once, later or at once, unless
    ``stop`` comes first.
    """

    @property
    def identifies(self) -> bool:
        """Whether it can tell by itself whose finger or face it is: ``ask`` may be given nobody."""
        ...

    @property
    def unmatched(self) -> bool:
        """Whether something was shown since ``ask`` that fits nobody so far, and no answer says so.

        Such as a finger that does not fit the first of two templates at a sensor that wants a touch for each.
        False again once it is answered or stopped; where the sensor failed in between, ``then`` sees it yet.
        """
        ...

    def ask(self, holder: Holder | None, then: Then) -> None:
        """Ask for the factor of ``holder``; for ``None``, of anybody: only where the site allows it."""
        ...

    def stop(self) -> None:
        """Ask no more; ``then`` is not called."""
        ...

    def hear(self, signal: Signal) -> None:
        """Take what the sensor reports."""
        ...

    def lost(self, why: str) -> None:
        """Hear that the sensor is gone: whatever is asked for ends as ``SENSOR_UNAVAILABLE``."""
        ...
