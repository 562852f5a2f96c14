"""One face at one access point: every way in which it is right, wrong, late, or cannot be told."""

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from accessctl.config.site import BiometricRules, Liveness
from accessctl.door.asking import SLACK, WITHIN
from accessctl.door.face_gatherer import FRAMES
from accessctl.faces.template import Template
from hardware.cameras.hints import TURN_HINTS
from hardware.ports import Pattern, Turn
from hardware.signals import FaceSeen, Live
from policies.factors import Factor
from policies.reasons import Reason
from tests.door.story import HeldWorkers
from tests.faces.people import MODEL, between, face_of, pictures_of, template_of
from tests.faces.rig import NOON, OPERATOR, Faces, Gate

PASSIVE = BiometricRules(liveness=Liveness.PASSIVE)
TURN = BiometricRules(liveness=Liveness.TURN)
BOTH = BiometricRules(liveness=Liveness.BOTH)
ANYBODY = BiometricRules(liveness=Liveness.NONE, sole_factor=True, identify=True)


def failure(gate: Gate) -> Reason | None:
    """Give why the only answer was a refusal."""
    (came,) = gate.came
    assert came.factor is Factor.FACE
    if came.failure is not None:
        assert came.person is None
    return came.failure


def test_the_right_face_is_right(faces: Faces) -> None:
    """Who is enrolled and looks into the camera is who they say they are."""
    faces.enrol("ana")
    gate = Gate(faces)
    gate.ask("ana")
    gate.sees("ana")
    (came,) = gate.came
    assert (came.failure, came.person) == (None, "ana")


def test_somebody_elses_face_is_wrong(faces: Faces) -> None:
    """Ben, enrolled or not, is not Ana."""
    faces.enrol("ana")
    faces.enrol("ben")
    gate = Gate(faces)
    gate.ask("ana")
    gate.sees("ben")
    assert failure(gate) is Reason.WRONG_FACE


def test_the_record_is_told_how_near_it_was_and_nobodys_name(faces: Faces) -> None:
    """What is recorded of a wrong face is a distance, no vector and no person."""
    faces.enrol("ana")
    gate = Gate(faces)
    gate.ask("ana")
    gate.sees("ben")
    (came,) = gate.came
    assert set(came.detail) == {"distance", "threshold", "engine"}
    assert came.detail["engine"] == "dlib"


def test_who_has_no_face_enrolled_is_not_looked_at(faces: Faces) -> None:
    """The camera is not even asked for somebody without a template."""
    faces.person("ana")
    gate = Gate(faces)
    gate.ask("ana")
    assert failure(gate) is Reason.NO_BIOMETRIC
    assert gate.camera.orders == []


def test_an_expired_template_is_none(faces: Faces) -> None:
    """What has expired does not count, from that instant on."""
    faces.enrol("ana", expires_at=NOON + timedelta(hours=1))
    gate = Gate(faces)
    gate.ask("ana")
    gate.sees("ana")
    assert failure(gate) is None
    faces.pass_time(timedelta(hours=1))
    gate.came.clear()
    gate.ask("ana")
    assert failure(gate) is Reason.NO_BIOMETRIC


def test_who_is_erased_while_they_stand_there_is_not_compared(faces: Faces) -> None:
    """Between the order to the camera and the face, a template may have been destroyed."""
    faces.enrol("ana")
    gate = Gate(faces)
    gate.ask("ana")
    faces.writer.withdraw_consent("ana", "face", "local:maria")
    gate.sees("ana")
    assert failure(gate) is Reason.NO_BIOMETRIC


def test_a_template_of_another_engine_is_never_compared(faces: Faces) -> None:
    """After a change of the engine people are enrolled anew; their old vectors are nobody's."""
    faces.enrol("ana", template_of("ana", model="dlib:ffff:ffff"))
    gate = Gate(faces)
    gate.ask("ana")
    gate.sees("ana")
    assert failure(gate) is Reason.NO_BIOMETRIC
    assert gate.came[-1].detail == {"why": "made by another model"}


