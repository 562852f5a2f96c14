"""One look at everything, done in a thread: what the view shows next."""

from dataclasses import dataclass
from typing import Any, Final

from accessctl.client import Event
from accessctl.tui.ports import Hands, NotDone, Office

AT_FIRST: Final = 30
"""So many entries are shown of what happened before."""
AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class Glance:
    """What was so at one instant."""

    status: dict[str, Any]
    events: tuple[Event, ...]
    """The entries that came since the glance before."""
    lamps: dict[str, str | None]
    """What the reader of each access point shows; empty while the warehouse is not there."""


def glance(office: Office, hands: Hands, before: Glance | None) -> Glance:
    """Look again. Raises ``ApiError``."""
    status = office.status()
    if before is None:
        events = tuple(office.events(most=AT_FIRST))
    elif status["seq"] > before.status["seq"]:
        # A slow screen skips nothing: the rest comes with the next glance.
        events = tuple(office.events(after=before.status["seq"], most=AT_ONCE))
    else:
        events = ()
    if events:
        status = {**status, "seq": events[-1]["seq"]}
    return Glance(status, events, _lamps(hands))


def _lamps(hands: Hands) -> dict[str, str | None]:
    try:
        shown = hands.state()["annunciators"]
    except NotDone:
        return {}
    return {name.removesuffix(".annunciator"): pattern for name, pattern in shown.items()}
