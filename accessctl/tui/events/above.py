"""The line above the table: what is shown on the left, and how much of it there is on the right."""

from rich.cells import cell_len
from rich.text import Text
from textual.widget import Widget

from accessctl.tui.line_rows import fitted


class AboveLine(Widget):
    """Drawn in one go: another text is no reason to lay the whole page out anew."""

    DEFAULT_CSS = """
    AboveLine { height: 1; padding: 0 1; }
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__()
        self._said = ("", "")

    def say(self, left: str, right: str) -> None:
        """Say this from now on."""
        if (left, right) != self._said:
            self._said = left, right
            self.refresh()

    def render(self) -> Text:
        """Draw it; what is on the right is whole, and the left has the rest."""
        left, right = self._said
        room = max(0, self.size.width - cell_len(right) - 1)
        return Text.assemble((fitted(left, room), "bold"), " ", (right, "dim"), no_wrap=True)
