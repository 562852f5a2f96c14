"""What somebody asks of an access point."""

from dataclasses import dataclass

from policies.factors import Factor
from policies.ids import AccessPointId
from policies.lockout import WrongPins
from policies.marks import Mark
from policies.people import Holder
from policies.reasons import Reason


@dataclass(frozen=True, slots=True)
class Request:
    """What was shown at an access point, after it was checked."""

    access_point: AccessPointId
    holder: Holder | None
    """``None`` when nobody holds what was shown, or nothing was shown."""
    proven: Factor = Factor.CARD
    failure: Reason | None = None
    """Why the latest factor proved nothing, where it was tried."""
    duress: bool = False
    """Whether one of the factors was a cry for help."""
    wrong_pins: WrongPins = WrongPins()
    """As they stood before this PIN was checked."""
    void: Reason | None = None
    """Why this lets nobody in, whatever was proven: its time is over, or its holder is gone."""
    marks: tuple[Mark, ...] = ()
    """What of this must not have counted before. It is used up by the request, whatever is decided."""
