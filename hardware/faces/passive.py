"""Liveness by the look of a face: the two MiniFASNet models, which tell a face from a picture of one.

Each sees the face with some of what is around it (2.7 and 4.0 times its box), where the edge of a print or
the frame of a screen is. Their files are the operator's, each named after its scale, as their makers name
them: ``2.7_80x80_MiniFASNetV2.onnx``, ``4_0_0_80x80_MiniFASNetV1SE.onnx``. Input is blue, green, red, 80 ×
80, 0 to 255; output is three classes, of which the second is a live face.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime

from hardware.faces.engine import Face, Picture
from hardware.faces.model_files import ModelRefused, read_checked
from hardware.faces.onnx_session import one_in_one_out, session_of
from hardware.faces.sampling import resampled
from hardware.specs import ModelFile

SIDE: Final = 80
CLASSES: Final = 3
LIVE_CLASS: Final = 1
_SCALE: Final = re.compile(r"([1-9])[._]([0-9])")


class PassiveLiveness:
    """Scores faces: 1 is live, 0 is a picture."""

    def __init__(self, files: Sequence[ModelFile]) -> None:
        """Load the models. Raises ``ModelRefused``."""
        self._models = tuple((_scale_of(file), _session(file)) for file in files)
        if not self._models:
            raise ValueError("no model to look with")

    def score(self, picture: Picture, face: Face) -> float:
        """Give how live a face looks: the mean of all models."""
        return sum(_score(session, scale, picture, face) for scale, session in self._models) / len(
            self._models
        )


def _score(session: onnxruntime.InferenceSession, scale: float, picture: Picture, face: Face) -> float:
    left, top, width, height = around(face, scale, picture.shape[1], picture.shape[0])
    colours = resampled(picture, left, top, width, height, SIDE)[:, :, ::-1]  # blue first
    (answer,) = session.run(
        None, {session.get_inputs()[0].name: colours.transpose(2, 0, 1)[None].astype(np.float32)}
    )
    raw = np.asarray(answer, np.float64).ravel()
    likely = np.exp(raw - raw.max())
    score = float(likely[LIVE_CLASS] / likely.sum())
    return score if np.isfinite(score) else 0.0


def around(face: Face, scale: float, across: int, down: int) -> tuple[int, int, int, int]:
    """Give the piece ``scale`` times a face's box: as much of it as there is, and within the picture."""
    scale = min(scale, (across - 1) / face.width, (down - 1) / face.height)
    width, height = int(face.width * scale), int(face.height * scale)
    left = min(max(int(face.centre[0] - width / 2), 0), across - width)
    top = min(max(int(face.centre[1] - height / 2), 0), down - height)
    return left, top, width, height


def _scale_of(file: ModelFile) -> float:
    named = _SCALE.match(Path(file.path).name)
    if named is None:
        raise ModelRefused(file.path, "its name does not begin with its scale, such as 2.7_ or 4_0_")
    return float(f"{named[1]}.{named[2]}")


def _session(file: ModelFile) -> onnxruntime.InferenceSession:
    session = session_of(read_checked(file), file.path)
    one_in_one_out(session, file.path, (3, SIDE, SIDE), CLASSES)
    return session
