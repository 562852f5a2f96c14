"""What the keys do."""

from collections.abc import Iterable
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static


class HelpScreen(ModalScreen[None]):
    """A page over the view; any of its keys closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,q,question_mark,enter", "dismiss", "Close", id="help-close", tooltip="Close this page."
        )
    ]

    def __init__(self, bindings: Iterable[Binding], hint: str) -> None:
        """Explain these keys, and say how to badge from elsewhere."""
        super().__init__()
        self._keys, self._hint = tuple(bindings), hint

    def compose(self) -> ComposeResult:
        """Put the page together."""
        page = Text()
        for binding in self._keys:
            if binding.tooltip:
                page.append(f"{binding.key_display or binding.key:>8}  ", "bold")
                page.append(f"{binding.tooltip}\n")
        page.append("\nTab goes from the people to the readers and back; a click on a door selects it.\n")
        page.append(f"\n{self._hint}\n", "yellow")
        with VerticalScroll(id="help"):
            yield Static(page)
