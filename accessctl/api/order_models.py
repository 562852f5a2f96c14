"""Orders as they come in, and how a site stands as it goes out."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, BaseModel, Field

from accessctl.api.models import Id, Wanted
from accessctl.link.requests import OrderKind
from policies.orders import HIGHEST_THREAT

LONGEST_S: Final = timedelta(days=1).total_seconds()
Mode = Literal["locked", "unlocked", "blocked", "locked_down", "held_open"]

NEEDS: Final[Mapping[OrderKind, frozenset[str]]] = {
    OrderKind.RELEASE: frozenset({"door"}),
    OrderKind.MODE: frozenset({"door", "mode"}),
    OrderKind.NORMAL: frozenset({"door"}),
    OrderKind.PROP: frozenset({"door", "for_s"}),
    OrderKind.THREAT_LEVEL: frozenset({"level"}),
    OrderKind.RENEW: frozenset({"person"}),
    OrderKind.ARM: frozenset({"area"}),
    OrderKind.DISARM: frozenset({"area"}),
    OrderKind.SEEN_SAFE: frozenset({"person"}),
}
"""What an order cannot do without."""
TAKES: Final[Mapping[OrderKind, frozenset[str]]] = {
    OrderKind.MODE: frozenset({"until"}),
    OrderKind.LOCKDOWN: frozenset({"area"}),
    OrderKind.LIFT: frozenset({"area"}),
    OrderKind.FORGIVE: frozenset({"person"}),
}
"""What it may say besides."""


class OrderModel(Wanted):
    """An order. Which fields it takes depends on it; one that it does not take is refused."""

    order: OrderKind = Field(examples=["lockdown"])
    door: Id | None = Field(default=None, description="For release, mode, normal and prop.")
    area: Id | None = Field(
        default=None, description="For lockdown and lift (none: the whole site), arm and disarm."
    )
    person: Id | None = Field(default=None, description="For forgive (none: everybody), renew and seen_safe.")
    mode: Mode | None = Field(default=None, description="For mode.", examples=["blocked"])
    until: AwareDatetime | None = Field(default=None, description="For mode; none: until it is lifted.")
    for_s: Annotated[float, Field(gt=0, le=LONGEST_S)] | None = Field(
        default=None, description="For prop: how long the leaf may stand open, in seconds."
    )
    level: Annotated[int, Field(ge=0, le=HIGHEST_THREAT)] | None = Field(
        default=None, description="For threat_level; 0 is usual."
    )


class AreaModel(BaseModel):
    """An area, as it stands now."""

    id: str = Field(examples=["floor"])
    name: str = Field(examples=["Warehouse floor"])
    within: str | None = Field(description="The area that it is a part of.")
    outside: bool = Field(description="Whether somebody who is there has left the site.")
    people: int = Field(description="How many are there, as the opened leaves say.")
    armed: bool
    locked_down: bool


class MusterModel(BaseModel):
    """A muster that is going on."""

    since: AwareDatetime
    expected: int = Field(description="How many were inside when it began.")
    missing: list[str] = Field(description="Who was not seen safe yet.")


class SiteModel(BaseModel):
    """How the site stands as a whole."""

    threat_level: int = Field(description="0 is usual.")
    lockdowns: dict[str, str] = Field(
        description="What is locked down (`site`, or an area), and who ordered it."
    )
    emergency: list[str] = Field(description="The doors that a fire input has freed.")
    muster: MusterModel | None
    conditions: list[str] = Field(description="What doors rely on and is gone.", examples=[["reader_lost"]])
    areas: list[AreaModel]


class PresenceModel(BaseModel):
    """Where somebody is."""

    person: str
    name: str | None = Field(description="null also for who may not see names.")
    area: str
    since: AwareDatetime = Field(description="When the area was entered.")
    sureness: Literal["seen", "assumed"] = Field(
        description="`seen`: the leaf opened after the grant; `assumed`: nothing told so."
    )
    outside: bool = Field(description="Whether that is off the site.")
