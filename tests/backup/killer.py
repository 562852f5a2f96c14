"""Restores a backup again and again, killed before each of its steps.

``python -m tests.backup.killer PRISTINE HOME FILE``. A step is whatever changes names on the disk or brings
something to it. Each restore is a process of its own, forked from this one, which has no threads. For each it
prints one line of JSON: whether a plan was there when it died, whether it lived to the end, and what the home
came to after somebody else had finished it, twice.
"""

import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any, Final

from accessctl.backup.restoring import WhichRecord, restore
from accessctl.backup.swap import PLAN, finish
from accessctl.home import Home
from tests.backup.homes import state

_STEPS: Final = ("rename", "replace", "unlink", "mkdir", "fsync")
_MOST: Final = 300


def _kill_before(step: int) -> None:
    """Let this process die before the step of this number."""
    seen = 0

    def counted(real: Any) -> Any:  # noqa: ANN401 - any of the system's own
        def call(*args: Any, **more: Any) -> Any:  # noqa: ANN401 - as above
            nonlocal seen
            if seen == step:
                os.kill(os.getpid(), signal.SIGKILL)
            seen += 1
            return real(*args, **more)

        return call

    for name in _STEPS:
        setattr(os, name, counted(getattr(os, name)))


def main() -> None:
    """Kill it before each step, until it lives to the end."""
    pristine, home, file = Path(sys.argv[1]), Home(Path(sys.argv[2])), Path(sys.argv[3])
    for step in range(_MOST):
        shutil.rmtree(home.path, ignore_errors=True)
        shutil.copytree(pristine, home.path)
        child = os.fork()
        if child == 0:
            _kill_before(step)
            restore(home, file, WhichRecord.KEEP)
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        planned = (home.path / PLAN).exists()
        finish(home)
        finish(home)
        sys.stdout.write(json.dumps({"planned": planned, "status": status, "state": state(home)}) + "\n")
        if status == 0:
            return


if __name__ == "__main__":
    main()
