"""Whether a file is still the one that was opened.

Who removes or replaces a database under a process that has it open makes it write into a file that
nobody will ever find again. SQLite cannot tell; the file system can.
"""

from pathlib import Path


class Identity:
    """Remembers which file a path led to."""

    def __init__(self, path: Path) -> None:
        """Look at the file now. Raises ``OSError`` when there is none."""
        self._path = path
        self._was = self._look()

    def same(self) -> bool:
        """Whether the path still leads to the same file. Costs one system call, some microseconds."""
        try:
            return self._look() == self._was
        except OSError:
            return False

    def _look(self) -> tuple[int, int]:
        found = self._path.stat()
        return found.st_dev, found.st_ino
