"""One look of a camera, picture by picture, on drawings and with instants of the test's own."""

import pytest

from hardware.cameras.frames import Frame
from hardware.cameras.hints import TURN_HINTS
from hardware.cameras.looking import Looking, Outcome
from hardware.faces.engine import distance
from hardware.faces.quality import Flaw
from hardware.faces.sight import Sight
from hardware.ports import Look, Turn
from hardware.signals import Live
from tests.hardware.painted import SEEING, SIGHT, Painted, painting, vector_of

STEP_NS = 200_000_000
STRAIGHT = Painted()
A_TURN = (0.0, 0.1, 0.2, 0.35)


class Before:
    """Somebody before a camera that looks: shows one drawing after the other, a fifth of a second apart."""

    def __init__(self, look: Look, sight: Sight = SIGHT, within_s: float = 10.0) -> None:
        self.looking = Looking(look, sight, 0, within_s)
        self.now_ns = 0

    def show(self, *faces: Painted) -> Outcome | None:
        self.now_ns += STEP_NS
        return self.looking.take(Frame(self.now_ns, painting(*faces)))

    def show_until(self, *shown: tuple[Painted, ...]) -> Outcome | None:
        return next((outcome for faces in shown if (outcome := self.show(*faces)) is not None), None)


def test_it_ends_with_as_many_vectors_as_were_asked_for() -> None:
    """Each is of a picture of its own, and all are of whoever stands there."""
    before = Before(Look(3))
    assert before.show(STRAIGHT) is None
    assert before.show(STRAIGHT) is None
    outcome = before.show(STRAIGHT)
    assert outcome is not None
    assert len(outcome.vectors) == 3
    assert all(distance(vector, vector_of(1)) < 1e-6 for vector in outcome.vectors)
    assert (outcome.quality, outcome.live) == ((), Live.UNKNOWN)


def test_pictures_of_one_moment_count_once() -> None:
    """Two pictures that are hardly apart say the same thing twice."""
    looking = Looking(Look(2), SIGHT, 0, 10)
    for at_ns in (0, 10_000_000, 20_000_000):
        assert looking.take(Frame(at_ns, painting(STRAIGHT))) is None
    assert looking.take(Frame(STEP_NS, painting(STRAIGHT))) is not None


@pytest.mark.parametrize(
    ("shown", "flaw"),
    [
        ((), Flaw.NOBODY),
        ((STRAIGHT, Painted(2, left=20, width=160)), Flaw.SEVERAL),
        ((Painted(width=60),), Flaw.SMALL),
        ((Painted(left=-60),), Flaw.CUT_OFF),
    ],
)
def test_what_cannot_be_used_never_is(shown: tuple[Painted, ...], flaw: Flaw) -> None:
    """Nobody, two people, a face far away or cut off: a hint at once, and never an outcome."""
    before = Before(Look(1), within_s=1)
    for _ in range(10):
        assert before.show(*shown) is None
        assert before.looking.hint == flaw.hint
    assert before.looking.why_not == flaw.wrong


def test_somebody_who_passes_by_far_behind_does_not_count() -> None:
    """Of two faces, one less than half as wide is somebody else's business."""
    assert Before(Look(1)).show(STRAIGHT, Painted(2, left=20, width=80)) is not None


@pytest.mark.parametrize(
    ("face", "flaw"),
    [
        (Painted(light=20), Flaw.DARK),
        (Painted(light=250), Flaw.BRIGHT),
        (Painted(blurred=True), Flaw.BLURRED),
    ],
)
def test_a_bad_picture_is_taken_only_when_nothing_better_comes(face: Painted, flaw: Flaw) -> None:
    """For half of the time a better one is waited for; then it is taken, and its flaw is told."""
    before = Before(Look(1), within_s=2)
    for _ in range(4):
        assert before.show(face) is None
        assert before.looking.hint == flaw.hint
    outcome = before.show(face)
    assert outcome is not None
    assert flaw.wrong in outcome.quality


def test_a_face_that_looks_aside_is_never_taken() -> None:
    """The straight pictures are straight."""
    before = Before(Look(1), within_s=1)
    for _ in range(10):
        assert before.show(Painted(yaw=0.3)) is None
    assert before.looking.hint == Flaw.TURNED.hint


