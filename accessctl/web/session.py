"""One console in one browser: ``python -m accessctl.web.session``, started by the server and by nobody else.

It speaks in the name of the session whose token comes through a pipe, and in nobody else's: never in that of
the account it runs under, and it offers no login. When the session has ended, so has it.
"""

import argparse
import ctypes
import os
import signal
import sys
from pathlib import Path
from typing import Final

from accessctl.supervisor import die_with_parent

_PR_SET_DUMPABLE: Final = 4


def main() -> int:
    """Run until its operator leaves, the session ends, or the server is gone."""
    parser = argparse.ArgumentParser(prog="accessctl-web-session")
    parser.add_argument("--socket", type=Path, required=True, help="where the API is asked")
    parser.add_argument("--token-fd", type=int, required=True, help="a pipe that gives the session's token")
    parser.add_argument("--parent", type=int, required=True, help="the process that has to be there")
    arguments = parser.parse_args()
    # A SIGKILL: a console has nothing to put in order, and must not outlive the login before it.
    die_with_parent(arguments.parent, signal.SIGKILL)()
    # Consoles of several operators run under one account. None may look into another one's memory.
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0)
    with os.fdopen(arguments.token_fd, encoding="ascii") as pipe:
        token = pipe.read()
    return _run(arguments.socket, token)


def _run(socket: Path, token: str) -> int:
    from accessctl.tui.asker import Asker
    from accessctl.tui.settings import read_settings
    from accessctl.web.console import BrowserConsole

    console = BrowserConsole(Asker(socket, token, nobody=True), read_settings())
    console.run()
    return console.return_code or 0


if __name__ == "__main__":
    sys.exit(main())
