"""The systemd units as they ship: what the door process may touch, and with each drop-in for a camera."""

import os
import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from accessctl.home import OPERATORS_SOCKET
from hardware.specs import CameraKind

UNITS = Path(__file__).parents[2] / "packaging/systemd"
DOOR, API, NOTARY = "accessctl-door.service", "accessctl-api.service", "accessctl-notary.service"
WITNESS = "accessctl-witness.service"
NEEDS = {
    CameraKind.V4L2: "usb-camera.conf",
    CameraKind.PICAMERA: "pi-camera.conf",
    CameraKind.MJPEG: "ip-camera.conf",
}
"""A camera's drop-in. One of files needs none."""


def said(*files: Path) -> dict[str, list[str]]:
    """Give what unit files say of each setting, in their order; an empty value takes back what was said."""
    found: dict[str, list[str]] = {}
    for file in files:
        lines = file.read_text().replace("\\\n", " ")
        for name, value in re.findall(r"^(\w+)=(.*)$", lines, re.MULTILINE):
            found[name] = [*found.get(name, []), *value.split()] if value else []
    return found


def with_camera(kind: CameraKind) -> dict[str, list[str]]:
    return said(UNITS / DOOR, UNITS / f"{DOOR}.d" / NEEDS[kind])


def test_every_camera_that_is_a_device_has_its_drop_in_and_there_is_no_other() -> None:
    """Files alone need none."""
    assert set(NEEDS) == set(CameraKind) - {CameraKind.FILES}
    assert {file.name for file in (UNITS / f"{DOOR}.d").iterdir()} == set(NEEDS.values())


def test_the_door_process_alone_has_no_network_and_no_camera() -> None:
    """What a site does not use stays shut."""
    unit = said(UNITS / DOOR)
    assert (unit["PrivateNetwork"], unit["RestrictAddressFamilies"]) == (["yes"], ["AF_UNIX"])
    assert (unit["IPAddressDeny"], unit["DevicePolicy"]) == (["any"], ["closed"])
    assert not {"char-video4linux", "char-media", "char-dma_heap"} & set(unit["DeviceAllow"])
    assert "IPAddressAllow" not in unit


def test_serial_sensors_and_fprintd_need_no_drop_in() -> None:
    """Serial lines are allowed as for OSDP, and the bus of fprintd is a Unix socket with a path."""
    unit = said(UNITS / DOOR)
    assert {"char-ttyUSB", "char-ttyACM", "char-ttyAMA", "char-ttyS"} <= set(unit["DeviceAllow"])
    assert "dialout" in unit["SupplementaryGroups"]
    assert "AF_UNIX" in unit["RestrictAddressFamilies"]


@pytest.mark.parametrize(
    ("kind", "classes"),
    [
        (CameraKind.V4L2, {"char-video4linux"}),
        (CameraKind.PICAMERA, {"char-video4linux", "char-media", "char-dma_heap"}),
    ],
)
def test_a_camera_of_the_machine_is_let_in_without_a_network(kind: CameraKind, classes: set[str]) -> None:
    """Its kinds of devices, their group, and the module that makes them known; nothing that routes."""
    before, unit = said(UNITS / DOOR), with_camera(kind)
    added = [word for word in unit["DeviceAllow"] if word not in before["DeviceAllow"]]
    assert set(added) == classes
    assert set(unit["SupplementaryGroups"]) - set(before["SupplementaryGroups"]) == {"video"}
    assert {"modprobe@videodev.service"} <= set(unit["Wants"]) & set(unit["After"])
    assert unit["PrivateNetwork"] == ["yes"]
    assert not {"AF_INET", "AF_INET6"} & set(unit["RestrictAddressFamilies"])


def test_an_ip_camera_opens_the_way_to_its_address_alone() -> None:
    """All else stays denied, nobody can call in, and the address that ships is nobody's (RFC 5737)."""
    unit = with_camera(CameraKind.MJPEG)
    assert unit["PrivateNetwork"][-1] == "no"
    assert {"AF_INET", "AF_INET6"} <= set(unit["RestrictAddressFamilies"])
    assert (unit["IPAddressDeny"], unit["SocketBindDeny"]) == (["any"], ["any"])
    assert unit["IPAddressAllow"] == ["192.0.2.9"]
    assert unit["DeviceAllow"] == said(UNITS / DOOR)["DeviceAllow"]


