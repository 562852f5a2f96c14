"""What ``hardware.ports.FaceCamera`` promises: the simulated camera and the real one alike.

The real one looks at drawings with an engine that reads them, and, where somebody has pictures of people, at
those with dlib's.
"""

import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import dist, hypot

import pytest

from hardware.cameras.camera import Camera
from hardware.cameras.hints import TURN_HINTS
from hardware.faces.sight import Sight, load_sight
from hardware.health import DeviceState
from hardware.ports import FaceCamera, Look, Turn
from hardware.signals import DeviceBack, DeviceId, DeviceLost, FaceSeen, Live, SensorFailed, SensorStep
from hardware.simulated.cameras import SimulatedCamera, Somebody
from hardware.specs import CameraKind, CameraSpec
from tests.hardware.face_folder import two_people
from tests.hardware.listening import PATIENCE_S, Ear
from tests.hardware.painted import SIGHT, Painted, painting
from tests.hardware.stage import Stage

CAMERA = DeviceId("gate-in.camera")
CLOSES_WITHIN_S = 1.5
"""A second is promised; the rest is this machine's."""
LONG_S = 60.0
SOON_S = 0.4


@dataclass
class Rig:
    """One camera, and what a test may do before it."""

    camera: FaceCamera
    come: Callable[[int], None]
    """Have the first or the second of two people stand there."""
    leave: Callable[[], None]
    lose: Callable[[], None]
    restore: Callable[[], None]
    turn: Callable[[], None] | None = None
    """Have the first one turn the head to the left."""


def simulated() -> Rig:
    camera = SimulatedCamera(CAMERA)
    camera.be(None)
    return Rig(
        camera,
        come=lambda number: camera.face(Somebody(f"person {number}", turns=False)),
        leave=lambda: camera.face(None),
        lose=lambda: camera.be("it was unplugged"),
        restore=lambda: camera.be(None),
        turn=lambda: camera.face(Somebody("person 0")),
    )


def staged(sight: Callable[[], Sight], stage: Stage, come: Callable[[int], None]) -> Rig:
    camera = Camera(CameraSpec(CAMERA, CameraKind.FILES), stage.open, sight)

    def lose() -> None:
        stage.lost = "the cable was pulled"

    def restore() -> None:
        stage.lost = None

    return Rig(camera, come, lambda: stage.show(painting()), lose, restore)


def drawn() -> Rig:
    stage = Stage()
    rig = staged(lambda: SIGHT, stage, lambda number: stage.show(painting(Painted(number + 1))))
    yaws = [0.0] * 30 + [yaw / 100 for yaw in range(0, 36, 5)]
    rig.turn = lambda: stage.show(*(painting(Painted(1, yaw=yaw)) for yaw in yaws), around=True)
    return rig


def photographed() -> Rig:
    people, stage = two_people(), Stage()
    return staged(load_sight, stage, lambda number: stage.show(*people[number], around=True))


@pytest.fixture(params=[simulated, drawn, photographed], ids=["simulated", "drawings", "faces"])
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    built = request.param()
    try:
        yield built
    finally:
        built.camera.close()


@pytest.fixture
def ready(rig: Rig, ear: Ear) -> Rig:
    rig.camera.open(ear)
    ear.skip_to(DeviceBack)
    return rig


def seen(rig: Rig, ear: Ear, ticket: int, look: Look) -> FaceSeen:
    rig.camera.look(ticket, look, LONG_S)
    answer = ear.skip_to(FaceSeen)
    assert answer.ticket == ticket
    return answer


def numbers(vector: bytes) -> tuple[float, ...]:
    return struct.unpack(f"<{len(vector) // 4}f", vector)


def apart(one: FaceSeen, other: FaceSeen) -> float:
    return dist(numbers(one.vectors[0]), numbers(other.vectors[0]))


def test_the_first_report_says_whether_it_is_there(rig: Rig, ear: Ear) -> None:
    """Nothing is heard before ``open``, and then its presence before anything else, as on its page."""
    assert rig.camera.id == CAMERA
    assert ear.quiet
    rig.camera.open(ear)
    assert ear.next(DeviceBack).device == CAMERA
    assert rig.camera.health.state is DeviceState.HERE
    assert rig.camera.health.about["driver"]


def test_a_face_is_seen_in_as_many_frames_as_were_wanted(ready: Rig, ear: Ear) -> None:
    """With a vector of length 1 for each, the engine's name, and no word of a liveness nobody asked for."""
    ready.come(0)
    answer = seen(ready, ear, 7, Look(3))
    assert (answer.device, len(answer.vectors), answer.live) == (CAMERA, 3, Live.UNKNOWN)
    assert answer.model
    assert all(abs(hypot(*numbers(vector)) - 1) < 1e-3 for vector in answer.vectors)
    assert 0 <= time.monotonic_ns() - answer.mono_ns < PATIENCE_S * 1e9


