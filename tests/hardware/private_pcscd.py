"""A pcscd of one's own with a virtual reader, beside whatever else runs on this machine.

pcscd has its socket compiled in, so it runs in a mount namespace in which /run/pcscd is a directory of
ours. That directory, and so the socket, stays the same across restarts of pcscd.

NOTE: libpcsclite reads PCSCLITE_CSOCK_NAME once in the life of a process. It is therefore set when
this module is imported, to the one socket of this process; children inherit it.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tests.tidying import at_the_end

HOME: Final = Path(tempfile.mkdtemp(prefix="pcscd-"))
SOCKET: Final = HOME / "run" / "pcscd.comm"
DRIVER: Final = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
READER: Final = "Virtual PCD 00 00"
START_S: Final = 10

os.environ["PCSCLITE_CSOCK_NAME"] = str(SOCKET)
at_the_end(lambda: shutil.rmtree(HOME, ignore_errors=True))

SECOND_READER: Final = "Virtual PCD 00 01"

READER_CONF: Final = """\
FRIENDLYNAME "Virtual PCD"
DEVICENAME   /dev/null:{port:#x}
LIBPATH      {driver}
CHANNELID    {port:#x}
"""


def why_not() -> str | None:
    """Tell what this machine lacks for a private pcscd; ``None`` when nothing."""
    if os.geteuid() != 0:
        return "a private pcscd needs root for its mount namespace"
    if shutil.which("pcscd") is None or not DRIVER.exists():
        return "apt install pcscd vsmartcard-vpcd"
    if find_spec("smartcard") is None:
        return "pip install pyscard"
    if subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode:
        return "this machine allows no mount namespaces"
    return None


class PrivatePcscd:
    """Starts, kills and restarts pcscd. As a context it is stopped at the end, and starts when told to."""

    def __init__(self) -> None:
        self.port = _two_free_ports()
        """Where a virtual card connects to reach ``READER``; the next port is that of ``SECOND_READER``."""
        self._process: subprocess.Popen[str] | None = None
        self._drain: threading.Thread | None = None

    def start(self, *, with_reader: bool = True, driver: Path = DRIVER) -> None:
        """Start pcscd, with the virtual readers plugged in or not; returns when it answers."""
        config = HOME / "readers"
        shutil.rmtree(config, ignore_errors=True)
        config.mkdir()
        if with_reader:
            (config / "vpcd").write_text(READER_CONF.format(port=self.port, driver=driver))
        SOCKET.parent.mkdir(exist_ok=True)
        Path("/run/pcscd").mkdir(exist_ok=True)
        script = 'mount --bind "$1" /run/pcscd && exec pcscd --foreground --info --config "$2"'
        self._process = subprocess.Popen(
            ["unshare", "-m", "sh", "-c", script, "sh", SOCKET.parent, config],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        ready = threading.Event()
        self._drain = threading.Thread(target=_drain, args=(self._process, ready), daemon=True)
        self._drain.start()
        # It says that it is ready a moment before it listens.
        deadline = time.monotonic() + START_S
        while not (ready.wait(START_S) and _answers()):
            if time.monotonic() > deadline:
                raise RuntimeError("pcscd did not start")
            threading.Event().wait(0.005)

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """End pcscd, by default as a crash does."""
        if self._process is None or self._drain is None:
            return
        self._process.send_signal(number)
        self._process.wait()
        self._drain.join()
        self._process = None

    def signal(self, number: signal.Signals) -> None:
        """Stop pcscd where it stands, or let it go on."""
        assert self._process is not None
        self._process.send_signal(number)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()


def _drain(process: subprocess.Popen[str], ready: threading.Event) -> None:
    assert process.stdout is not None
    with process.stdout:
        for line in process.stdout:
            if "daemon ready" in line:
                ready.set()


def _answers() -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(SOCKET)) == 0


def _two_free_ports() -> int:
    """Find a port that is free together with the next one: vpcd has two readers, and listens for both."""
    while True:
        with socket.socket() as one, socket.socket() as other:
            one.bind(("", 0))
            port: int = one.getsockname()[1]
            try:
                other.bind(("", port + 1))
            except OSError:
                continue
            return port
