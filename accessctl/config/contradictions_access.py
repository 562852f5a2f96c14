"""What can be wrong between access points, their readers, and what is asked there."""

from collections.abc import Iterator
from itertools import combinations, product

from accessctl.config.errors import Problem
from accessctl.config.reading import show, under
from accessctl.config.schema import SiteFile
from accessctl.config.schema_readers import OsdpTable, PcscTable, ReaderKind, ReaderTable
from accessctl.config.schema_sensors import FingerKind, FprintdTable
from hardware.specs import BoardKind
from policies.factors import Asks, Factor


def contradictions_at_access_points(file: SiteFile) -> Iterator[Problem]:
    """Give every problem of access points that shows only beside something else."""
    if file.has("access_points"):
        yield from readers_that_are_not_there(file)
        yield from readers_that_share_a_name(file)
        yield from readers_that_share_an_address(file)
        yield from sensors_that_share_a_name(file)
        yield from readers_that_cannot_take_what_is_asked_at_times(file)
        yield from sensors_that_cannot_tell_whose_finger_it_is(file)
    if file.has("access_points", "codes"):
        yield from keypads_without_codes(file)


def readers_that_are_not_there(file: SiteFile) -> Iterator[Problem]:
    """Want simulated readers in the simulated warehouse only; a real one may stand on any desk."""
    if not file.has("board") or not file.board.has("kind") or file.board.kind is not BoardKind.PI:
        return
    for at, reader in _readers(file):
        if reader.has("kind") and reader.kind is ReaderKind.SIMULATED:
            yield Problem(
                f"{at}.kind",
                'a simulated reader cannot stand on a "pi" board, where nobody could badge at it',
            )
    for name, point in file.access_points.items():
        sensor = point.finger if point.has("finger") else None
        if sensor is not None and sensor.has("kind") and sensor.kind is FingerKind.SIMULATED:
            yield Problem(
                f"{under('access_points', name)}.finger.kind",
                'a simulated sensor cannot stand on a "pi" board, where nobody could touch it',
            )


def readers_that_share_a_name(file: SiteFile) -> Iterator[Problem]:
    """Want every pcsc reader to be told from all others: by the beginning of its name, or by its USB port."""
    named = [
        (at, reader.name)
        for at, reader in _readers(file)
        if isinstance(reader, PcscTable) and reader.has("name") and reader.name is not None
    ]
    for (first, one), (second, other) in combinations(named, 2):
        if one == other:
            yield Problem(f"{second}.name", f"{show(other)} is already {first}")
        elif one.startswith(other) or other.startswith(one):
            yield Problem(
                f"{second}.name",
                f"{show(other)} cannot be told from {show(one)} of {first}: a reader is found by the "
                "beginning of its name",
            )
    ported = [
        at
        for at, reader in _readers(file)
        if isinstance(reader, PcscTable) and reader.has("usb_port") and reader.usb_port is not None
    ]
    # One reader with both says so itself, and is no second one.
    mixed = [(at, port) for (at, _), port in product(named, ported) if at != port]
    for at, port in mixed[:1]:
        yield Problem(
            f"{at}.name",
            f"may be the reader at the USB port of {port}, which has a name as well: give every pcsc reader "
            "a usb_port, or every one a name",
        )


def readers_that_share_an_address(file: SiteFile) -> Iterator[Problem]:
    """Want every reader of a line to have an address of its own: two would answer at once."""
    first_of: dict[tuple[str, int], str] = {}
    for at, reader in _readers(file):
        if not isinstance(reader, OsdpTable) or not reader.has("bus", "address"):
            continue
        earlier = first_of.setdefault((reader.bus, reader.address), at)
        if earlier != at:
            yield Problem(
                f"{at}.address", f"address {reader.address} of {show(reader.bus)} is already {earlier}"
            )


def sensors_that_share_a_name(file: SiteFile) -> Iterator[Problem]:
    """Want every fprintd sensor to be told from all others: by the beginning of its name."""
    named = [
        (under("access_points", name) + ".finger.name", point.finger.name)
        for name, point in file.access_points.items()
        if point.has("finger") and isinstance(point.finger, FprintdTable) and point.finger.has("name")
    ]
    for (first, one), (second, other) in combinations(named, 2):
        if one is None or other is None:
            yield Problem(second, f"cannot be told from {first}: of several fprintd sensors each needs one")
        elif one.startswith(other) or other.startswith(one):
            yield Problem(second, f"{show(other)} cannot be told from {show(one)} of {first}")


def _readers(file: SiteFile) -> Iterator[tuple[str, ReaderTable]]:
    for name, point in file.access_points.items():
        if point.has("reader") and point.reader is not None:
            yield under("access_points", name) + ".reader", point.reader
    for name, muster in file.muster_points.items() if file.has("muster_points") else ():
        if muster.has("reader"):
            yield under("muster_points", name) + ".reader", muster.reader


def readers_that_cannot_take_what_is_asked_at_times(file: SiteFile) -> Iterator[Problem]:
    """Want a keypad or a sensor wherever one is needed at some hour, as where it is needed always."""
    for name, point in file.access_points.items():
        if not point.has("reader", "keypad", "finger", "camera", "asks_when"):
            continue
        for number, each in enumerate(point.asks_when):
            what = point.cannot_take(each.asks) if each.has("asks") else None
            if what is not None:
                yield Problem(f"{under('access_points', name)}.asks_when[{number}].asks", what)


def sensors_that_cannot_tell_whose_finger_it_is(file: SiteFile) -> Iterator[Problem]:
    """Want a sensor that searches all of its fingers wherever nothing but a finger is asked for."""
    for name, point in file.access_points.items():
        if not point.has("finger") or not isinstance(point.finger, FprintdTable):
            continue
        at = under("access_points", name)
        asked = [(f"{at}.asks", point.asks)] if point.has("asks") else []
        for number, each in enumerate(point.asks_when if point.has("asks_when") else ()):
            asked += [(f"{at}.asks_when[{number}].asks", each.asks)] if each.has("asks") else []
        for path, asks in asked:
            if Factor.FINGERPRINT in asks.ways:
                yield Problem(
                    path,
                    "an fprintd sensor has to be told whose finger it is, and cannot find out by itself: ask "
                    'for a card with it, or write finger = { kind = "uart", ... }',
                )


def keypads_without_codes(file: SiteFile) -> Iterator[Problem]:
    """Want to know how many keypad codes there can be, wherever one of them is all that is asked."""
    if file.codes is not None:
        return
    for name, point in file.access_points.items():
        asked = [point.asks] if point.has("asks") else []
        if point.has("asks_when"):
            asked += [each.asks for each in point.asks_when if each.has("asks")]
        if any(_is_a_code_alone(asks) for asks in asked):
            yield Problem(
                "codes",
                f"is missing: {under('access_points', name)} asks for a code and nothing else; say how many "
                "digits codes have and how many there are at most",
            )
            return


def _is_a_code_alone(asks: Asks) -> bool:
    return Factor.PIN in asks.ways
