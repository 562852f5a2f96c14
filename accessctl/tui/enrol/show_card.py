"""The screen that waits for a card: shown within some seconds, it is enrolled; called off, it is nobody's."""

from datetime import datetime, timedelta
from enum import Enum, auto
from http import HTTPStatus
from typing import ClassVar, Final

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from accessctl.client import ApiError, ApiRefused, EnrolledCard, Person
from accessctl.operators.rights import Right
from accessctl.tui.dialogs import AskUntil, Dialog
from accessctl.tui.enrol.card_words import (
    ends_words,
    enrolled_lines,
    failed_words,
    seen_words,
    time_left,
)
from accessctl.tui.enrol.places import LAST_READER, Place, card_places, choose_reader, place_at
from accessctl.tui.enrol.shown_card import shown_card
from accessctl.tui.look import ALARM, REFUSED, Tone
from accessctl.tui.standing import News
from accessctl.tui.words import _

WITHIN_S: Final = 30.0
"""So long the reader waits for a card. It takes at most a minute."""
_TICK_S: Final = 0.25


class _Stage(Enum):
    WAITING = auto()
    PAUSED = auto()
    FAILED = auto()
    DONE = auto()


class ShowCard(Dialog[EnrolledCard]):
    """Gives the card that was enrolled; ``None`` when it was called off, or nothing came of it."""

    DEFAULT_CSS = """
    ShowCard #headline { text-style: bold; }
    ShowCard #where, ShowCard #bar { margin-top: 1; }
    ShowCard #facts { color: $text-muted; margin-top: 1; }
    ShowCard #seen { color: $text-warning; margin-top: 1; display: none; }
    ShowCard #seen.-shown { display: block; }
    ShowCard .good { color: $text-success; text-style: bold; }
    ShowCard .warn { color: $text-warning; margin-top: 1; }
    ShowCard .bad { color: $text-error; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter,escape", "close", _("Done"), id="card.done", tooltip=_("Close this."), key_display="⏎"
        ),
        Binding("escape", "leave", _("Cancel"), id="card.leave", tooltip=_("Call it off: wait for no card.")),
        Binding(
            "r,enter", "again", _("Try again"), id="card.again", tooltip=_("Wait once more."), key_display="r"
        ),
        Binding(
            "u",
            "until",
            _("Valid until"),
            id="card.until",
            tooltip=_("Let the card count until then only, as for a visitor."),
        ),
        Binding(
            "o", "other_reader", _("Other reader"), id="card.other-reader", tooltip=_("Show it elsewhere.")
        ),
    ]

    def __init__(self, person: Person, place: Place, *, until: str | None = None, note: str = "") -> None:
        """``until``: when the card ends. ``note``: what is done already, whatever comes of the card."""
        super().__init__(_("A card for {name}").format(name=person["name"]), note)
        self._person, self._place, self._until = person, place, until
        self._stage = _Stage.WAITING
        self._ends: datetime | None = None
        self._since, self._seen = 0, ""
        self._card: EnrolledCard | None = None

    def contents(self) -> ComposeResult:
        """What to do, how long there is time, and what came of it."""
        yield Static(id="headline", markup=False)
        yield Static(id="bar", markup=False)
        yield Static(id="facts", markup=False)
        yield Static(id="seen", markup=False)
        yield Vertical(id="result")

    def on_mount(self) -> None:
        """Begin to wait."""
        self.query_one("#result").styles.height = "auto"
        self.console.news.subscribe(self, self._heard)
        self.set_interval(_TICK_S, self._tick)
        self._wait()

    # ----------------------------------------------------------------------------------- waiting

    @work(group="wait", exclusive=True)
    async def _wait(self) -> None:
        self._begin()
        if self._reader_is_gone():
            self._fail(self._gone_words())
            return
        asker, person, point = self.console.asker, self._person["id"], self._place.point
        try:
            card = await shown_card(asker, person, point, WITHIN_S, self._until)
        except ApiError as error:
            self._fail(failed_words(error, self._place.name))
            if isinstance(error, ApiRefused) and error.status == HTTPStatus.UNAUTHORIZED:
                self.console.must_log_in(str(error))
        else:
            self._enrolled(card)

    def _begin(self) -> None:
        standing = self.console.standing
        newest = standing.recent[-1]["seq"] if standing.recent else 0
        self._since = max(newest, standing.status["seq"] if standing.status else 0)
        self._ends = self.console.now() + timedelta(seconds=WITHIN_S)
        self._become(_Stage.WAITING)
        self._say(_("Show the card at {place}").format(place=self._place.name))
        self._say_seen("")
        self.query_one("#facts", Static).update(
            _("Reader {point}, door {door}. {ends}").format(
                point=self._place.point, door=self._place.door, ends=ends_words(self._until)
            )
        )

    def _pause(self) -> None:
        """Let the reader wait for nobody meanwhile."""
        self.workers.cancel_group(self, "wait")
        self._become(_Stage.PAUSED)
        self._say(_("Nothing is waited for."))

    def _tick(self) -> None:
        bar = self.query_one("#bar", Static)
        bar.display = self._stage is _Stage.WAITING
        if self._stage is _Stage.WAITING and self._ends is not None:
            left = max(0.0, (self._ends - self.console.now()).total_seconds())
            bar.update(time_left(left, WITHIN_S))

    def _heard(self, news: News) -> None:
        """Say what else was shown there, and that the reader is gone."""
        if self._stage is not _Stage.WAITING:
            return
        if news & News.EVENTS:
            for event in self.console.standing.recent:
                if event["seq"] > self._since and event["access_point"] == self._place.point:
                    self._say_seen(seen_words(event, self._person["id"]) or self._seen)
        if news & News.STATUS and self._reader_is_gone():
            self.workers.cancel_group(self, "wait")
            self._fail(self._gone_words())

    def _reader_is_gone(self) -> bool:
        now = place_at(card_places(self.console.standing), self._place.point)
        return self.console.standing.believed and (now is None or not now.here)

    def _gone_words(self) -> str:
        return _("The reader at {place} does not answer.").format(place=self._place.name)

    # ------------------------------------------------------------------------------ what came of it

    def _enrolled(self, card: EnrolledCard) -> None:
        self._card = card
        self.console.remembered.put(LAST_READER, self._place.point)
        self.console.look_again()
        self._become(_Stage.DONE)
        self.query_one("#headline").display = self.query_one("#facts").display = False
        self._say_seen("")
        self.query_one("#result").mount_all(
            Static(line.words, markup=False, classes=str(line.tone))
            for line in enrolled_lines(card, self._person["name"])
        )

    def _fail(self, why: str) -> None:
        self._become(_Stage.FAILED)
        self._say(f"{REFUSED} {why}", Tone.BAD)
        if Right.EVENTS_READ not in self.console.rights:
            self._say_seen(
                _("A card that somebody has already is not enrolled: the door decides about it as ever.")
            )

    def _say(self, words: str, tone: Tone = Tone.PLAIN) -> None:
        line = self.query_one("#headline", Static)
        line.update(words)
        line.set_class(tone is Tone.BAD, "bad")

    def _say_seen(self, words: str) -> None:
        self._seen = words
        line = self.query_one("#seen", Static)
        line.update(f"{ALARM} {words}" if words else "")
        line.set_class(bool(words), "-shown")

    def _become(self, stage: _Stage) -> None:
        self._stage = stage
        self._tick()
        self.refresh_bindings()

    # --------------------------------------------------------------------------------------- keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what can be done as it stands."""
        match action:
            case "close" | "leave":
                return (self._stage is _Stage.DONE) == (action == "close")
            case "again":
                return self._stage is _Stage.FAILED
            case "until" | "other_reader":
                return self._stage in {_Stage.WAITING, _Stage.FAILED}
            case _:
                pass
        return super().check_action(action, parameters)

    def action_close(self) -> None:
        """It was read."""
        self.dismiss(self._card)

    def action_leave(self) -> None:
        """Call it off: a card that is shown later is nobody's."""
        self.workers.cancel_group(self, "wait")
        self.dismiss(None)

    def action_again(self) -> None:
        """Wait once more."""
        self._wait()

    @work(group="asking")
    async def action_until(self) -> None:
        """Ask when the card ends, and wait for it anew."""
        self._pause()
        until = await self.app.push_screen_wait(
            AskUntil(
                _("Until when does the card count?"),
                _("Nothing typed: until it is revoked."),
                now=self.console.now(),
                endless=True,
            )
        )
        if until is not None:
            self._until = None if until.tzinfo is None else until.isoformat()
        self._wait()

    @work(group="asking")
    async def action_other_reader(self) -> None:
        """Ask for another reader, and wait there."""
        self._pause()
        self._place = await choose_reader(self.console, self._title) or self._place
        self._wait()
