"""Five varied pictures become one sealed template, or nothing at all."""

from collections.abc import Callable
from itertools import count

import pytest

from accessctl.config.site import BiometricRules, Liveness
from accessctl.door.enrolment import Enrolled, Failed, Subject
from accessctl.door.face_enrolment import MOST_BAD, FaceEnrolment
from accessctl.door.face_gatherer import measure_of
from accessctl.door.workers import InlineWorkers, Workers
from accessctl.faces.template import PICTURES, Template
from accessctl.faces.vectors import Vector, distance, mean
from accessctl.keys.vault import Label, VaultDamaged
from hardware.ports import Turn
from hardware.signals import DeviceLost, Live
from policies.factors import Factor
from tests.door.story import HeldWorkers
from tests.faces.people import MODEL, between, face_of, pictures_of, template_of
from tests.faces.rig import CAMERA, Faces, TestCamera


class Session:
    """One enrolment, and the camera it uses."""

    def __init__(
        self,
        faces: Faces,
        person: str = "ana",
        *,
        rules: BiometricRules | None = None,
        workers: Workers | None = None,
        liveness: Liveness = Liveness.NONE,
    ) -> None:
        """Begin it."""
        self.camera = TestCamera()
        self.key = faces.store.key_of(person) or faces.vault.new_key(person, "k-new")
        given = rules or BiometricRules(liveness=Liveness.NONE)
        self.session = FaceEnrolment(
            self.camera,
            Subject(person, "b-new", self.key),
            faces.vault,
            faces.templates,
            workers or InlineWorkers(),
            lambda model: measure_of(given, model),
            liveness,
        )
        self.session.begin(count(100).__next__)

    def show(self, *vectors: Vector, live: Live = Live.UNKNOWN, model: str = MODEL) -> None:
        """Let the camera see these, one picture for each order."""
        for vector in vectors:
            self.session.hear(self.camera.seen([vector], live, model=model))

    @property
    def outcome(self) -> Enrolled | Failed | None:
        """What came of it."""
        return self.session.progress().outcome

    def made(self) -> Enrolled:
        """Give what was enrolled."""
        outcome = self.outcome
        assert isinstance(outcome, Enrolled), outcome
        return outcome

    def failed(self) -> str:
        """Give why nothing was."""
        outcome = self.outcome
        assert isinstance(outcome, Failed), outcome
        return outcome.why


def test_five_pictures_become_a_template_under_the_persons_own_key(faces: Faces) -> None:
    """What comes out opens with this person's key and label alone, and is their face."""
    enrolment = Session(faces)
    enrolment.show(*pictures_of("ana", PICTURES))
    made = enrolment.made()
    assert (made.kind, made.model, made.key, made.warnings) == (Factor.FACE, MODEL, enrolment.key, ())
    assert made.sealed is not None
    template = Template.unpack(faces.vault.open(enrolment.key, Label("b-new", "face", MODEL), made.sealed))
    assert distance(template.middle, mean(pictures_of("ana", PICTURES))) < 1e-6
    with pytest.raises(VaultDamaged):
        faces.vault.open(enrolment.key, Label("b-other", "face", MODEL), made.sealed)


def test_a_camera_that_is_gone_has_made_no_bad_picture(faces: Faces) -> None:
    """What it says of an order then ends the enrolment, and is no reason to try again."""
    enrolment = Session(faces)
    enrolment.camera.book.lost("its models cannot be used")
    enrolment.session.hear(enrolment.camera.failed("nobody looked"))
    assert enrolment.failed() == "the camera is gone: its models cannot be used"
    assert len(enrolment.camera.orders) == 1


def test_each_picture_is_asked_for_by_itself(faces: Faces) -> None:
    """The person is told what to do next, and sees how many pictures there are still to come."""
    enrolment = Session(faces)
    hints = []
    for number, picture in enumerate(pictures_of("ana", PICTURES)):
        progress = enrolment.session.progress()
        assert (progress.step, progress.of) == (number, PICTURES)
        hints.append(progress.hint)
        enrolment.show(picture)
    assert len(set(hints)) == PICTURES
    assert [order.look.frames for order in enrolment.camera.orders] == [1] * PICTURES
    assert [order.ticket for order in enrolment.camera.orders] == list(range(100, 100 + PICTURES))


def test_what_the_camera_says_is_passed_on(faces: Faces) -> None:
    """Come closer, hold still: the operator sees what the camera wants."""
    enrolment = Session(faces)
    enrolment.session.hear(enrolment.camera.step("come closer"))
    assert enrolment.session.progress().hint == "come closer"


