"""The engine of two ONNX files that the operator supplies: YuNet finds faces, SFace or its like encodes them.

Nothing is downloaded: each file is pinned by its digest. The encoder takes one straightened face of 112 ×
112 pixels, red, green, blue, 0 to 255, and gives one row of numbers.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import cv2
import numpy as np

from hardware.faces.engine import Face, Picture, Vector, normalised
from hardware.faces.model_files import ModelRefused, model_name, read_checked
from hardware.faces.onnx_session import one_in_one_out, session_of
from hardware.specs import OnnxEngine

SIDE: Final = 112
LEAST_DIM: Final = 64
MOST_DIM: Final = 1024
LEAST_SCORE: Final = 0.7
OVERLAP: Final = 0.3
MOST_FACES: Final = 50
SAME_SITTING: Final = 1.1
STRAIGHT: Final = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]]
)
"""Where eyes, tip of the nose and corners of the mouth are in the picture that these encoders were trained
on."""
_SOME_SIZE: Final = (320, 320)
_NUMBERS_OF_A_FACE: Final = 15


class OnnxFaceEngine:
    """YuNet by OpenCV, the encoder by onnxruntime."""

    def __init__(self, files: OnnxEngine) -> None:
        """Load both files. Raises ``ModelRefused``."""
        self.model, self.same_sitting = model_name("onnx", files.encoder, files.detector), SAME_SITTING
        self._detector = _detector(files)
        self._session = session_of(read_checked(files.encoder), files.encoder.path)
        self.dim = one_in_one_out(self._session, files.encoder.path, (3, SIDE, SIDE))
        if not LEAST_DIM <= self.dim <= MOST_DIM:
            raise ModelRefused(
                files.encoder.path, f"gives {self.dim} numbers for a face, which no encoder does"
            )

    def find(self, picture: Picture) -> tuple[Face, ...]:
        """Find the faces, the largest first."""
        with _of_one_picture():
            self._detector.setInputSize((picture.shape[1], picture.shape[0]))
            _, found = self._detector.detect(np.ascontiguousarray(picture[:, :, ::-1]))
        rows = (
            []
            if found is None
            else [row for row in found if np.isfinite(row).all() and row[2] > 0 and row[3] > 0]
        )
        return tuple(sorted((_face(row) for row in rows), key=lambda face: -face.width))

    def embed(self, picture: Picture, face: Face) -> Vector:
        """Make the vector of one of the faces found in this picture."""
        with _of_one_picture():
            chip = cv2.warpAffine(np.ascontiguousarray(picture), straightening(face), (SIDE, SIDE))
        numbers = chip.transpose(2, 0, 1)[None].astype(np.float32)
        (answer,) = self._session.run(None, {self._session.get_inputs()[0].name: numbers})
        return normalised(np.asarray(answer))


@contextmanager
def _of_one_picture() -> Iterator[None]:
    try:
        yield
    except cv2.error as error:
        raise ValueError(f"OpenCV cannot work on this picture ({error.func})") from None


def straightening(face: Face) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Give the turn, shift and scale that bring a face's points as near as can be to where they belong."""
    points = np.asarray(face.landmarks, np.float64)
    here, there = points.mean(axis=0), STRAIGHT.mean(axis=0)
    around_here, around_there = points - here, STRAIGHT - there
    # Umeyama's least squares, in the plane: one complex number is both turn and scale.
    flat_here = around_here[:, 0] + 1j * around_here[:, 1]
    flat_there = around_there[:, 0] + 1j * around_there[:, 1]
    spread = float((np.abs(flat_here) ** 2).sum())
    turn = complex((np.conj(flat_here) * flat_there).sum()) / spread if spread else 1 + 0j
    linear = np.array([[turn.real, -turn.imag], [turn.imag, turn.real]])
    return np.column_stack((linear, there - linear @ here))


def _face(row: "np.ndarray[Any, np.dtype[np.float32]]") -> Face:
    left, top, width, height, *rest = map(float, row)
    points = tuple(zip(rest[0:10:2], rest[1:10:2], strict=True))
    left_eye, right_eye = sorted(points[0:2])
    return Face(left, top, width, height, left_eye, right_eye, points[2], points)


def _detector(files: OnnxEngine) -> cv2.FaceDetectorYN:
    path = files.detector.path
    data = np.frombuffer(read_checked(files.detector), np.uint8)
    nothing = np.zeros(0, np.uint8)
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)  # it would write to standard error
    try:
        detector = cv2.FaceDetectorYN.create(
            "onnx", data, nothing, _SOME_SIZE, LEAST_SCORE, OVERLAP, MOST_FACES
        )
        _, found = detector.detect(np.zeros((*_SOME_SIZE, 3), np.uint8))
    except cv2.error:
        raise ModelRefused(path, "OpenCV finds no faces with it: it is not YuNet") from None
    if found is not None and found.shape[1] != _NUMBERS_OF_A_FACE:
        raise ModelRefused(path, "is not YuNet: its faces have other points")
    return detector
