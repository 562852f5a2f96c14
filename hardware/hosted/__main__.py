"""Host drivers: ``python -m hardware.hosted``, started by the door process and by nobody else.

Its standard input is a socket, over which it is told what to drive. It ends when that one does.
"""

import contextlib
import ctypes
import faulthandler
import logging
import os
import resource
import signal
import socket
from pathlib import Path
from typing import Final

from hardware.hosted.inside import serve

PR_SET_PDEATHSIG: Final = 1
OOM_PREFERENCE: Final = Path("/proc/self/oom_score_adj")
"""How much rather than others the kernel ends this process when memory is short."""


def main() -> None:
    """Drive until the door process hangs up or ends."""
    # Ended by its parent only: Ctrl-C and systemd tell the whole group, and the parent still has to close us.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    # The end of the socket tells as well, but only to a process that still listens.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, ctypes.c_ulong(signal.SIGKILL))
    # The log says where it crashed. No core file: keys would be in it. Under our unit there is none anyhow,
    # and this call is filtered; the standard library makes a ValueError of that.
    faulthandler.enable()
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    be_dispensable()
    # Only our own talk: at a lower level than warning, a library may say what card it read.
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("hardware").setLevel(logging.INFO)
    with socket.socket(fileno=0) as connection:
        serve(connection)
    # At once: no thread of a driver that hangs may keep this process.
    os._exit(0)


def be_dispensable(preference: Path = OOM_PREFERENCE) -> None:
    """Be ended before the door process, whose preference was inherited, when memory is short."""
    with contextlib.suppress(OSError, ValueError):
        if int(preference.read_text()) < 0:
            preference.write_text("0")


if __name__ == "__main__":
    main()
