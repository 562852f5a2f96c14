"""What is wrong with the text, or worth knowing: a line for each, and all of the chosen one."""

from collections.abc import Sequence
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from accessctl.tui.lines import Cell, Column, FixedRows, LineTable
from accessctl.tui.rules.draft import Remark, sign_of
from accessctl.tui.words import _, to_translate

_WORDS: Final = {
    "problem": to_translate("wrong"),
    "danger": to_translate("danger"),
    "mistake": to_translate("mistake"),
    "note": to_translate("note"),
}
_MOST_LINES: Final = 6
_FEWER_LINES: Final = 3
"""On a low screen the text needs the room."""


class ProblemList(Vertical):
    """Shows remarks, the worst first. Enter goes to the line of one."""

    DEFAULT_CSS = """
    ProblemList { height: auto; border-top: solid $panel; display: none; }
    ProblemList.-some { display: block; }
    ProblemList #whole { height: auto; max-height: 3; color: $foreground; padding: 0 1; }
    """

    class Wanted(Message):
        """Somebody wants to go to where a remark stands."""

        def __init__(self, remark: Remark) -> None:
            """Tell which."""
            super().__init__()
            self.remark = remark

    COLUMNS: ClassVar[tuple[Column, ...]] = (
        Column("", 1),
        Column(_("What"), 8),
        Column(_("Line"), 5),
        Column(_("Where"), 34, 90),
        Column(_("Problem")),
    )

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__()
        self._remarks: Sequence[Remark] = ()

    def compose(self) -> ComposeResult:
        """The list, and the whole of the chosen one."""
        yield LineTable(self.COLUMNS, id="problems")
        yield Static("", id="whole", markup=False)

    def show(self, remarks: Sequence[Remark]) -> None:
        """Show these."""
        self._remarks = remarks
        self.set_class(bool(remarks), "-some")
        table = self.query_one(LineTable)
        most = _FEWER_LINES if self.screen.has_class("-low") else _MOST_LINES
        table.styles.height = 1 + min(len(remarks), most)
        table.show(FixedRows([_row(remark) for remark in remarks]))
        self._tell(table.cursor)

    def choose_line(self, line: int) -> None:
        """Choose the remark about a line, where there is one."""
        found = [at for at, remark in enumerate(self._remarks) if remark.place.line == line]
        if found:
            self.query_one(LineTable).cursor = found[0]

    def _tell(self, at: int) -> None:
        words = f"{self._remarks[at].path}: {self._remarks[at].what}" if at < len(self._remarks) else ""
        self.query_one("#whole", Static).update(words)

    @on(LineTable.Moved)
    def _moved(self, message: LineTable.Moved) -> None:
        message.stop()
        self._tell(message.index)

    @on(LineTable.Chosen)
    def _chosen(self, message: LineTable.Chosen) -> None:
        message.stop()
        if message.index < len(self._remarks):
            self.post_message(self.Wanted(self._remarks[message.index]))


def _row(remark: Remark) -> tuple[str | Cell, ...]:
    sign, tone = sign_of(remark.severity)
    word = _(_WORDS.get(remark.severity, remark.severity))
    return Cell(sign, tone), Cell(word, tone), f"{remark.place.line:>5}", remark.path, remark.what
