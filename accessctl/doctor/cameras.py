"""What keeps a camera from the door process: its device file, the unit, models where nobody may look."""

from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import urlsplit

from accessctl.doctor.finding import Finding
from accessctl.doctor.machine import SERVICE_USER, Machine, group_of
from hardware.specs import FIRST_CAMERA, CameraKind, CameraSpec

_HIDDEN: Final = ("/home", "/root", "/run/user")
"""What ``ProtectHome=yes`` hides."""
_DROP_INS: Final = {
    CameraKind.V4L2: ("DeviceAllow", "char-video4linux", "usb-camera.conf"),
    CameraKind.PICAMERA: ("DeviceAllow", "char-media", "pi-camera.conf"),
    CameraKind.MJPEG: ("RestrictAddressFamilies", "AF_INET", "ip-camera.conf"),
}


def camera(spec: CameraSpec, machine: Machine) -> Iterator[Finding]:
    """Find what is missing for one camera."""
    if spec.kind is CameraKind.V4L2:
        yield from _device(spec, spec.source or FIRST_CAMERA, machine)
    if machine.door.name == SERVICE_USER:
        yield from _unit(spec, machine)


def _device(spec: CameraSpec, path: str, machine: Machine) -> Iterator[Finding]:
    try:
        allowed = machine.door.may(machine.at(path))
    except OSError as error:
        there = ", ".join(machine.video_devices()) or "nothing"
        yield Finding(
            spec.id,
            f"the camera {path} is not there ({error.strerror})",
            f"plug it in, or write its device file as source; there is: {there}",
        )
        return
    if not allowed:
        group = group_of(machine.at(path))
        yield Finding(
            spec.id,
            f"{machine.door.name} may not open the camera {path}",
            f"{_install('usb-camera.conf')}, or SupplementaryGroups={group} in a drop-in of your own; "
            f"without systemd: usermod -aG {group} {machine.door.name}",
        )


def _unit(spec: CameraSpec, machine: Machine) -> Iterator[Finding]:
    if spec.kind in _DROP_INS:
        setting, word, drop_in = _DROP_INS[spec.kind]
        own_device = spec.kind is CameraKind.V4L2 and not machine.unit_lacks(
            setting, spec.source or FIRST_CAMERA
        )
        if machine.unit_lacks(setting, word) and not own_device:
            yield Finding(spec.id, f"the unit {SERVICE_USER} keeps it from this camera", _install(drop_in))
        elif spec.kind is CameraKind.MJPEG:
            yield from _address(spec, machine)
    if "yes" in machine.unit_says("ProtectHome"):
        models = spec.liveness + ((spec.engine.detector, spec.engine.encoder) if spec.engine else ())
        paths = [model.path for model in models]
        if spec.kind is CameraKind.FILES and spec.source:
            paths.append(spec.source)
        for path in paths:
            if any(PurePosixPath(path).is_relative_to(folder) for folder in _HIDDEN):
                yield Finding(
                    spec.id,
                    f"{path} is hidden from the unit {SERVICE_USER}",
                    "put it elsewhere, as /srv/models",
                )


def _address(spec: CameraSpec, machine: Machine) -> Iterator[Finding]:
    """See whether the unit lets a camera's address through. That of a name is not looked up here."""
    if "any" not in machine.unit_says("IPAddressDeny"):
        return
    try:
        address = ip_address(urlsplit(spec.source or "").hostname or "")
    except ValueError:
        return
    for said in machine.unit_says("IPAddressAllow"):
        try:
            if said == "any" or address in ip_network(said, strict=False):
                return
        except ValueError:
            continue
    yield Finding(
        spec.id,
        f"the unit {SERVICE_USER} does not let it reach {address}",
        f"IPAddressAllow={address} in ip-camera.conf, then systemctl daemon-reload, and start it anew",
    )


def _install(drop_in: str) -> str:
    return (
        f"copy packaging/systemd/{SERVICE_USER}.service.d/{drop_in} to "
        f"/etc/systemd/system/{SERVICE_USER}.service.d/, then systemctl daemon-reload, and start it anew"
    )
