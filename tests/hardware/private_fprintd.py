"""A system bus of one's own with the real fprintd on it, whose sensor is libfprint's virtual device.

polkit is python3-dbusmock's, which allows everything or nothing as it is told. fprintd is started by hand and
not by the bus, so that a test can see it gone.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Final, Self

FPRINTD: Final = Path("/usr/libexec/fprintd")
PYTHON: Final = Path("/usr/bin/python3")
"""The one for which Debian installs python3-dbusmock."""
START_S: Final = 15
BUS_CONF: Final = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path={path}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/><allow user="*"/>
  </policy>
</busconfig>
"""
POLKIT: Final = "org.freedesktop.PolicyKit1"


def why_not() -> str | None:
    """Tell what this machine lacks for a private fprintd; ``None`` when nothing."""
    if not FPRINTD.exists() or shutil.which("dbus-daemon") is None:
        return "apt install fprintd dbus"
    tried = subprocess.run([PYTHON, "-c", "import dbusmock"], capture_output=True, check=False)
    return "apt install python3-dbusmock" if tried.returncode else None


class PrivateFprintd:
    """The bus, polkit and fprintd. A context that starts all of them, and ends them.

    ``searches``: the virtual sensor finds a finger among many, as those do that keep templates themselves.
    """

    def __init__(self, *, searches: bool = False) -> None:
        self._kind = "FP_VIRTUAL_DEVICE_STORAGE" if searches else "FP_VIRTUAL_DEVICE"
        self.folder = Path(tempfile.mkdtemp(prefix="fprintd-"))
        self.address = f"unix:path={self.folder}/bus.sock"
        """What ``DBUS_SYSTEM_BUS_ADDRESS`` has to be."""
        self._sensor = self.folder / "sensor.sock"
        self._others: list[subprocess.Popen[bytes]] = []
        self._fprintd: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        conf = self.folder / "bus.conf"
        conf.write_text(BUS_CONF.format(path=self.folder / "bus.sock"))
        self._start("dbus-daemon", f"--config-file={conf}", "--nofork")
        self._until(lambda: self._bus("GetId").returncode == 0)
        self._start(PYTHON, "-m", "dbusmock", "--system", "--template", "polkitd")
        self._until(lambda: self._owned(POLKIT))
        self.allow(everything=True)
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        for process in reversed(self._others):
            process.kill()
            process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def pid(self) -> int:
        assert self._fprintd is not None
        return self._fprintd.pid

    def start(self) -> None:
        """Start fprintd; returns when it has its name."""
        state = self.folder / "state"
        state.mkdir(exist_ok=True)
        self._fprintd = subprocess.Popen(
            [FPRINTD, "--no-timeout"],
            env={
                **self._environment(),
                self._kind: str(self._sensor),
                "STATE_DIRECTORY": str(state),
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._until(lambda: self._owned("net.reactivated.Fprint"))

    def kill(self) -> None:
        """End fprintd as a crash does."""
        if self._fprintd is not None:
            self._fprintd.kill()
            self._fprintd.wait()
            self._fprintd = None
            self._sensor.unlink(missing_ok=True)

    def allow(self, *, everything: bool) -> None:
        """Have polkit allow everything, or nothing."""
        self._send(
            *(f"--dest={POLKIT}", "/org/freedesktop/PolicyKit1/Authority"),
            *("org.freedesktop.DBus.Mock.AllowUnknown", f"boolean:{str(everything).lower()}"),
        ).check_returncode()

    def sensor(self, command: str) -> str:
        """Tell the virtual sensor something, such as ``SCAN thumb``."""
        deadline = time.monotonic() + START_S
        while True:
            try:
                with socket.socket(socket.AF_UNIX) as connection:
                    connection.settimeout(START_S)
                    connection.connect(str(self._sensor))
                    connection.sendall(command.encode())
                    connection.shutdown(socket.SHUT_WR)
                    return connection.recv(4096).decode()
            except (ConnectionRefusedError, FileNotFoundError):
                # It listens while fprintd has the device open, and not before.
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.01)

    def _start(self, *command: str | Path) -> None:
        self._others.append(
            subprocess.Popen(
                command, env=self._environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
        )

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": self.address}

    def _owned(self, name: str) -> bool:
        return b"boolean true" in self._bus("NameHasOwner", f"string:{name}").stdout

    def _bus(self, member: str, *values: str) -> subprocess.CompletedProcess[bytes]:
        return self._send(
            "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus", f"org.freedesktop.DBus.{member}", *values
        )

    def _send(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        command = ["dbus-send", "--system", "--print-reply", *words]
        return subprocess.run(command, env=self._environment(), capture_output=True, check=False)

    @staticmethod
    def _until(true: object) -> None:
        assert callable(true)
        deadline = time.monotonic() + START_S
        while not true():
            assert time.monotonic() < deadline, "the private bus does not come up"
            time.sleep(0.02)
