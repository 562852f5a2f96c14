"""A line to the API that fails is closed, one that rests is used again, and one is hung up from elsewhere."""

import gc
import socket
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from accessctl.client import ApiClient, ApiUnreachable
from accessctl.client.line import LineTransport

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Api:
    """Listens at a socket, and answers as often as it is told on each line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines = 0
        self.asked = threading.Event()
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(path))
        self._socket.listen()

    def answer(self, *times: int) -> threading.Thread:
        """Take a line for each number, answer it so many times and end it; 0: until it is hung up."""
        thread = threading.Thread(target=self._answer, args=(times,))
        thread.start()
        return thread

    def close(self) -> None:
        self._socket.close()

    def _answer(self, times: tuple[int, ...]) -> None:
        for most in times:
            line, _ = self._socket.accept()
            with line:
                self.lines += 1
                for _ in range(most):
                    line.recv(65536)
                    line.sendall(ANSWER)
                while not most and line.recv(65536):
                    self.asked.set()


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    """Something that listens."""
    api = Api(tmp_path / "api.sock")
    try:
        yield api
    finally:
        api.close()


@pytest.fixture
def client(api: Api) -> Iterator[ApiClient]:
    """Somebody who asks there."""
    with ApiClient(api.path, answer_s=20) as client:
        yield client


def left_open(transport: httpx.BaseTransport) -> list[str]:
    """Ask through it in vain, and give what the garbage collector complains of."""
    with warnings.catch_warnings(record=True) as complaints:
        warnings.simplefilter("always", ResourceWarning)
        with httpx.Client(transport=transport) as http, pytest.raises((OSError, httpx.ConnectError)):
            http.get("http://accessctl/")
        gc.collect()
    return [str(complaint.message) for complaint in complaints]


def test_a_line_that_could_not_be_made_is_closed(tmp_path: Path, api: Api) -> None:
    """Whether nobody listens, or nobody has ever listened there."""
    api.close()
    assert left_open(LineTransport(api.path)) == []
    assert left_open(LineTransport(tmp_path / "nothing.sock")) == []


def test_the_line_of_httpx_is_left_open(tmp_path: Path) -> None:
    """So the check above can fail; once it does not, the line need not be ours."""
    (complaint,) = left_open(httpx.HTTPTransport(uds=str(tmp_path / "nothing.sock")))
    assert complaint.startswith("unclosed <socket")


def test_a_line_is_used_again_and_made_anew_once_it_has_ended(api: Api, client: ApiClient) -> None:
    """Four calls over two lines: nobody is asked beforehand whether they listen."""
    for times in (3, 1):
        serving = api.answer(times)
        for _ in range(times):
            assert client.openapi() == {}
        serving.join(20)
    assert api.lines == 2


def test_who_waits_for_an_answer_can_be_hung_up(api: Api, client: ApiClient) -> None:
    """From another thread, and for good: what is asked afterwards is not answered either."""
    serving = api.answer(0, 0)

    def end_it() -> None:
        api.asked.wait(20)
        client.hang_up()

    threading.Thread(target=end_it).start()
    for _ in range(2):
        with pytest.raises(ApiUnreachable, match="does not answer"):
            client.openapi()
    serving.join(20)
    assert not serving.is_alive()


def test_an_answer_that_never_comes_is_said_to_be_late(api: Api) -> None:
    """In other words than those for an API that is not there."""
    serving = api.answer(0)
    with ApiClient(api.path, answer_s=0.01) as hurried, pytest.raises(ApiUnreachable, match="in time"):
        hurried.openapi()
    serving.join(20)


def test_an_answer_that_breaks_off_is_no_answer(api: Api, client: ApiClient) -> None:
    """The API ended while it answered."""

    def half() -> None:
        line, _ = api._socket.accept()
        with line:
            line.recv(65536)
            line.sendall(ANSWER[:-1])

    serving = threading.Thread(target=half)
    serving.start()
    with pytest.raises(ApiUnreachable, match="does not answer"):
        client.openapi()
    serving.join(20)
