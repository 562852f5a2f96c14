"""casbin and cedarpy, for ``make bench`` alone: accessctl and its tests never need them.

They lie in a folder of their own below ``.venv``, installed from ``requirements.txt``, which ``make
bench-lock`` renews. ``make clean`` removes them.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

LOCK: Final = Path(__file__).with_name("requirements.txt")
PLACE: Final = Path(".venv/bench")


class NotInstalled(Exception):
    """They could not be installed: no network, or none of their wheels fits this machine."""


def install() -> None:
    """Make them importable, and install them first where that was not done. Raises ``NotInstalled``."""
    made_from = f"{sys.version} {hashlib.sha256(LOCK.read_bytes()).hexdigest()}"
    note = PLACE / "made-from"
    if not note.exists() or note.read_text(encoding="utf-8") != made_from:
        sys.stderr.write("Installing casbin and cedarpy\n")
        shutil.rmtree(PLACE, ignore_errors=True)
        pip = (sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input")
        locked = ("--require-hashes", "--only-binary", ":all:", "--requirement", str(LOCK))
        done = subprocess.run(
            [*pip, *locked, "--target", str(PLACE)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise NotInstalled((done.stderr.strip().splitlines() or ["pip failed"])[-1])
        note.write_text(made_from, encoding="utf-8")
    # At the end, so that whatever the project has itself comes first.
    sys.path.append(str(PLACE.absolute()))