def test_why_no_face_counts_is_told(faces: Faces) -> None:
    """Never enrolled, expired, disabled, or erased while the camera looked: each has its own words."""
    faces.person("ana")
    faces.enrol("bob", expires_at=NOON - timedelta(days=1))
    faces.writer.disable_biometric(faces.enrol("cleo"), OPERATOR, disabled=True)
    faces.enrol("dan")
    gate = Gate(faces)
    for name, why in (("ana", "none enrolled"), ("bob", "expired"), ("cleo", "disabled")):
        gate.came.clear()
        gate.ask(name)
        assert failure(gate) is Reason.NO_BIOMETRIC
        assert gate.came[-1].detail == {"why": why}
    gate.came.clear()
    gate.ask("dan")
    faces.writer.erase_biometrics("dan", ["face"], OPERATOR)
    gate.sees("dan")
    assert failure(gate) is Reason.NO_BIOMETRIC
    assert gate.came[-1].detail == {"why": "none enrolled"}


def test_an_engine_without_a_threshold_checks_nobody(faces: Faces) -> None:
    """Model files that nobody has measured let nobody in, however near a face is."""
    faces.enrol("ana", template_of("ana", model="onnx:0123"))
    gate = Gate(faces)
    gate.ask("ana")
    gate.gatherer.hear(gate.camera.seen(pictures_of("ana", 3), model="onnx:0123"))
    assert failure(gate) is Reason.AUTHENTICATION_UNAVAILABLE
    gate.came.clear()
    gate.change(face_threshold=0.3, face_model="onnx:0123")
    gate.ask("ana")
    gate.gatherer.hear(gate.camera.seen(pictures_of("ana", 3), model="onnx:0123"))
    assert failure(gate) is None


def test_a_threshold_of_another_engine_checks_nobody(faces: Faces) -> None:
    """A number that was measured with another engine is not taken for this one."""
    faces.enrol("ana")
    gate = Gate(faces, BiometricRules(liveness=Liveness.NONE, face_threshold=1.2, face_model="onnx:0123"))
    gate.ask("ana")
    gate.sees("ana")
    assert failure(gate) is Reason.AUTHENTICATION_UNAVAILABLE


def test_a_stricter_threshold_of_the_site_counts(faces: Faces) -> None:
    """What the site has measured decides, not what is shipped."""
    faces.enrol("ana")
    gate = Gate(faces, BiometricRules(liveness=Liveness.NONE, face_threshold=0.05, face_model=MODEL))
    gate.ask("ana")
    gate.sees("ana")
    assert failure(gate) is Reason.WRONG_FACE


@pytest.mark.parametrize(
    ("rules", "live", "reason"),
    [
        (PASSIVE, Live.LIVE, None),
        (PASSIVE, Live.SPOOFED, Reason.NOT_LIVE),
        (PASSIVE, Live.UNKNOWN, Reason.LIVENESS_UNAVAILABLE),
        (TURN, Live.LIVE, None),
        (TURN, Live.SPOOFED, Reason.NOT_LIVE),
        (TURN, Live.UNKNOWN, Reason.LIVENESS_UNAVAILABLE),
        (BOTH, Live.UNKNOWN, Reason.LIVENESS_UNAVAILABLE),
        (BiometricRules(liveness=Liveness.NONE), Live.UNKNOWN, None),
        (BiometricRules(liveness=Liveness.NONE), Live.SPOOFED, Reason.NOT_LIVE),
    ],
)
def test_liveness_that_is_wanted_and_cannot_be_told_is_a_failure(
    faces: Faces, rules: BiometricRules, live: Live, reason: Reason | None
) -> None:
    """The right face passes only where everything that the site wants of it was seen."""
    faces.enrol("ana")
    gate = Gate(faces, rules)
    gate.ask("ana")
    gate.sees("ana", live)
    assert failure(gate) is reason


def test_a_picture_learns_nothing_of_how_like_it_is(faces: Faces) -> None:
    """A spoof of the right person and of the wrong one get the same answer."""
    faces.enrol("ana")
    answers = []
    for name in ("ana", "ben"):
        gate = Gate(faces, PASSIVE)
        gate.ask("ana")
        gate.sees(name, Live.SPOOFED)
        answers.append(gate.came)
    assert answers[0] == answers[1]


