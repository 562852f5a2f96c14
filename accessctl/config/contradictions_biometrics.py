"""Where a finger or face alone would open, and the file does not say that this is meant."""

from collections.abc import Iterator

from accessctl.config.errors import Problem
from accessctl.config.reading import under
from accessctl.config.schema import SiteFile
from accessctl.config.schema_access import AccessPointTable
from accessctl.config.site import Faces
from policies.factors import BIOMETRIC, Asks, Factor

_ALONE = (
    'a finger or face alone opens nothing unless the site file says [biometrics] sole_factor = "accepted"'
)
_NOBODY_SAYS_WHO = 'a face alone says who somebody is only with [biometrics] faces = "identify"'


def contradictions_about_biometrics(file: SiteFile) -> Iterator[Problem]:
    """Give every access point at which more would rest on a finger or face than the file owns up to."""
    if not file.has("access_points", "biometrics"):
        return
    table = file.biometrics
    if table is not None and not table.has("sole_factor", "faces"):
        return
    accepted = table is not None and table.sole_factor is True
    identified = table is not None and table.faces is Faces.IDENTIFY
    for name, point in file.access_points.items():
        for at, asks in _asked(under("access_points", name), point):
            alone = tuple(way for way in asks.ways if way and not way & ~BIOMETRIC)
            if alone and not accepted:
                yield Problem(at, _ALONE)
            elif not identified and any(way & Factor.FACE for way in alone):
                yield Problem(at, _NOBODY_SAYS_WHO)


def _asked(at: str, point: AccessPointTable) -> Iterator[tuple[str, Asks]]:
    if point.has("asks"):
        yield f"{at}.asks", point.asks
    if point.has("asks_when"):
        for number, each in enumerate(point.asks_when):
            if each.has("asks"):
                yield f"{at}.asks_when[{number}].asks", each.asks
