"""Several of a few: Space marks, Enter is done."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from accessctl.tui.dialogs import Choice, Dialog
from accessctl.tui.options import Options
from accessctl.tui.words import _


class Several(Options):
    """A list in which each line says whether it is marked, in a letter and not in a colour."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "screen.take", _("Done"), id="some.done", tooltip=_("Take what is marked.")),
        Binding("space", "select", _("Mark"), id="some.mark", tooltip=_("Mark this, or not.")),
    ]


class ChooseSome(Dialog[list[str]]):
    """Gives the values of those that are marked."""

    DEFAULT_CSS = """
    ChooseSome Several { height: auto; max-height: 14; border: none; background: $surface; }
    """

    def __init__(
        self, title: str, choices: Sequence[Choice], chosen: Sequence[str], *, needed: str = ""
    ) -> None:
        """``chosen``: those that are marked at first. ``needed``: said when nothing is, and must be."""
        super().__init__(title)
        self._needed = needed
        self._choices, self._chosen = tuple(choices), set(chosen)

    def contents(self) -> ComposeResult:
        """The list."""
        yield Several(*(Option(self._line(each)) for each in self._choices))

    def on_mount(self) -> None:
        """Begin at the first one that is marked."""
        marked = [place for place, each in enumerate(self._choices) if each.value in self._chosen]
        self.query_one(Several).highlighted = marked[0] if marked else 0

    @on(OptionList.OptionSelected)
    def _mark(self, message: OptionList.OptionSelected) -> None:
        choice = self._choices[message.option_index]
        self._chosen ^= {choice.value}
        self.query_one(Several).replace_option_prompt_at_index(message.option_index, self._line(choice))

    def action_take(self) -> None:
        """Give them in the order of the list."""
        if self._needed and not self._chosen:
            self.wrong(self._needed)
            return
        self.dismiss([each.value for each in self._choices if each.value in self._chosen])

    def _line(self, choice: Choice) -> Text:
        return Text(f"[{'x' if choice.value in self._chosen else ' '}] {choice.words}", no_wrap=True)
