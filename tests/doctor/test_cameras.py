"""What the doctor says of cameras that the door process cannot reach, with the units as they ship."""

import shutil
from pathlib import Path

import pytest

from accessctl.doctor.finding import Finding
from accessctl.doctor.machine import SERVICE_USER, Identity, Machine
from accessctl.doctor.wiring import wiring
from hardware.signals import DeviceId
from hardware.specs import BoardKind, BoardSpec, CameraKind, CameraSpec, ModelFile, OnnxEngine

NAME = DeviceId("gate-in.camera")
UNITS = Path("packaging/systemd")
SETTINGS = Path("etc/systemd/system")
USB, PI, IP = (
    CameraSpec(NAME, CameraKind.V4L2, "/dev/video0"),
    CameraSpec(NAME, CameraKind.PICAMERA),
    CameraSpec(NAME, CameraKind.MJPEG, "http://door:word@10.0.0.9/mjpeg"),
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A machine with a camera that anybody may open, and the door's unit."""
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev/video0").touch()
    (tmp_path / "dev/video0").chmod(0o666)
    (tmp_path / SETTINGS / f"{SERVICE_USER}.service.d").mkdir(parents=True)
    shutil.copy(UNITS / f"{SERVICE_USER}.service", tmp_path / SETTINGS)
    return tmp_path


def drop_in(root: Path, name: str, **changed: str) -> None:
    text = (UNITS / f"{SERVICE_USER}.service.d" / name).read_text()
    for setting, value in changed.items():
        before, _, after = text.partition(f"\n{setting}=")
        text = f"{before}\n{setting}={value}\n{after.partition(chr(10))[2]}"
    (root / SETTINGS / f"{SERVICE_USER}.service.d" / name).write_text(text)


def found(root: Path, spec: CameraSpec, user: str = SERVICE_USER) -> list[Finding]:
    machine = Machine(root, Identity(user, 4711, frozenset()))
    return list(wiring(BoardSpec(BoardKind.SIMULATED, cameras=(spec,)), machine, lambda _library: True))


@pytest.mark.parametrize(
    ("spec", "name"), [(USB, "usb-camera.conf"), (PI, "pi-camera.conf"), (IP, "ip-camera.conf")]
)
def test_the_drop_in_that_a_camera_needs_is_named(root: Path, spec: CameraSpec, name: str) -> None:
    """Under the unit as it ships no camera works; with its own drop-in it does, with another it does not."""
    (finding,) = found(root, spec)
    assert finding.what == "the unit accessctl-door keeps it from this camera"
    assert name in finding.do
    drop_in(root, "pi-camera.conf" if spec is IP else "ip-camera.conf")
    assert found(root, spec) == [finding]
    drop_in(root, name, **({"IPAddressAllow": "10.0.0.9"} if spec is IP else {}))
    assert found(root, spec) == []


def test_without_the_service_no_unit_is_asked(root: Path) -> None:
    """A demo is bound by none."""
    assert [found(root, spec, "somebody") for spec in (USB, PI, IP)] == [[], [], []]


def test_an_address_that_the_drop_in_does_not_name_is_said(root: Path) -> None:
    """The one that ships is an example. A whole network may be named; a name is left to whoever wrote it."""
    drop_in(root, "ip-camera.conf")
    (finding,) = found(root, IP)
    assert "reach 10.0.0.9" in finding.what
    assert "word" not in finding.what + finding.do
    assert found(root, CameraSpec(NAME, CameraKind.MJPEG, "http://yard-camera/mjpeg")) == []
    drop_in(root, "ip-camera.conf", IPAddressAllow="nonsense 10.0.0.0/24")
    assert found(root, IP) == []


def test_one_device_may_be_allowed_by_its_own_file(root: Path) -> None:
    """A drop-in of the operator's own is as good."""
    (root / SETTINGS / f"{SERVICE_USER}.service.d/own.conf").write_text(
        "[Service]\nDeviceAllow=/dev/video0 rw\n"
    )
    assert found(root, USB) == []


def test_a_usb_camera_that_is_not_there_or_not_ours_is_named(root: Path) -> None:
    """With what there is, and the group."""
    drop_in(root, "usb-camera.conf")
    (gone,) = found(root, CameraSpec(NAME, CameraKind.V4L2, "/dev/video7"))
    assert "/dev/video7 is not there" in gone.what
    assert "there is: /dev/video0" in gone.do
    (root / "dev/video0").chmod(0o660)
    (barred,) = found(root, CameraSpec(NAME, CameraKind.V4L2))
    assert "may not open the camera /dev/video0" in barred.what
    assert "SupplementaryGroups=" in barred.do


def test_models_in_somebodys_home_are_hidden_from_the_service(root: Path) -> None:
    """The unit sees no homes; elsewhere they are fine."""
    drop_in(root, "usb-camera.conf")

    def at(folder: str) -> CameraSpec:
        model = ModelFile(f"{folder}/m.onnx", "0" * 64)
        return CameraSpec(NAME, CameraKind.V4L2, engine=OnnxEngine(model, model), liveness=(model,))

    assert {each.what for each in found(root, at("/home/maria"))} == {
        "/home/maria/m.onnx is hidden from the unit accessctl-door"
    }
    assert found(root, at("/srv/models")) == []
    pictures = CameraSpec(NAME, CameraKind.FILES, "/home/maria/pictures")
    assert ["hidden" in each.what for each in found(root, pictures)] == [True]
