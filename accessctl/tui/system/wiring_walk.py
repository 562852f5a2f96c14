"""The wiring self-test of one door: asks for one thing after the other, and ticks what was seen."""

from collections.abc import Sequence
from typing import Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from accessctl.operators.rights import Right
from accessctl.tui.dialogs import Dialog
from accessctl.tui.lines import Cell, Column, FixedRows, LineTable
from accessctl.tui.look import ALARM, GRANTED, NOTHING, REFUSED, Tone
from accessctl.tui.standing import News
from accessctl.tui.system.reader_trial import ReaderTest
from accessctl.tui.system.section import toned
from accessctl.tui.system.wiring import Sight, Step, WiringWalk, steps_of
from accessctl.tui.words import _, many


class WiringTest(Dialog[bool]):
    """Gives true when everything was seen. It can be left at any time; what was not seen is said then."""

    HELP = _(
        "Do at the door what is asked for; it is ticked as soon as the controller has noticed, in whatever "
        "order. What only you can see or hear, confirm with y. n goes on without it."
    )
    NEEDS: ClassVar = {"release": Right.DOORS_ORDER, "test": Right.READERS_INSTALL}
    DEFAULT_CSS = """
    WiringTest > #frame { width: 104; height: 90%; max-height: 36; }
    WiringTest #now { height: auto; min-height: 2; margin-bottom: 1; }
    WiringTest LineTable { height: 1fr; min-height: 4; }
    WiringTest #sum { height: 1; margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "seen", _("I saw it"), id="wiring.seen", tooltip=_("Confirm what only you can see.")),
        Binding("n", "pass_over", _("Not seen"), id="wiring.not-seen", tooltip=_("Go on without it.")),
        Binding("R", "release", _("Release"), id="wiring.release", tooltip=_("Release the door once.")),
        Binding(
            "t", "test", _("Test reader"), id="wiring.test", tooltip=_("Test the reader that is asked for.")
        ),
        Binding(
            "escape", "leave", _("Finish"), id="wiring.finish", tooltip=_("End, and say what is missing.")
        ),
    ]

    def __init__(self, door: str, devices: Sequence[dict[str, Any]]) -> None:
        """Walk through the devices of this door."""
        super().__init__(_("Wiring of {door}").format(door=door))
        self._walk = WiringWalk(door, steps_of(door, devices))
        self._ended = False

    def contents(self) -> ComposeResult:
        """What to do now, and all that there is to do."""
        yield Static(id="now")
        columns = (Column("", 1), Column(_("Device"), 22), Column(_("What to do")), Column(_("Seen"), 14))
        yield LineTable(columns, empty=_("This door has no devices that can be tried."))
        yield Static(id="sum")

    def on_mount(self) -> None:
        """Begin with what is recorded from now on."""
        recent = self.console.standing.recent
        self._walk.begin(recent[-1]["seq"] if recent else 0)
        self.console.news.subscribe(self, self._heard)
        self.query_one(LineTable).focus()
        self._show()

    def _heard(self, news: News) -> None:
        if news & News.EVENTS and self._walk.take(list(self.console.standing.recent)):
            self._show()

    def _show(self) -> None:
        walk, table = self._walk, self.query_one(LineTable)
        table.show(FixedRows([self._row(step) for step in walk.steps]))
        current = walk.current
        if current is not None:
            table.cursor = walk.steps.index(current)
        self.query_one("#now", Static).update(self._now())
        words = _("{seen} of {all} seen").format(seen=len(walk.seen), all=len(walk.steps))
        self.query_one("#sum", Static).update(toned(words, Tone.DIM))
        self.refresh_bindings()

    def _now(self) -> Content:
        walk, current = self._walk, self._walk.current
        if current is not None and not self._ended:
            how = (
                _("y when you have seen it, n when you have not.")
                if current.sight is Sight.EYES
                else _("It is ticked as soon as the controller notices.")
            )
            return toned(current.ask, Tone.STRONG) + Content("\n") + toned(how, Tone.DIM)
        if not walk.unseen:
            return toned(f"{GRANTED} {_('Everything was seen.')}", Tone.GOOD)
        missing = many("{count} was not seen", "{count} were not seen", len(walk.unseen))
        names = ", ".join(dict.fromkeys(step.device for step in walk.unseen))
        return toned(f"{ALARM} {missing}: {names}", Tone.WARN)

    def _row(self, step: Step) -> tuple[str | Cell, ...]:
        walk = self._walk
        if step.id in walk.seen:
            mark, tone, how = GRANTED, Tone.GOOD, walk.seen[step.id]
        elif step.id in walk.passed_over or self._ended:
            mark, tone, how = REFUSED, Tone.WARN, _("not seen")
        else:
            mark, tone, how = NOTHING, Tone.DIM, ""
        return Cell(mark, tone), step.device, step.ask, Cell(how, tone)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what makes sense for what is to be done now."""
        current = self._walk.current
        if self._ended and action != "leave":
            return False
        if action == "test":
            return current is not None and current.reader and super().check_action(action, parameters)
        if action == "seen" and (current is None or current.sight is not Sight.EYES):
            return False
        if action == "pass_over" and current is None:
            return False
        return super().check_action(action, parameters)

    def action_seen(self) -> None:
        """Confirm what is to be done now."""
        if (step := self._walk.current) is not None:
            self._walk.saw(step, _("by you"))
            self._show()

    def action_pass_over(self) -> None:
        """Go on without it."""
        self._walk.pass_over()
        self._show()

    @work
    async def action_release(self) -> None:
        """Release the door once."""
        door = self._walk.door
        done = _("{door} is released").format(door=door)
        await self.console.orders.give(("release", door), lambda api: api.order(door, "release"), done)

    @work
    async def action_test(self) -> None:
        """Test the reader that is asked for."""
        step = self._walk.current
        if step is None or not step.reader:
            return
        if await self.app.push_screen_wait(ReaderTest(step.device, step.device)):
            self._walk.saw(step, _("tested"))
            self._show()

    def action_leave(self) -> None:
        """Say what was not seen; leave when that was read."""
        if self._ended or not self._walk.unseen:
            self.dismiss(not self._walk.unseen)
            return
        self._ended = True
        self._show()
