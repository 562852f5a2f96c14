"""A pass as a QR code: on the terminal, or in a file that nobody else may read."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from accessctl.cli.talk import Failed

ERROR_LEVEL: Final = "m"
"""Restores 15 % of a code that is torn or dirty, and keeps a pass at 41 × 41 modules (version 6)."""
PNG_SCALE: Final = 8
"""Pixels of a module: 392 in all, which prints sharp at 4 cm."""


@dataclass(frozen=True, slots=True)
class CodeFile:
    """A file that a code will be written into."""

    kind: str
    """``png`` or ``svg``."""
    path: Path
    stream: BinaryIO

    def write(self, text: str) -> None:
        """Write the code of this text."""
        options: dict[str, Any] = {"scale": PNG_SCALE} if self.kind == "png" else {"scale": 1, "unit": "mm"}
        qr_of(text).save(self.stream, kind=self.kind, **options)


@contextmanager
def code_file(kind: str, path: Path) -> Iterator[CodeFile]:
    """Make a new file, before there is anything to write: it is removed again if there never is.

    Raises ``Failed`` for a file that is there already or cannot be made.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Failed(f"{path} is there already; a pass is never written over something") from None
    with os.fdopen(handle, "wb") as stream:
        try:
            yield CodeFile(kind, path, stream)
        except BaseException:
            path.unlink(missing_ok=True)
            raise


def terminal_code(text: str) -> str:
    """Draw the code with half blocks, for a terminal with light letters on dark ground."""
    drawn = io.StringIO()
    qr_of(text).terminal(drawn, compact=True)
    return drawn.getvalue()


def qr_of(text: str) -> Any:  # noqa: ANN401 - segno is imported when it is needed
    """Make the code of a pass. Raises ``Failed`` when what makes it is not installed."""
    try:
        import segno
    except ImportError as error:
        raise Failed("QR codes need the library segno: pip install 'accessctl[passes]'") from error
    return segno.make_qr(text, error=ERROR_LEVEL, mode="alphanumeric", boost_error=False)
