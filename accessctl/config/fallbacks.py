"""What holds at each door while something is gone, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from accessctl.config.build_board import device
from accessctl.config.finding import Finding, note
from accessctl.config.findings_points import asked_at
from accessctl.config.reading import show, under
from accessctl.config.site import InputKind, Site
from hardware.signals import DeviceId
from policies.degraded import Condition, Fallback
from policies.factors import BIOMETRIC
from policies.ids import AccessPointId, DoorId

WHILE: Final[Mapping[Condition, str]] = {
    Condition.CLOCK_UNTRUSTED: "the clock cannot be trusted",
    Condition.RECORD_UNWRITABLE: "the record cannot be written",
    Condition.READER_LOST: "a reader of this door is gone",
    Condition.CONTACT_LOST: "its position switch is gone",
    Condition.BIOMETRIC_LOST: "a finger or face cannot be checked",
    Condition.ON_BATTERY: "there is power from the battery alone",
}
_NO_BADGE: Final = "no badge lets anybody in"
_NOTHING: Final = "no badge lets anybody in, and neither a schedule nor an order keeps it unlocked"
_NO_UNLOCKING: Final = "badges count; neither a schedule nor an order keeps it unlocked"
THEN: Final[Mapping[tuple[Condition, Fallback], str]] = {
    (Condition.CLOCK_UNTRUSTED, Fallback.AS_USUAL): "as usual, by the clock as it stands",
    (
        Condition.CLOCK_UNTRUSTED,
        Fallback.TIMELESS_ONLY,
    ): "only rights and modes that hold at every hour count",
    (Condition.CLOCK_UNTRUSTED, Fallback.REFUSE): _NO_BADGE,
    (Condition.CLOCK_UNTRUSTED, Fallback.IGNORE_SCHEDULES): "who may enter at some hour may enter at any",
    (Condition.RECORD_UNWRITABLE, Fallback.REFUSE): _NO_BADGE,
    (
        Condition.RECORD_UNWRITABLE,
        Fallback.WITHOUT_RECORD,
    ): "badges count, and are recorded when that is possible",
    (Condition.READER_LOST, Fallback.AS_USUAL): "as usual at its other readers",
    (Condition.READER_LOST, Fallback.REFUSE): _NOTHING,
    (Condition.READER_LOST, Fallback.WITHOUT_PASSBACK): "badges count; passback refuses nobody",
    (Condition.READER_LOST, Fallback.UNLOCK): "the strike stays released",
    (Condition.CONTACT_LOST, Fallback.AS_USUAL): "badges count; who badges is taken to have gone in",
    (Condition.CONTACT_LOST, Fallback.REFUSE): _NOTHING,
    (Condition.CONTACT_LOST, Fallback.NO_UNLOCKING): _NO_UNLOCKING,
    (Condition.BIOMETRIC_LOST, Fallback.REFUSE): "nobody is let in who would have to show one",
    (Condition.BIOMETRIC_LOST, Fallback.PIN_INSTEAD): "a PIN is asked for instead",
    (Condition.ON_BATTERY, Fallback.AS_USUAL): "as usual",
    (Condition.ON_BATTERY, Fallback.NO_UNLOCKING): _NO_UNLOCKING,
    (Condition.ON_BATTERY, Fallback.REFUSE): _NOTHING,
}
"""Leaving is free whatever is gone."""


@dataclass(frozen=True, slots=True)
class DegradedRow:
    """What holds at one door under one condition."""

    door: DoorId
    condition: str
    """The key of the site file."""
    fallback: str
    """The word of the site file."""
    while_: str
    """The condition, as people say it."""
    then: str
    """What then holds, as people say it; or why that cannot happen here."""
    wider: bool
    """Whether more is let in than normally."""


def degraded_table(site: Site) -> list[DegradedRow]:
    """Give every door with every condition, in the order of the file."""
    return [_row(site, door, condition) for door in site.doors for condition in Condition]


def wider_fallbacks(site: Site) -> Iterator[Finding]:
    """Give every fallback that lets in more than normally."""
    for row in degraded_table(site):
        if row.wider:
            yield note(
                f"{under('doors', row.door)}.degraded.{row.condition}",
                f"{show(row.fallback)} lets in more than normally: while {row.while_}: {row.then}",
            )


def _row(site: Site, door: DoorId, condition: Condition) -> DegradedRow:
    fallback = site.doors[door].degraded.under(condition)
    never = _never_happens(site, door, condition)
    return DegradedRow(
        door,
        condition.value,
        fallback.value,
        WHILE[condition],
        never or THEN[condition, fallback],
        fallback.is_wider and never is None,
    )


def _never_happens(site: Site, door: DoorId, condition: Condition) -> str | None:
    """Say why a condition cannot be met at a door; ``None`` where it can."""
    rules = site.rulebook.doors[door]
    points = [*rules.ways_in, *rules.ways_out]
    match condition:
        case Condition.READER_LOST if not any(_reader(point) in site.point_of_reader for point in points):
            return "never: it has no reader"
        case Condition.CONTACT_LOST if not rules.door.monitored:
            return "never: it has no position switch"
        case Condition.BIOMETRIC_LOST if not any(_wants_biometrics(site, point) for point in points):
            return "never: none is asked for here"
        case Condition.ON_BATTERY if not any(each.kind is InputKind.MAINS for each in site.inputs.values()):
            return "never known: no input tells of the mains"
        case _:
            return None


def _reader(point: AccessPointId) -> DeviceId:
    return device(point, "reader")


def _wants_biometrics(site: Site, point: AccessPointId) -> bool:
    return any(asks.factors & BIOMETRIC for _, asks in asked_at(site.access_points[point]))
