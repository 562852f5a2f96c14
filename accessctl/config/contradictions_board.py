"""What can be wrong between the board, what hangs on it, and the layouts of card numbers."""

from collections.abc import Iterator
from functools import partial

from accessctl.config.errors import Problem
from accessctl.config.reading import objection, show, under
from accessctl.config.schema import SiteFile
from accessctl.config.schema_doors import ContactTable
from hardware.card_formats import FORMATS


def contradictions_on_the_board(file: SiteFile) -> Iterator[Problem]:
    """Give every problem of the wiring that shows only beside something else."""
    if file.has("card_formats"):
        yield from layouts_that_cannot_be(file)
    if file.has("board") and file.board.has("adc") and file.board.adc is None:
        yield from channels_without_a_converter(file)
    if file.has("doors"):
        yield from strikes_that_rest_too_early(file)


def layouts_that_cannot_be(file: SiteFile) -> Iterator[Problem]:
    """Want a name that is free, and a layout that says what every bit means."""
    for name, table in file.card_formats.items():
        at = under("card_formats", name)
        if name in FORMATS:
            yield Problem(at, f"{show(name)} is built in; choose another id")
        elif table.is_whole and (what := objection(partial(table.named, name))):
            yield Problem(at, what)


def channels_without_a_converter(file: SiteFile) -> Iterator[Problem]:
    """Want a converter wherever a contact hangs on a channel of it."""
    for at, contact in _contacts(file):
        if contact.has("adc_channel") and contact.adc_channel is not None:
            yield Problem(f"{at}.adc_channel", "needs the converter: [board.adc] is missing")


def _contacts(file: SiteFile) -> Iterator[tuple[str, ContactTable]]:
    parts = {
        "doors": ("position", "exit_request", "tamper", "bond"),
        "access_points": ("button",),
    }
    for section, names in parts.items():
        for name, table in getattr(file, section).items() if file.has(section) else ():
            for part in names:
                contact = getattr(table, part, None)
                if contact is not None:
                    yield f"{under(section, name)}.{part}", contact
    for name, table in file.inputs.items() if file.has("inputs") else ():
        yield under("inputs", name), table


def strikes_that_rest_too_early(file: SiteFile) -> Iterator[Problem]:
    """Want a strike to bear being energised for as long as its door is released."""
    for name, door in file.doors.items():
        if not door.has("strike", "release_time_s", "extended") or not door.strike.has("longest_energised_s"):
            continue
        longest, release = door.strike.longest_energised_s, door.release_time_s
        extended = door.extended and door.extended.has("release_time_s") and door.extended.release_time_s
        for what, span in (("release_time_s", release), ("extended.release_time_s", extended)):
            if longest is not None and span and longest < span:
                yield Problem(
                    f"{under('doors', name)}.strike.longest_energised_s",
                    f"is over before {what} is ({longest.total_seconds():g} s, {span.total_seconds():g} s)",
                )
                break
