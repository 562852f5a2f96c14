"""Sensors, cameras and encoders in a process of their own: whatever that does, each order has one answer."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from accessctl.api import doorkeeper
from accessctl.client import asking
from accessctl.door import desk_cards
from hardware.health import DeviceState
from hardware.hosted import host as host_module
from hardware.hosted import ticketed, watchdog
from hardware.hosted.host import Host
from hardware.ports import CardEncoder, FaceCamera, FingerSensor, Look
from hardware.signals import (
    CardEncoded,
    DeviceBack,
    DeviceId,
    DeviceLost,
    FaceSeen,
    FingerChecked,
    FingerEnrolled,
    FingerForgotten,
    SensorFailed,
    SensorStep,
    Technology,
)
from hardware.specs import CameraKind, CameraSpec, PcscReaderSpec, UartSensorSpec
from hardware.tickets import ENCODING_S, GRACE_S
from tests.hardware.listening import Ear
from tests.hardware.toy_driver import Toys, ToyUnit

READER = DeviceId("gate-in.reader")
FINGER = DeviceId("gate-in.finger")
CAMERA = DeviceId("gate-in.camera")


@pytest.fixture
def toys(tmp_path: Path) -> Iterator[Toys]:
    with Toys(tmp_path) as toys:
        yield toys


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hangs are noticed and drivers started anew sooner than in service."""
    monkeypatch.setattr(watchdog, "SILENCE_S", 2.0)
    monkeypatch.setattr(watchdog, "STALE_S", 2.0)
    monkeypatch.setattr(host_module, "FIRST_PAUSE_S", 0.05)


@pytest.fixture
def host(toys: Toys) -> Iterator[Host]:
    unit = ToyUnit(
        (PcscReaderSpec(READER, "toy"),),
        fingers=(UartSensorSpec(FINGER, "/dev/null"),),
        cameras=(CameraSpec(CAMERA, CameraKind.FILES),),
        path=toys.path,
    )
    host = Host(unit)
    try:
        yield host
    finally:
        host.close()


def ready(host: Host, toys: Toys, ear: Ear, device: DeviceId = FINGER) -> None:
    {**host.readers, **host.fingers, **host.cameras}[device].open(ear)
    here_again(toys, ear, device)


def here_again(toys: Toys, ear: Ear, device: DeviceId = FINGER) -> None:
    assert toys.built().hear() == f"open {device}"
    toys.tell("back", device)
    ear.next(DeviceBack)


@pytest.fixture
def finger(host: Host, toys: Toys, ear: Ear) -> FingerSensor:
    """A sensor that is there."""
    ready(host, toys, ear)
    return host.fingers[FINGER]


def test_each_device_is_what_it_can_do(host: Host) -> None:
    """Sensors, cameras and readers stand apart; a PC/SC reader may encode cards, if its driver can."""
    assert isinstance(host.fingers[FINGER], FingerSensor)
    assert isinstance(host.cameras[CAMERA], FaceCamera)
    assert isinstance(host.readers[READER], CardEncoder)
    assert not isinstance(host.cameras[CAMERA], FingerSensor)


def test_a_finger_is_verified_in_the_other_process(finger: FingerSensor, toys: Toys, ear: Ear) -> None:
    """The order arrives as it was; hints and the one answer come back, and nothing after it."""
    finger.verify(7, ("p-1:1", "p-1:2"), 10)
    assert toys.hear() == "verify 7 p-1:1,p-1:2 10"
    toys.tell("step 7", FINGER)
    assert ear.next(SensorStep).hint == "once more"
    toys.tell("checked 7 p-1:2", FINGER)
    checked = ear.next(FingerChecked)
    assert (checked.device, checked.ticket, checked.matched) == (FINGER, 7, "p-1:2")
    for late in ("checked 7 p-1:1", "step 7", "failed 7"):
        toys.tell(late, FINGER)
    toys.tell("lost unplugged", FINGER)
    ear.next(DeviceLost)


def test_templates_are_learnt_and_forgotten(finger: FingerSensor, toys: Toys, ear: Ear) -> None:
    """Both are orders with an answer of their own."""
    finger.enrol(1, "slot-17", 60)
    assert toys.hear() == "enrol 1 slot-17 60"
    toys.tell("enrolled 1 slot-17", FINGER)
    assert ear.next(FingerEnrolled).template == "slot-17"
    finger.forget(2, "slot-17")
    assert toys.hear() == "forget 2 slot-17"
    toys.tell("forgotten 2 slot-17", FINGER)
    assert ear.next(FingerForgotten).template == "slot-17"


