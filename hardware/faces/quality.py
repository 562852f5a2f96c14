"""Is this picture of a face good enough, and if not, what should the person do? In words for both.

Some flaws make a face useless (there is none, there are two, it is too small), some only worse (dark,
blurred, looking aside): with these a face can be compared when nothing better comes, and is not enrolled.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np
from PIL import Image

from hardware.faces.engine import Face, Picture

LEAST_WIDTH: Final = 80
"""Pixels. The encoders see 112 to 150: below this, what they see is made up."""
ALSO_THERE: Final = 0.5
"""A face beside the largest one counts from this part of its width on; further away people just pass by."""
EDGE: Final = 0.02
"""So much of a face's box may lie outside of the picture."""
DARKEST: Final = 45.0
BRIGHTEST: Final = 215.0
LEAST_CONTRAST: Final = 18.0
LEAST_SHARPNESS: Final = 20.0
MOST_YAW: Final = 0.16
"""A head that is turned farther is not straight."""
_SIDE: Final = 112


class Flaw(Enum):
    """What is wrong with a picture, and what helps."""

    NOBODY = "there is no face", "look into the camera"
    SEVERAL = "there are several faces", "one person only, please"
    SMALL = "the face is too small", "come closer"
    CUT_OFF = "the face is cut off", "move into the middle of the picture"
    DARK = "the face is too dark", "more light is needed on the face"
    BRIGHT = "the face is too bright", "less light is needed on the face"
    FLAT = "the face has too little contrast", "wipe the camera, or turn away from the light behind you"
    BLURRED = "the face is not sharp", "hold still"
    TURNED = "the face looks aside", "look straight into the camera"
    ODD = "nothing could be made of the face", "move a little, then hold still"

    def __init__(self, wrong: str, hint: str) -> None:
        """Keep both."""
        self.wrong, self.hint = wrong, hint


USELESS: Final = frozenset({Flaw.NOBODY, Flaw.SEVERAL, Flaw.SMALL, Flaw.CUT_OFF})


@dataclass(frozen=True, slots=True)
class Judged:
    """The one face of a picture, and what is wrong with it."""

    face: Face | None
    """``None`` where there is no face that could be told apart and used."""
    flaws: tuple[Flaw, ...] = ()


def judge(picture: Picture, faces: tuple[Face, ...]) -> Judged:
    """Look at what an engine found, the largest face first."""
    if not faces:
        return Judged(None, (Flaw.NOBODY,))
    face, *others = faces
    if any(other.width >= ALSO_THERE * face.width for other in others):
        return Judged(None, (Flaw.SEVERAL,))
    if face.width < LEAST_WIDTH:
        return Judged(None, (Flaw.SMALL,))
    if _is_cut_off(picture, face):
        return Judged(None, (Flaw.CUT_OFF,))
    return Judged(face, tuple(_worse(picture, face)))


def _worse(picture: Picture, face: Face) -> list[Flaw]:
    light, contrast, sharpness = measures(picture, face)
    found = {
        Flaw.DARK: light < DARKEST,
        Flaw.BRIGHT: light > BRIGHTEST,
        Flaw.FLAT: contrast < LEAST_CONTRAST,
        Flaw.BLURRED: sharpness < LEAST_SHARPNESS,
        Flaw.TURNED: abs(face.yaw) > MOST_YAW,
    }
    return [flaw for flaw, there in found.items() if there]


def measures(picture: Picture, face: Face) -> tuple[float, float, float]:
    """Give light (0 to 255), contrast (its standard deviation) and sharpness (variance of the Laplacian).

    All in the face alone, brought to one size: what is behind it is neither lit nor sharp as it is.
    """
    left, top = max(round(face.left), 0), max(round(face.top), 0)
    piece = picture[top : round(face.top + face.height), left : round(face.left + face.width)]
    small = Image.fromarray(piece).convert("L").resize((_SIDE, _SIDE), Image.Resampling.BILINEAR)
    grey = np.asarray(small, np.float32)
    inner = 4 * grey[1:-1, 1:-1]
    edges = grey[1:-1, :-2] + grey[1:-1, 2:] + grey[:-2, 1:-1] + grey[2:, 1:-1] - inner
    return float(grey.mean()), float(grey.std()), float(edges.var())


def _is_cut_off(picture: Picture, face: Face) -> bool:
    down, across = picture.shape[:2]
    slack = EDGE * face.width
    return (
        face.left < -slack
        or face.top < -slack
        or face.left + face.width > across + slack
        or face.top + face.height > down + slack
    )