def test_the_camera_is_asked_for_what_the_site_wants(faces: Faces) -> None:
    """Three frames always; the liveness model and the turn where the site file says so."""
    faces.enrol("ana")
    for rules, passive, turns in ((PASSIVE, True, False), (TURN, False, True), (BOTH, True, True)):
        gate = Gate(faces, rules)
        gate.ask("ana")
        (order,) = gate.camera.orders
        assert order.look.frames == FRAMES
        assert order.look.passive is passive
        assert (order.look.turn is not None) is turns
        assert order.within_s == WITHIN.total_seconds()


def test_the_side_of_the_turn_is_drawn_by_lot(faces: Faces) -> None:
    """In forty tries both sides come: a recording of one turn does not do."""
    faces.enrol("ana")
    gate = Gate(faces, TURN)
    for _ in range(40):
        gate.ask("ana")
    assert {order.look.turn for order in gate.camera.orders} == set(Turn)


def test_the_turn_is_shown_once_it_is_wanted(faces: Faces) -> None:
    """The light asks for a face first, then for the turn, and is not begun anew at every hint."""
    faces.enrol("ana")
    gate = Gate(faces, TURN)
    gate.ask("ana")
    turn = gate.camera.orders[0].look.turn
    assert turn is not None
    for hint in ("come closer", "come closer", TURN_HINTS[turn], TURN_HINTS[turn]):
        gate.gatherer.hear(gate.camera.step(hint))
    shown = Pattern.TURN_LEFT if turn is Turn.LEFT else Pattern.TURN_RIGHT
    assert gate.shown == [Pattern.FACE_WANTED, shown]


def test_nobody_before_the_camera_is_no_face(faces: Faces) -> None:
    """A look that ends without a face is not a wrong one."""
    faces.enrol("ana")
    gate = Gate(faces, TURN)
    gate.ask("ana")
    gate.gatherer.hear(gate.camera.failed("there is no face"))
    assert failure(gate) is Reason.NO_FACE


def test_a_face_that_does_not_turn_is_not_live(faces: Faces) -> None:
    """Who is asked to turn and does not may be a picture: it counts as a failed try."""
    faces.enrol("ana")
    gate = Gate(faces, TURN)
    gate.ask("ana")
    turn = gate.camera.orders[0].look.turn
    assert turn is not None
    gate.gatherer.hear(gate.camera.step(TURN_HINTS[turn]))
    gate.gatherer.hear(gate.camera.failed("the head was not turned"))
    assert failure(gate) is Reason.NOT_LIVE


def test_a_camera_that_breaks_is_no_fault_of_the_person(faces: Faces) -> None:
    """Neither where nobody was seen yet nor in the middle of a turn does it count as a failed try."""
    faces.enrol("ana")
    gate = Gate(faces, TURN)
    for is_turning in (False, True):
        gate.came.clear()
        gate.ask("ana")
        turn = gate.camera.orders[-1].look.turn
        assert turn is not None
        if is_turning:
            gate.gatherer.hear(gate.camera.step(TURN_HINTS[turn]))
        gate.gatherer.hear(gate.camera.failed("the camera is gone: unplugged", broken=True))
        assert failure(gate) is Reason.SENSOR_UNAVAILABLE


def test_a_camera_that_never_answers_ends_in_time(faces: Faces) -> None:
    """Nobody stands there for ever because a process hangs; a face that comes later counts for nothing."""
    faces.enrol("ana")
    gate = Gate(faces)
    gate.ask("ana")
    seen = gate.camera.seen(pictures_of("ana", 3))
    faces.pass_time(WITHIN + SLACK)
    assert failure(gate) is Reason.SENSOR_UNAVAILABLE
    assert gate.camera.stopped == [gate.camera.orders[0].ticket]
    gate.gatherer.hear(seen)
    assert len(gate.came) == 1


def test_a_camera_that_is_gone_cannot_check(faces: Faces) -> None:
    """Before and during a look, a lost camera is no failure of the person."""
    faces.enrol("ana")
    gate = Gate(faces)
    gate.ask("ana")
    gate.gatherer.lost("unplugged")
    assert failure(gate) is Reason.SENSOR_UNAVAILABLE
    gate.came.clear()
    gate.camera.book.lost("unplugged")
    gate.ask("ana")
    assert failure(gate) is Reason.SENSOR_UNAVAILABLE
    assert len(gate.camera.orders) == 1


