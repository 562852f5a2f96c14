"""The board: builds every device that a site has, opens them, and leaves all doors secured.

Libraries are imported when a device needs them: the door process of a card-and-PIN door on a small Pi
carries neither what simulates a warehouse nor what speaks to readers that it does not have.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeVar

from hardware.drivers import library_of
from hardware.errors import LibraryMissing
from hardware.ports import Annunciator, Contact, FaceCamera, FingerSensor, Reader, Report, Strike
from hardware.signals import DeviceId
from hardware.specs import (
    BoardKind,
    BoardSpec,
    CameraSpec,
    CardKeys,
    FprintdSensorSpec,
    GpioAnnunciatorSpec,
    MatrixKeypadSpec,
    NfcReaderSpec,
    OsdpAnnunciatorSpec,
    OsdpReaderSpec,
    PcscReaderSpec,
    ReaderSpec,
    SimulatedAnnunciatorSpec,
    SimulatedCameraSpec,
    SimulatedReaderSpec,
    SimulatedSensorSpec,
    SupervisedContactSpec,
    UartSensorSpec,
    UsbKeypadSpec,
    UsbReaderSpec,
    WiegandReaderSpec,
)

if TYPE_CHECKING:
    from hardware.gpio import Header
    from hardware.hosted.host import Host
    from hardware.hosted.unit import HostedUnit
    from hardware.simulated.link import WarehouseLink

_SIMULATED: Final = (SimulatedReaderSpec, SimulatedAnnunciatorSpec, SimulatedSensorSpec, SimulatedCameraSpec)

Keys = Mapping[DeviceId, tuple[bytes, ...]]
"""The keys of readers that speak over a secure channel, newest first, 16 bytes each."""
_NO_KEYS: Final[Keys] = MappingProxyType({})
_D = TypeVar("_D")
_NONE: Final[Mapping[DeviceId, Any]] = MappingProxyType({})


class Board:
    """All devices of one door process, each under its name."""

    strikes: Mapping[DeviceId, Strike]
    contacts: Mapping[DeviceId, Contact]
    readers: Mapping[DeviceId, Reader]
    annunciators: Mapping[DeviceId, Annunciator]
    fingers: Mapping[DeviceId, FingerSensor]
    cameras: Mapping[DeviceId, FaceCamera]

    def __init__(
        self,
        *,
        strikes: Mapping[DeviceId, Strike],
        contacts: Mapping[DeviceId, Contact],
        readers: Mapping[DeviceId, Reader],
        annunciators: Mapping[DeviceId, Annunciator],
        fingers: Mapping[DeviceId, FingerSensor] = _NONE,
        cameras: Mapping[DeviceId, FaceCamera] = _NONE,
        before_open: Callable[[], None] = lambda: None,
        closing: ExitStack | None = None,
    ) -> None:
        """Hold devices that are built; ``build`` does it, with what closes them all."""
        self.strikes, self.contacts = MappingProxyType(strikes), MappingProxyType(contacts)
        self.readers, self.annunciators = MappingProxyType(readers), MappingProxyType(annunciators)
        self.fingers, self.cameras = MappingProxyType(fingers), MappingProxyType(cameras)
        self._before_open = before_open
        self._closing = closing or ExitStack()

    def open(self, report: Report) -> None:
        """Let everything report that can. Contacts first, so that leaves are known before a badge comes.

        Raises what a device raises, after everything was closed. A simulated board waits up to a second
        for its warehouse, any other returns at once.
        """
        try:
            self._before_open()
            for strike in self.strikes.values():
                strike.open(report)
            for contact in self.contacts.values():
                contact.open(report)
            for device in (*self.readers.values(), *self.fingers.values(), *self.cameras.values()):
                device.open(report)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Secure every strike first, then close the rest. May be called twice.

        A device that fails to close keeps no other from closing; what it raised is raised at the end.
        """
        self._closing.close()


