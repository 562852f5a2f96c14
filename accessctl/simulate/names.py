"""What the lines of a trace may name at one site."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from accessctl.config.site import Site, SiteInput


@dataclass(frozen=True, slots=True)
class Names:
    """What the lines of a trace may name at one site."""

    doors: Collection[str]
    points: Mapping[str, str]
    """Each access point, and its door."""
    muster_points: Collection[str]
    free_points: Collection[str]
    """Access points where, at some time at least, nobody is asked anything."""
    areas: Collection[str]
    members: Collection[str]
    """Roles and groups."""
    levels: Collection[str]
    qualifications: Collection[str]
    inputs: Mapping[str, SiteInput]
    people: set[str] = field(default_factory=set)
    """Grows with the lines of the trace."""

    @property
    def every_point(self) -> Collection[str]:
        """Wherever something can be shown."""
        return (*self.points, *self.muster_points)

    @classmethod
    def of(cls, site: Site) -> "Names":
        """Gather them."""
        points = site.access_points
        return cls(
            doors=site.doors,
            points={id_: point.door for id_, point in points.items()},
            muster_points=site.muster_points,
            free_points=tuple(
                id_
                for id_, point in points.items()
                if any(asks.is_free for asks in (point.asks, *(each.asks for each in point.asks_when)))
            ),
            areas=site.areas,
            members=(*site.roles, *site.groups),
            levels=site.levels,
            qualifications=site.qualification_names,
            inputs={each.id: each for each in site.inputs.values()},
        )