def test_one_person_is_alike_and_another_one_is_not(ready: Rig, ear: Ear) -> None:
    """Two looks at one person are nearer than looks at two people."""
    ready.come(0)
    first, again = seen(ready, ear, 1, Look(1)), seen(ready, ear, 2, Look(1))
    ready.come(1)
    other = seen(ready, ear, 3, Look(2))
    assert apart(first, again) < apart(first, other)


def test_who_comes_while_it_looks_is_seen(ready: Rig, ear: Ear) -> None:
    """First it is said that somebody should look into the camera."""
    ready.leave()
    ready.camera.look(1, Look(1), LONG_S)
    assert ear.next(SensorStep).ticket == 1
    ready.come(0)
    assert ear.skip_to(FaceSeen).ticket == 1


def test_nobody_is_a_failure_when_the_time_is_over(ready: Rig, ear: Ear) -> None:
    """Once, and with its reason."""
    ready.leave()
    ready.camera.look(4, Look(1), SOON_S)
    failed = ear.skip_to(SensorFailed)
    assert (failed.ticket, failed.why, failed.broken) == (4, "there is no face", False)
    assert ear.quiet


def test_who_does_not_turn_the_head_has_failed(ready: Rig, ear: Ear) -> None:
    """The turn is asked for, and without it there is no face."""
    ready.come(0)
    ready.camera.look(5, Look(1, turn=Turn.RIGHT), 1.5)
    while ear.next(SensorStep).hint != TURN_HINTS[Turn.RIGHT]:
        pass
    failed = ear.skip_to(SensorFailed)
    assert (failed.why, failed.broken) == ("the head was not turned to the right", False)


def test_who_turns_the_head_is_live(ready: Rig, ear: Ear) -> None:
    """As they were asked to, and seen from the front before."""
    if ready.turn is None:
        pytest.skip("nobody turns the head in these pictures")
    ready.turn()
    assert seen(ready, ear, 6, Look(2, turn=Turn.LEFT)).live is Live.LIVE


def test_what_is_stopped_is_silent(ready: Rig, ear: Ear) -> None:
    """Nothing comes of an order that was given up, whoever stands there; the next one is answered."""
    ready.leave()
    ready.camera.look(8, Look(1), SOON_S)
    ready.camera.stop(8)
    ready.come(0)
    ready.camera.stop(99)  # which nobody has
    ready.camera.look(9, Look(1), LONG_S)
    assert ear.skip_to(FaceSeen).ticket == 9


def test_a_new_order_ends_the_one_before(ready: Rig, ear: Ear) -> None:
    """Of the first one nothing is heard."""
    ready.leave()
    ready.camera.look(10, Look(1), SOON_S)
    ready.camera.look(11, Look(1), 2 * SOON_S)
    assert ear.skip_to(SensorFailed).ticket == 11
    assert ear.quiet


def test_a_camera_that_is_lost_fails_its_order_and_comes_back(ready: Rig, ear: Ear) -> None:
    """Both are told, with their reasons; afterwards it sees as before."""
    ready.leave()
    ready.camera.look(12, Look(1), LONG_S)
    ear.next(SensorStep)
    ready.lose()
    told = {type(signal): signal for signal in (ear._get(SensorFailed) for _ in range(2))}
    assert told.keys() == {DeviceLost, SensorFailed}
    assert getattr(told[SensorFailed], "broken", None), "that is nobody's fault who stands there"
    assert ready.camera.health.state is DeviceState.LOST
    ready.restore()
    ear.skip_to(DeviceBack)
    ready.come(0)
    seen(ready, ear, 13, Look(1))


def test_nothing_is_reported_after_close(ready: Rig, ear: Ear) -> None:
    """Closing takes a second at most, may be done twice, and is the last that is heard."""
    ready.leave()
    ready.camera.look(14, Look(1), SOON_S)
    ear.next(SensorStep)
    began = time.monotonic()
    ready.camera.close()
    ready.camera.close()
    assert time.monotonic() - began < CLOSES_WITHIN_S
    ready.come(0)
    ready.camera.look(15, Look(1), SOON_S)
    assert ear.quiet


def test_no_face_is_ever_written_down(ready: Rig, ear: Ear) -> None:
    """The vectors are in no ``repr``, from which logs and tracebacks are made."""
    ready.come(0)
    answer = seen(ready, ear, 16, Look(1))
    assert "vectors" not in repr(answer)
    assert repr(answer.vectors[0]) not in repr(answer)
