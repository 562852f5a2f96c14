"""The screen that follows the enrolment of a finger or a face, and tells what to do next."""

import asyncio
from contextlib import suppress
from typing import ClassVar, Final

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from accessctl.client import ApiError, Biometric, Enrolment, Person
from accessctl.tui.dialogs import Dialog
from accessctl.tui.enrol.body_words import body, outcome, steps
from accessctl.tui.enrol.places import Place
from accessctl.tui.look import REFUSED, Tone
from accessctl.tui.words import _

_ASK_AGAIN_S: Final = 0.4


class WatchBody(Dialog[Biometric]):
    """Gives what was enrolled; ``None`` when it was called off, or nothing came of it."""

    DEFAULT_CSS = """
    WatchBody #hint { text-style: bold; }
    WatchBody #steps, WatchBody #where { margin-top: 1; }
    WatchBody #result { height: auto; }
    WatchBody .good { color: $text-success; text-style: bold; }
    WatchBody .warn { color: $text-warning; margin-top: 1; }
    WatchBody .bad { color: $text-error; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter,escape", "close", _("Done"), id="body.done", tooltip=_("Close this."), key_display="⏎"
        ),
        Binding("escape", "leave", _("Cancel"), id="body.leave", tooltip=_("Call the enrolment off.")),
        Binding(
            "r,enter",
            "again",
            _("Try again"),
            id="body.again",
            tooltip=_("Begin once more."),
            key_display="r",
        ),
    ]

    def __init__(self, person: Person, kind: str, place: Place, *, duress: bool = False) -> None:
        """``duress``: a finger that opens, and cries for help in silence."""
        super().__init__(_("{what} of {name}").format(what=body(kind).name, name=person["name"]))
        self._person, self._kind, self._place, self._duress = person, kind, place, duress
        self._enrolment = ""
        self._goes_on = True
        self._made: Biometric | None = None

    def contents(self) -> ComposeResult:
        """What to do next, how far it is, and what came of it."""
        yield Static(_("One moment"), id="hint", markup=False)
        yield Static(id="steps", markup=False)
        yield Static(
            _("At {place} ({point}).").format(place=self._place.name, point=self._place.point),
            id="where",
            classes="quiet",
            markup=False,
        )
        yield Vertical(id="result")

    def on_mount(self) -> None:
        """Begin."""
        self._enrol()

    @work(group="enrol", exclusive=True)
    async def _enrol(self) -> None:
        self._goes_on, self._enrolment = True, ""
        self._show_progress(shown=True)
        await self.query_one("#result").remove_children()
        self.refresh_bindings()
        try:
            state = await self._begun()
            while state["state"] == "goes on":
                self._show(state)
                await asyncio.sleep(_ASK_AGAIN_S)
                state = await self._asked()
        except ApiError as error:
            self._end([(f"{REFUSED} {error}", Tone.BAD)])
            await self._call_off()
        else:
            self._enrolment, self._made = "", state["biometric"]
            self._end(outcome(state, self._kind))
            self.console.look_again()

    async def _begun(self) -> Enrolment:
        person, kind, point, duress = self._person["id"], self._kind, self._place.point, self._duress
        begun = await self.console.ask(lambda api: api.begin_enrolment(person, kind, point, duress=duress))
        self._enrolment = begun["id"]
        return begun

    async def _asked(self) -> Enrolment:
        enrolment = self._enrolment
        return await self.console.ask(lambda api: api.enrolment(enrolment))

    def _show(self, state: Enrolment) -> None:
        self.query_one("#hint", Static).update(state["hint"] or _("One moment"))
        self.query_one("#steps", Static).update(steps(state))

    def _end(self, lines: list[tuple[str, Tone]]) -> None:
        self._goes_on = False
        self._show_progress(shown=False)
        self.query_one("#result").mount_all(
            Static(words, markup=False, classes=str(tone)) for words, tone in lines
        )
        self.refresh_bindings()

    def _show_progress(self, *, shown: bool) -> None:
        for line in self.query("#hint, #steps, #where"):
            line.display = shown

    async def _call_off(self) -> None:
        """Have the sensor let go. Unless anybody asks for it, it ends by itself within half a minute."""
        enrolment, self._enrolment = self._enrolment, ""
        if enrolment:
            with suppress(ApiError):
                await self.console.ask(lambda api: api.stop_enrolment(enrolment))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what can be done as it stands."""
        match action:
            case "close" | "leave":
                return (self._made is not None) == (action == "close")
            case "again":
                return not self._goes_on and self._made is None
            case _:
                pass
        return super().check_action(action, parameters)

    def action_close(self) -> None:
        """It was read."""
        self.dismiss(self._made)

    def action_again(self) -> None:
        """Begin once more."""
        self._enrol()

    def action_leave(self) -> None:
        """Call it off: the sensor learns nothing more."""
        self._leave()

    @work(group="leave", exclusive=True)
    async def _leave(self) -> None:
        self.workers.cancel_group(self, "enrol")
        await self._call_off()
        self.dismiss(None)
