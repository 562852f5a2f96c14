"""Exports of rows: CSV for people and spreadsheets, JSON lines for programs."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from accessctl.evidence.entry import HEADING
from accessctl.exporting.lines import Form, Lines
from accessctl.exporting.part import Part
from accessctl.exporting.wanted import Wanted

if TYPE_CHECKING:
    from accessctl.evidence.checkpoint import Checkpoint

Begin = Callable[[int], Callable[[int], None]]
"""Is told how many entries there are to look at; gives what is told how many more were."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was taken out."""

    form: str
    entries: int
    last: int
    """The number of the last entry that was looked at."""
    wanted: Wanted
    unsigned: int = 0
    """Entries that no head covers yet, and that a tlog therefore has not."""
    unwitnessed: tuple[str, ...] = ()
    """Witnesses that have cosigned older heads, and not yet that of a tlog."""
    head: "Checkpoint | None" = None
    """The newest head that was signed; it covers what was taken out, where the notary lives."""
    entered: bool = False
    """Whether it stands in the record that this was taken out."""

    def as_detail(self) -> dict[str, Any]:
        """Give what was exported, for programs."""
        said = {"format": self.form, "entries": self.entries, "last": self.last, **self.wanted.as_json()}
        return {name: value for name, value in said.items() if value is not None} | {"entered": self.entered}


def export_rows(
    record: Path, target: Path, form: Form, wanted: Wanted, *, resume: bool, begin: Begin
) -> Exported:
    """Write the entries that are wanted into a file. Raises ``ExportFailed`` and ``OSError``.

    Nothing has the file's name before it is whole. What was written by then can be gone on with: ``resume``.
    """
    with closing(Lines.open(record)) as lines:
        last = lines.last_seq
        of = {"format": form.value, "epoch": lines.epoch, **wanted.as_json()}
        with Part(target, of, resume=resume) as part:
            if form is Form.CSV and part.empty:
                part.write(HEADING.encode(), 0, 0)
            step = begin(max(0, last - part.reached))
            for stretch in lines.stretches(form, part.reached, last, wanted):
                passed = stretch.until - part.reached
                part.write(stretch.lines, stretch.entries, stretch.until)
                step(passed)
            part.finish()
        return Exported(form.value, part.entries, last, wanted)
