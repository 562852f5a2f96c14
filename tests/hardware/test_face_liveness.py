"""Telling a face from a picture of one: by its look, with the operator's models, and by a turn of it."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.faces.dlib_engine import DlibEngine
from hardware.faces.engine import Face
from hardware.faces.head_turn import LEAST_RANGE, HeadTurn
from hardware.faces.model_files import ModelRefused
from hardware.faces.passive import PassiveLiveness, around
from hardware.faces.quality import MOST_YAW
from hardware.faces.sampling import resampled
from hardware.faces.verdict import by_look, worst
from hardware.ports import Turn
from hardware.signals import Live
from hardware.specs import ModelFile
from tests.hardware.face_folder import models, read, sittings
from tests.hardware.tiny_onnx import encoder, three_classes

HERE = (100.0, 100.0, 80.0)


def face_at(left: float, top: float, width: float) -> Face:
    eyes = (left, top), (left + width, top)
    return Face(left, top, width, width, *eyes, (left, top), ())


def kept(folder: Path, name: str, data: bytes) -> ModelFile:
    (folder / name).write_bytes(data)
    return ModelFile(str(folder / name), hashlib.sha256(data).hexdigest())


def test_the_second_class_is_the_live_one_and_blue_comes_first(tmp_path: Path) -> None:
    """A model that calls bright pictures live scores a bright one higher; all of them are averaged."""
    for_live = kept(tmp_path, "2.7_80x80_a.onnx", three_classes((0, 5, 0)))
    for_none = kept(tmp_path, "4_0_0_80x80_b.onnx", three_classes((0, 0, 0)))
    bright, dark = np.full((480, 640, 3), 255, np.uint8), np.zeros((480, 640, 3), np.uint8)
    face = face_at(200, 150, 120)
    one, both = PassiveLiveness([for_live]), PassiveLiveness([for_live, for_none])
    assert one.score(bright, face) == pytest.approx(np.exp(5) / (np.exp(5) + 2), rel=1e-4)
    assert one.score(dark, face) == pytest.approx(1 / 3)
    assert both.score(bright, face) == pytest.approx((one.score(bright, face) + 1 / 3) / 2)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("MiniFASNet.onnx", three_classes()),
        ("2.7_80x80_a.onnx", encoder()),
        ("2.7_80x80_a.onnx", encoder(side=80)),
        ("2.7_80x80_a.onnx", b"nonsense"),
    ],
)
def test_what_is_no_such_model_is_refused(tmp_path: Path, name: str, data: bytes) -> None:
    """A name without its scale, another shape, noise."""
    with pytest.raises(ModelRefused):
        PassiveLiveness([kept(tmp_path, name, data)])


def test_a_model_that_was_changed_is_refused(tmp_path: Path) -> None:
    """By its digest, before anything of it is loaded."""
    file = kept(tmp_path, "2.7_80x80_a.onnx", three_classes())
    Path(file.path).write_bytes(three_classes((0, 9, 0)))
    with pytest.raises(ModelRefused, match="not the one that is pinned"):
        PassiveLiveness([file])


@given(st.floats(-50, 640), st.floats(-50, 480), st.floats(20, 400), st.sampled_from([2.7, 4.0]))
def test_what_is_around_a_face_is_cut_within_the_picture(
    left: float, top: float, width: float, scale: float
) -> None:
    """As much as there is, whole, wherever it is."""
    x, y, across, down = around(face_at(left, top, width), scale, 640, 480)
    assert x >= 0
    assert y >= 0
    assert x + across <= 640
    assert y + down <= 480
    assert across > 0
    assert down > 0


def test_a_piece_is_resampled_as_opencv_does_it() -> None:
    """Pixel for pixel, to within rounding: the models were trained on that."""
    cv2 = pytest.importorskip("cv2")
    picture = np.random.default_rng(1).integers(0, 256, (480, 640, 3), np.uint8)
    for left, top, width, height in (
        (10, 20, 400, 300),
        (0, 0, 640, 480),
        (100, 50, 37, 41),
        (600, 440, 40, 40),
    ):
        theirs = cv2.resize(picture[top : top + height, left : left + width], (80, 80))
        ours = resampled(picture, left, top, width, height, 80)
        assert np.abs(ours - theirs.astype(np.float32)).max() < 1.5


def test_the_mean_decides_and_nothing_is_nothing() -> None:
    """At 0.3 a face is taken for live; without a score nobody looked."""
    assert by_look([0.3]) is Live.LIVE
    assert by_look([0.9, 0.0, 0.0, 0.0]) is Live.SPOOFED
    assert by_look([]) is Live.UNKNOWN


def test_the_worse_counts() -> None:
    """A spoof is worse than not knowing, and that is worse than live."""
    assert worst(Live.LIVE, Live.SPOOFED, Live.UNKNOWN) is Live.SPOOFED
    assert worst(Live.LIVE, Live.UNKNOWN) is Live.UNKNOWN
    assert worst(Live.LIVE) is Live.LIVE
    assert worst() is Live.UNKNOWN


def test_prints_are_seen_through_and_faces_are_not() -> None:
    """On real faces and printed photos of them: no sitting of a print is live, one face in 20 may fail."""
    passive, engine = PassiveLiveness(models()), DlibEngine()
    found = {kind: [] for kind in ("bonafide", "print")}  # type: dict[str, list[Live]]
    for kind, verdicts in found.items():
        for paths in sittings(kind).values():
            scores = []
            for path in paths[:6]:
                picture = read(path)
                if faces := engine.find(picture):
                    scores.append(passive.score(picture, faces[0]))
            verdicts.append(by_look(scores))
    assert Live.LIVE not in found["print"]
    assert found["bonafide"].count(Live.LIVE) >= 0.95 * len(found["bonafide"])


@pytest.mark.parametrize(("side", "sign"), [(Turn.LEFT, 1), (Turn.RIGHT, -1)])
def test_a_turn_from_the_middle_to_the_side_is_done(side: Turn, sign: int) -> None:
    """And not before its whole range, nor before there was a straight picture."""
    turn = HeadTurn(side)
    assert not turn.follow(HERE)
    assert not turn.is_done(sign * 0.31)
    turn.measure_from(0.0)
    for yaw in (0.0, 0.1, 0.2):
        assert not turn.follow(HERE)
        assert not turn.is_done(sign * yaw)
    assert turn.is_done(sign * 0.31)


@given(st.lists(st.floats(-MOST_YAW, MOST_YAW), min_size=1, max_size=50), st.sampled_from(Turn))
def test_what_stays_near_the_middle_is_no_turn(yaws: list[float], side: Turn) -> None:
    """However often it is moved back and forth: a print that is handled does not pass."""
    turn = HeadTurn(side)
    for yaw in yaws:
        turn.follow(HERE)
        turn.measure_from(yaw)
        assert not turn.is_done(yaw)


def test_a_turn_has_to_end_on_the_side_that_was_asked_for() -> None:
    """Coming back from the wrong side is a range, and no turn."""
    turn = HeadTurn(Turn.LEFT)
    turn.follow(HERE)
    turn.measure_from(-0.3)
    assert not turn.is_done(0.05)
    assert LEAST_RANGE <= 0.35


@pytest.mark.parametrize(
    "place", [(200.0, 100.0, 80.0), (100.0, 200.0, 80.0), (100.0, 100.0, 200.0), (100.0, 100.0, 30.0)]
)
def test_a_face_that_jumps_is_another_one(place: tuple[float, float, float]) -> None:
    """What was seen of the one before does not count for it."""
    turn = HeadTurn(Turn.LEFT)
    turn.follow(HERE)
    turn.measure_from(0.0)
    assert turn.follow(place)
    assert not turn.is_done(0.35)


def test_a_face_that_is_away_for_two_pictures_begins_anew() -> None:
    """For one it may be blurred."""
    turn = HeadTurn(Turn.LEFT)
    assert not turn.miss()
    turn.follow(HERE)
    turn.measure_from(0.0)
    assert not turn.miss()
    assert not turn.follow(HERE)
    assert turn.is_done(0.35)
    assert not turn.miss()
    assert turn.miss()
    turn.follow(HERE)
    assert not turn.is_done(0.35)