def test_operators_reach_a_socket_outside_of_the_home() -> None:
    """The API process makes it where the command looks for it, for a group that has no share in the home."""
    unit = said(UNITS / API)
    started = unit["ExecStart"]
    assert started[started.index("--operators-socket") + 1] == str(OPERATORS_SOCKET)
    group = started[started.index("--operators-group") + 1]
    assert (unit["RuntimeDirectory"], unit["RuntimeDirectoryMode"]) == (
        [OPERATORS_SOCKET.parent.name],
        ["0755"],
    )
    # An owner gives a file to a group only where they are in it themselves, and the kernel is let do so.
    assert unit["SupplementaryGroups"] == [group]
    assert unit["SystemCallFilter"].index("@chown") > unit["SystemCallFilter"].index("~@privileged")
    assert group not in {*unit["Group"], *said(UNITS / DOOR)["Group"]}


def test_the_door_process_hears_the_user_of_the_api_alone() -> None:
    """The two units name the same user, and no other one."""
    started = said(UNITS / DOOR)["ExecStart"]
    heard = [word for option, word in pairwise(started) if option == "--office-user"]
    assert heard == said(UNITS / API)["User"]


def test_the_notary_is_the_door_processs_user_and_has_no_network() -> None:
    """It may read the root key as that one does; of devices and networks it has none."""
    unit = said(UNITS / NOTARY)
    assert (unit["User"], unit["Group"]) == (said(UNITS / DOOR)["User"], said(UNITS / DOOR)["Group"])
    assert "SupplementaryGroups" not in unit
    assert (unit["PrivateNetwork"], unit["RestrictAddressFamilies"]) == (["yes"], ["AF_UNIX"])
    assert (unit["PrivateDevices"], unit["ReadWritePaths"]) == (["yes"], ["/var/lib/accessctl"])
    assert unit["ExecStart"][-1] == unit["ReadWritePaths"][0]


def test_the_notary_reaches_a_disk_or_an_address_by_a_drop_in_alone() -> None:
    """Each opens the way to what it names, and nothing else."""
    disk = said(UNITS / NOTARY, UNITS / f"{NOTARY}.d" / "file-anchor.conf")
    assert disk["ReadWritePaths"] == ["/var/lib/accessctl", "-/mnt/usb"]
    assert disk["PrivateNetwork"] == ["yes"]
    network = said(UNITS / NOTARY, UNITS / f"{NOTARY}.d" / "network.conf")
    assert (network["PrivateNetwork"][-1], network["SocketBindDeny"]) == ("no", ["any"])
    assert (network["IPAddressDeny"], network["IPAddressAllow"]) == (["any"], ["192.0.2.9"])
    assert network["ReadWritePaths"] == ["/var/lib/accessctl"]


def test_a_witness_is_nobodys_user_and_touches_no_installation() -> None:
    """It hears this machine alone, and by its drop-in those who are named, over TLS."""
    unit = said(UNITS / WITNESS)
    assert unit["User"] == ["accessctl-witness"]
    assert "SupplementaryGroups" not in unit
    assert "-/var/lib/accessctl" in unit["InaccessiblePaths"]
    assert (unit["IPAddressDeny"], unit["IPAddressAllow"]) == (["any"], ["localhost"])
    assert (unit["SocketBindDeny"], unit["SocketBindAllow"]) == (["any"], ["tcp:8422"])
    open_ = said(UNITS / WITNESS, UNITS / f"{WITNESS}.d" / "network.conf")
    assert {"--own-cert", "0.0.0.0:8422"} <= set(open_["ExecStart"])
    assert open_["IPAddressAllow"] == ["localhost", "192.0.2.0/24"]


def test_no_process_needs_the_notary() -> None:
    """Neither door nor API process waits for it, stops with it, or so much as names it."""
    assert not any("notary" in (UNITS / unit).read_text() for unit in (DOOR, API))


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="apt install systemd")
@pytest.mark.parametrize("broken", [False, True])
def test_systemd_knows_every_setting(tmp_path: Path, broken: bool) -> None:
    """With all drop-ins at once; a setting that is misspelt is found out."""
    for file in UNITS.rglob("*"):
        if file.is_file():
            copy = tmp_path / file.relative_to(UNITS)
            copy.parent.mkdir(exist_ok=True)
            copy.write_text(
                file.read_text().replace("DeviceAllow=", "DeviceAllowed=" if broken else "DeviceAllow=")
            )
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(file.name for file in UNITS.glob("*.service"))],
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:", "SYSTEMD_LOG_LEVEL": "warning"},
        capture_output=True,
        text=True,
        check=False,
    )
    complaints = [line for line in verified.stderr.splitlines() if str(tmp_path) in line]
    assert bool(complaints) is broken, complaints