def test_a_face_is_seen_in_the_other_process(host: Host, toys: Toys, ear: Ear) -> None:
    """With as many vectors as were asked for; with fewer it was not seen."""
    ready(host, toys, ear, CAMERA)
    camera = host.cameras[CAMERA]
    camera.look(1, Look(3), 10)
    assert toys.hear() == "look 1 3 10"
    toys.tell("face 1 3", CAMERA)
    assert len(ear.next(FaceSeen).vectors) == 3
    camera.look(2, Look(3), 10)
    assert toys.hear() == "look 2 3 10"
    toys.tell("face 2 2", CAMERA)
    assert ear.next(SensorFailed).ticket == 2


def test_a_card_is_encoded_in_the_other_process(host: Host, toys: Toys, ear: Ear) -> None:
    """One of the kind that was ordered; one of another kind is none."""
    ready(host, toys, ear, READER)
    encoder = host.readers[READER]
    assert isinstance(encoder, CardEncoder)
    encoder.encode(1, Technology.DESFIRE, 30)
    assert toys.hear() == "encode 1 desfire-aes 30"
    toys.tell("encoded 1", READER)
    assert ear.next(CardEncoded).number == b"\4\xa1"
    encoder.encode(2, Technology.SUN, 30)
    assert toys.hear() == "encode 2 ntag424-sun 30"
    toys.tell("encoded 2", READER)
    assert ear.next(SensorFailed).why == ticketed.NOT_ASKED


@pytest.mark.parametrize(
    "answer", ["enrolled 1 slot-2", "forgotten 1 slot-1", "checked 1 slot-1", "face 1 3", "encoded 1"]
)
def test_what_was_not_asked_is_no_answer(finger: FingerSensor, toys: Toys, ear: Ear, answer: str) -> None:
    """A driver that answers something else under the right ticket has failed, and nothing else."""
    finger.enrol(1, "slot-1", 60)
    toys.hear()
    toys.tell(answer, FINGER)
    failed = ear.next(SensorFailed)
    assert (failed.ticket, failed.why) == (1, ticketed.NOT_ASKED)


def test_a_match_that_comes_late_is_none(finger: FingerSensor, toys: Toys, ear: Ear) -> None:
    """Who laid a finger on the sensor ten seconds ago may be gone."""
    finger.verify(1, ("slot-1",), 10)
    toys.hear()
    toys.tell("stale 1", FINGER)
    assert ear.next(SensorFailed).ticket == 1


@pytest.mark.parametrize("ticket", [1, 3, 0])
def test_an_answer_counts_for_the_last_order_alone(
    finger: FingerSensor, toys: Toys, ear: Ear, ticket: int
) -> None:
    """The one before it was ended by it, and nobody asked for the others."""
    finger.verify(1, ("slot-1",), 10)
    finger.verify(2, ("slot-2",), 10)
    assert (toys.hear(), toys.hear()) == ("verify 1 slot-1 10", "verify 2 slot-2 10")
    toys.tell(f"checked {ticket} slot-1", FINGER)
    toys.tell("checked 2", FINGER)
    assert ear.next(FingerChecked).ticket == 2


def test_what_was_given_up_is_answered_no_more(finger: FingerSensor, toys: Toys, ear: Ear) -> None:
    """The driver is told to stop; what it says all the same is heard by nobody."""
    finger.verify(1, ("slot-1",), 10)
    toys.hear()
    finger.stop(2)
    finger.stop(1)
    assert toys.hear() == "stop 1"
    toys.tell("checked 1 slot-1", FINGER)
    toys.tell("lost unplugged", FINGER)
    ear.next(DeviceLost)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSEGV])
