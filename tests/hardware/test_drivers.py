"""One table says what drives each device and what that needs, and it agrees with what can be installed."""

import re
import tomllib
from pathlib import Path
from typing import get_args

import pytest

from hardware.drivers import CRYPTOGRAPHY, DRIVER_OF, GPIOD, OF_DEVICES, Library, libraries_of, library_of
from hardware.signals import DeviceId
from hardware.specs import (
    AnnunciatorSpec,
    CameraKind,
    CameraSpec,
    CameraSpecs,
    CardProof,
    ContactSpec,
    FingerSpec,
    ModelFile,
    OnnxEngine,
    PcscReaderSpec,
    ReaderSpec,
    StrikeSpec,
    SupervisedContactSpec,
)

EXTRAS = tomllib.loads(Path("pyproject.toml").read_text())["project"]["optional-dependencies"]
GATE = DeviceId("gate-in.reader")
MODEL = ModelFile("model.onnx", "0" * 64)


def test_every_device_has_a_driver() -> None:
    """Whatever a site file may name, the list of devices and the doctor have a word for it."""
    lines = {StrikeSpec, ContactSpec, SupervisedContactSpec}
    assert set(DRIVER_OF) == {
        *(*get_args(ReaderSpec), *get_args(AnnunciatorSpec), *lines),
        *(*get_args(FingerSpec), *get_args(CameraSpecs)),
    }


@pytest.mark.parametrize("library", [*OF_DEVICES, GPIOD, CRYPTOGRAPHY], ids=lambda library: library.module)
def test_a_remedy_brings_the_library(library: Library) -> None:
    """The extra that it names is one of ours, and holds that library; only Debian brings the others."""
    if library.remedy.startswith("apt install python3-"):
        return
    found = re.match(r"pip install 'accessctl\[(\w+)\]'", library.remedy)
    assert found
    assert library.name in {re.split(r"[^\w-]", wanted)[0] for wanted in EXTRAS[found[1]]}


def test_a_library_is_found_by_what_could_not_be_imported() -> None:
    """A reader that lacks one is told of by its remedy; anything else is a fault of ours."""
    found = library_of("smartcard")
    assert found is not None
    assert found.name == "pyscard"
    assert library_of("asyncio") is None


@pytest.mark.parametrize(
    ("spec", "modules"),
    [
        (PcscReaderSpec(GATE, "ACS"), {"smartcard"}),
        (PcscReaderSpec(GATE, "ACS", passes=True), {"smartcard", "ndef"}),
        (PcscReaderSpec(GATE, "ACS", proofs=(CardProof.PIV,)), {"smartcard", "cryptography", "pkcs11"}),
        (
            CameraSpec(GATE, CameraKind.MJPEG),
            {"numpy", "PIL", "dlib", "face_recognition_models"},
        ),
        (
            CameraSpec(GATE, CameraKind.FILES, engine=OnnxEngine(MODEL, MODEL)),
            {"numpy", "PIL", "onnxruntime", "cv2"},
        ),
        (
            CameraSpec(GATE, CameraKind.V4L2, liveness=(MODEL,), faces=False, passes=True),
            {"numpy", "PIL", "onnxruntime", "cv2", "zxingcpp"},
        ),
        (CameraSpec(GATE, CameraKind.PICAMERA, faces=False), {"numpy", "PIL", "picamera2"}),
        (object(), set[str]()),
    ],
)
def test_a_device_needs_what_it_is_asked_to_do(spec: object, modules: set[str]) -> None:
    """A camera for passes needs no engine for faces, and a reader of plain numbers no cryptography."""
    assert {library.module for library in libraries_of(spec)} == modules
