"""Asking the notary, from other processes of this home: that it signs at once whatever is new.

Whoever asks connects to its socket, says a word on one line, and reads what comes until it hangs up:
``signed`` or ``refused`` on the first line, then the newest head, or why there is none.
"""

import socket
from pathlib import Path
from typing import Final

SIGN: Final = b"sign\n"
SIGNED: Final = b"signed"
REFUSED: Final = b"refused"
PATIENCE_S: Final = 30.0
"""An entry for each microsecond of it can be taken in before; a record of a million takes longer, once."""


class NotSigned(Exception):
    """No head was signed now. The words say why."""


def sign_now(path: Path, patience_s: float = PATIENCE_S) -> bytes:
    """Have a head signed over all that is recorded, and give it. Raises ``NotSigned``."""
    try:
        with socket.socket(socket.AF_UNIX) as asked:
            asked.settimeout(patience_s)
            asked.connect(str(path))
            asked.sendall(SIGN)
            with asked.makefile("rb") as answer:
                word, _, rest = answer.read().partition(b"\n")
    except OSError as error:
        raise NotSigned(f"the notary process does not answer ({error.strerror or error})") from error
    if word != SIGNED:
        raise NotSigned(rest.decode(errors="replace").strip() or "the notary process hung up")
    return rest
