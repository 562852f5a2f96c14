"""How far an export is, while one goes on with other things."""

from rich.text import Text
from textual.widget import Widget

from accessctl.tui.events.export import Export
from accessctl.tui.events.lines import counted
from accessctl.tui.look import ALARM, mark
from accessctl.tui.words import _

_EVERY_S = 0.25
_BAR = 24


class ExportBar(Widget):
    """One line; not there while nothing is exported."""

    DEFAULT_CSS = """
    ExportBar { height: 1; padding: 0 1; background: $panel; display: none; }
    ExportBar.-shown { display: block; }
    """

    def __init__(self) -> None:
        """Begin with none."""
        super().__init__()
        self.export: Export | None = None

    def on_mount(self) -> None:
        """Look again and again while there is something to see."""
        self.set_interval(_EVERY_S, self._look)

    def show(self, export: Export | None) -> None:
        """Show this one from now on."""
        self.export = export
        self.set_class(export is not None, "-shown")
        self.refresh()

    def _look(self) -> None:
        if self.export is not None:
            self.refresh()

    def render(self) -> Text:
        """Draw it."""
        return Text() if self.export is None else bar_of(self.export)


def bar_of(export: Export) -> Text:
    """Say how far an export is."""
    full = round(_BAR * export.share)
    bar = mark("━", "=") * full + mark("─", "-") * (_BAR - full)
    text = Text.assemble(
        f"{bar}  {100 * export.share:3.0f} %  ",
        counted(export.entries),
        f"  {export.rate:,.0f}/s  ",
        (_("Esc ends it"), "bold"),
        no_wrap=True,
    )
    if export.trouble is not None:
        text.append(f"  {ALARM} {export.trouble}")
    return text
