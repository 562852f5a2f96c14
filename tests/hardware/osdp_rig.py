"""A panel and simulated readers on one cable, as the OSDP tests want them."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Empty

from hardware.card_formats import CardFormat
from hardware.patterns import STEPS
from hardware.readers import osdp_nonces
from hardware.readers.osdp import OsdpBus, OsdpReader
from hardware.readers.osdp_link import Pace
from hardware.signals import DeviceBack, DeviceId, ReaderPower, ReaderSecured, ReaderTampered, Signal
from hardware.simulated.osdp_device import SimulatedOsdpLine, SimulatedOsdpReader, Way
from hardware.specs import OsdpAnnunciatorSpec, OsdpBusSpec, OsdpReaderSpec
from tests.hardware.listening import PATIENCE_S, Ear

KEY = bytes.fromhex("8f1b66d2a90c4e7735e0d8514bc29af3")
OTHER_KEY = bytes.fromhex("5e07c94431fa8db0629b1ce8773d04a6")
UID = bytes.fromhex("04a1b2c3d4e5f6")
BAUD = 115_200


@dataclass
class Spot:
    """What one reader of the rig is to be."""

    address: int = 5
    key: bytes | None = KEY
    keys: tuple[bytes, ...] = (KEY,)
    format: CardFormat | None = None
    keypad: bool = True
    sounder_output: int | None = None
    install_mode: bool = False
    lamps: bool = False


@dataclass
class Rig:
    """The whole of it, open."""

    line: SimulatedOsdpLine
    bus: OsdpBus
    devices: list[SimulatedOsdpReader]
    readers: list[OsdpReader]
    ears: list["WellEar"] = field(default_factory=list)

    @property
    def device(self) -> SimulatedOsdpReader:
        return self.devices[0]

    @property
    def reader(self) -> OsdpReader:
        return self.readers[0]

    @property
    def ear(self) -> "WellEar":
        return self.ears[0]

    def told(self, wanted: Callable[[dict[str, object]], bool]) -> dict[str, object]:
        """Wait until the first reader was told this."""
        while True:
            try:
                command = self.device.told.get(timeout=PATIENCE_S)
            except Empty:
                raise AssertionError("the reader was not told") from None
            if wanted(command):
                return command


class WellEar(Ear):
    """Does not hear that a housing is closed and a supply good as long as they were never otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self._troubled: set[type[Signal]] = set()

    def __call__(self, signal: Signal) -> None:
        if isinstance(signal, ReaderTampered | ReaderPower):
            trouble = signal.active if isinstance(signal, ReaderTampered) else signal.failed
            if not trouble and type(signal) not in self._troubled:
                return
            self._troubled.add(type(signal))
        super().__call__(signal)


def name(address: int) -> DeviceId:
    return DeviceId(f"door-{address}.reader")


@contextmanager
def rig(
    *spots: Spot,
    renew: Callable[[], None] = osdp_nonces.renew,
    pace: Pace | None = None,
    line: SimulatedOsdpLine | None = None,
    is_open: bool = True,
) -> Iterator[Rig]:
    """Build panel and readers, and close everything in the end."""
    spots = spots or (Spot(),)
    devices = [SimulatedOsdpReader(spot.address, spot.key, install_mode=spot.install_mode) for spot in spots]
    with line or SimulatedOsdpLine(*devices) as cable:
        bus_spec = OsdpBusSpec("yard", cable.port, BAUD)
        specs = [
            OsdpReaderSpec(name(s.address), bus_spec, s.address, s.format, s.keypad, s.sounder_output)
            for s in spots
        ]
        lamps = [
            OsdpAnnunciatorSpec(DeviceId(f"door-{s.address}.lamps"), name(s.address))
            for s in spots
            if s.lamps
        ]
        keys = {name(s.address): s.keys for s in spots}
        bus = OsdpBus(specs, keys, lamps, STEPS, renew=renew, pace=pace)
        built = Rig(cable, bus, devices, list(bus.readers.values()), [WellEar() for _ in specs])
        try:
            if is_open:
                for reader, ear in zip(built.readers, built.ears, strict=True):
                    reader.open(ear)
            yield built
        finally:
            for reader in built.readers:
                reader.close()


def challenges(line: SimulatedOsdpLine) -> list[bytes]:
    """Give the random number and the kind of key of every handshake that the panel began: 1 + 8 bytes."""
    sent = line.captured(Way.TO_READER)
    # 53, address, length 19, control, block of 3 bytes of kind 11, kind of key, command 76, random number.
    return [
        sent[at + 7 : at + 8] + sent[at + 9 : at + 17]
        for at in range(len(sent) - 18)
        if sent[at] == 0x53 and sent[at + 2 : at + 4] == b"\x13\x00" and sent[at + 5 : at + 7] == b"\x03\x11"
    ]


def settle(built: Rig, number: int = 0) -> None:
    """Wait until cards are read: what was shown before the first empty answer is not."""
    ends = time.monotonic() + PATIENCE_S
    while not built.readers[number].link._settled:
        assert time.monotonic() < ends, "the reader's queue never ran empty"
        time.sleep(0.002)


def up(built: Rig, number: int = 0) -> None:
    """Wait until a reader is there and read."""
    built.ears[number].next(DeviceBack)
    built.ears[number].next(ReaderSecured)
    settle(built, number)