def test_a_bad_picture_is_taken_again(faces: Faces) -> None:
    """A dark or blurred picture makes no template; the next one is asked for with the reason."""
    enrolment = Session(faces)
    first, *others = pictures_of("ana", PICTURES)
    enrolment.session.hear(enrolment.camera.seen([first], quality=("the face is too dark",)))
    assert enrolment.session.progress().step == 0
    assert "too dark" in enrolment.session.progress().hint
    enrolment.show(first, *others)
    assert enrolment.made().model == MODEL


def test_the_same_picture_twice_is_one_picture(faces: Faces) -> None:
    """A template of five copies knows one pose: each picture has to differ from those before."""
    enrolment = Session(faces)
    first, second, *_ = pictures_of("ana", PICTURES)
    enrolment.show(first, first)
    assert enrolment.session.progress().step == 1
    assert "before" in enrolment.session.progress().hint
    enrolment.show(second)
    assert enrolment.session.progress().step == 2


def test_nobody_else_gets_into_the_template(faces: Faces) -> None:
    """Somebody else who steps before the camera is refused: five pictures are one person's."""
    enrolment = Session(faces)
    enrolment.show(*pictures_of("ana", 2), *pictures_of("ben", 2))
    assert enrolment.session.progress().step == 2
    assert "another face" in enrolment.session.progress().hint


def test_too_many_bad_pictures_end_it(faces: Faces) -> None:
    """A session that leads nowhere ends with the last reason, and the camera rests."""
    enrolment = Session(faces)
    for _ in range(MOST_BAD):
        enrolment.session.hear(enrolment.camera.failed("there is no face"))
    assert "there is no face" in enrolment.failed()
    assert len(enrolment.camera.orders) == MOST_BAD


def test_somebody_elses_face_is_refused(faces: Faces) -> None:
    """Ana cannot be enrolled as Ben: the face is hers already, and the admin is told whose."""
    faces.enrol("ana")
    enrolment = Session(faces, "ben")
    enrolment.show(*pictures_of("ana", PICTURES, series="as ben"))
    assert "ana" in enrolment.failed()


def test_who_resembles_somebody_is_enrolled_with_a_warning(faces: Faces) -> None:
    """Just above the threshold the face is told apart, and the admin is told that it is near."""
    mine = pictures_of("ben", PICTURES, apart=0.1)
    middle = mean(mine)
    other, part = face_of("ana"), 0.0
    while distance(between(middle, other, part), middle) < 0.29:
        part += 0.001
    near = between(middle, other, part)
    faces.enrol("ana", Template.of(MODEL, [near, near]))
    enrolment = Session(faces, "ben")
    enrolment.show(*mine)
    (warning,) = enrolment.made().warnings
    assert "ana" in warning


def test_ones_own_earlier_template_is_no_look_alike(faces: Faces) -> None:
    """Who enrols again, with a beard, is not refused for resembling themselves."""
    faces.enrol("ana")
    enrolment = Session(faces, "ana")
    enrolment.show(*pictures_of("ana", PICTURES, series="a year later"))
    assert enrolment.made().warnings == ()


def test_a_template_of_another_engine_is_no_look_alike(faces: Faces) -> None:
    """Vectors of two engines say nothing of each other, here as at a door."""
    faces.enrol("ana", template_of("ana", model="onnx:0123"))
    enrolment = Session(faces, "ben")
    enrolment.show(*pictures_of("ana", PICTURES))
    assert enrolment.made().warnings == ()


def test_an_engine_without_a_threshold_enrols_with_a_warning(faces: Faces) -> None:
    """Before a site is calibrated its people have to be enrolled; that nothing was compared is said."""
    enrolment = Session(faces)
    enrolment.show(*pictures_of("ana", PICTURES), model="onnx:0123")
    (warning,) = enrolment.made().warnings
    assert "calibrate" in warning


def test_the_first_people_of_a_site_that_compares_from_the_middle_are_enrolled(faces: Faces) -> None:
    """With fewer than ten people there is no middle yet, and there has to be a first."""
    rules = BiometricRules(face_threshold=0.9, face_model=MODEL, face_centred=True)
    enrolment = Session(faces, rules=rules)
    enrolment.show(*pictures_of("ana", PICTURES))
    assert len(enrolment.made().warnings) == 1


def test_a_picture_of_a_face_is_not_enrolled(faces: Faces) -> None:
    """Where the liveness model looks, a photograph ends the session at once."""
    enrolment = Session(faces, liveness=Liveness.PASSIVE)
    assert enrolment.camera.orders[0].look.passive
    enrolment.show(face_of("ana"), live=Live.SPOOFED)
    assert "picture" in enrolment.failed()


