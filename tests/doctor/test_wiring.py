import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from accessctl.doctor.finding import Finding
from accessctl.doctor.machine import SERVICE_USER, Identity, Machine
from accessctl.doctor.wiring import wiring
from hardware.signals import DeviceId
from hardware.specs import (
    BoardKind,
    BoardSpec,
    CardProof,
    FprintdSensorSpec,
    MatrixKeypadSpec,
    NfcReaderSpec,
    OsdpBusSpec,
    OsdpReaderSpec,
    PcscReaderSpec,
    ReaderSpec,
    UartSensorSpec,
    UsbReaderSpec,
)

GATE = DeviceId("gate-in.reader")
SOMEBODY = Identity("somebody", 4711, frozenset({4712}))
Installed = Callable[[str], bool]


def everything(_library: str) -> bool:
    return True


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A machine with two USB devices, a serial port, a keyboard and a GPIO chip, open to everybody."""
    for port in ("1-1", "1-1.3"):
        (tmp_path / "sys/bus/usb/devices" / port).mkdir(parents=True)
    for name, value in {"idVendor": "072f", "idProduct": "2200", "busnum": "1", "devnum": "4"}.items():
        (tmp_path / "sys/bus/usb/devices/1-1.3" / name).write_text(f"{value}\n")
    for name in (
        "dev/bus/usb/001/004",
        "dev/ttyUSB0",
        "dev/ttyAMA0",
        "dev/input/event0",
        "dev/gpiochip0",
        "dev/serial/by-path/dock",
    ):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
        file.chmod(0o666)
    return tmp_path


def found(
    root: Path, *readers: ReaderSpec, kind: BoardKind = BoardKind.SIMULATED, libraries: Installed = everything
) -> list[Finding]:
    return list(wiring(BoardSpec(kind, readers=readers), Machine(root, SOMEBODY), libraries))


def osdp(port: str = "/dev/ttyUSB0") -> OsdpReaderSpec:
    return OsdpReaderSpec(GATE, OsdpBusSpec("dock", port), 1)


@pytest.mark.parametrize(
    "reader",
    [
        osdp(),
        NfcReaderSpec(GATE, "tty:AMA0:pn532"),
        NfcReaderSpec(GATE, "usb:072f:2200"),
        NfcReaderSpec(GATE, "usb:072F"),
        NfcReaderSpec(GATE, "usb:001:004"),
        NfcReaderSpec(GATE, "usb:1"),
        NfcReaderSpec(GATE, "usb"),
        UsbReaderSpec(GATE, "1-1.3"),
        MatrixKeypadSpec(GATE, (1,), (2,)),
    ],
)
def test_what_is_there_is_no_finding(root: Path, reader: ReaderSpec) -> None:
    """A device that is plugged in and may be opened is well."""
    assert found(root, reader) == []


def test_a_library_that_is_missing_is_named(root: Path) -> None:
    """With how to install it, for each reader that needs it."""
    findings = found(root, osdp(), libraries=lambda name: name == "serial")
    assert [(f.what, f.do) for f in findings] == [
        (f"the Python library {name} is not installed", "pip install 'accessctl[osdp]'")
        for name in ("libosdp", "cryptography")
    ]


def test_what_a_proof_needs_is_named(root: Path) -> None:
    """A reader that asks PIV cards needs two libraries and OpenSC, where the file or Debian has it."""
    reader = PcscReaderSpec(GATE, usb_port="1-1.3", proofs=(CardProof.PIV,))

    def about_it(spec: PcscReaderSpec) -> list[tuple[str, str]]:
        missing = found(root, spec, libraries=lambda name: name == "smartcard")
        return [(each.what, each.do) for each in missing if each.about == GATE]

    libraries = [
        "the Python library cryptography is not installed",
        "the Python library python-pkcs11 is not",
    ]
    (first, _), (second, _), (opensc, do) = about_it(reader)
    assert first == libraries[0]
    assert second.startswith(libraries[1])
    assert (opensc, do) == ("OpenSC, which asks PIV cards, is not there", "apt install opensc-pkcs11")
    assert about_it(replace(reader, opensc="/opt/o.so"))[2][0] == "there is no OpenSC at /opt/o.so"
    library = root / "usr/lib/aarch64-linux-gnu/opensc-pkcs11.so"
    library.parent.mkdir(parents=True)
    library.touch()
    assert len(about_it(reader)) == 2
    assert about_it(replace(reader, proofs=())) == []


def test_a_port_where_nothing_is_plugged_in_is_named(root: Path) -> None:
    """The installer is told which ports have something."""
    (finding,) = found(root, UsbReaderSpec(GATE, "1-1.4"))
    assert finding.about == GATE
    assert finding.what == "nothing is plugged into the USB port 1-1.4"
    assert "1-1, 1-1.3" in finding.do


@pytest.mark.parametrize("reader", [osdp("/dev/ttyUSB7"), NfcReaderSpec(GATE, "tty:USB7:pn532")])
def test_a_serial_port_that_is_not_there_is_named(root: Path, reader: ReaderSpec) -> None:
    """The installer is told which serial ports there are, by names that stay."""
    (finding,) = found(root, reader)
    assert "/dev/ttyUSB7 is not there" in finding.what
    assert "/dev/serial/by-path/dock" in finding.do


def test_a_serial_port_that_we_may_not_open_is_named(root: Path) -> None:
    """The group that would let us is said, for systemd and without it."""
    (root / "dev/ttyUSB0").chmod(0o660)
    (finding,) = found(root, osdp())
    assert finding.what == "somebody may not open the serial port /dev/ttyUSB0"
    assert "SupplementaryGroups=" in finding.do
    assert "usermod -aG" in finding.do


@pytest.mark.parametrize("path", ["usb:072f:2201", "usb:04e6", "usb:001:005", "usb:2"])
def test_an_nfc_reader_that_is_not_plugged_in_is_named(root: Path, path: str) -> None:
    """Neither another product nor the same place on another bus stands in for it."""
    (finding,) = found(root, NfcReaderSpec(GATE, path))
    assert finding.what == f"no USB device {path.removeprefix('usb:')} is plugged in"


def test_an_nfc_reader_that_we_may_not_open_is_named(root: Path) -> None:
    """Nothing gives it to a service of itself: the rule that does is said."""
    (root / "dev/bus/usb/001/004").chmod(0o664)
    (finding,) = found(root, NfcReaderSpec(GATE, "usb:072f:2200"))
    assert "somebody may not open the USB device 072f:2200 (/dev/bus/usb/001/004)" in finding.what
    assert 'ATTR{idVendor}=="072f", ATTR{idProduct}=="2200", OWNER="somebody"' in finding.do
    assert "DeviceAllow=char-usb_device rw" in finding.do


def test_the_unit_has_to_let_libusb_start(root: Path) -> None:
    """Without the kernel's netlink libusb sees no device; a drop-in allows it, for this reader alone."""
    machine = Machine(root, Identity(SERVICE_USER, 4711, frozenset()))
    by_usb, by_tty = (
        BoardSpec(BoardKind.SIMULATED, readers=(NfcReaderSpec(GATE, path),))
        for path in ("usb:072f:2200", "tty:AMA0:pn532")
    )
    unit = root / "etc/systemd/system/accessctl-door.service"
    assert not list(wiring(by_usb, machine, everything))
    unit.parent.mkdir(parents=True)
    unit.write_text(Path("packaging/systemd/accessctl-door.service").read_text())
    (finding,) = wiring(by_usb, machine, everything)
    assert "keeps libusb from starting" in finding.what
    assert not list(wiring(by_tty, machine, everything))
    drop_in = unit.with_name("accessctl-door.service.d") / "nfc.conf"
    drop_in.parent.mkdir()
    drop_in.write_text(f"[Service]\n{finding.do.partition(' with ')[2]}\n")
    assert not list(wiring(by_usb, machine, everything))


