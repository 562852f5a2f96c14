"""Where pictures come from: an IP camera on this machine, folders, videos, and devices that are not there."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from hardware.cameras import mjpeg
from hardware.cameras.decoding import MOST_PIXELS, decoded, for_faces
from hardware.cameras.frames import FrameSource, SourceLost
from hardware.cameras.sources import open_source
from hardware.faces.engine import Picture
from hardware.signals import DeviceId
from hardware.specs import CameraKind, CameraSpec
from tests.hardware.ip_camera import IpCamera, Send, ip_camera, jpeg, part
from tests.hardware.painted import Painted, album, painting


@pytest.fixture
def camera() -> Iterator[IpCamera]:
    with ip_camera() as there:
        yield there


def opened(kind: CameraKind, source: str, frames_per_s: float = 100.0) -> FrameSource:
    return open_source(CameraSpec(DeviceId("gate.camera"), kind, source, frames_per_s=frames_per_s))


def the_next(source: FrameSource) -> Picture:
    deadline = time.monotonic() + 10
    while (picture := source.read()) is None:
        assert time.monotonic() < deadline
    return picture


def until_lost(source: FrameSource) -> str:
    with closing(source):
        for _ in range(1000):
            try:
                source.read()
            except SourceLost as lost:
                return str(lost)
    raise AssertionError("it was never lost")


def then_silent(camera: IpCamera, data: bytes) -> Callable[[Send], None]:
    def script(send: Send) -> None:
        send(data)
        camera.over.wait()

    return script


@pytest.mark.parametrize("chunked", [True, False])
@pytest.mark.parametrize("with_length", [True, False])
def test_an_ip_cameras_pictures_are_read(camera: IpCamera, with_length: bool, chunked: bool) -> None:
    """Whether it says how long each is or not, in chunks or not."""
    camera.chunked = chunked

    def some(send: Send) -> None:
        for _ in range(500):
            send(part(jpeg(90), with_length=with_length))
            if camera.over.wait(0.01):
                return

    camera.script = some
    source = opened(CameraKind.MJPEG, camera.url())
    picture = the_next(source)
    assert picture.shape == (48, 64, 3)
    assert abs(float(picture.mean()) - 90) < 3
    source.close()


def test_only_the_newest_picture_is_looked_at(camera: IpCamera) -> None:
    """Of several that came at once, the last one is the present."""
    camera.script = then_silent(camera, part(jpeg(10)) + part(jpeg(200)) + b"--myboundary--")
    source = opened(CameraKind.MJPEG, camera.url())
    assert float(the_next(source).mean()) > 190
    source.close()


@pytest.mark.parametrize("chunked", [True, False])
def test_a_picture_that_came_does_not_wait_for_the_one_after_it(camera: IpCamera, chunked: bool) -> None:
    """Otherwise what stood there before an order would be looked at as if it stood there now."""
    camera.chunked = chunked
    both = part(jpeg(10)) + part(jpeg(200))
    camera.script = then_silent(camera, both)
    source = opened(CameraKind.MJPEG, camera.url())
    while float(the_next(source).mean()) < 190:
        pass
    source.close()


@pytest.mark.parametrize("chunked", [True, False])
def test_a_camera_that_falls_silent_is_lost_in_time(
    camera: IpCamera, chunked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No call waits longer than for an answer, also in the middle of a picture."""
    monkeypatch.setattr(mjpeg, "ANSWER_S", 0.4)
    camera.chunked = chunked
    camera.script = then_silent(camera, part(jpeg(10)) + b"--myboundary\r\nContent-Le")
    source = opened(CameraKind.MJPEG, camera.url())
    the_next(source)
    began = time.monotonic()
    assert until_lost(source) == "the camera fell silent"
    assert time.monotonic() - began < 2


def test_a_camera_that_never_answers_is_lost_in_time(camera: IpCamera) -> None:
    """One that takes the call and says nothing."""
    camera.status = 0

    def mute(_handler: object) -> None:
        camera.over.wait()

    camera._answer = mute  # type: ignore[method-assign, assignment]
    began = time.monotonic()
    with pytest.raises(SourceLost, match="does not answer"):
        opened(CameraKind.MJPEG, camera.url())
    assert time.monotonic() - began < mjpeg.ANSWER_S + 2


def test_a_camera_that_hangs_up_is_lost(camera: IpCamera) -> None:
    """The end of its answer is the end of its pictures."""
    camera.script = lambda send: send(part(jpeg(10)))
    assert "ended its answer" in until_lost(opened(CameraKind.MJPEG, camera.url()))


def test_parts_that_are_no_pictures_are_no_camera(camera: IpCamera) -> None:
    """A few broken ones are passed over, a row of them is the end."""

    def broken(send: Send) -> None:
        while not camera.over.wait(0.01):
            send(part(b"\xff\xd8 nothing"))

    camera.script = broken
    assert "no pictures" in until_lost(opened(CameraKind.MJPEG, camera.url()))


