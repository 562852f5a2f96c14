"""Hands in a simulated warehouse: who shows a card where, who opens a leaf, who asks to leave."""

import asyncio
from collections.abc import Callable
from typing import Any, ClassVar, Final

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid, Horizontal, Vertical
from textual.widgets import OptionList, Static

from accessctl.tui.board.event_rows import columns
from accessctl.tui.event_words import names_of
from accessctl.tui.lines import LineTable
from accessctl.tui.page import Page
from accessctl.tui.standing import News
from accessctl.tui.warehouse.lamp_tile import LampTile
from accessctl.tui.warehouse.people_list import PeopleList
from accessctl.tui.warehouse.point_list import PointList
from accessctl.tui.warehouse.ports import Hands, NotDone, Stage
from accessctl.tui.warehouse.recorded import RecordedRows
from accessctl.tui.warehouse.status_line import StatusLine
from accessctl.tui.words import _

LAMPS_EVERY_S: Final = 0.4
ENTER_KEY: Final = "#"
_KEYPAD: Final = {**{str(digit): str(digit) for digit in range(10)}, "asterisk": "*", "number_sign": "#"}


def _key(key: str, action: str, what: str, tooltip: str, *, show: bool = True) -> Binding:
    return Binding(key, action, what, id=f"warehouse.{action}", tooltip=tooltip, show=show)


