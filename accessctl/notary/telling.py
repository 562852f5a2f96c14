"""Having the door process enter something about the record, or prune it. Blocking, for seconds."""

import logging
import socket
import time
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from accessctl.acting import Whence
from accessctl.link.answers import Done, Fault
from accessctl.link.requests import LONGEST_TOLD, PruneRecord, TellOfExport, TellOfRecord
from accessctl.link.wire import LONGEST_LINE, MessageUnreadable, decode, encode

PATIENCE_S: Final = 3.0
_NS_PER_S: Final = 1_000_000_000

log = logging.getLogger(__name__)


def tell(door: Path, request: TellOfRecord | TellOfExport, whence: Whence | None = None) -> bool:
    """Have it entered; tells whether it is. To ask again is right: under its id it is entered once.

    ``whence``: from where an operator acts who is named in it.
    """
    answer = _answer(door, _fitting(request), whence)
    if isinstance(answer, Fault):
        what = type(request).__name__ if isinstance(request, TellOfExport) else request.what
        log.warning("the door process has not entered %s: %s", what, answer.why)
    return isinstance(answer, Done)


def prune(door: Path, request: PruneRecord) -> int | None:
    """Have entries deleted; gives the number of the entry that tells of it, 0 where none was old enough.

    ``None``: it was not done, and may be asked for again.
    """
    answer = _answer(door, request)
    if isinstance(answer, Fault):
        log.info("nothing is pruned now: %s", answer.why)
    return answer.seq if isinstance(answer, Done) else None


def _fitting(request: TellOfRecord | TellOfExport) -> TellOfRecord | TellOfExport:
    """Cut what is too long to be entered: otherwise an alarm would be refused, and raised again for ever.

    What an operator says is theirs: they hear that it is too long.
    """
    if request.operator:
        return request
    texts = {name: text for name, text in asdict(request).items() if isinstance(text, str) and name != "what"}
    long = {name: text for name, text in texts.items() if len(text) > LONGEST_TOLD}
    cut: dict[str, Any] = {name: f"{text[: LONGEST_TOLD - 1]}…" for name, text in long.items()}
    if "id" in cut:  # two that begin alike stay two
        cut["id"] = sha256(request.id.encode(errors="backslashreplace")).hexdigest()
    return replace(request, **cut)


def _answer(
    door: Path, request: TellOfRecord | TellOfExport | PruneRecord, whence: Whence | None = None
) -> object:
    """Ask the door process; gives ``None`` where it does not answer."""
    by_ns = time.monotonic_ns() + int(PATIENCE_S * _NS_PER_S)
    try:
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(PATIENCE_S)
            link.connect(str(door))
            link.sendall(encode(request, by_ns, whence))
            with link.makefile("rb") as lines:
                return decode(lines.readline(LONGEST_LINE))
    except (OSError, MessageUnreadable) as error:
        log.debug("the door process cannot be told: %s", error)
        return None
