"""What a site file may say of the record: what keeps its signed heads, and how long its entries are kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from accessctl.config.anchor_kinds import Address, WitnessKey
from accessctl.config.by_kind import ByKind
from accessctl.config.kinds import Choice, Flag, One, Whole
from accessctl.config.reading import Reading, Table, Wrong, as_list, key, parent
from accessctl.config.wiring import FilePath
from policies.retention import FLOOR, MOST_DAYS, EventClass

MOST_ANCHORS: Final = 10


class WhichAnchor(Enum):
    """What keeps heads."""

    SYSLOG = auto()
    FILE = auto()
    WITNESS = auto()
    TIMESTAMP = auto()


class AnchorTable(Table):
    """What every anchor has."""

    kind: WhichAnchor = key(Choice(WhichAnchor))


class SyslogAnchorTable(AnchorTable):
    """The system's log."""


@dataclass(frozen=True, slots=True)
class HeadsFile:
    """A file of heads."""

    def read(self, value: object, at: str, reading: Reading) -> str:
        """Take a path that no other anchor has."""
        text = FilePath().read(value, at, reading)
        earlier = reading.claim("heads", text, parent(at))
        if earlier is not None:
            raise Wrong(f"{text} is already {earlier}")
        return text


class FileAnchorTable(AnchorTable):
    """A file on another disk."""

    path: str = key(HeadsFile())
    other_disk: bool = key(Flag(), default=True)


class WitnessAnchorTable(AnchorTable):
    """A witness that cosigns heads."""

    url: str = key(Address(signed=False))
    vkey: str = key(WitnessKey())
    ca: str | None = key(FilePath(), None)


class TimestampAnchorTable(AnchorTable):
    """A service that stamps heads with the time."""

    url: str = key(Address(signed=True))
    ca: str = key(FilePath())
    every_hours: int = key(Whole(1, 7 * 24, "hours"), 24)


ANCHORS: Final[Mapping[str, type[AnchorTable]]] = {
    "syslog": SyslogAnchorTable,
    "file": FileAnchorTable,
    "witness": WitnessAnchorTable,
    "timestamp": TimestampAnchorTable,
}
AN_ANCHOR: Final = ByKind("anchor", ANCHORS, AnchorTable)


@dataclass(frozen=True, slots=True)
class Anchors:
    """Several anchors, each of some kind."""

    schema: type[Table] = AN_ANCHOR.schema
    step: str = "[]"

    def read(self, value: object, at: str, reading: Reading) -> tuple[AnchorTable, ...]:
        """Read each; notes what is none."""
        items = as_list(value)
        if len(items) > MOST_ANCHORS:
            raise Wrong(f"must not be more than {MOST_ANCHORS}, and are {len(items)}")
        found = []
        for place, item in enumerate(items):
            where = f"{at}[{place}]"
            try:
                anchor = AN_ANCHOR.read(item, where, reading)
                if isinstance(anchor, SyslogAnchorTable) and (twice := reading.claim("syslog", "", where)):
                    raise Wrong(f"the system's log is already {twice}")  # noqa: TRY301 - noted with its place below
                found.append(anchor)
            except Wrong as wrong:
                reading.note(where, wrong.what)
        return tuple(found)


def _days(kind: EventClass) -> Whole:
    return Whole(FLOOR[kind], MOST_DAYS, "days")


class RetentionTable(Table):
    """For how many days which entries are kept. Those of a class that is left out are kept for good."""

    access: int | None = key(_days(EventClass.ACCESS), None, name="access_days")
    doors: int | None = key(_days(EventClass.DOORS), None, name="doors_days")
    devices: int | None = key(_days(EventClass.DEVICES), None, name="devices_days")
    operators: int | None = key(_days(EventClass.OPERATORS), None, name="operators_days")
    people: int | None = key(_days(EventClass.PEOPLE), None, name="people_days")
    alarms: int | None = key(_days(EventClass.ALARMS), None, name="alarms_days")


class RecordTable(Table):
    """The record."""

    anchors: tuple[AnchorTable, ...] = key(Anchors(), ())
    retention: RetentionTable | None = key(One(RetentionTable), None)
