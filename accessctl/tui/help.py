"""What one can do here: the page's own words, and every key that counts now, with its stable id."""

from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Static

from accessctl.tui.dialogs.dialog import Dialog
from accessctl.tui.settings import from_home, settings_file
from accessctl.tui.words import _


class HelpPage(Dialog[bool]):
    """Lies over a page and tells what its keys do."""

    DEFAULT_CSS = """
    HelpPage > #frame { width: 96; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,q,question_mark,f1,enter",
            "leave",
            _("Close"),
            id="help.close",
            tooltip=_("Close this page."),
        ),
    ]

    def __init__(self, about: Screen[Any]) -> None:
        """Tell about this screen, as it is now."""
        super().__init__(_("Help"))
        self._told = help_of(about)

    def contents(self) -> ComposeResult:
        """The words."""
        yield Static(self._told)

    def on_mount(self) -> None:
        """Let the arrows scroll: there are more keys than a small terminal has lines."""
        frame = self.query_one("#frame")
        frame.can_focus = True
        frame.focus()


def help_of(about: Screen[Any]) -> Text:
    """Put in words what one can do on a screen."""
    page = Text()
    if words := getattr(about, "HELP", ""):
        page.append(f"{words}\n\n")
    told: set[str] = set()
    for active in about.active_bindings.values():
        binding = active.binding
        if not binding.id or binding.id in told or not (binding.description or binding.tooltip):
            continue
        told.add(binding.id)
        key = about.app.get_key_display(binding)
        page.append(f"{key:>9}  ", "bold")
        page.append(binding.tooltip or binding.description)
        page.append(f"  {binding.id}\n", "dim")
    page.append("\n")
    words = _("Other keys: a line for each id, as in {example}, under [keys] in {file}.")
    page.append(words.format(example='"board.release" = "x"', file=from_home(settings_file())), "dim")
    return page
