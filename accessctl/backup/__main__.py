"""Makes or checks one backup: ``python -m accessctl.backup HOME``, the wish on stdin as one JSON object.

``do`` is make or check, ``id`` names the backup, ``sealed`` holds the sealed files where the door process
gave them. On stdout comes a line of JSON whenever something is to be told: ``progress``, and in the end
``made``, ``problems`` or ``failed``. This process reads only what it copies, and holds no key.
"""

import ctypes
import json
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from accessctl.backup.checking import CHECKING, problems_of
from accessctl.backup.making import BackupFailed, file_of, make
from accessctl.home import Home

_NICENESS: Final = 10
"""Whatever is done here has time; on the same machine doors have not."""
_SMALLEST_STEP: Final = 0.01
_PR_SET_PDEATHSIG: Final = 1


def main() -> None:
    """Do what is wished and tell how it goes."""
    with suppress(PermissionError, OSError):
        os.nice(_NICENESS)
    end_with_parent()
    wish: dict[str, Any] = json.load(sys.stdin)
    home, id_ = Home(Path(sys.argv[1])), str(wish["id"])
    if wish["do"] == "check":
        _tell(problems=list(problems_of(file_of(home, id_), home.backups / f"{CHECKING}{os.getpid()}")))
        return
    last = -1.0

    def told(part: float) -> None:
        nonlocal last
        if part - last >= _SMALLEST_STEP:
            last = part
            _tell(progress=part)

    try:
        manifest = make(home, id_, wish.get("sealed"), told)
    except BackupFailed as error:
        _tell(failed=str(error))
    else:
        _tell(made=manifest.id)


def end_with_parent() -> None:
    """Ask the kernel to end this process with the one that started it: nobody would hear of its work."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _tell(**what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
