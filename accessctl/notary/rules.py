"""What a site file says of the record, as values: where its heads are kept, and for how long its entries."""

from dataclasses import asdict, dataclass
from typing import Any

from policies.retention import EventClass, Retention


@dataclass(frozen=True, slots=True)
class FileAnchorRule:
    """A file on another disk to which heads are added."""

    path: str
    other_disk: bool = True
    """Whether it has to lie on another file system than the record: a stick that is not plugged in shows."""
    kind: str = "file"


@dataclass(frozen=True, slots=True)
class SyslogAnchorRule:
    """The system's log, which a site sends elsewhere."""

    kind: str = "syslog"


@dataclass(frozen=True, slots=True)
class WitnessAnchorRule:
    """A witness that cosigns heads (C2SP tlog-witness), such as another controller."""

    url: str
    """Without ``/add-checkpoint``."""
    vkey: str
    """Its public key with its name."""
    ca: str | None = None
    """A file with the certificates that its own has to go back to; ``None``: those of the system."""
    kind: str = "witness"


@dataclass(frozen=True, slots=True)
class TimestampAnchorRule:
    """A service that stamps heads with the time (RFC 3161)."""

    url: str
    ca: str
    """A file with the root certificates of those who stamp."""
    every_hours: int = 24
    kind: str = "timestamp"


AnchorRule = FileAnchorRule | SyslogAnchorRule | WitnessAnchorRule | TimestampAnchorRule


@dataclass(frozen=True, slots=True)
class RecordRules:
    """What holds for the record."""

    anchors: tuple[AnchorRule, ...] = ()
    retention: Retention = Retention()

    def to_json(self) -> dict[str, Any]:
        """Give what ``from_json`` takes."""
        days = {kind.value: days for kind, days in self.retention.days.items()}
        return {"anchors": [asdict(rule) for rule in self.anchors], "retention": days}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "RecordRules":
        """Take what ``to_json`` gave. Raises ``ValueError``, ``KeyError`` and ``TypeError``."""
        days = {EventClass(kind): int(days) for kind, days in value["retention"].items()}
        return cls(tuple(_KINDS[each["kind"]](**each) for each in value["anchors"]), Retention(days))


_KINDS: dict[str, type[AnchorRule]] = {
    "file": FileAnchorRule,
    "syslog": SyslogAnchorRule,
    "witness": WitnessAnchorRule,
    "timestamp": TimestampAnchorRule,
}
