"""What a site file says of cameras."""

import pytest

from accessctl.config import load
from hardware.signals import DeviceId
from hardware.specs import CameraKind, CameraSpec, ModelFile, OnnxEngine, SimulatedCameraSpec
from policies.factors import Factor
from policies.ids import AccessPointId
from tests.config.sites import FULL, WIRED, problems_of, spoilt

USB = 'camera = { kind = "v4l2", source = "/dev/video0" }'
PASSIVE = '[biometrics]\nliveness = "passive"\n\n[codes]\n'
CODES = "[codes]\n"
MODEL = f'{{ path = "/srv/models/2.7.onnx", sha256 = "{"0" * 64}" }}'
OTHER_MODEL = MODEL.replace("2.7", "4_0")


def spec_of(text: str, point: str) -> CameraSpec:
    cameras = {spec.id: spec for spec in load(text).board.cameras}
    spec = cameras[DeviceId(f"{point}.camera")]
    assert isinstance(spec, CameraSpec)
    return spec


def test_each_kind_of_camera_is_built() -> None:
    """With where its pictures come from, and the models that it looks with."""
    assert spec_of(WIRED, "gate-in") == CameraSpec(
        DeviceId("gate-in.camera"),
        CameraKind.MJPEG,
        "http://door:word@10.0.0.9:8080/mjpeg?size=vga",
        engine=OnnxEngine(
            ModelFile("/srv/models/face_detection_yunet_2023mar.onnx", "1" * 64),
            ModelFile("/srv/models/face_recognition_sface_2021dec.onnx", "2" * 64),
        ),
        liveness=(
            ModelFile("/srv/models/2.7_80x80_MiniFASNetV2.onnx", "3" * 64),
            ModelFile("/srv/models/4_0_0_80x80_MiniFASNetV1SE.onnx", "4" * 64),
        ),
    )
    usb, own, files = (spec_of(WIRED, point) for point in ("side-in", "plant-out", "plant-in"))
    assert (usb.kind, usb.source, usb.engine, usb.liveness) == (CameraKind.V4L2, "/dev/video0", None, ())
    assert (own.kind, own.source) == (CameraKind.PICAMERA, "1")
    assert (files.kind, files.source, files.frames_per_s) == (CameraKind.FILES, "/srv/pictures", 10)
    assert load(FULL).board.cameras == (SimulatedCameraSpec(DeviceId("inner-in.camera")),)


def test_a_site_knows_the_camera_of_an_access_point() -> None:
    """And what can be shown there by it."""
    site = load(WIRED)
    assert site.camera_of_point[AccessPointId("side-in")] == DeviceId("side-in.camera")
    assert AccessPointId("gate-out") not in site.camera_of_point
    assert site.access_points[AccessPointId("side-in")].senses & Factor.FACE


def test_a_camera_for_passes_alone_sees_no_faces() -> None:
    """Faces cannot be asked for there, and passes have to count."""
    only = USB.replace(" }", ", faces = false, passes = true }")
    change = (USB, only), (CODES, "[passes]\naccepted = true\n\n[codes]\n")
    spec = spec_of(spoilt(*change, text=WIRED), "side-in")
    assert (spec.faces, spec.passes) == (False, True)
    site = load(spoilt(*change, text=WIRED))
    assert not site.access_points[AccessPointId("side-in")].senses & Factor.FACE
    (problem,) = problems_of(spoilt((USB, only), text=WIRED))
    assert problem.what.startswith("is missing: access_points.side-in.camera reads passes")


def test_models_that_nobody_needs_are_refused() -> None:
    """A camera that looks at no faces has no use for an engine or a liveness model."""
    only = USB.replace(" }", f", faces = false, passes = true, liveness = [{MODEL}, {OTHER_MODEL}] }}")
    (problem,) = problems_of(
        spoilt((USB, only), (CODES, "[passes]\naccepted = true\n\n[codes]\n"), text=WIRED)
    )
    assert (problem.path, problem.what) == (
        "access_points.side-in.camera.faces",
        "engine and liveness are for faces; leave them out",
    )


@pytest.mark.parametrize("liveness", ["passive", "both"])
def test_a_look_that_is_wanted_needs_its_model(liveness: str) -> None:
    """Without the files nobody's face would ever count, so each camera without them is a problem."""
    text = spoilt((CODES, f'[biometrics]\nliveness = "{liveness}"\n\n[codes]\n'), text=WIRED)
    assert {problem.path for problem in problems_of(text)} == {
        f"access_points.{point}.camera.liveness" for point in ("side-in", "plant-in", "plant-out")
    }


@pytest.mark.parametrize("models", [[MODEL], [MODEL, MODEL], [MODEL] * 3])
def test_half_of_what_looks_for_liveness_is_refused(models: list[str]) -> None:
    """What decides is the mean of two models; nothing was measured of one alone."""
    half = USB.replace(" }", f", liveness = [{', '.join(models)}] }}")
    (problem,) = problems_of(spoilt((USB, half), text=WIRED))
    assert problem.path == "access_points.side-in.camera.liveness"
    assert problem.what.startswith("must be the two files of MiniFASNet")


@pytest.mark.parametrize("liveness", ["turn", "none"])
def test_a_turn_needs_no_model(liveness: str) -> None:
    """It is seen by the points that every engine finds."""
    load(spoilt((CODES, f'[biometrics]\nliveness = "{liveness}"\n\n[codes]\n'), text=WIRED))


def test_a_password_in_an_address_is_never_shown() -> None:
    """Neither in a problem nor in what is built of it."""
    text = WIRED.replace("http://door:word@", "htp://door:word@")
    assert "word" not in str([problem.what for problem in problems_of(text)])
    assert "word" not in repr(spec_of(WIRED, "gate-in"))