def test_a_process_that_dies_fails_the_order(
    hasty: None, finger: FingerSensor, toys: Toys, ear: Ear, how: signal.Signals
) -> None:
    """It is told at once, before the loss; the next process knows nothing of the order."""
    del hasty
    finger.verify(1, ("slot-1",), 10)
    toys.hear()
    os.kill(toys.pid, how)
    failed = ear.next(SensorFailed)
    assert (failed.ticket, failed.why) == (1, f"its driver was ended by {how.name} and is started anew")
    ear.next(DeviceLost)
    here_again(toys, ear)
    toys.tell("checked 1 slot-1", FINGER)
    finger.verify(2, ("slot-1",), 10)
    assert toys.hear() == "verify 2 slot-1 10"
    toys.tell("checked 2 slot-1", FINGER)
    assert ear.next(FingerChecked).ticket == 2


@pytest.mark.parametrize("hang", ["hang", "hold"])
def test_a_process_that_hangs_fails_the_order(
    hasty: None, finger: FingerSensor, toys: Toys, ear: Ear, hang: str
) -> None:
    """One driver's thread or the whole interpreter: the process is ended, and the order with it."""
    del hasty
    finger.verify(1, ("slot-1",), 60)
    toys.hear()
    toys.tell(hang, FINGER)
    failed = ear.next(SensorFailed)
    assert (failed.why, failed.broken) == (host_module.HANGS, True)
    ear.next(DeviceLost)
    here_again(toys, ear)


def test_a_driver_that_does_not_answer_in_time_has_failed(
    monkeypatch: pytest.MonkeyPatch, finger: FingerSensor, toys: Toys, ear: Ear
) -> None:
    """One that goes round, and forgets what it was asked, is told to stop."""
    monkeypatch.setattr(ticketed, "GRACE_S", 0.0)
    finger.verify(1, ("slot-1",), 0.1)
    toys.hear()
    failed = ear.next(SensorFailed)
    assert (failed.why, failed.broken) == (ticketed.NO_ANSWER, True)
    assert toys.hear() == "stop 1"


def test_a_card_that_was_shown_in_time_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, host: Host, toys: Toys, ear: Ear, finger: FingerSensor
) -> None:
    """Giving it keys takes longer than anything else, and what was done is not reported as failed."""
    monkeypatch.setattr(ticketed, "GRACE_S", 0.0)
    encoder = host.readers[READER]
    assert isinstance(encoder, CardEncoder)
    encoder.open(ear)
    assert toys.hear() == f"open {READER}"
    encoder.encode(1, Technology.DESFIRE, 0.1)
    assert toys.hear() == "encode 1 desfire-aes 0.1"
    for ticket in (2, 3):  # at the second one the reader was looked at as well
        finger.verify(ticket, (), 0.1)
        assert ear.next(SensorFailed).ticket == ticket
    toys.tell("encoded 1", READER)
    assert ear.next(CardEncoded).ticket == 1


def test_a_card_that_nobody_encodes_has_failed(
    monkeypatch: pytest.MonkeyPatch, host: Host, toys: Toys, ear: Ear
) -> None:
    """A reader's driver that forgets its order is not waited for without end."""
    monkeypatch.setattr(ticketed, "GRACE_S", 0.0)
    monkeypatch.setattr(ticketed, "ENCODING_S", 0.0)
    ready(host, toys, ear, READER)
    encoder = host.readers[READER]
    assert isinstance(encoder, CardEncoder)
    encoder.encode(1, Technology.DESFIRE, 0.1)
    assert ear.next(SensorFailed).why == ticketed.NO_ANSWER


def test_whoever_waits_for_a_card_is_patient_enough() -> None:
    """The reader ends first, then its proxy says so, then the desk, the office, and whoever asked there."""
    proxy_s = ENCODING_S + GRACE_S
    office_s = doorkeeper.ENCODING_S + doorkeeper.SLACK_S
    assert ENCODING_S < proxy_s < desk_cards.SLACK_S < office_s < asking.ENCODING_S


def test_an_order_that_nobody_takes_fails_at_once(
    monkeypatch: pytest.MonkeyPatch, host: Host, ear: Ear
) -> None:
    """Before the process runs there is nobody who would look."""
    finger = host.fingers[FINGER]
    finger.verify(1, ("slot-1",), 10)
    assert ear.quiet
    assert finger.health.state is DeviceState.UNSEEN
    monkeypatch.setattr(host, "want", lambda _device: None)  # its process never starts
    finger.open(ear)
    finger.verify(2, ("slot-1",), 10)
    assert ear.next(SensorFailed).ticket == 2