def build(
    spec: BoardSpec,
    *,
    simulation: Path | None = None,
    keys: Keys = _NO_KEYS,
    card_keys: CardKeys | None = None,
) -> Board:
    """Build every device, every strike secured. ``simulation`` is the simulated warehouse's socket.

    ``card_keys`` are the site's, for cards that prove one.

    Raises ``ValueError`` for a board that cannot be, ``GpioTaken``, ``LineFailed``, ``HeaderMissing``,
    ``ReaderNamesOverlap`` or ``LibraryMissing``; what was built until then is closed again.
    """
    _check(spec, simulation)
    with ExitStack() as building:
        header = _header(spec)
        building.callback(header.close)
        link = _link(spec, header, simulation, building)
        annunciators = _annunciators(spec, header, link, building)
        readers = _readers(spec, header, link, building)
        hosts = _hosted(spec, keys, card_keys, building)
        contacts = _contacts(spec, header, building)
        # Built last and therefore closed first; until now their lines rest at the unattended level.
        strikes = _strikes(spec, header, building)
        if link:
            link.rest()
        return Board(
            strikes=strikes,
            contacts=contacts,
            readers={**readers, **_all_of(host.readers for host in hosts)},
            annunciators={**annunciators, **_all_of(host.annunciators for host in hosts)},
            fingers={**(link.fingers if link else {}), **_all_of(host.fingers for host in hosts)},
            cameras={**(link.cameras if link else {}), **_all_of(host.cameras for host in hosts)},
            before_open=link.open if link else lambda: None,
            closing=building.pop_all(),
        )


def _check(spec: BoardSpec, simulation: Path | None) -> None:
    devices = (
        *(*spec.strikes, *spec.contacts, *spec.readers, *spec.annunciators),
        *(*spec.fingers, *spec.cameras),
    )
    twice = [name for name, count in Counter(device.id for device in devices).items() if count > 1]
    if twice:
        raise ValueError(f"two devices have the same name: {', '.join(twice)}")
    if spec.adc is None and any(isinstance(contact, SupervisedContactSpec) for contact in spec.contacts):
        raise ValueError("a supervised contact needs the board's converter")
    if spec.kind is BoardKind.SIMULATED:
        if simulation is None:
            raise ValueError("a simulated board needs the socket of its simulated warehouse")
        return
    simulated = [device.id for device in devices if isinstance(device, _SIMULATED)]
    if simulated:
        raise ValueError(f"the board is a real one, and these devices are not: {', '.join(simulated)}")


def _header(spec: BoardSpec) -> "Header":
    from hardware.gpio import open_header

    return open_header(spec.kind, spec.chip)


def _link(
    spec: BoardSpec, header: "Header", simulation: Path | None, building: ExitStack
) -> "WarehouseLink | None":
    if spec.kind is not BoardKind.SIMULATED or simulation is None:
        return None
    from hardware.gpio import SimulatedHeader
    from hardware.simulated.link import WarehouseLink

    assert isinstance(header, SimulatedHeader)  # noqa: S101 - open_header decides by the same kind
    link = WarehouseLink(simulation, header, spec)
    building.callback(link.close)
    return link


def _strikes(spec: BoardSpec, header: "Header", building: ExitStack) -> dict[DeviceId, Strike]:
    from hardware.strike import GpioStrike

    strikes: dict[DeviceId, Strike] = {}
    for strike in spec.strikes:
        strikes[strike.id] = GpioStrike(strike, header)
        building.callback(strikes[strike.id].close)
    return strikes


def _contacts(spec: BoardSpec, header: "Header", building: ExitStack) -> dict[DeviceId, Contact]:
    from hardware.contact import GpioContact

    contacts: dict[DeviceId, Contact] = {}
    supervised = [contact for contact in spec.contacts if isinstance(contact, SupervisedContactSpec)]
    if spec.adc is not None and supervised:
        from hardware.supervised import supervised_contacts

        for watched in supervised_contacts(supervised, spec.adc, header):
            contacts[watched.id] = watched
            building.callback(watched.close)
    for contact in spec.contacts:
        if not isinstance(contact, SupervisedContactSpec):
            contacts[contact.id] = GpioContact(contact, header)
            building.callback(contacts[contact.id].close)
    return contacts


def _annunciators(
    spec: BoardSpec, header: "Header", link: "WarehouseLink | None", building: ExitStack
) -> dict[DeviceId, Annunciator]:
    from hardware.annunciator import GpioAnnunciator, Player

    player = Player(spec.patterns)
    building.callback(player.close)
    annunciators: dict[DeviceId, Annunciator] = {}
    for annunciator in spec.annunciators:
        if isinstance(annunciator, GpioAnnunciatorSpec):
            annunciators[annunciator.id] = GpioAnnunciator(annunciator, header, player)
        elif isinstance(annunciator, SimulatedAnnunciatorSpec) and link:
            annunciators[annunciator.id] = link.annunciator(annunciator.id)
        else:
            continue  # it is part of its reader, and comes with that
        building.callback(annunciators[annunciator.id].close)
    return annunciators


