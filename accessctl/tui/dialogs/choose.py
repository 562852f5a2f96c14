"""One of several: type a few letters, or go there with the arrows."""

from collections.abc import Sequence
from typing import NamedTuple

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from accessctl.tui.dialogs.dialog import Dialog
from accessctl.tui.options import Options
from accessctl.tui.words import _


class Choice(NamedTuple):
    """Something that can be chosen."""

    value: str
    words: str
    more: str = ""
    """Said less loudly beside it."""


class Choose(Dialog[str]):
    """Gives the value of what was chosen."""

    DEFAULT_CSS = """
    Choose OptionList { height: auto; max-height: 14; border: none; background: $surface; }
    """

    def __init__(
        self, title: str, choices: Sequence[Choice], words: str = "", *, value: str | None = None
    ) -> None:
        """``value``: the one to begin with."""
        super().__init__(title, words)
        self._choices, self._value = tuple(choices), value
        self._shown: list[Choice] = []

    def contents(self) -> ComposeResult:
        """A field that narrows the list, and the list."""
        yield Input(placeholder=_("type to narrow the list"), id="narrow")
        yield Options(id="choices")

    def on_mount(self) -> None:
        """Show all."""
        self._show("")
        at = [place for place, choice in enumerate(self._shown) if choice.value == self._value]
        self.query_one(OptionList).highlighted = at[0] if at else 0
        self.query_one("#narrow").focus()

    @on(Input.Changed, "#narrow")
    def _narrow(self, message: Input.Changed) -> None:
        self._show(message.value)

    def _show(self, typed: str) -> None:
        wanted = typed.casefold().split()
        self._shown = [
            choice
            for choice in self._choices
            if all(word in f"{choice.value} {choice.words} {choice.more}".casefold() for word in wanted)
        ]
        # What is called so comes before what only has to do with it.
        self._shown.sort(key=lambda choice: not all(word in choice.words.casefold() for word in wanted))
        list_ = self.query_one(OptionList)
        list_.clear_options()
        list_.add_options(
            Option(Text.assemble(choice.words, (f"  {choice.more}", "dim"), no_wrap=True))
            for choice in self._shown
        )
        list_.highlighted = 0 if self._shown else None

    def on_key(self, event: events.Key) -> None:
        """Let the arrows go through the list while something is typed."""
        list_ = self.query_one(OptionList)
        if event.key in {"up", "down"} and self.query_one("#narrow").has_focus:
            list_.action_cursor_up() if event.key == "up" else list_.action_cursor_down()
            event.stop()
            event.prevent_default()

    @on(Input.Submitted, "#narrow")
    def _chosen_by_enter(self) -> None:
        at = self.query_one(OptionList).highlighted
        if at is not None:
            self.dismiss(self._shown[at].value)

    @on(OptionList.OptionSelected)
    def _chosen(self, message: OptionList.OptionSelected) -> None:
        self.dismiss(self._shown[message.option_index].value)