def test_two_people_in_turn_are_not_one_look() -> None:
    """When somebody else's face comes, what there was of the first one is dropped."""
    before = Before(Look(2))
    assert before.show(STRAIGHT) is None
    assert before.show(Painted(2)) is None
    outcome = before.show(Painted(2))
    assert outcome is not None
    assert all(distance(vector, vector_of(2)) < 1e-6 for vector in outcome.vectors)


def test_the_liveness_model_looks_at_six_pictures() -> None:
    """Its mean over six decides, also where fewer vectors are wanted."""
    before = Before(Look(1, passive=True), SEEING)
    for _ in range(5):
        assert before.show(STRAIGHT) is None
    outcome = before.show(STRAIGHT)
    assert outcome is not None
    assert (len(outcome.vectors), outcome.live) == (1, Live.LIVE)


@pytest.mark.parametrize(("scores", "live"), [((0.31,) * 6, Live.LIVE), ((0.9, *(0.1,) * 5), Live.SPOOFED)])
def test_the_mean_of_all_scores_decides(scores: tuple[float, ...], live: Live) -> None:
    """One good picture among bad ones makes nobody live."""
    before = Before(Look(1, passive=True), SEEING)
    outcome = before.show_until(*((Painted(live=score),) for score in scores))
    assert outcome is not None
    assert outcome.live is live


def test_somebody_live_does_not_make_up_for_a_picture_that_was_compared() -> None:
    """Whoever holds a photo up until it was seen, and then looks in themselves, is no more live for that."""
    before = Before(Look(2, passive=True), SEEING)
    shown = (0.0, 0.0, 1.0, 1.0, 1.0, 1.0)
    outcome = before.show_until(*((Painted(live=score),) for score in shown))
    assert outcome is not None
    assert outcome.live is Live.SPOOFED


def test_without_a_model_the_look_says_nothing_of_liveness() -> None:
    """Nobody looked, and so it is said."""
    outcome = Before(Look(1, passive=True), SIGHT).show(STRAIGHT)
    assert outcome is not None
    assert outcome.live is Live.UNKNOWN


@pytest.mark.parametrize(("side", "sign"), [(Turn.LEFT, 1), (Turn.RIGHT, -1)])
def test_a_head_that_turns_as_asked_is_live(side: Turn, sign: int) -> None:
    """After the straight picture the turn is asked for; with it the look ends."""
    before = Before(Look(1, turn=side))
    assert before.show(STRAIGHT) is None
    assert before.looking.hint == TURN_HINTS[side]
    outcome = before.show_until(*((Painted(yaw=sign * yaw),) for yaw in A_TURN))
    assert outcome is not None
    assert (len(outcome.vectors), outcome.live) == (1, Live.LIVE)


@pytest.mark.parametrize("yaws", [(0.0, -0.1, -0.2, -0.35), (0.0, 0.1, 0.2, 0.25), (0.0,) * 9])
def test_the_other_side_or_too_little_is_no_turn(yaws: tuple[float, ...]) -> None:
    """A head that does not do what was asked has no outcome, and why is told."""
    before = Before(Look(1, turn=Turn.LEFT))
    assert before.show_until(*((Painted(yaw=yaw),) for yaw in yaws)) is None
    assert before.looking.why_not == "the head was not turned to the left"


def test_a_turn_by_somebody_else_is_a_fraud() -> None:
    """A picture held up for the straight look and one's own head for the turn."""
    before = Before(Look(1, turn=Turn.LEFT))
    before.show(STRAIGHT)
    outcome = before.show_until(*((Painted(2, yaw=yaw),) for yaw in (0.1, 0.2, 0.35)))
    assert outcome is not None
    assert outcome.live is Live.SPOOFED


@pytest.mark.parametrize("began", [-0.2, -0.15], ids=["aside", "straight"])
def test_nobody_begins_a_turn_that_a_print_ends(began: float) -> None:
    """Somebody looks to the wrong side and then holds a still picture up: that has not moved at all."""
    before = Before(Look(3, turn=Turn.LEFT))
    before.show(Painted(2, yaw=began))
    assert before.show_until(*((Painted(1, yaw=0.155),),) * 9) is None
    assert before.looking.why_not == "the head was not turned to the left"