class WarehousePage(Page):
    """Doors above with their lamps, people and readers at the side, what is recorded below."""

    NAME = _("Warehouse")
    HELP = _(
        "A warehouse that is simulated, and your hands in it. Choose somebody and a reader, and press Enter. "
        "Tab goes from the people to the readers and back; a click on a door chooses it. "
        "Digits, * and # go to the chosen reader's keypad; Escape leads to the board."
    )
    CSS_PATH = "warehouse.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        _key("b", "badge", _("Badge"), _("Show the chosen person's card at the chosen reader.")),
        _key(
            "enter", "enter", _("Enter"), _("The same; after digits it ends the PIN, as # does."), show=False
        ),
        *(
            Binding(
                key,
                f"press('{char}')",
                show=False,
                id=f"warehouse.key-{key.replace('_', '-')}",
                tooltip=_("Press a key of the chosen reader: digits, * clears, # ends a PIN.")
                if char == "#"
                else "",
            )
            for key, char in _KEYPAD.items()
        ),
        _key("o", "leaf", _("Leaf"), _("Open or close the leaf of the chosen door, if its strike lets you.")),
        _key("x", "exit", _("Exit"), _("Press the exit button inside the chosen door.")),
        _key("f", "force", _("Force"), _("Open the leaf of the chosen door although its strike holds it.")),
        Binding("escape", "console_go", _("Board"), id="warehouse.board", tooltip=_("Go to the board.")),
    ]

    def __init__(self, hands: Hands, stage: Stage) -> None:
        """Take whom to send, and what to begin with."""
        super().__init__()
        self._hands, self._stage = hands, stage
        self._typing = False
        self._touched = False

    # ------------------------------------------------------------------------------ appearance

    def contents(self) -> ComposeResult:
        """Give the parts; doors and readers come with the first look."""
        with Horizontal(id="floor"):
            yield Grid(id="doors")
            with Vertical(id="choice"):
                yield PeopleList(self._stage.cast)
        yield LineTable(columns(days=False), id="recorded", empty=_("Nothing was recorded yet."))
        yield StatusLine()
        yield Static(self._stage.hint, id="hint", markup=False)

    def on_mount(self) -> None:
        """Begin to look, and to play."""
        super().on_mount()
        self.set_interval(LAMPS_EVERY_S, self._look_at_lamps)
        self._play()

    def heard(self, news: News) -> None:
        """Show doors as they stand, and what was recorded."""
        standing = self.console.standing
        if news & (News.STATUS | News.LINE):
            if standing.doors and not self.query(LampTile):
                self._furnish(standing.doors)
            for tile in self.query(LampTile):
                tile.old = not standing.believed
                door = standing.door(tile.door["id"])
                if door is not None and door != tile.door:
                    tile.door = door
        if news & News.EVENTS:
            table = self.query_one("#recorded", LineTable)
            table.show(RecordedRows(tuple(standing.recent), names_of(standing.status)))
            table.action_to_end()

    @work(group="furnish", exclusive=True)
    async def _furnish(self, doors: list[dict[str, Any]]) -> None:
        status = self.console.standing.status or {"readers": []}
        await self.query_one("#doors").mount_all(LampTile(door) for door in doors)
        points = PointList(status["readers"], doors)
        await self.query_one("#choice").mount(points)
        who, where = self._stage.opening
        self.people.select(who)
        points.select(where)
        self.people.focus()

    @work(group="lamps", exclusive=True)
    async def _look_at_lamps(self) -> None:
        """Ask the warehouse what its lamps show. Without a warehouse they show nothing."""
        if not self.is_current:
            return
        try:
            state = await asyncio.to_thread(self._hands.state)
        except NotDone:
            state = {"annunciators": {}}
        shown: dict[str, str | None] = state["annunciators"]
        for tile in self.query(LampTile):
            readers = self.console.standing.readers_of(tile.door["id"])
            lamps = (shown.get(f"{reader['access_point']}.annunciator") for reader in readers)
            tile.lamps = tuple(lamp for lamp in lamps if lamp)

    @property
    def people(self) -> PeopleList:
        """The list of people."""
        return self.query_one(PeopleList)

    @property
    def points(self) -> PointList:
        """The list of readers; comes with the first look."""
        return self.query_one(PointList)

    def say(self, words: str, *, trouble: bool = False) -> None:
        """Say what is going on."""
        self.query_one(StatusLine).say(words, trouble=trouble)

    # --------------------------------------------------------------------------------- autoplay

    @work(group="play")
    async def _play(self) -> None:
        for scene in self._stage.scenes:
            if self._touched:
                return
            self.say(_("By itself, until you press a key: {words}").format(words=scene.words))
            for gesture in scene.gestures:
                await asyncio.sleep(gesture.wait_s)
                await self._do(gesture.act)
        if not self._touched:
            self.say(_("Your turn: choose somebody and a reader, and press Enter."))

    async def on_event(self, event: events.Event) -> None:
        """Notice the first touch: from then on the user plays."""
        if isinstance(event, events.Key | events.MouseDown) and not self._touched:
            self._touched = True
            self.say(_("Your turn."))
        await super().on_event(event)

    # ---------------------------------------------------------------------------------- actions

    @on(OptionList.OptionHighlighted, "#points")
    def _point_chosen(self) -> None:
        self._typing = False
        for tile in self.query(LampTile):
            tile.set_class(tile.door["id"] == self.points.selected_door, "-chosen")

    @on(LampTile.Chosen)
    def _door_chosen(self, message: LampTile.Chosen) -> None:
        self.points.select_door(message.door)

    @on(OptionList.OptionSelected)
    async def _option_selected(self) -> None:
        await self.run_action("enter")

    async def action_enter(self) -> None:
        """End a PIN that was begun, or badge."""
        await (self.action_press(ENTER_KEY) if self._typing else self.action_badge())

    async def action_badge(self) -> None:
        """Show the chosen person's card at the chosen reader."""
        who, where = self.people.selected, self.points.selected
        self._typing = False
        if who is not None and where is not None:
            self.say(_("{name} shows a card at {where}.").format(name=who.name, where=where))
            await self._do(lambda hands: hands.badge(where, who.card_number))

    async def action_press(self, key: str) -> None:
        """Press a key of the chosen reader."""
        where = self.points.selected
        self._typing = key.isdigit()
        if where is not None:
            self.say(_("A key is pressed at {where}.").format(where=where))
            await self._do(lambda hands: hands.press(where, key))

    async def action_leaf(self) -> None:
        """Open or close the leaf of the chosen door."""
        await self._move_leaf(force=False)

    async def action_force(self) -> None:
        """Open the leaf of the chosen door, whatever holds it."""
        await self._move_leaf(force=True)

    async def _move_leaf(self, *, force: bool) -> None:
        door = self._chosen_door()
        if door is not None:
            opened = force or door["leaf"] != "open"
            words = (
                _("{name}: somebody opens the leaf.") if opened else _("{name}: somebody closes the leaf.")
            )
            self.say(words.format(name=door["name"]))
            await self._do(lambda hands: hands.leaf(door["id"], opened=opened, force=force))

    async def action_exit(self) -> None:
        """Press the exit button of the chosen door."""
        door = self._chosen_door()
        if door is not None:
            self.say(_("{name}: somebody inside asks to leave.").format(name=door["name"]))
            await self._do(lambda hands: hands.exit_request(door["id"]))

    def action_console_go(self) -> None:
        """Go to the board."""
        self.console.action_go("board")

    def _chosen_door(self) -> dict[str, Any] | None:
        chosen = self.points.selected_door
        return None if chosen is None else self.console.standing.door(chosen)

    async def _do(self, what: Callable[[Hands], None]) -> None:
        """Do something in the warehouse, off the loop."""
        try:
            await asyncio.to_thread(what, self._hands)
        except NotDone as error:
            self.say(str(error), trouble=True)
        self.console.look_again()
