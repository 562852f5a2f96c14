"""What hangs on the wires and cannot keep what the rules promise, or is worth knowing."""

from collections.abc import Iterator
from datetime import timedelta

from accessctl.config.build_board import READER, device
from accessctl.config.finding import Finding, danger, mistake, note
from accessctl.config.reading import under
from accessctl.config.site import Site
from hardware.card_formats import FORMATS
from hardware.specs import OsdpReaderSpec, SupervisedContactSpec, WiegandReaderSpec
from policies.door_modes import DoorMode
from policies.ids import DoorId
from policies.schedule import MINUTES_A_DAY, Interval, Schedule


def findings_on_the_wires(site: Site) -> Iterator[Finding]:
    """Give what the devices cannot do that is asked of them."""
    yield from _strikes_that_rest(site)
    yield from _lines_that_anybody_can_tap(site)
    yield from _things_without_use(site)


def _strikes_that_rest(site: Site) -> Iterator[Finding]:
    longest_of = {strike.id: strike.longest_energised for strike in site.board.strikes}
    freed = {door for doors in site.rulebook.fire_doors.values() for door in doors}
    for door, strike in site.strike_of_door.items():
        longest = longest_of[strike]
        if longest is None:
            continue
        seconds = f"{longest.total_seconds():g} s"
        if door in freed and not _has_a_handle(site, door):
            yield danger(
                f"{under('doors', door)}.strike.longest_energised_s",
                f"in a fire this door is released for {seconds} and no longer, and there is no handle",
            )
        for number, rule in enumerate(site.doors[door].modes):
            if rule.mode is DoorMode.UNLOCKED and _longest_of(rule.schedule) > longest:
                yield mistake(
                    f"{under('doors', door)}.modes[{number}].mode",
                    f"the strike may be energised for {seconds} at a time (longest_energised_s), and then "
                    "the door is locked again",
                )


def _has_a_handle(site: Site, door: DoorId) -> bool:
    return door in site.door_of_exit_request.values() and not site.doors[door].exit_releases


def _longest_of(schedule: Schedule) -> timedelta:
    days = (*schedule.weekly, *schedule.on_holidays.values())
    return max((_length(interval) for day in days for interval in day), default=timedelta())


def _length(interval: Interval) -> timedelta:
    minutes = interval.end - interval.start
    return timedelta(minutes=minutes if minutes > 0 else minutes + MINUTES_A_DAY)


def _lines_that_anybody_can_tap(site: Site) -> Iterator[Finding]:
    readers = {reader.id: reader for reader in site.board.readers}
    sections = {"access_points": site.access_points, "muster_points": site.muster_points}
    for section, points in sections.items():
        for point in points:
            if isinstance(readers.get(device(point, READER)), WiegandReaderSpec):
                yield note(
                    f"{under(section, point)}.reader",
                    "its wires are neither encrypted nor watched: whoever taps them learns every number and "
                    "PIN, and can play them back",
                )


def _things_without_use(site: Site) -> Iterator[Finding]:
    board = site.board
    if board.adc is not None and not any(isinstance(each, SupervisedContactSpec) for each in board.contacts):
        yield note("board.adc", "no contact is on one of its channels")
    used = {
        reader.format.name
        for reader in board.readers
        if isinstance(reader, WiegandReaderSpec | OsdpReaderSpec) and reader.format is not None
    }
    for name in site.card_formats:
        if name not in FORMATS and name not in used:
            yield note(under("card_formats", name), "no reader has it")
