"""A report that can be scrolled; only the lines in sight are drawn."""

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from accessctl.reports.value import Report
from accessctl.tui.look import Tone
from accessctl.tui.reports.charts import Line
from accessctl.tui.reports.lines import lines_of


class ReportView(ScrollView, can_focus=True):
    """Shows one report, laid out for its width."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"report--{tone}" for tone in Tone}
    DEFAULT_CSS = """
    ReportView { height: 1fr; overflow-x: hidden; overflow-y: auto; scrollbar-gutter: stable; }
    ReportView > .report--plain { color: $foreground; }
    ReportView > .report--dim { color: $text-muted; }
    ReportView > .report--strong { text-style: bold; }
    ReportView > .report--good { color: $text-success; }
    ReportView > .report--note { color: $text-primary; text-style: bold; }
    ReportView > .report--warn { color: $text-warning; }
    ReportView > .report--bad { color: $text-error; }
    ReportView > .report--alarm { color: $text-error; text-style: bold reverse; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - as widgets have it
        """Begin with none."""
        super().__init__(id=id)
        self._report: Report | None = None
        self._lines: list[Line] = []
        self._laid_out = 0

    def show(self, report: Report | None) -> None:
        """Show another one, from its beginning."""
        if report is self._report:
            return
        self._report, self._laid_out = report, 0
        self.scroll_to(0, 0, animate=False)
        self._lay_out()

    def on_resize(self) -> None:
        """Lay it out anew where it is as wide as before no more."""
        self._lay_out()

    def _lay_out(self) -> None:
        width = self.scrollable_content_region.width
        if width and width != self._laid_out:
            self._laid_out = width
            self._lines = [] if self._report is None else lines_of(self._report, width)
        self.virtual_size = Size(width, len(self._lines))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one line of what is in sight."""
        width, at = self.scrollable_content_region.width, int(self.scroll_offset.y) + y
        line = self._lines[at] if at < len(self._lines) else ()
        strip = Strip([Segment(text, self._style(tone)) for text, tone in line])
        return strip.adjust_cell_length(width, self._style(Tone.PLAIN))

    def _style(self, tone: Tone) -> Style:
        return self.get_component_rich_style(f"report--{tone}")