def test_after_stop_nothing_is_told(faces: Faces) -> None:
    """An attempt that was given up hears nothing, whatever the camera still reports."""
    faces.enrol("ana")
    gate = Gate(faces)
    gate.ask("ana")
    gate.gatherer.stop()
    assert gate.camera.stopped == [gate.camera.orders[0].ticket]
    gate.sees("ana")
    faces.pass_time(WITHIN + 2 * SLACK)
    gate.gatherer.lost("unplugged")
    assert gate.came == []


def test_a_face_of_an_older_look_counts_for_nothing(faces: Faces) -> None:
    """What was seen for Ana does not let Ben in who asks next."""
    faces.enrol("ana")
    faces.enrol("ben")
    gate = Gate(faces)
    gate.ask("ana")
    for_ana = gate.camera.seen(pictures_of("ben", 3))
    gate.ask("ben")
    gate.gatherer.hear(for_ana)
    assert gate.came == []


def test_what_is_compared_while_the_attempt_ends_is_dropped(faces: Faces) -> None:
    """An answer that comes out of the workers too late is nobody's."""
    faces.enrol("ana")
    workers = HeldWorkers()
    gate = Gate(faces, workers=workers)
    gate.ask("ana")
    workers.work()
    gate.sees("ana")
    gate.gatherer.stop()
    workers.work()
    assert gate.came == []


def test_what_was_compared_for_one_attempt_does_not_end_the_next(faces: Faces) -> None:
    """Ana's answer, or the look at whether she has a face, comes when Ben is asked for: Ben's is awaited."""
    faces.enrol("ana")
    faces.enrol("ben")
    workers = HeldWorkers()
    gate = Gate(faces, workers=workers)
    gate.ask("ana")
    workers.work()
    gate.sees("ana")
    gate.ask("nobody")
    gate.ask("ben")
    workers.work()
    assert gate.came == []
    gate.sees("ben")
    workers.work()
    assert [came.person for came in gate.came] == ["ben"]


def test_a_template_that_is_not_what_its_row_says_checks_nobody(faces: Faces) -> None:
    """A row that calls another engine's template its own is damaged, one to one and among all."""
    faces.enrol("ana", template_of("ana", model="dlib:ffff:ffff"), row_model=MODEL)
    gate = Gate(faces, ANYBODY)
    for name, reason in (("ana", Reason.AUTHENTICATION_UNAVAILABLE), (None, Reason.UNKNOWN_FACE)):
        gate.ask(name)
        gate.sees("ana")
        assert gate.came[-1].failure is reason


def test_templates_that_cannot_be_read_in_time_check_nobody(faces: Faces) -> None:
    """A store that hangs ends as unavailable, before and after the look."""
    faces.enrol("ana")
    workers = HeldWorkers()
    gate = Gate(faces, workers=workers)
    gate.ask("ana")
    faces.pass_time(SLACK)
    assert failure(gate) is Reason.AUTHENTICATION_UNAVAILABLE
    gate.came.clear()
    gate.ask("ana")
    workers.work()
    gate.sees("ana")
    faces.pass_time(SLACK)
    assert failure(gate) is Reason.AUTHENTICATION_UNAVAILABLE


def test_a_camera_that_breaks_its_promise_checks_nobody(faces: Faces) -> None:
    """Fewer frames than were asked for, or bytes that are no vector, are no face and no wrong face."""
    faces.enrol("ana")
    gate = Gate(faces)
    garbage = [b"", b"\0" * 512, b"x" * 511]
    for frames in (pictures_of("ana", 2), []):
        gate.ask("ana")
        gate.gatherer.hear(gate.camera.seen(frames))
    for raw in garbage:
        gate.ask("ana")
        order = gate.camera.orders[-1]
        gate.gatherer.hear(FaceSeen(gate.camera.id, 0, order.ticket, MODEL, (raw,) * 3, (), Live.UNKNOWN))
    assert [came.failure for came in gate.came] == [Reason.AUTHENTICATION_UNAVAILABLE] * 5


def test_a_template_of_a_swapped_row_checks_nobody(faces: Faces) -> None:
    """Who writes Ben's template over Ana's row in the database is not Ana: it does not open."""
    faces.enrol("ana")
    faces.enrol("ben")
    with closing(sqlite3.connect(faces.home.people)) as db, db:
        (sealed,) = db.execute("SELECT sealed FROM biometric WHERE person = 'ben'").fetchone()
        db.execute("UPDATE biometric SET sealed = ? WHERE person = 'ana'", [sealed])
    gate = Gate(faces)
    gate.ask("ana")
    gate.sees("ben")
    assert failure(gate) is Reason.AUTHENTICATION_UNAVAILABLE


