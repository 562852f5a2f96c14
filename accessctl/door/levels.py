"""Where and when each access level lets people, for whoever asks."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final

from accessctl.config.site import Site
from accessctl.link.answers import Levels
from policies.ids import LevelId
from policies.rulebook import AccessLevel

AT_ONCE_BYTES: Final = 32 * 1024
"""So much is said in one answer, which is half of what a line may hold; one level is said whole."""


def levels_from(site: Site, first: int) -> Levels:
    """Describe the levels of a site from one on, as many as an answer holds."""
    levels = list(site.levels.values())
    said: list[dict[str, Any]] = []
    size = 0
    for level in levels[max(0, first) :]:
        described = _level(level, site)
        size += len(json.dumps(described))
        if said and size > AT_ONCE_BYTES:
            break
        said.append(described)
    return Levels(said, len(levels))


def _level(level: AccessLevel, site: Site) -> dict[str, Any]:
    opens: dict[str, list[str]] = defaultdict(list)
    for policy in level.policies:
        opens[policy.schedule.id].append(policy.access_point)
    denied = _with(level.id, site.denies)
    return {
        "id": level.id,
        "policies": [{"schedule": schedule, "access_points": points} for schedule, points in opens.items()],
        "roles": _with(level.id, site.roles),
        "groups": _with(level.id, site.groups),
        "denied_roles": [member for member in denied if member in site.roles],
        "denied_groups": [member for member in denied if member in site.groups],
    }


def _with(level: LevelId, members: Mapping[Any, Iterable[AccessLevel]]) -> list[str]:
    return [member for member, levels in members.items() if any(each.id == level for each in levels)]
