"""The board: builds every device that a site has, opens them, and leaves all doors secured.

Libraries are imported when a device needs them: the door process of a card-and-PIN door on a small Pi
carries neither what simulates a warehouse nor what speaks to readers that it does not have.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from hardware.errors import LibraryMissing
from hardware.ports import Annunciator, Contact, Reader, Report, Strike
from hardware.signals import DeviceId
from hardware.specs import (
    BoardKind,
    BoardSpec,
    GpioAnnunciatorSpec,
    PcscReaderSpec,
    SimulatedAnnunciatorSpec,
    SimulatedReaderSpec,
)

if TYPE_CHECKING:
    from hardware.gpio import Header
    from hardware.simulated.link import WarehouseLink


class Board:
    """All devices of one door process, each under its name."""

    strikes: Mapping[DeviceId, Strike]
    contacts: Mapping[DeviceId, Contact]
    readers: Mapping[DeviceId, Reader]
    annunciators: Mapping[DeviceId, Annunciator]

    def __init__(
        self,
        *,
        strikes: Mapping[DeviceId, Strike],
        contacts: Mapping[DeviceId, Contact],
        readers: Mapping[DeviceId, Reader],
        annunciators: Mapping[DeviceId, Annunciator],
        before_open: Callable[[], None] = lambda: None,
        closing: ExitStack | None = None,
    ) -> None:
        """Hold devices that are built; ``build`` does it, with what closes them all."""
        self.strikes, self.contacts = MappingProxyType(strikes), MappingProxyType(contacts)
        self.readers, self.annunciators = MappingProxyType(readers), MappingProxyType(annunciators)
        self._before_open = before_open
        self._closing = closing or ExitStack()

    def open(self, report: Report) -> None:
        """Let every contact and reader report; contacts first, so that leaves are known before a badge comes.

        Raises what a device raises, after everything was closed. A simulated board waits up to a second
        for its warehouse, any other returns at once.
        """
        try:
            self._before_open()
            for contact in self.contacts.values():
                contact.open(report)
            for reader in self.readers.values():
                reader.open(report)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Secure every strike first, then close the rest. May be called twice.

        A device that fails to close keeps no other from closing; what it raised is raised at the end.
        """
        self._closing.close()


def build(spec: BoardSpec, *, simulation: Path | None = None) -> Board:
    """Build every device, every strike secured. ``simulation`` is the simulated warehouse's socket.

    Raises ``ValueError`` for a board that cannot be, ``GpioTaken``, ``LineFailed``, ``HeaderMissing``,
    ``ReaderNamesOverlap`` or ``LibraryMissing``; what was built until then is closed again.
    """
    _check(spec, simulation)
    with ExitStack() as building:
        header = _header(spec.kind)
        building.callback(header.close)
        link = _link(spec, header, simulation, building)
        annunciators = _annunciators(spec, header, link, building)
        readers = _readers(spec, link, building)
        contacts = _contacts(spec, header, building)
        # Built last and therefore closed first; until now their lines rest at the unattended level.
        strikes = _strikes(spec, header, building)
        if link:
            link.rest()
        return Board(
            strikes=strikes,
            contacts=contacts,
            readers=readers,
            annunciators=annunciators,
            before_open=link.open if link else lambda: None,
            closing=building.pop_all(),
        )


def _check(spec: BoardSpec, simulation: Path | None) -> None:
    devices = (*spec.strikes, *spec.contacts, *spec.readers, *spec.annunciators)
    twice = [name for name, count in Counter(device.id for device in devices).items() if count > 1]
    if twice:
        raise ValueError(f"two devices have the same name: {', '.join(twice)}")
    if spec.kind is BoardKind.SIMULATED:
        if simulation is None:
            raise ValueError("a simulated board needs the socket of its simulated warehouse")
        return
    simulated = [d.id for d in devices if isinstance(d, SimulatedReaderSpec | SimulatedAnnunciatorSpec)]
    if simulated:
        raise ValueError(f"the board is a real one, and these devices are not: {', '.join(simulated)}")


def _header(kind: BoardKind) -> "Header":
    from hardware.gpio import open_header

    return open_header(kind)


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
    for contact in spec.contacts:
        contacts[contact.id] = GpioContact(contact, header)
        building.callback(contacts[contact.id].close)
    return contacts


def _annunciators(
    spec: BoardSpec, header: "Header", link: "WarehouseLink | None", building: ExitStack
) -> dict[DeviceId, Annunciator]:
    from hardware.annunciator import GpioAnnunciator, Player

    player = Player()
    building.callback(player.close)
    annunciators: dict[DeviceId, Annunciator] = {}
    for annunciator in spec.annunciators:
        if isinstance(annunciator, GpioAnnunciatorSpec):
            annunciators[annunciator.id] = GpioAnnunciator(annunciator, header, player)
        elif link:
            annunciators[annunciator.id] = link.annunciator(annunciator.id)
        building.callback(annunciators[annunciator.id].close)
    return annunciators


def _readers(spec: BoardSpec, link: "WarehouseLink | None", building: ExitStack) -> dict[DeviceId, Reader]:
    readers: dict[DeviceId, Reader] = {**link.readers} if link else {}
    pcsc = [reader for reader in spec.readers if isinstance(reader, PcscReaderSpec)]
    if pcsc:
        try:
            from hardware.readers.pcsc import pcsc_readers
        except ImportError as error:
            remedy = "pip install pyscard (needs apt install pcscd libpcsclite-dev gcc python3-dev)"
            raise LibraryMissing(pcsc[0].id, "pyscard", remedy) from error
        readers |= {reader.id: reader for reader in pcsc_readers(pcsc)}
    for reader in readers.values():
        building.callback(reader.close)
    return readers
