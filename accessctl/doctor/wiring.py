"""What the machine lacks for the devices that a site file names."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from accessctl.doctor.cameras import camera
from accessctl.doctor.finding import Finding, Weight
from accessctl.doctor.machine import SERVICE_USER, Machine, UsbDevice, group_of
from hardware.cards.opensc_settings import opensc_library
from hardware.drivers import CRYPTOGRAPHY, GPIOD, Library, libraries_of
from hardware.errors import HardwareError
from hardware.specs import (
    BoardKind,
    BoardSpec,
    CameraSpec,
    CameraSpecs,
    CardProof,
    FingerSpec,
    FprintdSensorSpec,
    NfcReaderSpec,
    OsdpReaderSpec,
    PcscReaderSpec,
    ReaderSpec,
    UartSensorSpec,
    UsbKeypadSpec,
    UsbReaderSpec,
)

ID_DIGITS: Final = 4
"""Of a USB vendor or product. A bus or an address has fewer."""
_FPRINTD: Final = "/usr/share/dbus-1/system-services/net.reactivated.Fprint.service"
"""By which the bus starts fprintd when somebody asks for it."""
_PCSCD_HINT: Final = "apt install pcscd libccid, then systemctl enable --now pcscd.socket"


def wiring(
    board: BoardSpec, machine: Machine, has_library: Callable[[str], bool] | None = None
) -> Iterator[Finding]:
    """Find what is missing, device by device."""
    found = has_library or _is_installed
    if board.kind is BoardKind.PI:
        yield from _gpio(board, machine, found)
    for reader in board.readers:
        yield from _libraries(reader, found)
        yield from _of_reader(reader, machine)
    for sensor in (*board.fingers, *board.cameras):
        yield from _libraries(sensor, found)
        if isinstance(sensor, UartSensorSpec):
            yield from _serial(sensor.id, sensor.port, machine)
        elif isinstance(sensor, CameraSpec):
            yield from camera(sensor, machine)
    if any(isinstance(sensor, FprintdSensorSpec) for sensor in board.fingers):
        yield from _finger_service(machine)
    if any(isinstance(reader, PcscReaderSpec) for reader in board.readers):
        yield from _card_service(machine)


def _is_installed(library: str) -> bool:
    try:
        return find_spec(library) is not None
    except (ImportError, ValueError):
        return False


def _finger_service(machine: Machine) -> Iterator[Finding]:
    if not machine.at(_FPRINTD).exists():
        yield Finding(
            "fprintd", "it is not installed, so no USB fingerprint sensor answers", "apt install fprintd"
        )
    if machine.door.name == SERVICE_USER and not machine.lets_us_use_fingers():
        yield Finding(
            "fprintd",
            f"polkit has no rule that lets {SERVICE_USER} use fingerprint sensors",
            "copy packaging/polkit/51-accessctl-fingers.rules to /etc/polkit-1/rules.d/",
            Weight.WRONG,
        )


def _libraries(
    reader: ReaderSpec | FingerSpec | CameraSpecs, is_there: Callable[[str], bool]
) -> Iterator[Finding]:
    needed = libraries_of(reader)
    if isinstance(reader, OsdpReaderSpec):
        needed = (*needed, CRYPTOGRAPHY)
    for library in needed:
        if not is_there(library.module):
            yield _lacking(reader.id, library)


def _lacking(about: str, library: Library) -> Finding:
    return Finding(about, f"the Python library {library.name} is not installed", library.remedy)


def _of_reader(reader: ReaderSpec, machine: Machine) -> Iterator[Finding]:
    if isinstance(reader, PcscReaderSpec) and CardProof.PIV in reader.proofs:
        yield from _opensc(reader.id, reader.opensc, machine)
    match reader:
        case PcscReaderSpec(usb_port=str(port)):
            yield from _usb(reader.id, port, machine)
        case UsbReaderSpec(usb_port=port) | UsbKeypadSpec(usb_port=port):
            yield from _usb(reader.id, port, machine)
            yield from _may_open(reader.id, machine.input_devices(), machine, "the input devices")
        case OsdpReaderSpec(bus=bus):
            yield from _serial(reader.id, bus.port, machine)
        case NfcReaderSpec(path=path):
            yield from _nfc(reader.id, path, machine)
        case _:
            pass


def _opensc(device: str, configured: str | None, machine: Machine) -> Iterator[Finding]:
    if opensc_library(configured, machine.root) is None:
        yield Finding(
            device,
            f"there is no OpenSC at {configured}"
            if configured
            else "OpenSC, which asks PIV cards, is not there",
            "apt install opensc-pkcs11" + (", or leave opensc out of the site file" if configured else ""),
        )


def _nfc(device: str, path: str, machine: Machine) -> Iterator[Finding]:
    kind, _, rest = path.partition(":")
    if kind == "tty":
        yield from _serial(device, f"/dev/tty{rest.partition(':')[0]}", machine)
    elif kind == "usb":
        yield from _nfc_usb(device, rest, machine)


def _nfc_usb(device: str, wanted: str, machine: Machine) -> Iterator[Finding]:
    found = [each for each in machine.usb_devices() if _is_named(each, wanted)]
    if not found:
        yield Finding(
            device,
            f"no USB device {wanted} is plugged in",
            'plug it in, or write what lsusb says as path = "usb:VENDOR:PRODUCT"',
        )
    elif wanted and not any(_may_be_used(each, machine) for each in found):
        yield Finding(
            device,
            f"{machine.door.name} may not open the USB device {wanted} ({found[0].file})",
            f"a udev rule, and a drop-in for the unit {SERVICE_USER} with DeviceAllow=char-usb_device rw: "
            f'SUBSYSTEM=="usb", ATTR{{idVendor}}=="{found[0].vendor}", '
            f'ATTR{{idProduct}}=="{found[0].product}", '
            f'OWNER="{machine.door.name}"',
        )
    if machine.door.name == SERVICE_USER and machine.unit_lacks("RestrictAddressFamilies", "AF_NETLINK"):
        yield Finding(
            device,
            f"the unit {SERVICE_USER} keeps libusb from starting",
            f"a drop-in for the unit {SERVICE_USER} with RestrictAddressFamilies=AF_UNIX AF_NETLINK",
        )


def _is_named(device: UsbDevice, wanted: str) -> bool:
    """Whether nfcpy means this device, of which it is given the ids or the place, or the first of the two."""
    names = wanted.lower().split(":") if wanted else []
    if all(len(name) == ID_DIGITS for name in names):
        return names == [device.vendor, device.product][: len(names)]
    return [name.zfill(3) for name in names] == device.file.split("/")[-2:][: len(names)]


def _may_be_used(device: UsbDevice, machine: Machine) -> bool:
    with suppress(OSError):
        return machine.door.may(machine.at(device.file))
    return False


def _usb(device: str, port: str, machine: Machine) -> Iterator[Finding]:
    if machine.has_usb_port(port):
        return
    there = machine.usb_ports()
    yield Finding(
        device,
        f"nothing is plugged into the USB port {port}",
        f"plug it in, or write the port it is at as usb_port; something is at: {_list(there)}",
    )


def _serial(device: str, port: str, machine: Machine) -> Iterator[Finding]:
    path = machine.at(port)
    try:
        allowed = machine.door.may(path)
    except OSError as error:
        yield Finding(
            device,
            f"the serial port {port} is not there ({error.strerror})",
            f"plug the adapter in, or write the port's name; there is: {_list(machine.serial_ports())}",
        )
        return
    if not allowed:
        group = group_of(path)
        yield Finding(
            device,
            f"{machine.door.name} may not open the serial port {port}",
            f"a drop-in for the unit {SERVICE_USER} with SupplementaryGroups={group} and "
            f"DeviceAllow={port} rw; without systemd: usermod -aG {group} {machine.door.name}",
        )


def _gpio(board: BoardSpec, machine: Machine, is_there: Callable[[str], bool]) -> Iterator[Finding]:
    if not is_there(GPIOD.module):
        yield _lacking("board", GPIOD)
    chips = machine.gpio_chips()
    if not chips:
        yield Finding(
            "board",
            "there is no GPIO chip (/dev/gpiochip*)",
            'this is no Raspberry Pi, or its kernel lacks GPIO; [board] kind = "simulated" needs none',
        )
        return
    denied = [*_may_open("board", chips, machine, "the GPIO chips")]
    yield from denied
    if not denied and is_there(GPIOD.module) and machine.root == Path("/"):
        yield from _label(board)


def _label(board: BoardSpec) -> Iterator[Finding]:
    """See whether the chip that the lines are on is found. It is let go again at once."""
    from hardware.gpio import open_header

    try:
        header = open_header(board.kind, board.chip)
    except HardwareError as error:
        yield Finding(
            "board", str(error), "write the label of the header's chip as [board] chip (gpiodetect)"
        )
        return
    with suppress(HardwareError):
        header.close()


def _may_open(about: str, paths: Iterable[Path], machine: Machine, what: str) -> Iterator[Finding]:
    barred = [path for path in paths if not machine.door.may(path)]
    if barred:
        group = group_of(barred[0])
        yield Finding(
            about,
            f"{machine.door.name} may not open {what}, such as {barred[0]}",
            f"SupplementaryGroups={group} in the unit {SERVICE_USER}; without systemd: "
            f"usermod -aG {group} {machine.door.name}",
        )


def _card_service(machine: Machine) -> Iterator[Finding]:
    why = machine.card_service()
    if why is not None:
        yield Finding("pcscd", f"the card service does not answer: {why}", _PCSCD_HINT)
    if machine.has_polkit() and machine.door.name == SERVICE_USER and not machine.lets_us_use_cards():
        yield Finding(
            "pcscd",
            f"polkit has no rule that lets {SERVICE_USER} use the card service",
            "copy packaging/polkit/50-accessctl.rules to /etc/polkit-1/rules.d/",
            Weight.WRONG,
        )


def _list(names: Iterable[str]) -> str:
    return ", ".join(names) or "nothing"
