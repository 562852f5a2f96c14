"""Files that their owner alone reads."""

import os
import stat
from pathlib import Path
from typing import Final

_PRIVATE: Final = 0o600


def write_private(path: Path, written: bytes) -> None:
    """Write a file that its owner alone reads, whoever could read what was there before."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE), "wb") as file:
        if stat.S_ISREG(os.fstat(file.fileno()).st_mode):  # a pipe or /dev/null keeps the mode that it has
            os.fchmod(file.fileno(), _PRIVATE)
        file.write(written)