def test_keyboards_that_we_may_not_open_are_named(root: Path) -> None:
    """A badge reader that types needs the input devices."""
    (root / "dev/input/event0").chmod(0o600)
    (finding,) = found(root, UsbReaderSpec(GATE, "1-1"))
    assert "somebody may not open the input devices" in finding.what


def test_a_machine_without_gpio_is_told_so(tmp_path: Path) -> None:
    """A board that is no Raspberry Pi cannot drive a real door."""
    (finding,) = found(tmp_path, kind=BoardKind.PI)
    assert "there is no GPIO chip" in finding.what


def test_gpio_needs_its_library_and_its_group(root: Path) -> None:
    """Both are said at once."""
    (root / "dev/gpiochip0").chmod(0o600)
    what = [f.what for f in found(root, kind=BoardKind.PI, libraries=lambda _name: False)]
    assert what[0] == "the Python library gpiod is not installed"
    assert "may not open the GPIO chips" in what[1]


def test_a_simulated_board_needs_no_gpio(tmp_path: Path) -> None:
    """Its lines are made of nothing."""
    assert found(tmp_path) == []


def test_a_card_service_that_is_down_is_named_once(root: Path) -> None:
    """However many readers hang on it."""
    readers = (PcscReaderSpec(GATE, "ACS"), PcscReaderSpec(DeviceId("dock-in.reader"), usb_port="1-1.3"))
    (finding,) = found(root, *readers)
    assert (finding.about, "systemctl enable --now pcscd.socket" in finding.do) == ("pcscd", True)


