"""The console: who uses it, what it knows, and which page is shown. Asks the API and nobody else."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, ClassVar, Final, TypeVar

from textual import work
from textual.app import App
from textual.binding import Binding, BindingType
from textual.signal import Signal

from accessctl.client import (
    ANSWER_S,
    ApiError,
    ApiRefused,
    ApiSilent,
    ApiUnreachable,
    ApiWaits,
    Session,
    place_of,
)
from accessctl.operators.rights import Right, Rights, rights_named
from accessctl.tui import key_ids, themes
from accessctl.tui.alt_numbers import read_alt_numbers
from accessctl.tui.asker import STALLED_S, Ask, Asker
from accessctl.tui.commands import Command, Commands, Palette, find_people
from accessctl.tui.feed import Feed
from accessctl.tui.help import HelpPage
from accessctl.tui.last_at_doors import last_at
from accessctl.tui.letter_frames import draw_frames_of_letters
from accessctl.tui.login.page import LoginPage
from accessctl.tui.look import ENTER, few_marks
from accessctl.tui.ordering import Orders
from accessctl.tui.pages import PAGES, PageSpec
from accessctl.tui.settings import Remembered, Settings
from accessctl.tui.standing import RECENT, News, Silent, Standing
from accessctl.tui.starting import StartPage
from accessctl.tui.words import _

LOOK_EVERY_S: Final = 2.0
"""How old what is shown of a door may become while nothing is recorded."""
LOOKS_APART_S: Final = 0.5
"""Between two looks while much is recorded."""
DRAIN_EVERY_S: Final = 0.2
"""So often is drawn what was recorded meanwhile, all of it at once."""
START: Final = "start"
"""The mode in which nothing is known of the site yet."""
_NOBODY: Final[Rights] = frozenset()
_DOORS_SILENT: Final = ":door-process-"
"""Stands in the kinds of problems that say that the door process does not answer."""
_NOBODY_KNOWN: Final = ":not-logged-in"
"""How the kind of problem ends that says that a session is over."""

T = TypeVar("T")


class Console(App[None]):
    """The application. Screens ask through ``ask`` and ``attempt``, and listen to ``news``."""

    CSS_PATH = "console.tcss"
    TITLE = "accessctl"
    COMMANDS: ClassVar[set[Any]] = {Commands, find_people}
    DEFAULT_MODE = START
    MODES: ClassVar[dict[str, Any]] = {START: StartPage}
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(
                f"{number},alt+{number}",
                f"go_number({number})",
                show=False,
                id=f"console.page-{number}",
                tooltip=_("The pages, by their numbers; with Alt also while something is typed.")
                if number == 1
                else "",
            )
            for number in range(1, 10)
        ),
        Binding(
            "f1,question_mark",
            "help",
            _("Help"),
            id="console.help",
            tooltip=_("What one can do here, and every key."),
            key_display="F1",
        ),
        Binding(
            "ctrl+p",
            "command_palette",
            _("Commands"),
            id="console.palette",
            tooltip=_("Find anything that can be done by a few letters of its name."),
        ),
        Binding(
            "ctrl+t", "other_theme", _("Light"), show=False, id="console.theme", tooltip=_("Dark or light.")
        ),
        Binding(
            "ctrl+q,q",
            "quit",
            _("Quit"),
            id="console.quit",
            tooltip=_("Leave the console."),
            key_display="^q",
        ),
    ]

    def __init__(
        self,
        asker: Asker,
        settings: Settings | None = None,
        remembered: Remembered | None = None,
        *,
        further_pages: Iterable[PageSpec] = (),
        first: str | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """``asker``: whom to ask, in whose name. ``further_pages`` come behind the others.

        ``first``: the page to begin with, by its mode, where it is offered.
        """
        self.asker, self.now = asker, now
        self.settings = settings or Settings()
        self.remembered = remembered or Remembered()
        self.standing = Standing()
        self.orders = Orders(self)
        self.session: Session | None = None
        self.rights: Rights = _NOBODY
        self._pages, self._first = (*PAGES, *further_pages), first
        self._feed: Feed | None = None
        self._look_now = asyncio.Event()
        read_alt_numbers()
        if few_marks():
            draw_frames_of_letters()
        super().__init__()
        self.news: Signal[News] = Signal(self, "news")
        for theme in (themes.DARK, themes.LIGHT):
            self.register_theme(theme)
        for page in self._pages:
            self.add_mode(page.mode, page.make)
        self.theme = self.settings.theme or themes.suited(
            self.console.color_system, self.remembered.get("theme")
        )
        self.set_keymap(dict(self.settings.keys))

    # --------------------------------------------------------------------------------- beginning

    def on_mount(self) -> None:
        """Find out who uses the console, and begin to look."""
        self.set_interval(DRAIN_EVERY_S, self._drain)
        for problem in (*self.settings.problems, *key_ids.problems_with(self.settings.keys)):
            self.notify(problem, severity="warning", timeout=15, markup=False)
        self.begin()

    @work(group="line", exclusive=True)
    async def begin(self) -> None:
        """Ask in whose name, then look again and again."""
        while not await self._find_out_who():  # noqa: ASYNC110 - nobody tells when an API comes back
            await asyncio.sleep(1.0)
        if self.session is None:
            return  # somebody has to log in, and it goes on from there
        await self._catch_up()
        offered = [page.mode for page in self.offered_pages]
        if offered:
            await self.switch_mode(self._first if self._first in offered else offered[0])
        if Right.EVENTS_READ in self.rights:
            self._find_last(self.standing)
        while True:
            await self._look()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._look_now.wait(), LOOK_EVERY_S)
            self._look_now.clear()
            await asyncio.sleep(LOOKS_APART_S)

    async def _find_out_who(self) -> bool:
        """Find out who one is; true when that is settled, be it that somebody has to log in."""
        if self.asker.anonymous:
            self.must_log_in("")
            return True
        try:
            session = await self.asker(lambda api: api.who_am_i())
        except ApiRefused as refused:
            if refused.status == HTTPStatus.UNAUTHORIZED:
                self.must_log_in(str(refused))
                return True
            self._doubt(refused)
            return False
        except ApiError as error:
            self._doubt(error)
            return False
        self.session, self.rights = session, rights_named(session["rights"])
        return True

    async def _catch_up(self) -> None:
        """Fetch what happened last, and follow the record from there."""
        after: int | str | None = None
        if Right.EVENTS_READ in self.rights:
            with suppress(ApiError):
                newest = await self.asker(lambda api: list(api.events(most=RECENT)))
                await self._look()
                self.standing.take(newest)
                after = place_of(newest[-1]) if newest else 0
            self._feed = Feed(self.asker.client, after)
            self._feed.start()

    @work(group="last", exclusive=True)
    async def _find_last(self, standing: Standing) -> None:
        """Ask who was last at the doors of which the newest entries say nothing."""
        quiet = [door["id"] for door in standing.doors if door["id"] not in standing.last_at]
        if quiet:
            standing.take_last(await self.asker(lambda api: last_at(api, quiet)))
            self.news.publish(News.STATUS)

    @work(group="login", exclusive=True)
    async def must_log_in(self, why: str) -> None:
        """Let nobody see anything before somebody has logged in."""
        if isinstance(self.screen, LoginPage):
            return
        self.workers.cancel_group(self, "line")
        await self.switch_mode(START)
        await self._forget()
        await self.push_screen(LoginPage(why))

    def logged_in(self, token: str) -> None:
        """Go on in the name of a session that has begun."""
        self.asker.speak_for(token)
        self.pop_screen()
        self.begin()

    @work(group="leaving")
    async def action_log_out(self) -> None:
        """End the session. Who was known by their account alone has none, and leaves."""
        ended = self.session is not None and self.session["ends_at"] is not None
        if ended:
            with suppress(ApiError):
                await self.asker(lambda api: api.log_out())
        self.asker.speak_for(None)
        if not ended:
            self.exit()
            return
        self.must_log_in(_("You have logged out."))

    async def _forget(self) -> None:
        """Keep nothing of what another operator was shown."""
        if self._feed is not None:
            await asyncio.to_thread(self._feed.stop)
            self._feed = None
        self.session, self.rights, self.standing = None, _NOBODY, Standing()
        self.clear_notifications()
        for page in self._pages:
            await self.remove_mode(page.mode)
            self.add_mode(page.mode, page.make)

    # ----------------------------------------------------------------------------------- looking

    async def _look(self) -> None:
        """Ask how everything stands; what cannot be asked makes what is shown old."""
        standing = self.standing
        try:
            status, site = await self.asker(lambda api: (api.status(), api.site()), STALLED_S)
            alarms = standing.alarms
            if Right.EVENTS_READ in self.rights:
                alarms = await self.asker(lambda api: tuple(api.alarms("open")), STALLED_S)
        except ApiRefused as refused:
            if refused.status == HTTPStatus.UNAUTHORIZED:
                self.must_log_in(str(refused))
                return
            self._doubt(refused)
            return
        except ApiError as error:
            self._doubt(error)
            return
        standing.known_at = self.now()
        news = News.NOTHING
        if standing.trouble is not None:
            standing.trouble, news = None, News.LINE | News.STATUS
        if (status, site) != (standing.status, standing.site):
            standing.status, standing.site, news = status, site, news | News.STATUS
        if alarms != standing.alarms:
            standing.alarms, news = alarms, news | News.ALARMS
        if news:
            self.news.publish(news)

    def _doubt(self, error: ApiError) -> None:
        """From now on what is shown is old."""
        standing, why = self.standing, str(error)
        if standing.trouble != why:
            standing.trouble, standing.silent = why, _silent(error)
            self.news.publish(News.LINE | News.STATUS)

    def _drain(self) -> None:
        """Take what was recorded meanwhile."""
        if self._feed is None:
            return
        came = self._feed.take()
        if came.events:
            self.standing.take(came.events)
            self._look_now.set()
            self.news.publish(News.EVENTS)
        if came.trouble is not None and self.standing.trouble is None:
            self._look_now.set()

    def look_again(self) -> None:
        """Look at once: something was just changed from here."""
        self._look_now.set()

    # ------------------------------------------------------------------------------------ asking

    async def ask(self, ask: Ask[T], answer_s: float = ANSWER_S) -> T:
        """Ask the API. Raises ``ApiError``; whose session has ended has to log in as well."""
        try:
            return await self.asker(ask, answer_s)
        except ApiRefused as refused:
            # A wrong password, where one is changed, is refused with the same status.
            if str(refused.problem.get("type", "")).endswith(_NOBODY_KNOWN):
                self.must_log_in(str(refused))
            raise

    async def attempt(self, ask: Ask[T], done: str = "", answer_s: float = ANSWER_S) -> T | None:
        """Ask for a change, and say what came of it; ``None`` where it was not made.

        A call whose answer is nothing should give something else: ``lambda api: api.lock() or True``.
        """
        try:
            answer = await self.ask(ask, answer_s)
        except ApiError as error:
            self.say_why(error)
            return None
        if done:
            self.notify(done, markup=False)
        self.look_again()
        return answer

    def say_why(self, error: ApiError) -> None:
        """Tell why something was not done, or not yet."""
        match error:
            case ApiWaits():
                title, severity = _("Waits for a second operator"), "warning"
            case ApiUnreachable():
                title, severity = _("No answer"), "error"
            case _:
                title, severity = _("Refused"), "error"
        self.notify(str(error), title=title, severity=severity, timeout=12, markup=False)  # type: ignore[arg-type]

    # ----------------------------------------------------------------------------------- pages

    @property
    def offered_pages(self) -> tuple[PageSpec, ...]:
        """The pages that whoever uses the console may see."""
        if self.session is None:
            return ()
        return tuple(page for page in self._pages if page.right is None or page.right in self.rights)

    @property
    def operator(self) -> str:
        """Who uses the console."""
        return "" if self.session is None else self.session["operator"]

    def action_go(self, mode: str) -> None:
        """Go to a page."""
        if mode in {page.mode for page in self.offered_pages}:
            self.switch_mode(mode)

    def action_go_number(self, number: int) -> None:
        """Go to a page by its place in the line above."""
        if number <= len(self.offered_pages) and len(self.screen_stack) == 1:
            self.switch_mode(self.offered_pages[number - 1].mode)

    def get_key_display(self, binding: Binding) -> str:
        """Name a key with no more marks than the terminal has."""
        return super().get_key_display(binding).replace("⏎", ENTER)

    def action_help(self) -> None:
        """Tell what one can do here."""
        if not isinstance(self.screen, HelpPage):
            self.push_screen(HelpPage(self.screen))

    def action_command_palette(self) -> None:
        """Show everything that can be done, by its name."""
        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette"))

    def action_other_theme(self) -> None:
        """Go from dark to light or back, and keep to it."""
        self.theme = themes.other(self.theme)
        self.remembered.put("theme", self.theme)

    def further_commands(self) -> list[Command]:
        """Give what can be done by name and has no key of a page."""
        log_out = Command(_("Log out"), _("end this session"), self.action_log_out)
        return [
            Command(_("Dark or light"), _("the other theme"), self.action_other_theme),
            *([] if self.session is None else [log_out]),
            Command(_("Quit"), _("leave the console"), self.exit),
        ]

    async def on_unmount(self) -> None:
        """Hang up."""
        if self._feed is not None:
            await asyncio.to_thread(self._feed.stop)
        await asyncio.to_thread(self.asker.close)


def _silent(error: ApiError) -> Silent:
    if isinstance(error, ApiSilent):
        return Silent.NEITHER  # it may be waiting for a door process that stands still
    if isinstance(error, ApiUnreachable):
        return Silent.API
    kind = error.problem.get("type", "") if isinstance(error, ApiRefused) else ""
    return Silent.DOORS if _DOORS_SILENT in str(kind) else Silent.NEITHER
