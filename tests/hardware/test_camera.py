"""The camera itself: its passes, its hangs, its models, and its life in a process of its own."""

import io
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import segno
from PIL import Image

from hardware.cameras import camera as camera_module
from hardware.cameras import feed as feed_module
from hardware.cameras.camera import Camera, build_camera
from hardware.faces.engine import Face, Picture, Vector, normalised
from hardware.faces.quality import Flaw
from hardware.faces.sight import Sight
from hardware.health import DeviceState
from hardware.hosted.host import Host
from hardware.hosted.unit import HostedUnit
from hardware.ports import FaceCamera, Look
from hardware.signals import (
    CardFrame,
    DeviceBack,
    DeviceId,
    DeviceLost,
    FaceSeen,
    SensorFailed,
    SensorStep,
    Technology,
)
from hardware.specs import CameraKind, CameraSpec, ModelFile, OnnxEngine
from tests.hardware.listening import PATIENCE_S, Ear
from tests.hardware.painted import SIGHT, Painted, PaintedEngine, album, painting
from tests.hardware.stage import Stage

NAME = DeviceId("gate-in.camera")
SPEC = CameraSpec(NAME, CameraKind.FILES)
READS = replace(SPEC, faces=False, passes=True)
PASS = b"AP1" + b"AB27" * 37
OTHER = b"AP1" + b"XY56" * 37


def shown(text: bytes) -> Picture:
    """Hold a pass before the camera."""
    drawn = io.BytesIO()
    segno.make_qr(text.decode(), error="m").save(drawn, kind="png", scale=4)
    picture = Image.new("RGB", (640, 480), (128, 128, 128))
    picture.paste(Image.open(drawn).convert("RGB"), (40, 60))
    return np.asarray(picture, np.uint8)


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage()
    yield stage
    stage.let_go.set()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """What lasts seconds in service lasts less."""
    monkeypatch.setattr(feed_module, "LOST_AFTER_S", 0.2)
    monkeypatch.setattr(feed_module, "FIRST_PAUSE_S", 0.05)
    monkeypatch.setattr(camera_module, "FEED_HANGS_S", 0.5)
    monkeypatch.setattr(camera_module, "STILL_THERE_S", 0.2)
    monkeypatch.setattr(camera_module, "LOAD_AGAIN_S", 0.3)


@contextmanager
def opened(camera: FaceCamera, ear: Ear) -> Iterator[FaceCamera]:
    camera.open(ear)
    try:
        yield camera
    finally:
        camera.close()


def seen_for(camera: FaceCamera, seconds: float) -> None:
    """Wait until so much more was seen."""
    until = time.monotonic_ns() + seconds * 1e9
    deadline = time.monotonic() + PATIENCE_S
    while (camera.health.seen_ns or 0) < until:
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.usefixtures("hasty")
def test_a_pass_is_read_when_it_is_shown(stage: Stage, ear: Ear) -> None:
    """Once for as long as it stays, and another one at once; no engine is loaded for it."""

    def no_engine() -> Sight:
        raise AssertionError("an engine was loaded")

    with opened(Camera(READS, stage.open, no_engine), ear) as camera:
        ear.next(DeviceBack)
        seen_for(camera, 0.4)
        stage.show(shown(PASS))
        card = ear.next(CardFrame)
        assert (card.device, card.technology, card.number) == (NAME, Technology.PASS, PASS)
        seen_for(camera, 0.4)
        stage.show(shown(OTHER))
        assert ear.next(CardFrame).number == OTHER
        assert ear.quiet


@pytest.mark.usefixtures("hasty")
def test_a_pass_that_lies_there_when_the_camera_comes_is_not_shown(stage: Stage, ear: Ear) -> None:
    """A start, and a cable that is plugged in again, open no door with what hangs before the camera."""
    stage.show(shown(PASS))
    with opened(Camera(READS, stage.open, lambda: SIGHT), ear) as camera:
        ear.next(DeviceBack)
        seen_for(camera, 0.6)
        stage.lost = "the cable was pulled"
        ear.next(DeviceLost)
        stage.lost = None
        ear.next(DeviceBack)
        seen_for(camera, 0.6)
        assert ear.quiet


def test_a_camera_for_passes_sees_no_faces(stage: Stage, ear: Ear) -> None:
    """Who asks it for one is told so, not kept waiting."""
    with opened(Camera(READS, stage.open, lambda: SIGHT), ear) as camera:
        ear.next(DeviceBack)
        camera.look(3, Look(1), 60)
        assert ear.next(SensorFailed).why == "this camera does not look at faces"


@pytest.mark.usefixtures("hasty")
def test_a_camera_that_is_silent_is_lost_and_opened_anew(stage: Stage, ear: Ear) -> None:
    """No picture for a while is no camera; it is tried again until there are pictures."""
    with opened(Camera(SPEC, stage.open, lambda: SIGHT), ear):
        ear.next(DeviceBack)
        stage.silent.set()
        assert "no picture came" in ear.next(DeviceLost).why
        stage.silent.clear()
        ear.next(DeviceBack)
        assert stage.opened > 1


