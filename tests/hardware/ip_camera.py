"""An IP camera on this machine: a real HTTP server that sends whatever a test wants."""

import base64
import io
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
from PIL import Image

Send = Callable[[bytes], object]
BOUNDARY = "--myboundary"
CHUNK = 1000


def jpeg(shade: int, size: tuple[int, int] = (64, 48)) -> bytes:
    """A picture of one shade."""
    file = io.BytesIO()
    Image.fromarray(np.full((size[1], size[0], 3), shade, np.uint8)).save(file, "JPEG", quality=95)
    return file.getvalue()


def part(data: bytes, *, with_length: bool = True) -> bytes:
    length = b"Content-Length: %d\r\n" % len(data) if with_length else b""
    return b"--myboundary\r\nContent-Type: image/jpeg\r\n" + length + b"\r\n" + data + b"\r\n"


def in_chunks(data: bytes) -> bytes:
    pieces = (data[at : at + CHUNK] for at in range(0, len(data), CHUNK))
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)


class IpCamera:
    """What is sent after the headers is up to ``script``; ``over`` is set when the test is."""

    def __init__(self) -> None:
        self.script: Callable[[Send], object] = lambda _send: None
        self.content_type = f"multipart/x-mixed-replace; boundary={BOUNDARY}"
        self.status = 200
        self.headers: dict[str, str] = {}
        self.user: tuple[str, str] | None = None
        self.chunked = False
        """Whether it answers as HTTP 1.1 has it: what is sent are chunks of at most 1,000 bytes."""
        self.over = threading.Event()
        self.asked: list[str] = []
        camera = self

        class Handler(BaseHTTPRequestHandler):
            @property
            def protocol_version(self) -> str:  # type: ignore[override]
                return "HTTP/1.1" if camera.chunked else "HTTP/1.0"

            def do_GET(self) -> None:
                camera.asked.append(self.path)
                with suppress(OSError):
                    camera._answer(self)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_port

    def url(self, user: str = "") -> str:
        return f"http://{user}127.0.0.1:{self.port}/stream"

    def stream(self) -> None:
        """Send one picture after the other, each a shade lighter."""

        def forever(send: Send) -> None:
            shade = 0
            while not self.over.wait(0.02):
                send(part(jpeg(shade % 200)))
                shade += 10

        self.script = forever

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        if self.user is not None:
            wanted = "Basic " + base64.b64encode(":".join(self.user).encode()).decode()
            if handler.headers.get("Authorization") != wanted:
                handler.send_response(401)
                handler.send_header("WWW-Authenticate", 'Basic realm="camera"')
                handler.end_headers()
                return
        handler.send_response(self.status)
        handler.send_header("Content-Type", self.content_type)
        for name, value in self.headers.items():
            handler.send_header(name, value)
        if self.chunked:
            handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        write = handler.wfile.write
        self.script((lambda data: write(in_chunks(data))) if self.chunked else write)


@contextmanager
def ip_camera() -> Iterator[IpCamera]:
    camera = IpCamera()
    thread = threading.Thread(target=camera.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield camera
    finally:
        camera.over.set()
        camera.server.shutdown()
        camera.server.server_close()
        thread.join()
