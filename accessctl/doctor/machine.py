"""The machine as the door process meets it: its files, and who may open them.

``root`` is where the file system begins; whoever tries this out has one of their own.
"""

import grp
import os
import pwd
import re
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

SERVICE_USER: Final = "accessctl-door"
_UNIT: Final = Path("etc/systemd/system")
_PCSCD: Final = Path("run/pcscd/pcscd.comm")
_POLKIT: Final = (Path("etc/polkit-1/rules.d"), Path("usr/share/polkit-1/rules.d"))
_READ, _WRITE = 4, 2


@dataclass(frozen=True, slots=True)
class Identity:
    """Under whom the door process runs."""

    name: str
    uid: int
    groups: frozenset[int]

    @classmethod
    def of_the_door(cls, root: Path = Path("/")) -> Self:
        """Give the service's user when root asks, else whoever asks: in a demo that is the same."""
        if os.geteuid() == 0:
            with suppress(KeyError):
                user = pwd.getpwnam(SERVICE_USER)
                groups = {*os.getgrouplist(user.pw_name, user.pw_gid), *_of_unit(root)}
                return cls(user.pw_name, user.pw_uid, frozenset(groups))
        name = str(os.geteuid())
        with suppress(KeyError):
            name = pwd.getpwuid(os.geteuid()).pw_name
        return cls(name, os.geteuid(), frozenset((os.getegid(), *os.getgroups())))

    def may(self, path: Path, wanted: int = _READ | _WRITE) -> bool:
        """Whether this user may open a file so, by its mode. Raises ``OSError`` for one that is not there."""
        status = path.stat()
        if self.uid == 0:
            return True
        if status.st_uid == self.uid:
            shift = 6
        elif status.st_gid in self.groups:
            shift = 3
        else:
            shift = 0
        return status.st_mode >> shift & wanted == wanted


@dataclass(frozen=True, slots=True)
class UsbDevice:
    """One device on a USB bus."""

    vendor: str
    product: str
    """Four digits each, in hex."""
    bus: int
    address: int

    @property
    def file(self) -> str:
        """The file through which libusb speaks to it."""
        return f"/dev/bus/usb/{self.bus:03}/{self.address:03}"


@dataclass(frozen=True, slots=True)
class Machine:
    """What of the machine matters to devices."""

    root: Path = Path("/")
    door: Identity = field(default_factory=Identity.of_the_door)

    def at(self, path: str | Path) -> Path:
        """Give a path of the machine."""
        return self.root / str(path).lstrip("/")

    def groups_of(self, user: str) -> frozenset[int]:
        """Give the groups of a user who may log in here; none for one who is not there."""
        try:
            return frozenset(os.getgrouplist(user, pwd.getpwnam(user).pw_gid))
        except KeyError:
            return frozenset()

    def has_usb_port(self, port: str) -> bool:
        """Whether something is plugged in there."""
        return self.at(f"/sys/bus/usb/devices/{port}").exists()

    def usb_ports(self) -> list[str]:
        """Name the ports at which something is plugged in, hubs included."""
        there = self.at("/sys/bus/usb/devices").glob("*")
        return sorted(d.name for d in there if re.fullmatch(r"[0-9]+-[0-9.]+", d.name))

    def usb_devices(self) -> Iterator[UsbDevice]:
        """Give every device on a USB port, hubs included."""
        for port in self.usb_ports():
            said = [
                _text(self.at(f"/sys/bus/usb/devices/{port}/{name}")).strip()
                for name in ("idVendor", "idProduct", "busnum", "devnum")
            ]
            if all(said):
                vendor, product, bus, address = said
                yield UsbDevice(vendor, product, int(bus), int(address))

    def unit_lacks(self, setting: str, word: str) -> bool:
        """Whether the service's unit restricts something to a list that has no such word."""
        said = self.unit_says(setting)
        return bool(said) and word not in said

    def unit_says(self, setting: str, unit: str = SERVICE_USER) -> list[str]:
        """Give the words that a service's unit and its drop-ins say of a setting."""
        return " ".join(_said(self.root, setting, unit)).split()

    def serial_ports(self) -> list[str]:
        """Name the serial ports by names that stay."""
        return sorted(f"/dev/serial/by-path/{p.name}" for p in self.at("/dev/serial/by-path").glob("*"))

    def video_devices(self) -> list[str]:
        """Name the device files of cameras, and of what else takes part in making pictures."""
        return sorted(f"/dev/{path.name}" for path in self.at("/dev").glob("video*"))

    def gpio_chips(self) -> list[Path]:
        """Give the device files of GPIO chips."""
        return sorted(self.at("/dev").glob("gpiochip*"))

    def input_devices(self) -> list[Path]:
        """Give the device files of keyboards and the like."""
        return sorted(self.at("/dev/input").glob("event*"))

    def card_service(self) -> str | None:
        """Say why pcscd cannot be reached; ``None`` when it answers."""
        path = self.at(_PCSCD)
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(1.0)
            try:
                probe.connect(str(path))
            except OSError as error:
                return error.strerror or str(error)
        return None

    def has_polkit(self) -> bool:
        """Whether polkit decides here who may use the card service."""
        return self.at("/usr/share/polkit-1/actions/org.debian.pcsc-lite.policy").exists()

    def lets_us_use_cards(self) -> bool:
        """Whether a rule of polkit names the service's user for the card service."""
        return self._polkit_names("org.debian.pcsc-lite")

    def lets_us_use_fingers(self) -> bool:
        """Whether a rule of polkit names the service's user for fprintd."""
        return self._polkit_names("net.reactivated.fprint")

    def _polkit_names(self, actions: str) -> bool:
        rules = (_text(rule) for place in _POLKIT for rule in sorted(self.at(place).glob("*.rules")))
        return any(SERVICE_USER in rule and actions in rule for rule in rules)


def group_of(path: Path) -> str:
    """Name the group of a file."""
    gid = path.stat().st_gid
    with suppress(KeyError):
        return grp.getgrgid(gid).gr_name
    return str(gid)


def _of_unit(root: Path) -> Iterator[int]:
    """Give the groups that systemd adds to the service."""
    for names in _said(root, "SupplementaryGroups"):
        for name in names.split():
            with suppress(KeyError):
                yield grp.getgrnam(name).gr_gid


def _said(root: Path, setting: str, service: str = SERVICE_USER) -> Iterator[str]:
    """Give what a service's unit and its drop-ins say of a setting."""
    unit = root / _UNIT / f"{service}.service"
    for file in (unit, *sorted((root / _UNIT / f"{unit.name}.d").glob("*.conf"))):
        for line in _text(file).splitlines():
            name, _, value = line.partition("=")
            if name == setting:
                yield value


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError:
        return ""
