"""Every driver of a reader on its real counterpart, all handled alike: shown something, lost, given back."""

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Final

import pytest

from hardware.card_formats import FORMATS
from hardware.fakes import FakeReader
from hardware.gpio import SimulatedHeader
from hardware.hosted.host import Host
from hardware.hosted.unit import HostedUnit
from hardware.ports import Reader
from hardware.readers.matrix_keypad import MatrixKeypad
from hardware.readers.wiegand import encode
from hardware.readers.wiegand_reader import WiegandReader
from hardware.signals import CardFrame, DeviceId, KeyPressed
from hardware.simulated.devices import SimulatedReader
from hardware.specs import (
    MatrixKeypadSpec,
    NfcReaderSpec,
    OsdpBusSpec,
    OsdpReaderSpec,
    PcscReaderSpec,
    UsbKeypadSpec,
    UsbReaderSpec,
    UsbReads,
    WiegandReaderSpec,
)
from tests.hardware.listening import PATIENCE_S
from tests.hardware.odd_units import NfcUnit
from tests.hardware.private_pcscd import READER as PCSC_READER
from tests.hardware.private_pcscd import PrivatePcscd, why_not
from tests.hardware.switches import Switches
from tests.hardware.virtual_card import VirtualCard, uid_card

READER: Final = DeviceId("gate-in.reader")
UID: Final = bytes.fromhex("a4a1b2c3d4e5f6")
KEY: Final = bytes.fromhex("8f1b66d2a90c4e7735e0d8514bc29af3")
MS: Final = 1_000_000


def nothing() -> None:
    """Do nothing."""


@dataclass
class Rig:
    """One driver, and the hands at its counterpart."""

    reader: Reader
    show: Callable[[], int]
    """Show the card, or press the key, once; tell when (``time.monotonic_ns()``) the last of it was done."""
    take_away: Callable[[], None] = nothing
    """Take it away, so that it can be shown again."""
    reports: type[CardFrame | KeyPressed] = CardFrame
    lose: Callable[[], None] | None = None
    """Let the device vanish; ``None`` where the driver cannot tell."""
    restore: Callable[[], None] = nothing
    pid: Callable[[], int | None] | None = None
    """The number of the driver's own process; ``None`` where it has none."""
    looks: int = 0
    """So many rounds of the driver after ``DeviceBack``, what is shown counts."""
    settled: Callable[[], bool] = field(default=lambda: True)
    noticed: Callable[[], bool] = field(default=lambda: True)
    """Whether what is shown is there already for whoever opens the reader now."""

    def settle(self) -> None:
        """Wait until what is shown counts. What lay there at a start does not."""
        deadline, beat, looks = time.monotonic() + PATIENCE_S, self.reader.health.beat_ns, self.looks
        while looks or not self.settled():
            assert time.monotonic() < deadline, "the reader does not get ready"
            time.sleep(0.002)
            if (now := self.reader.health.beat_ns) != beat:
                beat, looks = now, max(0, looks - 1)


@contextmanager
def fake() -> Iterator[Rig]:
    reader = FakeReader(READER, time.monotonic_ns)

    def show() -> int:
        reader.show_card(UID)
        return time.monotonic_ns()

    yield Rig(reader, show, lose=reader.lose, restore=reader.come_back)


@contextmanager
def simulated() -> Iterator[Rig]:
    reader = SimulatedReader(READER)
    reader.be(None)

    def show() -> int:
        reader.hear({"told": "card", "number": UID.hex()})
        return time.monotonic_ns()

    yield Rig(reader, show, lose=lambda: reader.be("it was unplugged"), restore=lambda: reader.be(None))


@contextmanager
def built(
    unit: HostedUnit, *, in_own_process: bool
) -> Iterator[tuple[Reader, Callable[[], int | None] | None]]:
    """Give the driver, and what tells the number of its process where it has one of its own."""
    if not in_own_process:
        yield unit.build()[0][READER], None
        return
    host = Host(unit)
    try:
        yield host.readers[READER], lambda: host.pid
    finally:
        host.close()


@contextmanager
def pcsc(*, in_own_process: bool = False) -> Iterator[Rig]:
    if missing := why_not():
        pytest.skip(missing)
    spec = PcscReaderSpec(READER, PCSC_READER)
    with ExitStack() as running:
        pcscd = running.enter_context(PrivatePcscd())
        pcscd.start()
        reader, pid = running.enter_context(built(HostedUnit((spec,)), in_own_process=in_own_process))
        card = VirtualCard(pcscd.port, uid_card(UID))
        running.callback(card.remove)

        def show() -> int:
            card.insert()
            return time.monotonic_ns()

        # The virtual card goes with pcscd; one that lies there is tried with the driver started anew.
        looks = 2 if in_own_process else 3
        yield Rig(
            reader,
            show,
            card.remove,
            lose=pcscd.kill,
            restore=pcscd.start,
            looks=looks,
            pid=pid,
            noticed=_pcscd_has_a_card,
        )


def _pcscd_has_a_card() -> bool:
    from smartcard import scard

    _, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
    _, news = scard.SCardGetStatusChange(context, 0, [(PCSC_READER, scard.SCARD_STATE_UNAWARE)])
    scard.SCardReleaseContext(context)
    return bool(news and news[0][1] & scard.SCARD_STATE_PRESENT)


