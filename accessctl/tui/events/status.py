"""The line above the table: what is shown, how much of it there is, and how far was looked."""

from typing import NamedTuple

from accessctl.tui.events.history import FoundEntries, WholeRecord
from accessctl.tui.events.lines import counted
from accessctl.tui.look import ALARM, DOTS, LIVE
from accessctl.tui.words import _


class Looking(NamedTuple):
    """How a search goes."""

    searching: bool = False
    stopped: bool = False
    """Somebody has ended it."""
    trouble: str = ""


def how_much(rows: WholeRecord | FoundEntries, looking: Looking, above: int) -> str:
    """Say how much there is. ``above``: so many entries are newer than what is in sight."""
    said = [_how_far(rows, looking)]
    if looking.trouble:
        said.insert(0, f"{ALARM} {looking.trouble}")
    said.append(_("{count} newer above").format(count=f"{above:,}") if above else LIVE)
    return " · ".join(said)


def _how_far(rows: WholeRecord | FoundEntries, looking: Looking) -> str:
    if isinstance(rows, WholeRecord) or rows.reached is None:
        return counted(len(rows))
    found = _("{count} so far").format(count=f"{len(rows):,}")
    if looking.searching:
        looked = 100 * (rows.newest - rows.reached + 1) // max(1, rows.newest)
        return _("searching{dots} {found}, {share} % looked at (Esc stops)").format(
            dots=DOTS, found=found, share=looked
        )
    return _("{found}, stopped: m looks on").format(found=found) if looking.stopped else found