def test_a_turn_begins_anew_with_whoever_comes() -> None:
    """Where somebody else's head was in front says nothing of this one's."""
    before = Before(Look(1, turn=Turn.LEFT, passive=True), SEEING)
    before.show(Painted(2, yaw=-0.15))
    before.show(Painted(1, left=400, yaw=0.14))  # it jumps, and is another face
    assert before.show_until(*((Painted(1, left=400, yaw=0.14),) for _ in range(6))) is None
    assert before.show(Painted(1, left=400, yaw=0.25)) is None
    assert before.show(Painted(1, left=400, yaw=0.45)) is not None


def test_a_face_in_another_ones_place_begins_its_own_turn() -> None:
    """Without a jump it is told apart by the face alone."""
    before = Before(Look(2, turn=Turn.LEFT))
    before.show(Painted(2, yaw=-0.15))
    shown = (0.14, 0.14, 0.25, 0.42)
    assert before.show_until(*((Painted(1, yaw=yaw),) for yaw in shown)) is None
    assert before.show(Painted(1, yaw=0.45)) is not None


def test_one_still_picture_is_not_both_ends_of_a_turn() -> None:
    """What counts as straight is never where a turn ends, though others of that person came before."""
    before = Before(Look(2, turn=Turn.LEFT))
    shown = (-0.15, 0.155, 0.155, 0.155)
    assert before.show_until(*((Painted(yaw=yaw),) for yaw in shown)) is None


def test_a_turn_is_measured_from_a_picture_that_is_compared() -> None:
    """Where the head was before and after it is no beginning: nobody compared that face."""
    before = Before(Look(1, turn=Turn.LEFT))
    before.show(Painted(yaw=-0.3))
    before.show(Painted(yaw=0.1))
    before.show(Painted(yaw=-0.3))
    assert before.show(Painted(yaw=0.35)) is None  # a quarter from where it was compared
    assert before.show(Painted(yaw=0.42)) is not None


@pytest.mark.parametrize("meanwhile", [((), ()), ((STRAIGHT, Painted(2, left=20, width=160)),) * 2])
def test_a_face_that_was_away_during_the_turn_begins_anew(meanwhile: tuple[tuple[Painted, ...], ...]) -> None:
    """What was seen before cannot be put together with a turn that came after a gap."""
    before = Before(Look(1, turn=Turn.LEFT))
    before.show(STRAIGHT)
    before.show_until(*meanwhile)
    assert before.show(Painted(yaw=0.35)) is None
    assert before.looking.hint == Flaw.TURNED.hint  # it wants a straight picture again


def test_a_face_that_jumps_during_the_turn_begins_anew() -> None:
    """One that was here and is there in the next picture is another one."""
    before = Before(Look(1, turn=Turn.LEFT))
    before.show(Painted(left=20))
    assert before.show(Painted(left=400, yaw=0.35)) is None
    assert before.looking.hint == Flaw.TURNED.hint


def test_one_blurred_moment_does_not_end_a_turn() -> None:
    """A head that moves may not be found for one picture."""
    before = Before(Look(1, turn=Turn.LEFT))
    assert before.show_until((STRAIGHT,), (), (Painted(yaw=0.35),)) is not None


def test_who_looks_like_a_picture_need_not_turn() -> None:
    """What the liveness model has seen through is told at once."""
    before = Before(Look(1, passive=True, turn=Turn.LEFT), SEEING)
    outcome = before.show_until(*((Painted(live=0.0),),) * 6)
    assert outcome is not None
    assert outcome.live is Live.SPOOFED


def test_the_worse_of_both_counts() -> None:
    """A turn does not make up for a look that nobody could take."""
    before = Before(Look(1, passive=True, turn=Turn.LEFT), SIGHT)
    outcome = before.show_until(*((Painted(yaw=yaw),) for yaw in A_TURN))
    assert outcome is not None
    assert outcome.live is Live.UNKNOWN
