"""What hangs on the wires: the board of a site file, and what each of its devices is called."""

from collections.abc import Iterator, Mapping

from accessctl.config.schema import SiteFile
from accessctl.config.schema_access import AccessPointTable, AnnunciatorTable, ReaderKind, ReaderTable
from accessctl.config.schema_doors import ButtonTable, DoorTable, ExitRequestTable, InputTable, WatchTable
from hardware.signals import DeviceId
from hardware.specs import (
    BoardSpec,
    ContactSpec,
    GpioAnnunciatorSpec,
    PcscReaderSpec,
    ReaderSpec,
    SimulatedAnnunciatorSpec,
    SimulatedReaderSpec,
    StrikeSpec,
)

AnnunciatorSpec = GpioAnnunciatorSpec | SimulatedAnnunciatorSpec


def device(owner: str, part: str) -> DeviceId:
    """Name a device after what it belongs to."""
    return DeviceId(f"{owner}.{part}")


def input_device(name: str) -> DeviceId:
    """Name the line of an input."""
    return device("input", name)


def board_of(file: SiteFile) -> BoardSpec:
    """Give every device that the file names."""
    readers = readers_of(file)
    return BoardSpec(
        file.board.kind,
        strikes=tuple(
            StrikeSpec(device(name, "strike"), door.strike.gpio, door.strike.lock, door.strike.unattended)
            for name, door in file.doors.items()
        ),
        contacts=tuple(_contacts(file)),
        readers=tuple(_reader_spec(name, reader) for name, reader in readers.items()),
        annunciators=tuple(
            spec
            for name, reader in readers.items()
            if (spec := _annunciator_spec(name, reader, file.access_points.get(name))) is not None
        ),
    )


def readers_of(file: SiteFile) -> Mapping[str, ReaderTable]:
    """Give the reader of each access point that has one, and of each muster point."""
    at_points = {name: point.reader for name, point in file.access_points.items() if point.reader is not None}
    return at_points | {name: point.reader for name, point in file.muster_points.items()}


def _contacts(file: SiteFile) -> Iterator[ContactSpec]:
    for name, door in file.doors.items():
        yield from _of_a_door(name, door)
    for name, point in file.access_points.items():
        if point.button is not None:
            yield _contact(device(name, "button"), point.button)
    for name, table in file.inputs.items():
        yield _contact(input_device(name), table)


def _of_a_door(name: str, door: DoorTable) -> Iterator[ContactSpec]:
    tables = {"position": door.position, "exit_request": door.exit_request, "tamper": door.tamper}
    for part, table in tables.items():
        if table is not None:
            yield _contact(device(name, part), table)


def _contact(
    device_id: DeviceId, table: WatchTable | ExitRequestTable | ButtonTable | InputTable
) -> ContactSpec:
    return ContactSpec(device_id, table.gpio, table.normally_closed, table.debounce_ms)


def _reader_spec(name: str, reader: ReaderTable) -> ReaderSpec:
    if reader.kind is ReaderKind.PCSC and reader.name is not None:
        return PcscReaderSpec(device(name, "reader"), reader.name)
    return SimulatedReaderSpec(device(name, "reader"))


def _annunciator_spec(
    name: str, reader: ReaderTable, point: AccessPointTable | None
) -> AnnunciatorSpec | None:
    if reader.kind is ReaderKind.SIMULATED:
        return SimulatedAnnunciatorSpec(device(name, "annunciator"))
    lines: AnnunciatorTable | None = None if point is None else point.annunciator
    if lines is None:
        return None
    return GpioAnnunciatorSpec(
        device(name, "annunciator"), lines.green_gpio, lines.red_gpio, lines.buzzer_gpio
    )