def _readers(
    spec: BoardSpec, header: "Header", link: "WarehouseLink | None", building: ExitStack
) -> dict[DeviceId, Reader]:
    """Build the readers that live in this process: they wait in the kernel, and cannot hang."""
    readers: dict[DeviceId, Reader] = {**link.readers} if link else {}
    for reader in spec.readers:
        with _libraries(reader.id):
            built = _reader_here(reader, header)
        if built is not None:
            readers[reader.id] = built
    for each in readers.values():
        building.callback(each.close)
    return readers


def _reader_here(reader: ReaderSpec, header: "Header") -> Reader | None:
    match reader:
        case WiegandReaderSpec():
            from hardware.readers.wiegand_reader import WiegandReader

            return WiegandReader(reader, header)
        case MatrixKeypadSpec():
            from hardware.readers.matrix_keypad import MatrixKeypad

            return MatrixKeypad(reader, header)
        case UsbReaderSpec():
            from hardware.readers.usb import UsbReader

            return UsbReader(reader)
        case UsbKeypadSpec():
            from hardware.readers.usb import UsbKeypad

            return UsbKeypad(reader)
        case _:
            return None


def _hosted(
    spec: BoardSpec, keys: Keys, card_keys: CardKeys | None, building: ExitStack
) -> "tuple[Host, ...]":
    """Build the devices whose libraries can hang or crash: each in a process of its own."""
    units = tuple(_units(spec, keys, card_keys))
    if not units:
        return ()
    from hardware.hosted.host import Host

    hosts: list[Host] = []
    building.callback(_close_together, hosts)
    for unit in units:
        with _libraries(unit.names[0]):
            unit.find_libraries()
        hosts.append(Host(unit))
    return tuple(hosts)


def _all_of(mappings: Iterable[Mapping[DeviceId, _D]]) -> dict[DeviceId, _D]:
    return {name: device for mapping in mappings for name, device in mapping.items()}


def _close_together(hosts: "list[Host]") -> None:
    """Wait for all processes at once: each may take most of a second to end."""
    with ExitStack() as closing:
        for host in hosts:
            closing.callback(host.close)
        for host in hosts:
            host.hang_up()


def _units(spec: BoardSpec, keys: Keys, card_keys: CardKeys | None) -> "Iterator[HostedUnit]":
    """Give what fails together: the readers of one OSDP line; anything else stands for itself."""
    from hardware.hosted.unit import HostedUnit
    from hardware.readers.pcsc_names import check_names

    alone = [reader for reader in spec.readers if isinstance(reader, PcscReaderSpec | NfcReaderSpec)]
    check_names([reader for reader in alone if isinstance(reader, PcscReaderSpec)])
    for reader in alone:
        # Only who asks cards to prove a key is told the site's.
        asks = isinstance(reader, PcscReaderSpec) and bool(reader.proofs)
        yield HostedUnit((reader,), card_keys=card_keys if asks else None)
    for sensor in spec.fingers:
        if isinstance(sensor, FprintdSensorSpec | UartSensorSpec):
            yield HostedUnit(fingers=(sensor,))
    for camera in spec.cameras:
        if isinstance(camera, CameraSpec):
            yield HostedUnit(cameras=(camera,))
    osdp = [reader for reader in spec.readers if isinstance(reader, OsdpReaderSpec)]
    for _, group in groupby(sorted(osdp, key=_line), key=_line):
        here = tuple(group)
        names = {reader.id for reader in here}
        yield HostedUnit(
            here,
            tuple(a for a in spec.annunciators if isinstance(a, OsdpAnnunciatorSpec) and a.reader in names),
            spec.patterns,
            {name: keys.get(name, ()) for name in names},
        )


def _line(reader: OsdpReaderSpec) -> str:
    return reader.bus.port


@contextmanager
def _libraries(device: DeviceId) -> Iterator[None]:
    """Say what to install where a library is missing. Raises ``LibraryMissing``."""
    try:
        yield
    except ImportError as error:
        library = library_of((error.name or "").partition(".")[0])
        if library is None:
            raise
        raise LibraryMissing(device, library.name, library.remedy) from error
