"""A difference on the screen: every line with its number and its sign."""

from typing import ClassVar, Final

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widget import Widget

from accessctl.tui.rules.diff import DiffLine, Sign
from accessctl.tui.words import _

_PARTS: Final = {Sign.ADDED: "added", Sign.REMOVED: "removed", Sign.SAME: "same", Sign.GAP: "same"}


class _Lines(Widget):
    COMPONENT_CLASSES: ClassVar[set[str]] = {"diff--added", "diff--removed", "diff--same", "diff--number"}
    DEFAULT_CSS = """
    _Lines { height: auto; }
    _Lines > .diff--added { color: $text-success; }
    _Lines > .diff--removed { color: $text-error; }
    _Lines > .diff--same { color: $foreground; }
    _Lines > .diff--number { color: $text-muted; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[DiffLine] = []

    def render(self) -> Text:
        told = Text()
        for line in self.lines:
            number = line.after or line.before
            told.append(f"{number or '':>5} ", self.get_component_rich_style("diff--number"))
            told.append(
                f"{line.sign} {line.text}\n", self.get_component_rich_style(f"diff--{_PARTS[line.sign]}")
            )
        if not self.lines:
            told.append(_("Nothing is different."), self.get_component_rich_style("diff--same"))
        told.rstrip()
        return told


class DiffView(VerticalScroll, can_focus=True):
    """Shows a difference; arrows scroll."""

    DEFAULT_CSS = """
    DiffView { height: 1fr; min-height: 3; }
    """

    def __init__(self, lines: list[DiffLine] | None = None, *, id: str | None = None) -> None:  # noqa: A002 - as widgets have it
        """Begin with these lines."""
        super().__init__(id=id)
        self._lines = _Lines()
        self._lines.lines = lines or []

    def compose(self) -> ComposeResult:
        """The lines, and nothing else."""
        yield self._lines

    def show(self, lines: list[DiffLine]) -> None:
        """Show others, from the top."""
        self._lines.lines = lines
        self._lines.refresh(layout=True)
        self.scroll_home(animate=False)
