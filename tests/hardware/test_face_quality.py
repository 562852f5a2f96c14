"""Is a picture of a face good enough? On drawings and, where somebody has them, on real faces."""

import numpy as np
import pytest
from PIL import Image, ImageFilter

from hardware.faces.dlib_engine import DlibEngine
from hardware.faces.engine import Picture
from hardware.faces.quality import LEAST_WIDTH, USELESS, Flaw, judge, measures
from tests.hardware.face_folder import read, sittings
from tests.hardware.painted import Painted, PaintedEngine, painting

ENGINE = PaintedEngine()


def flaws_of(*faces: Painted) -> tuple[Flaw, ...]:
    picture = painting(*faces)
    return judge(picture, ENGINE.find(picture)).flaws


def test_a_good_picture_has_no_flaw() -> None:
    """One face, near, whole, lit and sharp."""
    assert flaws_of(Painted()) == ()
    assert flaws_of(Painted(width=LEAST_WIDTH, left=40)) == ()


@pytest.mark.parametrize(
    ("face", "flaw"),
    [
        (Painted(width=LEAST_WIDTH - 4), Flaw.SMALL),
        (Painted(left=-8), Flaw.CUT_OFF),
        (Painted(top=-8), Flaw.CUT_OFF),
        (Painted(left=448), Flaw.CUT_OFF),
        (Painted(top=288), Flaw.CUT_OFF),
        (Painted(yaw=0.2), Flaw.TURNED),
        (Painted(yaw=-0.2), Flaw.TURNED),
    ],
)
def test_each_flaw_is_seen(face: Painted, flaw: Flaw) -> None:
    """Each for itself."""
    assert flaws_of(face) == (flaw,)


@pytest.mark.parametrize("flaw", Flaw)
def test_every_flaw_says_what_is_wrong_and_what_helps(flaw: Flaw) -> None:
    """In words, and no two in the same."""
    assert flaw.wrong
    assert flaw.hint
    assert len({other.wrong for other in Flaw}) == len({other.hint for other in Flaw}) == len(Flaw)


def test_what_cannot_be_used_gives_no_face() -> None:
    """So that nobody compares it by mistake."""
    for faces in (
        (),
        (Painted(), Painted(2, left=20, width=160)),
        (Painted(width=40),),
        (Painted(left=-60),),
    ):
        picture = painting(*faces)
        judged = judge(picture, ENGINE.find(picture))
        assert judged.face is None
        assert set(judged.flaws) <= USELESS


def test_pictures_of_a_webcam_are_good_and_spoilt_ones_are_not() -> None:
    """On real faces: nine in ten sittings' pictures have no flaw; spoilt, all have theirs."""
    engine, pictures = DlibEngine(), [read(paths[0]) for paths in sittings().values()]
    good = 0
    for picture in pictures:
        (face, *_) = engine.find(picture)
        good += not judge(picture, (face,)).flaws
        assert Flaw.BLURRED in judge(blurred(picture), (face,)).flaws
        assert Flaw.DARK in judge(np.array(picture * 0.2, np.uint8), (face,)).flaws
        assert Flaw.FLAT in judge(np.array(100 + picture * 0.1, np.uint8), (face,)).flaws
        assert measures(picture, face)[2] > measures(blurred(picture), face)[2]
    assert good >= 0.9 * len(pictures)


def blurred(picture: Picture) -> Picture:
    return np.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(6)), np.uint8)