@contextmanager
def nfc(*, in_own_process: bool = False) -> Iterator[Rig]:
    pytest.importorskip("nfc", reason="pip install 'accessctl[nfc]'")
    from nfc.clf.transport import TTY

    from tests.hardware.nfc_pn532 import Pn532

    with ExitStack() as running:
        port = Path(running.enter_context(tempfile.TemporaryDirectory())) / "port"
        place = SimpleNamespace(chip=None, card=None)

        def put(card: bytes | None) -> None:
            place.card = place.chip.card = card

        def show() -> int:
            put(UID)
            return time.monotonic_ns()

        def lose() -> None:
            port.unlink()
            place.chip.unplug()
            place.chip = None

        def restore() -> None:
            place.chip = Pn532()
            put(place.card)
            port.symlink_to(place.chip.path)

        running.enter_context(pytest.MonkeyPatch.context()).setattr(TTY, "find", TTY.find)
        restore()

        def unplug() -> None:
            if place.chip is not None:
                lose()

        running.callback(unplug)
        unit = NfcUnit((NfcReaderSpec(READER, "tty:AMA0:pn532"),), port=port)
        reader, pid = running.enter_context(built(unit, in_own_process=in_own_process))
        looks = 3 if in_own_process else 4
        yield Rig(reader, show, lambda: put(None), lose=lose, restore=restore, looks=looks, pid=pid)
        reader.close()


@contextmanager
def osdp(*, in_own_process: bool = False) -> Iterator[Rig]:
    pytest.importorskip("osdp", reason="pip install 'accessctl[osdp]'")
    from hardware.simulated.osdp_device import SimulatedOsdpLine, SimulatedOsdpReader

    device = SimulatedOsdpReader(0, KEY)
    with ExitStack() as running:
        line = running.enter_context(SimulatedOsdpLine(device))
        spec = OsdpReaderSpec(READER, OsdpBusSpec("yard", line.port, 115_200), 0)
        unit = HostedUnit((spec,), keys={READER: (KEY,)})
        reader, pid = running.enter_context(built(unit, in_own_process=in_own_process))

        def show() -> int:
            at_ns = time.monotonic_ns()
            device.show(UID)
            return at_ns

        looks = 2 if in_own_process else 60
        yield Rig(reader, show, lose=device.unplug, restore=device.plug_in, looks=looks, pid=pid)


@contextmanager
def wiegand() -> Iterator[Rig]:
    header = SimulatedHeader()
    bits = encode(FORMATS["h10301"], 123, 4567)
    reader = WiegandReader(WiegandReaderSpec(READER, 23, 24, FORMATS["h10301"]), header)
    last_ns = 0

    def show() -> int:
        nonlocal last_ns
        # The pulses lie in the past, and after the silence that ends what was before.
        silent_ns = max(last_ns, reader.health.since_ns or 0) + 100 * MS
        while (first_ns := time.monotonic_ns() - len(bits) * MS) < silent_ns:
            time.sleep(0.001)
        for number, bit in enumerate(bits):
            last_ns = first_ns + number * MS
            header.pulse(24 if bit else 23, last_ns)
        return last_ns

    yield Rig(
        reader,
        show,
        lose=lambda: header.set_circuit(23, closed=True),
        restore=lambda: header.set_circuit(23, closed=False),
    )


@contextmanager
def matrix() -> Iterator[Rig]:
    header, spec = SimulatedHeader(), MatrixKeypadSpec(READER, (5, 6, 13, 19), (16, 20, 21))
    keypad = MatrixKeypad(spec, header)
    switches = Switches(header, spec)

    def show() -> int:
        at_ns = time.monotonic_ns()
        switches.press("5")
        return at_ns

    def take_away() -> None:
        switches.let_go("5")
        switches.wait_for_rest()

    yield Rig(keypad, show, take_away, reports=KeyPressed)


@contextmanager
def usb(*, keypad: bool = False) -> Iterator[Rig]:
    pytest.importorskip("evdev", reason="evdev is not installed")
    from hardware.readers.input_watch import InputWatch
    from hardware.readers.usb import UsbKeypad, UsbReader
    from tests.hardware.usb_stand_in import UsbStandIn

    half_a_second_ns = 600 * MS
    with tempfile.TemporaryDirectory() as short:
        stand_in = UsbStandIn(Path(short))
        place = SimpleNamespace(device=stand_in.plug("usb1/1-1/1-1.2"), since_ns=0)
        watch = InputWatch(stand_in)
        reader: UsbKeypad | UsbReader
        if keypad:
            reader = UsbKeypad(UsbKeypadSpec(READER, "1-1.2"), watch)
        else:
            reader = UsbReader(UsbReaderSpec(READER, "1-1.2", UsbReads.HEX), watch)

        def show() -> int:
            if not keypad:
                place.device.type(UID.hex() + "\n")
            elif place.device.held:  # The kernel keeps no key for whoever opens the keyboard later.
                place.device.type("5")
            return time.monotonic_ns()

        def lose() -> None:
            stand_in.unplug(place.device)

        def restore() -> None:
            place.device = stand_in.plug("usb1/1-1/1-1.2")

        def settled() -> bool:
            # Half a second of silence has to be heard first: what is in the middle of a number is no card.
            since = reader.health.since_ns or 0
            return (reader.health.beat_ns or 0) > since + half_a_second_ns

        yield Rig(
            reader,
            show,
            reports=KeyPressed if keypad else CardFrame,
            lose=lose,
            restore=restore,
            settled=settled,
        )
        reader.close()
        stand_in.close()


DRIVERS: Final[Mapping[str, Callable[[], AbstractContextManager[Rig]]]] = {
    "fake": fake,
    "simulated": simulated,
    "pcsc": pcsc,
    "pcsc, in a process of its own": lambda: pcsc(in_own_process=True),
    "nfc": nfc,
    "nfc, in a process of its own": lambda: nfc(in_own_process=True),
    "osdp": osdp,
    "osdp, in a process of its own": lambda: osdp(in_own_process=True),
    "wiegand": wiegand,
    "matrix keypad": matrix,
    "usb": usb,
    "usb keypad": lambda: usb(keypad=True),
}