@pytest.mark.parametrize("liveness", [Liveness.PASSIVE, Liveness.TURN, Liveness.BOTH])
def test_a_face_of_which_nobody_knows_whether_it_lives_is_not_enrolled(
    faces: Faces, liveness: Liveness
) -> None:
    """Where the site wants living faces, a camera that cannot tell enrols nobody, and says so."""
    enrolment = Session(faces, liveness=liveness)
    enrolment.show(face_of("ana"), live=Live.UNKNOWN)
    assert "whether this one lives" in enrolment.failed()


@pytest.mark.parametrize("liveness", list(Liveness))
def test_a_face_shows_what_it_has_to_show_at_a_door(faces: Faces, liveness: Liveness) -> None:
    """The model looks at every picture; the head is turned once, to a side that nobody knows before."""
    enrolment = Session(faces, liveness=liveness)
    live = Live.UNKNOWN if liveness is Liveness.NONE else Live.LIVE
    enrolment.show(*pictures_of("ana", PICTURES), live=live)
    assert enrolment.made().model == MODEL
    looks = [order.look for order in enrolment.camera.orders]
    assert [look.passive for look in looks] == [liveness.looks] * PICTURES
    assert [look.turn is not None for look in looks] == [liveness.turns, *[False] * (PICTURES - 1)]
    sides = {Session(faces, liveness=Liveness.TURN).camera.orders[0].look.turn for _ in range(40)}
    assert sides == set(Turn)


def test_a_turn_that_failed_is_asked_for_again(faces: Faces) -> None:
    """Whoever did not turn the head gives no picture without having done so."""
    enrolment = Session(faces, liveness=Liveness.TURN)
    enrolment.session.hear(enrolment.camera.failed("the head was not turned to the left"))
    assert enrolment.session.progress().step == 0
    assert enrolment.camera.orders[-1].look.turn is not None


def test_a_camera_that_breaks_ends_it(faces: Faces) -> None:
    """A fault of the camera is told at once, and is not tried eight times."""
    enrolment = Session(faces)
    enrolment.session.hear(enrolment.camera.failed("looking failed", broken=True))
    assert enrolment.failed() == "looking failed"
    assert len(enrolment.camera.orders) == 1


def test_another_engine_meanwhile_ends_it(faces: Faces) -> None:
    """Vectors of two engines never become one template."""
    enrolment = Session(faces)
    enrolment.show(*pictures_of("ana", 2))
    enrolment.show(*pictures_of("ana", 1, series="x"), model="onnx:0123")
    assert "engine" in enrolment.failed()


def test_a_camera_that_goes_ends_it(faces: Faces) -> None:
    """An unplugged camera is a failure with words, and what comes afterwards is not heard."""
    enrolment = Session(faces)
    enrolment.show(*pictures_of("ana", 4))
    enrolment.session.hear(DeviceLost(CAMERA, 0, "unplugged"))
    assert "unplugged" in enrolment.failed()
    enrolment.show(*pictures_of("ana", 1, series="x"))
    assert enrolment.failed()


def test_a_session_that_was_stopped_makes_nothing(faces: Faces) -> None:
    """Stopped before or while the template is made, nothing comes out and the camera rests."""
    workers = HeldWorkers()
    early, late = Session(faces), Session(faces, workers=workers)
    early.session.stop()
    assert early.camera.stopped == [early.camera.orders[0].ticket]
    late.show(*pictures_of("ana", PICTURES))
    late.session.stop()
    workers.work()
    assert late.outcome is None


@pytest.mark.parametrize("broken", [lambda f: f.home.people.unlink(), lambda f: f.home.root_key.unlink()])
def test_without_the_store_or_the_key_nobody_is_enrolled(
    faces: Faces, broken: Callable[[Faces], None]
) -> None:
    """Whose else the face is cannot be told then, so it is not enrolled."""
    faces.enrol("ben")
    enrolment = Session(faces)
    broken(faces)
    enrolment.show(*pictures_of("ana", PICTURES))
    assert enrolment.failed()


def test_what_goes_on_shows_no_vector(faces: Faces) -> None:
    """Neither the session nor what it made can be read out of a log."""
    enrolment = Session(faces)
    enrolment.show(*pictures_of("ana", PICTURES))
    made = enrolment.made()
    assert made.sealed is not None
    assert made.sealed.hex() not in repr(made)
    assert repr(made.sealed)[2:20] not in repr(made)
    assert "0.0" not in repr(enrolment.session.progress())