def test_polkit_has_to_let_the_service_use_cards(root: Path) -> None:
    """Where polkit decides, the rule that ships has to be in its place."""
    actions = root / "usr/share/polkit-1/actions/org.debian.pcsc-lite.policy"
    actions.parent.mkdir(parents=True)
    actions.touch()
    machine = Machine(root, Identity(SERVICE_USER, 4711, frozenset()))
    board = BoardSpec(BoardKind.SIMULATED, readers=(PcscReaderSpec(GATE, "ACS"),))
    assert any("polkit has no rule" in f.what for f in wiring(board, machine, everything))
    rule = root / "etc/polkit-1/rules.d/50-accessctl.rules"
    rule.parent.mkdir(parents=True)
    rule.write_text(Path("packaging/polkit/50-accessctl.rules").read_text())
    assert not any("polkit has no rule" in f.what for f in wiring(board, machine, everything))


def test_a_usb_fingerprint_sensor_needs_fprintd_and_its_rule(root: Path) -> None:
    """It has to be installed, and allowed by polkit; a rule for cards is not enough."""
    sensor = FprintdSensorSpec(DeviceId("gate-in.finger"))
    board = BoardSpec(BoardKind.SIMULATED, fingers=(sensor,))
    machine = Machine(root, Identity(SERVICE_USER, 4711, frozenset()))
    rules = root / "etc/polkit-1/rules.d"
    rules.mkdir(parents=True)
    (rules / "50.rules").write_text(Path("packaging/polkit/50-accessctl.rules").read_text())
    absent, forbidden = wiring(board, machine, everything)
    assert (absent.do, forbidden.about) == ("apt install fprintd", "fprintd")
    assert "51-accessctl-fingers.rules" in forbidden.do
    service = root / "usr/share/dbus-1/system-services/net.reactivated.Fprint.service"
    service.parent.mkdir(parents=True)
    service.touch()
    (rules / "51.rules").write_text(Path("packaging/polkit/51-accessctl-fingers.rules").read_text())
    assert not list(wiring(board, machine, everything))


def test_a_serial_fingerprint_sensor_needs_its_port_and_libraries(root: Path) -> None:
    """What is missing is named, with the extra that brings it."""
    sensors = tuple(
        UartSensorSpec(DeviceId(f"{name}.finger"), f"/dev/{name}") for name in ("ttyUSB0", "gone")
    )
    board = BoardSpec(BoardKind.SIMULATED, fingers=sensors)
    machine = Machine(root, SOMEBODY)
    (finding,) = wiring(board, machine, everything)
    assert (finding.about, "/dev/gone is not there" in finding.what) == ("gone.finger", True)
    missing = [each.do for each in wiring(board, machine, lambda library: library == "serial")]
    assert sum("accessctl[fingerprint]" in remedy for remedy in missing) == len(sensors)


@pytest.mark.parametrize(
    ("identity", "mode", "may"),
    [
        (Identity("a", os.getuid() or 1, frozenset()), 0o600, os.getuid() != 0),
        (SOMEBODY, 0o666, True),
        (SOMEBODY, 0o660, False),
        (SOMEBODY, 0o664, False),
        (Identity("a", 4711, frozenset({os.getgid()})), 0o660, True),
        (Identity("a", 4711, frozenset({os.getgid()})), 0o606, False),
        (Identity("root", 0, frozenset()), 0o000, True),
    ],
)
def test_who_may_open_a_file_is_told_by_its_mode(
    tmp_path: Path, identity: Identity, mode: int, may: bool
) -> None:
    """Owner, group and others each have their bits, and root needs none."""
    file = tmp_path / "file"
    file.touch()
    file.chmod(mode)
    assert identity.may(file) is may


def test_the_real_machine_can_be_asked() -> None:
    """Every question has an answer here too, whatever it is."""
    machine = Machine()
    assert machine.door.name
    machine.usb_ports()
    machine.serial_ports()
    machine.gpio_chips()
    machine.input_devices()
    machine.card_service()
    machine.has_polkit()
    machine.lets_us_use_cards()
