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
from typing import Final

from hardware.hosted.inside import serve

PR_SET_PDEATHSIG: Final = 1


def main() -> None:
    """Drive until the door process hangs up or ends."""
    # Ended by its parent only: Ctrl-C and systemd tell the whole group, and the parent still has to close us.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    # The end of the socket tells as well, but only to a process that still listens.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, ctypes.c_ulong(signal.SIGKILL))
    # The log says where it crashed. No core file: keys would be in it. Our unit forbids cores, and this call.
    faulthandler.enable()
    with contextlib.suppress(OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Only our own talk: at a lower level than warning, a library may say what card it read.
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("hardware").setLevel(logging.INFO)
    with socket.socket(fileno=0) as connection:
        serve(connection)
    # At once: no thread of a driver that hangs may keep this process.
    os._exit(0)


if __name__ == "__main__":
    main()