@pytest.mark.usefixtures("hasty")
def test_a_camera_that_hangs_beats_no_more(stage: Stage, ear: Ear) -> None:
    """Its driver goes round and says nothing: that is how whoever watches it knows. Closing does not wait."""
    with opened(Camera(SPEC, stage.open, lambda: SIGHT), ear) as camera:
        ear.next(DeviceBack)
        stage.hanging.set()
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic_ns() - (camera.health.beat_ns or 0) < 1e9:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        began = time.monotonic()
        camera.close()
        assert time.monotonic() - began < 1.5


def test_a_camera_at_work_beats_all_the_time(stage: Stage, ear: Ear) -> None:
    """Whether somebody stands there or not."""
    with opened(Camera(SPEC, stage.open, lambda: SIGHT), ear) as camera:
        ear.next(DeviceBack)
        for _ in range(20):
            seen_for(camera, 0.02)
            assert time.monotonic_ns() - (camera.health.beat_ns or 0) < 2e9


@pytest.mark.usefixtures("hasty")
def test_models_that_are_not_the_pinned_ones_lose_the_camera(tmp_path: Path, ear: Ear) -> None:
    """It says which file and why, and fails what it is asked at once."""
    wrong = tmp_path / "yunet.onnx"
    wrong.write_bytes(b"not the one")
    pinned = ModelFile(str(wrong), "0" * 64)
    spec = replace(SPEC, source=str(tmp_path), engine=OnnxEngine(pinned, pinned))
    with opened(build_camera(spec), ear) as camera:
        lost = ear.next(DeviceLost)
        assert "yunet.onnx" in lost.why
        assert "not the one that is pinned" in lost.why
        camera.look(5, Look(1), 60)
        assert "models cannot be used" in ear.next(SensorFailed).why


@pytest.mark.usefixtures("hasty")
def test_what_fails_inside_is_no_end(stage: Stage, ear: Ear) -> None:
    """An engine that raises loses the camera for a while, and says where, not what."""

    class Broken:
        model, dim, same_sitting = "broken", 16, 1.0
        broken = True

        def find(self, picture: Picture) -> tuple[()]:
            if self.broken:
                raise ZeroDivisionError("secret")
            return ()

        def embed(self, picture: Picture, face: Face) -> Vector:
            raise AssertionError

    engine = Broken()
    with opened(Camera(SPEC, stage.open, lambda: Sight(engine)), ear) as camera:
        ear.next(DeviceBack)
        camera.look(6, Look(1), 60)
        failed = ear.skip_to(SensorFailed)
        assert "ZeroDivisionError" in failed.why
        assert failed.broken
        assert "secret" not in failed.why + repr(camera.health)
        engine.broken = False
        ear.skip_to(DeviceBack)
        camera.look(7, Look(1), 60)
        assert ear.next(SensorStep).ticket == 7


def test_one_face_that_cannot_be_encoded_costs_one_picture(stage: Stage, ear: Ear) -> None:
    """It is counted as an error and told as a hint; the camera stays, and the next picture counts."""

    class Picky(PaintedEngine):
        def embed(self, picture: Picture, face: Face) -> Vector:
            return normalised(np.zeros(4)) if face.left < 200 else super().embed(picture, face)

    stage.show(painting(Painted(left=100)))
    with opened(Camera(SPEC, stage.open, lambda: Sight(Picky())), ear) as camera:
        ear.next(DeviceBack)
        camera.look(9, Look(1), 60)
        assert ear.next(SensorStep).hint == Flaw.ODD.hint
        assert camera.health.errors_this_hour > 0
        assert "ValueError" in (camera.health.last_error or "")
        stage.show(painting(Painted()))
        assert ear.next(FaceSeen).ticket == 9
        stage.show(painting(Painted(left=100)))
        seen_for(camera, 0.1)
        camera.look(10, Look(1), 0.4)
        assert ear.skip_to(SensorFailed).why == Flaw.ODD.wrong


def test_hints_come_no_faster_than_anybody_can_follow(stage: Stage, ear: Ear) -> None:
    """Each stays for most of a second, also when the picture changes all the time."""
    stage.show(painting(), painting(Painted(width=60)), around=True)
    with opened(Camera(SPEC, stage.open, lambda: SIGHT), ear) as camera:
        ear.next(DeviceBack)
        camera.look(8, Look(1), 60)
        instants = [ear.next(SensorStep).mono_ns for _ in range(3)]
    assert all(later - earlier >= 0.7e9 for earlier, later in pairwise(instants))


def test_in_a_process_of_its_own_it_answers_and_comes_back(tmp_path: Path, ear: Ear) -> None:
    """With dlib's engine and drawings in which there is no face; killed, it is back and answers again."""
    pytest.importorskip("dlib")
    source = str(album(tmp_path, [painting(Painted())]))
    host = Host(HostedUnit(cameras=(replace(SPEC, source=source, frames_per_s=20),)))
    camera = host.cameras[NAME]
    try:
        camera.open(ear)
        for ticket in (1, 2):
            ear.skip_to(DeviceBack)
            camera.look(ticket, Look(1), 0.5)
            failed = ear.skip_to(SensorFailed)
            assert (failed.ticket, failed.why) == (ticket, "there is no face")
            assert camera.health.state is DeviceState.HERE
            if ticket == 1:
                assert host.pid is not None
                os.kill(host.pid, signal.SIGKILL)
                ear.skip_to(DeviceLost)
    finally:
        host.close()
