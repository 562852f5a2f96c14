"""Carries out an export, whichever form is wanted."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from accessctl.exporting.entering import entered
from accessctl.exporting.lines import Form
from accessctl.exporting.rows import Begin, Exported, export_rows
from accessctl.exporting.wanted import Wanted
from accessctl.home import Home
from accessctl.store.whole import kept_whole

if TYPE_CHECKING:
    from accessctl.evidence.checkpoint import Checkpoint

Shown = Callable[[int], AbstractContextManager[Callable[[int], None]]]
"""Shows how far it has come: is told the total, gives what counts within a ``with``."""
_NICENESS: Final = 10
"""An export has time; on the same machine doors have not."""
_ROWS: Final = {"csv": Form.CSV, "jsonl": Form.JSON}


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be taken out, and where to."""

    format: str
    """csv, jsonl, parquet or tlog."""
    target: Path
    wanted: Wanted = Wanted()
    previous: Path | None = None
    resume: bool = False


def run(home: Home, order: Order, shown: Shown) -> Exported:
    """Write what is ordered, and have that entered in the record. Raises ``ExportFailed`` and ``OSError``.

    A head is signed that covers what was taken out. Where notary or door process do not live, it is not.
    """
    with _behind_doors(), kept_whole(home.record), ExitStack() as stack:

        def begin(total: int) -> Callable[[int], None]:
            return stack.enter_context(shown(total))

        done = _exported(home, order, begin)
    if done.head is None:
        done = replace(done, head=_newest_head(home))
    return replace(done, entered=entered(home, done))


@contextmanager
def _behind_doors() -> Iterator[None]:
    """Go behind all that has to be soon, while this lasts. Who may not come back afterwards stays there."""
    before = os.getpriority(os.PRIO_PROCESS, 0)
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, max(before, _NICENESS))
    try:
        yield
    finally:
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, before)


def _newest_head(home: Home) -> "Checkpoint | None":
    """Have a head signed now, and give it; ``None`` where none can be."""
    if not home.notary_socket.is_socket():
        return None
    from accessctl.evidence.checkpoint import Checkpoint
    from accessctl.evidence.note import NoteWrong, parsed
    from accessctl.notary.asking import NotSigned, sign_now

    try:
        return Checkpoint.parse(parsed(sign_now(home.notary_socket)).text)
    except (NotSigned, NoteWrong):
        return None


def _exported(home: Home, order: Order, begin: Begin) -> Exported:
    if order.format == "tlog":
        from accessctl.exporting.policy import wait_for_witnesses
        from accessctl.exporting.tlog import export_tlog
        from accessctl.notary.asking import NotSigned, sign_now

        with suppress(NotSigned):  # then the newest head that there is counts
            sign_now(home.notary_socket)
            wait_for_witnesses(home)
        return export_tlog(home.record, home.tree, order.target, order.previous, begin)
    if order.format == "parquet":
        from accessctl.exporting.parquet import export_parquet

        return export_parquet(home.record, order.target, order.wanted, begin)
    form = _ROWS[order.format]
    return export_rows(home.record, order.target, form, order.wanted, resume=order.resume, begin=begin)
