"""Dialogs in which what one types brings forth what one can choose: somebody, a time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Generic, NamedTuple, TypeVar

from rich.text import Text
from textual import events, on, work
from textual.app import ComposeResult
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from accessctl.client import ApiError
from accessctl.operators.rights import Right
from accessctl.tui.dialogs import Dialog
from accessctl.tui.events.spans import Span, named_spans, stretch_of
from accessctl.tui.look import DOTS
from accessctl.tui.options import Options
from accessctl.tui.times import day_and_minute
from accessctl.tui.words import _

T = TypeVar("T")
_MOST_PEOPLE: Final = 30


class Pick(NamedTuple, Generic[T]):
    """Something that can be chosen."""

    value: T
    words: str
    more: str = ""
    """Said less loudly beside it."""


class Picking(Dialog[T]):
    """Gives what was chosen. A subclass shows what there is for what was typed, in ``typed``."""

    DEFAULT_CSS = """
    Picking OptionList { height: auto; max-height: 14; border: none; background: $surface; }
    """
    PLACEHOLDER = ""

    def __init__(self, title: str, words: str = "", *, begin: str = "") -> None:
        """``begin``: what stands in the field already."""
        super().__init__(title, words)
        self._begin = begin
        self._picks: Sequence[Pick[T]] = ()

    def contents(self) -> ComposeResult:
        """A field, and what there is for it."""
        yield Input(self._begin, placeholder=self.PLACEHOLDER, id="typed")
        yield Options(id="picks")

    def on_mount(self) -> None:
        """Begin to type."""
        self.query_one("#typed").focus()
        self.typed(self._begin)

    def typed(self, text: str) -> None:
        """Show what there is for what was typed."""
        raise NotImplementedError

    def show(self, picks: Sequence[Pick[T]], *, without: str = "") -> None:
        """Show these; the first one is taken by Enter. ``without`` is said when there are none."""
        self._picks = picks
        list_ = self.query_one(OptionList)
        list_.clear_options()
        list_.add_options(
            Option(Text.assemble(pick.words, (f"  {pick.more}", "dim"), no_wrap=True)) for pick in picks
        )
        list_.highlighted = 0 if picks else None
        self.wrong("" if picks else without)

    @on(Input.Changed, "#typed")
    def _changed(self, message: Input.Changed) -> None:
        self.typed(message.value)

    def on_key(self, event: events.Key) -> None:
        """Let the arrows go through the list while something is typed."""
        list_ = self.query_one(OptionList)
        if event.key in {"up", "down"} and self.query_one("#typed").has_focus:
            list_.action_cursor_up() if event.key == "up" else list_.action_cursor_down()
            event.stop()
            event.prevent_default()

    @on(Input.Submitted, "#typed")
    def _entered(self) -> None:
        at = self.query_one(OptionList).highlighted
        if at is not None:
            self.dismiss(self._picks[at].value)

    @on(OptionList.OptionSelected)
    def _selected(self, message: OptionList.OptionSelected) -> None:
        self.dismiss(self._picks[message.option_index].value)


class Somebody(NamedTuple):
    """A person who was chosen."""

    id: str
    name: str


class PickPerson(Picking[Somebody]):
    """Finds people by a few letters of their name, or by their id."""

    PLACEHOLDER = _("name or id")

    def typed(self, text: str) -> None:
        """Search for it."""
        self._search(text.strip())

    @work(exclusive=True)
    async def _search(self, text: str) -> None:
        itself = [Pick(Somebody(text, text), text, _("the person with this id"))] if text else []
        if Right.PEOPLE_READ not in self.console.rights:
            self.show(itself, without=_("Type the id of a person as it stands in the record."))
            return
        try:
            page = await self.console.ask(lambda api: api.people_page(q=text or None, limit=_MOST_PEOPLE))
        except ApiError as error:
            self.show(itself, without=str(error))
            self.wrong(str(error))
            return
        found = [
            Pick(Somebody(each["id"], each["name"]), each["name"], each["id"]) for each in page["people"]
        ]
        # Somebody who was deleted is in the record still, by their id alone.
        self.show(found or itself)


class PickSpan(Picking[Span]):
    """A stretch of time: one that has a name, or a day, a month or an instant that is typed."""

    PLACEHOLDER = _("7days, 2026-01-31, 2026-01, 18:00, 3h, 2026-01-31 18:00")

    def __init__(self, title: str, words: str, now: datetime) -> None:
        """``now``: from when lengths count back."""
        super().__init__(title, words)
        self._now = now

    def typed(self, text: str) -> None:
        """Show the stretches that have such a name, and before them what was typed as a time."""
        parts = text.casefold().split()
        named = sorted(named_spans(self._now), key=lambda each: not each.id.startswith(text.casefold()))
        picks = [
            Pick(each.span, each.words, span_in_words(each.span))
            for each in named
            if all(part in f"{each.id} {each.words}".casefold() for part in parts)
        ]
        if (typed := stretch_of(text, self._now)) is not None:
            picks.insert(0, Pick(typed, span_in_words(typed)))
        self.show(picks, without=_("This is no time, such as 2026-01-31, 18:00 or 3h."))


class PickEnd(PickSpan):
    """Until when: the end of a stretch, or its beginning where it has no end."""

    def typed(self, text: str) -> None:
        """Show what was typed as a time, and a few ends."""
        typed = stretch_of(text, self._now)
        since = {each.id: each.span.since for each in named_spans(self._now)}
        starts = {
            _("until today began"): since["today"],
            _("until yesterday began"): since["yesterday"],
            _("until this week began"): since["week"],
            _("until this month began"): since["month"],
        }
        picks = [
            Pick(Span(None, at), words, day_and_minute(at))
            for words, at in starts.items()
            if text.strip().casefold() in words.casefold()
        ]
        if typed is not None:
            at = typed.until or typed.since
            picks.insert(0, Pick(Span(None, at), _("until {when}").format(when=day_and_minute(at))))
        self.show(picks, without=_("This is no time, such as 2026-01-31, 18:00 or 3h."))


def span_in_words(span: Span) -> str:
    """Say from when until when."""
    since, until = day_and_minute(span.since), day_and_minute(span.until)
    return f"{since} {DOTS} {until}" if until else _("since {when}").format(when=since)
