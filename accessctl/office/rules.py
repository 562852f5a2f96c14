"""What a site file says of operators, approvals and the API, as values.

The API process must not load what reads a site file, because that reaches down to the devices. So
``python -m accessctl.office HOME`` reads it and prints these rules, and the API takes them from there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from accessctl.office.reviews import ReviewRule

UTC_ZONE: Final = ZoneInfo("UTC")


class TwoPeople(StrEnum):
    """What can need a second operator who approves of it."""

    RULE_CHANGE = "rule_change"
    """Another site file."""
    WIDE_GRANT = "wide_grant"
    """A role or level out of ``wide_roles`` and ``wide_levels``."""
    DELETION = "deletion"
    KEY_CHANGE = "key_change"
    UNLOCK_NAMES = "unlock_names"
    """To see names where one sees pseudonyms."""


USUAL_SESSION: Final = timedelta(hours=12)
USUAL_IDLE: Final = timedelta(minutes=30)
USUAL_WITHIN: Final = timedelta(hours=1)
USUAL_REQUESTS_A_MINUTE: Final = 600


@dataclass(frozen=True, slots=True)
class NetworkRules:
    """Where the API listens on the network, and what holds there."""

    address: str
    """An IP address of this machine, or an unspecified one for all it has."""
    port: int
    certificate: str | None = None
    """The path of the certificate with its chain (PEM); ``None``: the API process makes its own."""
    key: str | None = None
    names: tuple[str, ...] = ()
    """Host names and addresses by which clients may call this API; none: whichever they like."""
    requests_a_minute: int = USUAL_REQUESTS_A_MINUTE
    """Of one address, and with one token."""

    @property
    def where(self) -> str:
        """Give address and port as the site file writes them."""
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"


@dataclass(frozen=True, slots=True)
class OfficeRules:
    """What holds for operators."""

    local: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Which operator a local user is on the Unix socket, by user name. Has no entry for anybody else."""
    session: timedelta = USUAL_SESSION
    """After so long a session ends, whatever happens in it."""
    idle: timedelta = USUAL_IDLE
    """After so long without a call it ends as well."""
    auditors_see_names: bool = True
    needs: frozenset[TwoPeople] = frozenset()
    """What needs a second operator."""
    within: timedelta = USUAL_WITHIN
    """So long may the second operator take."""
    wide_roles: frozenset[str] = frozenset()
    """Roles and groups that are a wide grant."""
    wide_levels: frozenset[str] = frozenset()
    network: NetworkRules | None = None
    """``None``: the API is served on its Unix socket alone."""
    reviews: tuple[ReviewRule, ...] = ()
    """Which areas are reviewed, in the order of their ids."""
    timezone: ZoneInfo = UTC_ZONE
    """Of the site, in which periods of reviews begin."""

    def to_json(self) -> dict[str, Any]:
        """Give what ``from_json`` takes."""
        net = self.network
        return {
            "local": dict(self.local),
            "session_s": self.session.total_seconds(),
            "idle_s": self.idle.total_seconds(),
            "auditors_see_names": self.auditors_see_names,
            "needs": sorted(self.needs),
            "within_s": self.within.total_seconds(),
            "wide_roles": sorted(self.wide_roles),
            "wide_levels": sorted(self.wide_levels),
            "reviews": [rule.to_json() for rule in self.reviews],
            "timezone": self.timezone.key,
            "network": None
            if net is None
            else {
                "address": net.address,
                "port": net.port,
                "certificate": net.certificate,
                "key": net.key,
                "names": list(net.names),
                "requests_a_minute": net.requests_a_minute,
            },
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "OfficeRules":
        """Take what ``to_json`` gave. Raises ``ValueError``, ``KeyError`` and ``TypeError``."""
        net = value["network"]
        return cls(
            local=MappingProxyType({str(user): str(operator) for user, operator in value["local"].items()}),
            session=timedelta(seconds=value["session_s"]),
            idle=timedelta(seconds=value["idle_s"]),
            auditors_see_names=value["auditors_see_names"] is True,
            needs=frozenset(map(TwoPeople, value["needs"])),
            within=timedelta(seconds=value["within_s"]),
            wide_roles=_words(value["wide_roles"]),
            wide_levels=_words(value["wide_levels"]),
            reviews=tuple(map(ReviewRule.from_json, value["reviews"])),
            timezone=ZoneInfo(value["timezone"]),
            network=None if net is None else NetworkRules(**{**net, "names": tuple(net["names"])}),
        )


def _words(value: Iterable[object]) -> frozenset[str]:
    return frozenset(map(str, value))


STRICTEST: Final = OfficeRules(auditors_see_names=False, needs=frozenset(TwoPeople))
"""What holds where no site file can be read: no local user is an operator, and nobody does alone what
could need two. Whoever has a password or a token can still work, and mend the file."""