def test_without_the_root_key_nobody_is_checked(faces: Faces) -> None:
    """The database alone opens no template."""
    faces.enrol("ana")
    faces.home.root_key.unlink()
    gate = Gate(faces)
    gate.ask("ana")
    gate.sees("ana")
    assert failure(gate) is Reason.AUTHENTICATION_UNAVAILABLE


def test_a_face_alone_is_nobody_unless_the_site_says_so(faces: Faces) -> None:
    """Without faces = "identify" no face is looked for among everybody's."""
    faces.enrol("ana")
    gate = Gate(faces)
    gate.ask(None)
    assert failure(gate) is Reason.SENSOR_UNAVAILABLE
    assert gate.camera.orders == []


def test_one_among_all_is_found_where_the_site_says_so(faces: Faces) -> None:
    """With faces = "identify" a face says who somebody is, and a stranger's nobody."""
    for name in ("ana", "ben", "cem"):
        faces.enrol(name)
    gate = Gate(faces, ANYBODY)
    gate.ask(None)
    gate.sees("ben")
    assert gate.came[-1].person == "ben"
    gate.ask(None)
    gate.sees("stranger")
    assert gate.came[-1].failure is Reason.UNKNOWN_FACE
    assert gate.came[-1].person is None


def test_the_face_that_was_nearest_is_named(faces: Faces) -> None:
    """Of two faces of one person it is the one that fits, whether the person is known or looked for."""
    gate = Gate(faces, ANYBODY)
    faces.enrol("ben")
    other = faces.enrol("ana", template_of("eve"))
    mine = faces.enrol("ana")
    for claimed, who, row in (
        ("ana", "ana", mine),
        ("ana", "eve", other),
        (None, "ana", mine),
        (None, "eve", other),
    ):
        gate.came.clear()
        gate.ask(claimed)
        gate.sees(who)
        (came,) = gate.came
        assert (came.person, came.credential) == ("ana", row)
    gate.came.clear()
    gate.ask("ana")
    gate.sees("ben")
    assert gate.came[0].credential is None


def test_two_look_alikes_are_nobody(faces: Faces) -> None:
    """Where two people are within the margin, neither of them is let in by their face."""
    faces.enrol("ana")
    faces.enrol(
        "twin", Template.of(MODEL, [between(one, face_of("x"), 0.01) for one in template_of("ana").singles])
    )
    gate = Gate(faces, ANYBODY)
    gate.ask(None)
    gate.sees("ana")
    assert failure(gate) is Reason.UNKNOWN_FACE


def test_who_is_erased_is_found_no_more(faces: Faces) -> None:
    """What was opened for an earlier look does not outlive its row."""
    faces.enrol("ana")
    faces.enrol("ben")
    gate = Gate(faces, ANYBODY)
    gate.ask(None)
    gate.sees("ana")
    assert gate.came[-1].person == "ana"
    faces.writer.erase_biometrics("ana", ["face"], "local:maria")
    gate.ask(None)
    gate.sees("ana")
    assert gate.came[-1].failure is Reason.UNKNOWN_FACE


def test_seen_from_their_middle_it_takes_ten_people(faces: Faces) -> None:
    """A site that compares from the middle checks nobody while too few are enrolled, and then it does."""
    rules = BiometricRules(
        liveness=Liveness.NONE, face_threshold=0.9, face_model=MODEL, face_centred=True, identify=True
    )
    gate = Gate(faces, rules)
    for name in "abcdefghi":
        faces.enrol(name)
    gate.ask("a")
    gate.sees("a")
    assert gate.came[-1].failure is Reason.AUTHENTICATION_UNAVAILABLE
    faces.enrol("j")
    for claimed, who, came in (("a", "a", None), ("a", "b", Reason.WRONG_FACE)):
        gate.ask(claimed)
        gate.sees(who)
        assert gate.came[-1].failure is came
    gate.ask(None)
    gate.sees("c")
    assert gate.came[-1].person == "c"
