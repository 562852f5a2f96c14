"""What hangs on the wires: the board of a site file, and what each of its devices is called."""

from collections.abc import Iterator, Mapping

from accessctl.config.build_cameras import cameras_of
from accessctl.config.build_readers import reader_spec
from accessctl.config.build_sensors import fingers_of
from accessctl.config.schema import SiteFile
from accessctl.config.schema_access import AccessPointTable
from accessctl.config.schema_board import AdcTable
from accessctl.config.schema_doors import ContactTable, DoorTable
from accessctl.config.schema_readers import ReaderKind, ReaderTable
from hardware.card_formats import FORMATS, CardFormat
from hardware.patterns import STEPS
from hardware.signals import DeviceId
from hardware.specs import (
    AdcSpec,
    AnnunciatorSpec,
    BoardSpec,
    ContactSpec,
    GpioAnnunciatorSpec,
    OsdpAnnunciatorSpec,
    OsdpBusSpec,
    ReaderSpec,
    SimulatedAnnunciatorSpec,
    StrikeSpec,
    SupervisedContactSpec,
)

READER, KEYPAD, ANNUNCIATOR = "reader", "keypad", "annunciator"


def device(owner: str, part: str) -> DeviceId:
    """Name a device after what it belongs to."""
    return DeviceId(f"{owner}.{part}")


def input_device(name: str) -> DeviceId:
    """Name the line of an input."""
    return device("input", name)


def board_of(file: SiteFile) -> BoardSpec:
    """Give every device that the file names."""
    return BoardSpec(
        file.board.kind,
        strikes=tuple(
            StrikeSpec(
                device(name, "strike"),
                door.strike.gpio,
                door.strike.lock,
                door.strike.unattended,
                door.strike.longest_energised_s,
            )
            for name, door in file.doors.items()
        ),
        contacts=tuple(_contacts(file)),
        readers=tuple(_readers(file)),
        annunciators=tuple(_annunciators(file)),
        fingers=tuple(fingers_of(file)),
        cameras=tuple(cameras_of(file)),
        chip=file.board.chip,
        adc=None if file.board.adc is None else _adc(file.board.adc),
        patterns=STEPS if file.patterns is None else file.patterns.over_the_usual(),
    )


def formats_of(file: SiteFile) -> Mapping[str, CardFormat]:
    """Give every layout of card numbers that the site knows, by its name."""
    return {**FORMATS, **{name: table.named(name) for name, table in file.card_formats.items()}}


def devices_of_point(name: str, point: AccessPointTable) -> Mapping[DeviceId, ReaderTable]:
    """Give what reads cards and keys at an access point."""
    parts = {READER: point.reader, KEYPAD: point.keypad}
    return {device(name, part): table for part, table in parts.items() if table is not None}


def _readers(file: SiteFile) -> Iterator[ReaderSpec]:
    formats = formats_of(file)
    buses = {name: OsdpBusSpec(name, bus.port, bus.baud) for name, bus in file.buses.items()}
    tables: dict[DeviceId, ReaderTable] = {}
    for name, point in file.access_points.items():
        tables |= devices_of_point(name, point)
    tables |= {device(name, READER): muster.reader for name, muster in file.muster_points.items()}
    for device_id, table in tables.items():
        yield reader_spec(device_id, table, buses, formats, file.site.controller)


def _contacts(file: SiteFile) -> Iterator[ContactSpec | SupervisedContactSpec]:
    for name, door in file.doors.items():
        yield from _of_a_door(name, door)
    for name, point in file.access_points.items():
        if point.button is not None:
            yield _contact(device(name, "button"), point.button)
    for name, table in file.inputs.items():
        yield _contact(input_device(name), table)


def _of_a_door(name: str, door: DoorTable) -> Iterator[ContactSpec | SupervisedContactSpec]:
    tables: dict[str, ContactTable | None] = {
        "position": door.position,
        "exit_request": door.exit_request,
        "tamper": door.tamper,
        "bond": door.bond,
    }
    for part, table in tables.items():
        if table is not None:
            yield _contact(device(name, part), table)


def _contact(device_id: DeviceId, table: ContactTable) -> ContactSpec | SupervisedContactSpec:
    if table.gpio is not None:
        return ContactSpec(device_id, table.gpio, table.normally_closed, table.debounce_ms)
    assert table.adc_channel is not None  # noqa: S101 - a contact on neither is a problem of the file
    return SupervisedContactSpec(
        device_id, table.adc_channel, table.normally_closed, *table.bands, debounce_ms=table.debounce_ms
    )


def _adc(table: AdcTable) -> AdcSpec:
    return AdcSpec(table.clock_gpio, table.mosi_gpio, table.miso_gpio, table.select_gpio)


def _annunciators(file: SiteFile) -> Iterator[AnnunciatorSpec]:
    for name, point in file.access_points.items():
        built_in = None if point.reader is None else _built_in(name, point.reader)
        if built_in is not None:
            yield built_in
        elif point.annunciator is not None:
            lines = point.annunciator
            yield GpioAnnunciatorSpec(
                device(name, ANNUNCIATOR),
                lines.green_gpio,
                lines.red_gpio,
                lines.buzzer_gpio,
                active_low=lines.active_low,
            )
    for name, muster in file.muster_points.items():
        built_in = _built_in(name, muster.reader)
        if built_in is not None:
            yield built_in


def _built_in(name: str, reader: ReaderTable) -> AnnunciatorSpec | None:
    match reader.kind:
        case ReaderKind.SIMULATED:
            return SimulatedAnnunciatorSpec(device(name, ANNUNCIATOR))
        case ReaderKind.OSDP:
            return OsdpAnnunciatorSpec(device(name, ANNUNCIATOR), device(name, READER))
        case _:
            return None
