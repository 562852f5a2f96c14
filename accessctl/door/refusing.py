"""How a part of the desk says that it does not do what it was asked."""

from accessctl.config import Site
from accessctl.link.answers import FaultCode
from policies.ids import AccessPointId
from policies.places import AccessPoint, Direction


class DeskRefuses(Exception):
    """Becomes a ``Fault`` with this code and these words, which hold no secret."""

    def __init__(self, code: FaultCode, why: str) -> None:
        """Keep both."""
        super().__init__(why)
        self.code = code


def way_in(site: Site, name: str, waits_for: str) -> AccessPoint:
    """Give an access point at which somebody may wait. Raises ``DeskRefuses``."""
    point = site.access_points.get(AccessPointId(name))
    if point is None:
        raise DeskRefuses(FaultCode.UNKNOWN_ACCESS_POINT, f"there is no access point {name!r}")
    if point.direction is Direction.OUT:
        raise DeskRefuses(FaultCode.WAY_OUT, f"{name} leads out, and nobody may wait there for {waits_for}")
    return point