def test_noise_without_end_is_no_camera(camera: IpCamera) -> None:
    """A part that never ends fills no memory."""
    camera.script = lambda send: send(b"--myboundary\r\n\r\n" + bytes(20_000_000))
    assert "too large" in until_lost(opened(CameraKind.MJPEG, camera.url()))


def test_a_page_is_no_stream(camera: IpCamera) -> None:
    """The address of the camera's own web page is a likely mistake."""
    camera.content_type = "text/html"
    with pytest.raises(SourceLost, match="no stream of pictures"):
        opened(CameraKind.MJPEG, camera.url())


def test_another_address_is_not_followed(camera: IpCamera) -> None:
    """Whoever answers in a camera's place cannot send us elsewhere."""
    camera.status, camera.headers = 302, {"Location": camera.url() + "/elsewhere"}
    with pytest.raises(SourceLost, match="302"):
        opened(CameraKind.MJPEG, camera.url())
    assert camera.asked == ["/stream"]


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/", "nonsense", "http://127.0.0.1:1/"])
def test_what_is_no_camera_is_refused(url: str) -> None:
    """Another kind of address, none at all, and one where nobody is."""
    with pytest.raises(SourceLost):
        opened(CameraKind.MJPEG, url)


def test_the_password_in_the_address_is_used_and_never_told(camera: IpCamera) -> None:
    """With the right one there are pictures; no message and no spec says either of them."""
    camera.stream()
    camera.user = ("door", "s3cret!")
    source = opened(CameraKind.MJPEG, camera.url("door:s3cret%21@"))
    the_next(source)
    source.close()
    with pytest.raises(SourceLost, match="401") as lost:
        opened(CameraKind.MJPEG, camera.url("door:wr0ng@"))
    assert "wr0ng" not in str(lost.value)
    assert "wr0ng" not in repr(CameraSpec(DeviceId("x"), CameraKind.MJPEG, camera.url("door:wr0ng@")))


def test_a_folder_is_shown_in_the_order_of_its_names_over_and_over(tmp_path: Path) -> None:
    """After the last picture comes the first one again; what is no picture by its name is left alone."""
    (album(tmp_path, [painting(Painted(person)) for person in (1, 2, 3)]) / "notes.txt").write_text("nothing")
    source = opened(CameraKind.FILES, str(tmp_path))
    assert [int(the_next(source)[0, 1, 0]) for _ in range(7)] == [1, 2, 3, 1, 2, 3, 1]
    source.close()


def test_a_folder_keeps_the_pace_that_is_stated(tmp_path: Path) -> None:
    """Ten pictures at fifty a second take at least most of a fifth of a second."""
    source = opened(CameraKind.FILES, str(album(tmp_path, [painting()])), 50)
    began = time.monotonic()
    for _ in range(10):
        the_next(source)
    assert time.monotonic() - began > 0.15
    source.close()


def test_a_video_is_shown_over_and_over(tmp_path: Path) -> None:
    """Also after its last picture, in its colours."""
    path = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    for _ in range(3):
        writer.write(np.full((48, 64, 3), (200, 30, 30), np.uint8))  # blue, as OpenCV has it
    writer.release()
    source = opened(CameraKind.FILES, str(path))
    pictures = [the_next(source) for _ in range(7)]
    assert all(picture[..., 2].mean() - picture[..., 0].mean() > 120 for picture in pictures)
    source.close()


@pytest.mark.parametrize("name", ["nowhere", "empty", "broken.avi", "holed"])
def test_files_that_are_no_pictures_are_said_to_be_none(tmp_path: Path, name: str) -> None:
    """A path that leads nowhere, an empty folder, a file that is no video, a folder with a broken picture."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.avi").write_bytes(b"RIFF nonsense")
    (tmp_path / "holed").mkdir()
    (tmp_path / "holed" / "a.jpg").write_bytes(jpeg(1)[:200])
    with pytest.raises(SourceLost):
        opened(CameraKind.FILES, str(tmp_path / name)).read()


@pytest.mark.parametrize("device", ["/dev/video99", "/dev/null"])
def test_a_usb_camera_that_is_not_there_is_said_to_be_gone(device: str) -> None:
    """A device file that is missing, and one that is no camera's."""
    with pytest.raises(SourceLost, match=device):
        opened(CameraKind.V4L2, device)


def test_a_picture_that_is_too_large_is_none(tmp_path: Path) -> None:
    """It is not unpacked: its size stands at its beginning."""
    side = int(MOST_PIXELS**0.5) + 100
    path = tmp_path / "large.png"
    Image.new("1", (side, side)).save(path)
    assert decoded(path.read_bytes(), ("PNG",)) is None


@pytest.mark.parametrize("size", [(1920, 1080), (480, 1280)])
def test_large_pictures_are_made_smaller_for_faces(size: tuple[int, int]) -> None:
    """640 pixels are enough, and the proportions stay."""
    smaller = for_faces(np.zeros((size[1], size[0], 3), np.uint8))
    assert max(smaller.shape) == 640
    assert abs(smaller.shape[1] / smaller.shape[0] - size[0] / size[1]) < 0.01
    usual = np.zeros((480, 640, 3), np.uint8)
    assert for_faces(usual) is usual
