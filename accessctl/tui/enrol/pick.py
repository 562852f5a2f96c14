"""A field of one line that holds a choice, or several: arrows go on, a letter goes there, Space shows all."""

from collections.abc import Sequence
from time import monotonic
from typing import ClassVar, Final

from textual import events, work
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Static

from accessctl.tui.dialogs import Choice, Choose
from accessctl.tui.enrol.choose_some import ChooseSome
from accessctl.tui.words import _

_ONE_WORD_S: Final = 1.0
"""Letters that come as fast as this belong to one word."""


class Pick(Static, can_focus=True):
    """Holds the values that were chosen."""

    DEFAULT_CSS = """
    Pick { height: 1; width: 1fr; padding: 0 1; background: $panel; }
    Pick:focus { background: $accent 25%; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "next", show=False, id="pick.next", tooltip=_("Go to the next field.")),
        Binding("space", "choose", _("Choose"), id="pick.choose", tooltip=_("Show all there is to choose.")),
        Binding("right,down", "step(1)", _("Next"), id="pick.right", tooltip=_("Choose the next one.")),
        Binding("left,up", "step(-1)", show=False, id="pick.left", tooltip=_("Choose the one before.")),
    ]

    class Done(Message):
        """Whoever chose here goes on to what comes next."""

    def __init__(
        self, title: str, choices: Sequence[Choice], chosen: Sequence[str], *, several: bool, id_: str
    ) -> None:
        """``several``: more than one may be chosen, or none."""
        super().__init__(id=id_, markup=False)
        self._title, self._choices, self._several = title, tuple(choices), several
        self._typed, self._typed_at = "", 0.0
        there = {each.value for each in choices}
        self.values = [value for value in chosen if value in there]
        if not self.values and not several and choices:
            self.values = [choices[0].value]

    @property
    def value(self) -> str | None:
        """The one that was chosen, or the first of several."""
        return self.values[0] if self.values else None

    def render(self) -> str:
        """Give the words of what was chosen."""
        words = {each.value: each.words for each in self._choices}
        return " + ".join(words[value] for value in self.values) or _("none")

    def choose(self, *values: str) -> None:
        """Hold these."""
        self.values = list(values)
        self.refresh()

    def on_key(self, event: events.Key) -> None:
        """Go to the next one that begins with this letter, or with the letters typed just now."""
        letter = (event.character or "").casefold()
        if not letter.isalnum() or not self._choices:
            return
        goes_on = self._typed and monotonic() - self._typed_at < _ONE_WORD_S
        together = self._typed + letter if goes_on and letter != self._typed else letter
        self._typed = next((begin for begin in (together, letter) if self._go_to(begin)), "")
        self._typed_at = monotonic()
        event.stop()

    def _go_to(self, begin: str) -> bool:
        """Choose the next one whose words begin so; for several letters the present one may stay."""
        at = self._at() if self.values else -1
        first = 0 if len(begin) > 1 and self.values else 1
        count = len(self._choices)
        for place in ((at + offset) % count for offset in range(first, count + first)):
            if self._choices[place].words.casefold().startswith(begin):
                self.choose(self._choices[place].value)
                return True
        return False

    def on_click(self) -> None:
        """Show all there is to choose."""
        self.action_choose()

    def action_next(self) -> None:
        """Go on."""
        self.post_message(self.Done())

    def action_step(self, by: int) -> None:
        """Choose the next one, or the one before; among several, also none."""
        if not self._choices:
            return
        count = len(self._choices) + self._several
        at = (self._at() + by) % count if self.values or self._several else 0
        self.choose(*[self._choices[at].value] if at < len(self._choices) else ())

    @work(exclusive=True)
    async def action_choose(self) -> None:
        """Show all there is to choose."""
        if self._several:
            some = await self.app.push_screen_wait(ChooseSome(self._title, self._choices, self.values))
            if some is not None:
                self.choose(*some)
        else:
            one = await self.app.push_screen_wait(Choose(self._title, self._choices, value=self.value))
            if one is not None:
                self.choose(one)

    def _at(self) -> int:
        """Give the place of what is chosen; behind the last one where nothing is."""
        at = [place for place, each in enumerate(self._choices) if each.value == self.value]
        return at[0] if at else len(self._choices) if self._several else -1
