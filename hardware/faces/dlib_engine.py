"""The engine that comes with `pip`: dlib's face detector, five-point model and ResNet encoder.

The two model files belong to the package ``face_recognition_models``, which is found and never imported: its
``__init__`` needs a module that setuptools 82 dropped. A third file there, of 68 points, may not be used
commercially and is never opened. Vectors are those of ``face_recognition.face_encodings(…, model="small")``,
brought to length 1: as they come, their length varies by pose and light, and says nothing of the person.

NOTE: encoding holds the interpreter lock for as long as it takes (100 ms on a desktop core, some 600 ms on a
Pi 4).
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Final

import dlib
import numpy as np

from hardware.faces.engine import Face, Picture, Vector, normalised
from hardware.faces.model_files import ModelRefused, as_path, model_name, read_checked
from hardware.specs import ModelFile

PACKAGE: Final = "face_recognition_models"
POINTS_FILE: Final = "shape_predictor_5_face_landmarks.dat"
ENCODER_FILE: Final = "dlib_face_recognition_resnet_model_v1.dat"
POINTS_SHA256: Final = "c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888"
ENCODER_SHA256: Final = "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30"
DIM: Final = 128
SAME_SITTING: Final = 0.46


def packaged_files() -> tuple[ModelFile, ModelFile]:
    """Give the encoder and the five-point model of the installed package. Raises ``ModelRefused``."""
    spec = find_spec(PACKAGE)  # which runs nothing of it
    folders = list(spec.submodule_search_locations or ()) if spec else []
    if not folders:
        raise ModelRefused(PACKAGE, "is not installed: pip install 'accessctl[face]'")
    models = Path(folders[0]) / "models"
    return (
        ModelFile(str(models / ENCODER_FILE), ENCODER_SHA256),
        ModelFile(str(models / POINTS_FILE), POINTS_SHA256),
    )


class DlibEngine:
    """HOG detector without enlarging (faces from about 80 pixels on), five points, ResNet."""

    def __init__(self, files: tuple[ModelFile, ModelFile] | None = None) -> None:
        """Load encoder and five-point model, by default those of the package. Raises ``ModelRefused``."""
        encoder, points = packaged_files() if files is None else files
        self.model, self.dim, self.same_sitting = model_name("dlib", encoder, points), DIM, SAME_SITTING
        self._detector = dlib.get_frontal_face_detector()
        try:
            with as_path(read_checked(points), POINTS_FILE) as path:
                self._points = dlib.shape_predictor(path)
            with as_path(read_checked(encoder), ENCODER_FILE) as path:
                self._encoder = dlib.face_recognition_model_v1(path)
        except RuntimeError as error:
            raise ModelRefused(encoder.path, f"dlib cannot load it: {error}") from None

    def find(self, picture: Picture) -> tuple[Face, ...]:
        """Find the faces, the largest first."""
        boxes, _, _ = self._detector.run(np.ascontiguousarray(picture), 0, 0.0)
        faces = (self._face(picture, box) for box in boxes)
        return tuple(sorted(faces, key=lambda face: -face.width))

    def embed(self, picture: Picture, face: Face) -> Vector:
        """Make the vector of one of the faces found in this picture."""
        left, top = round(face.left), round(face.top)
        box = dlib.rectangle(left, top, left + round(face.width) - 1, top + round(face.height) - 1)
        shape = dlib.full_object_detection(box, [dlib.point(int(x), int(y)) for x, y in face.landmarks])
        return normalised(
            np.asarray(self._encoder.compute_face_descriptor(np.ascontiguousarray(picture), shape))
        )

    def _face(self, picture: Picture, box: "dlib.rectangle") -> Face:
        shape = self._points(np.ascontiguousarray(picture), box)
        points = tuple((float(point.x), float(point.y)) for point in shape.parts())
        # Two corners of each eye, the person's left eye first, then the base of the nose.
        (one, other), nose = (_middle(*points[0:2]), _middle(*points[2:4])), points[4]
        left_eye, right_eye = sorted((one, other))
        return Face(
            float(box.left()),
            float(box.top()),
            float(box.width()),
            float(box.height()),
            left_eye,
            right_eye,
            nose,
            points,
        )


def _middle(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2
