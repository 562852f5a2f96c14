from collections.abc import Iterator

import pytest

from accessctl.link.answers import Devices, FaultCode
from accessctl.link.requests import AskDevices, PairReader, TryReader
from tests.api.running import RunningApi, refused
from tests.homes import TESTER
from tests.link.peer import CONTACT, READER, STRIKE


def test_readers_are_shown_with_their_health(api: RunningApi) -> None:
    """Readers are what the door process says of them, by their id or by their access point."""
    assert api.http.get("/readers").json() == [READER]
    assert api.http.get("/readers/gate-in.reader").json() == READER
    assert api.http.get("/readers/gate-in").json() == READER


def test_every_device_is_shown(api: RunningApi) -> None:
    """The list is put together from as many answers as it takes."""
    before = len(api.peer.heard_of(AskDevices))
    assert api.http.get("/devices").json() == [READER, CONTACT, STRIKE]
    asked = api.peer.heard_of(AskDevices)[before:]
    assert asked == [AskDevices(0), AskDevices(2)]


def test_a_list_that_shrinks_meanwhile_ends(api: RunningApi) -> None:
    """An answer without devices is the last one, whatever the total was said to be."""
    with api.peer.answering(AskDevices, Devices([], 7)):
        assert api.http.get("/devices").json() == []


def test_an_unknown_reader_is_not_found(api: RunningApi) -> None:
    """A reader that is not there is not shown; what cannot be one's name is refused."""
    assert refused(api.http.get("/readers/moon-in"), 404)["detail"] == "there is no reader moon-in"
    detail = refused(api.http.get("/readers/gate-in.strike"), 422)["detail"]
    assert detail == "path.reader: is not written as such a name is"


@pytest.mark.parametrize("sensor", ["gate-in.finger", "gate-in.camera"])
def test_a_sensor_is_no_reader(api: RunningApi, sensor: str) -> None:
    """It has no cards to read and no key to take; that is said in words, and nobody is asked."""
    for path, body in (("test", {"seconds": 2}), ("pair", {"window_s": 60})):
        detail = refused(api.http.post(f"/readers/{sensor}/{path}", json=body), 409)["detail"]
        assert detail.startswith(f"{sensor} is no reader")
    assert not [asked for asked in api.peer.heard_of(TryReader) if sensor in str(asked)]
    assert refused(api.http.get(f"/readers/{sensor}"), 404)["detail"] == f"there is no reader {sensor}"


def test_a_reader_is_tested_in_the_operators_name(api: RunningApi) -> None:
    """The test goes to the door process with its time and who asked; the answer has words only."""
    answer = api.http.post("/readers/gate-in/test", json={"seconds": 2})
    assert answer.json() == {
        "reader": "gate-in",
        "reads": [{"at_s": 1.5, "what": "key pressed"}],
        "more": 0,
        "patterns": ["granted"],
    }
    asked = api.peer.heard_of(TryReader)[-1]
    assert isinstance(asked, TryReader)
    assert (asked.device, asked.seconds) == ("gate-in", 2)
    assert asked.operator == TESTER


def test_a_reader_is_paired_in_the_operators_name(api: RunningApi) -> None:
    """The window goes to the door process; the answer says that it is done, and no key."""
    answer = api.http.post("/readers/gate-in/pair", json={"window_s": 60})
    assert answer.json() == {"reader": "gate-in", "words": "the reader has a key of its own"}
    asked = api.peer.heard_of(PairReader)[-1]
    assert isinstance(asked, PairReader)
    assert (asked.device, asked.window_s) == ("gate-in", 60)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("test", {"seconds": 0}),
        ("test", {"seconds": 61}),
        ("test", {"seconds": "soon"}),
        ("pair", {"window_s": 9}),
        ("pair", {"window_s": 601}),
        ("pair", {"key": "00" * 16}),
    ],
)
def test_times_lie_between_their_bounds(api: RunningApi, path: str, body: dict[str, object]) -> None:
    """What is no time for it, and a key that somebody thinks up, is refused."""
    refused(api.http.post(f"/readers/gate-in/{path}", json=body), 422)


@pytest.fixture(
    params=[(FaultCode.NOT_PAIRABLE, 409), (FaultCode.PAIRING_FAILED, 504), (FaultCode.BUSY, 409)]
)
def unpaired(api: RunningApi, request: pytest.FixtureRequest) -> Iterator[int]:
    """A door process that refuses to pair, and the status that this comes to."""
    code, status = request.param
    with api.peer.refusing(PairReader, code, "it is no OSDP reader"):
        yield status


def test_what_is_not_paired_says_why(api: RunningApi, unpaired: int) -> None:
    """The door process's words are the answer."""
    answer = api.http.post("/readers/gate-in/pair", json={})
    assert refused(answer, unpaired)["detail"] == "it is no OSDP reader"


def test_an_unknown_reader_can_be_neither_tested_nor_paired(api: RunningApi) -> None:
    """The door process knows which readers there are."""
    with api.peer.refusing(TryReader, FaultCode.UNKNOWN_READER):
        refused(api.http.post("/readers/moon-in/test", json={}), 404)
