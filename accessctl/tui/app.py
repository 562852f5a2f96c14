"""The warehouse view: what it shows and what its keys do."""

import asyncio
from collections.abc import Callable
from typing import Any, ClassVar, Final

from textual import events, on, work
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid, Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Footer, OptionList, Static

from accessctl.client import ApiError, OrderName
from accessctl.tui.door_tile import DoorTile
from accessctl.tui.event_list import EventList
from accessctl.tui.help_screen import HelpScreen
from accessctl.tui.live import Glance, glance
from accessctl.tui.people_list import PeopleList
from accessctl.tui.point_list import PointList
from accessctl.tui.ports import Hands, NotDone, Office, Stage
from accessctl.tui.status_line import StatusLine

LOOK_EVERY_S: Final = 0.25
ENTER_KEY: Final = "#"

_KEYPAD: Final = {**{str(digit): str(digit) for digit in range(10)}, "asterisk": "*", "number_sign": "#"}


def _key(
    key: str, action: str, what: str, tooltip: str, *, show: bool = True, display: str | None = None
) -> Binding:
    id_ = f"view-{what.lower()}"
    return Binding(key, action, what, id=id_, tooltip=tooltip, show=show, key_display=display)


class WarehouseView(App[None]):
    """Doors above, what is recorded below, people and readers at the side."""

    CSS_PATH = "warehouse.tcss"
    TITLE = "accessctl"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        _key("b", "badge", "Badge", "Show the selected person's card at the selected reader."),
        _key("enter", "enter", "Enter", "The same; after digits it ends the PIN, as # does.", show=False),
        *(
            Binding(
                key,
                f"press('{char}')",
                show=False,
                id=f"view-key-{key}",
                tooltip="Press a key of the selected reader: digits, * clears, # ends a PIN."
                if char == "#"
                else "",
                key_display="0-9 * #",
            )
            for key, char in _KEYPAD.items()
        ),
        _key("o", "leaf", "Leaf", "Open or close the leaf of the selected door, if its strike lets you."),
        _key("x", "exit", "Exit", "Press the exit button inside the selected door."),
        _key("f", "force", "Force", "Open the leaf of the selected door although its strike holds it."),
        _key("r", "order('release')", "Release", "As an operator: release the selected door once."),
        _key("u", "order('unlock')", "Unlock", "As an operator: unlock the door until it is locked again."),
        _key("l", "order('lock')", "Lock", "As an operator: lock the selected door."),
        _key("question_mark", "help", "Help", "Show what the keys do.", display="?"),
        _key("q", "quit", "Quit", "Leave the view."),
    ]

    def __init__(
        self, office: Office, hands: Hands, stage: Stage, *, look_every_s: float = LOOK_EVERY_S
    ) -> None:
        """Take whom to ask, whom to send, and what to begin with."""
        super().__init__()
        self._office, self._hands, self._stage, self._look_every_s = office, hands, stage, look_every_s
        self._glance: Glance | None = None
        self._turn = asyncio.Lock()
        self._typing = False
        self._touched = False

    # ------------------------------------------------------------------------------ appearance

    def compose(self) -> ComposeResult:
        """Put the view together; doors and readers come with the first look."""
        with Horizontal(id="floor"):
            yield Grid(id="doors")
            with Vertical(id="choice"):
                yield PeopleList(self._stage.cast)
        yield EventList()
        yield StatusLine()
        yield Static(self._stage.hint, id="hint", markup=False)
        yield Footer()

    def on_mount(self) -> None:
        """Begin to look, and to play."""
        self._watch()
        self._play()

    @work(group="watch")
    async def _watch(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(self._look_every_s)

    async def look(self) -> None:
        """Look at everything once and show it."""
        async with self._turn:
            try:
                seen = await asyncio.to_thread(glance, self._office, self._hands, self._glance)
            except ApiError as error:
                self._trouble(str(error))
                return
            if not self.is_running:
                return  # somebody has left meanwhile, and there is nothing to show it on
            if self._glance is None:
                await self._furnish(seen.status)
            self._glance = seen
        self._show(seen)

    async def _furnish(self, status: dict[str, Any]) -> None:
        self._view.query_one("#doors").border_title = status["site"]
        await self._view.query_one("#doors").mount_all(DoorTile(door) for door in status["doors"])
        points = PointList(status["readers"], status["doors"])
        await self._view.query_one("#choice").mount(points)
        who, where = self._stage.opening
        self.people.select(who)
        points.select(where)
        self.people.focus()

    def _show(self, seen: Glance) -> None:
        if self._view.has_class("-stale"):
            self._view.remove_class("-stale")
            self.status_line.say("The API answers again.")
        doors = {door["id"]: door for door in seen.status["doors"]}
        for tile in self._view.query(DoorTile):
            door = doors[tile.door["id"]]
            if tile.door != door or tile.has_class("-unknown"):
                tile.door = door
            points = [r["access_point"] for r in seen.status["readers"] if r["door"] == door["id"]]
            tile.lamps = tuple(lamp for point in points if (lamp := seen.lamps.get(point)))
        for event_list in self._view.query(EventList):
            event_list.show(seen.events)

    def _trouble(self, words: str) -> None:
        if not self.is_running:
            return
        self._view.add_class("-stale")
        self.status_line.say(words, trouble=True)

    @property
    def _view(self) -> Screen[Any]:
        """The view itself, also while a page lies over it."""
        return self.screen_stack[0]

    @property
    def people(self) -> PeopleList:
        """The list of people."""
        return self._view.query_one(PeopleList)

    @property
    def points(self) -> PointList:
        """The list of readers; comes with the first look."""
        return self._view.query_one(PointList)

    @property
    def status_line(self) -> StatusLine:
        """The line that says what is going on."""
        return self._view.query_one(StatusLine)

    # --------------------------------------------------------------------------------- autoplay

    @work(group="play")
    async def _play(self) -> None:
        for scene in self._stage.scenes:
            if self._touched:
                return
            self.status_line.say(f"By itself, until you press a key: {scene.words}")
            for gesture in scene.gestures:
                await asyncio.sleep(gesture.wait_s)
                await self._do(gesture.act)
        if not self._touched:
            self.status_line.say("Your turn: select somebody and a reader, and press Enter.")

    async def on_event(self, event: events.Event) -> None:
        """Notice the first touch: from then on the user plays."""
        if isinstance(event, events.Key | events.MouseDown) and not self._touched:
            self._touched = True
            self.status_line.say("Your turn.")
        await super().on_event(event)

    # ---------------------------------------------------------------------------------- actions

    @on(OptionList.OptionHighlighted, "#points")
    def _point_selected(self) -> None:
        self._typing = False
        for tile in self._view.query(DoorTile):
            tile.set_class(tile.door["id"] == self.points.selected_door, "-chosen")

    @on(DoorTile.Chosen)
    def _door_chosen(self, message: DoorTile.Chosen) -> None:
        self.points.select_door(message.door)

    @on(OptionList.OptionSelected)
    async def _option_selected(self) -> None:
        await self.run_action("enter")

    async def action_enter(self) -> None:
        """End a PIN that was begun, or badge."""
        await (self.action_press(ENTER_KEY) if self._typing else self.action_badge())

    async def action_badge(self) -> None:
        """Show the selected person's card at the selected reader."""
        who, where = self.people.selected, self.points.selected
        self._typing = False
        if who is not None and where is not None:
            self.status_line.say(f"{who.name} shows a card at {where}.")
            await self._do(lambda hands: hands.badge(where, who.card_number))

    async def action_press(self, key: str) -> None:
        """Press a key of the selected reader."""
        where = self.points.selected
        self._typing = key.isdigit()
        if where is not None:
            self.status_line.say(f"A key is pressed at {where}.")
            await self._do(lambda hands: hands.press(where, key))

    async def action_leaf(self) -> None:
        """Open or close the leaf of the selected door."""
        await self._move_leaf(force=False)

    async def action_force(self) -> None:
        """Open the leaf of the selected door, whatever holds it."""
        await self._move_leaf(force=True)

    async def _move_leaf(self, *, force: bool) -> None:
        door = self._selected_door()
        if door is not None:
            opened = force or door["leaf"] != "open"
            self.status_line.say(f"{door['name']}: somebody {'opens' if opened else 'closes'} the leaf.")
            await self._do(lambda hands: hands.leaf(door["id"], opened=opened, force=force))

    async def action_exit(self) -> None:
        """Press the exit button of the selected door."""
        door = self._selected_door()
        if door is not None:
            self.status_line.say(f"{door['name']}: somebody inside asks to leave.")
            await self._do(lambda hands: hands.exit_request(door["id"]))

    async def action_order(self, order: OrderName) -> None:
        """Give an operator's order to the selected door."""
        door = self._selected_door()
        if door is None:
            return
        self.status_line.say(f"{door['name']}: the operator orders {order}.")
        try:
            async with self._turn:
                await asyncio.to_thread(self._office.order, door["id"], order)
        except ApiError as error:
            self.status_line.say(str(error), trouble=True)
        await self.look()

    async def action_help(self) -> None:
        """Show what the keys do."""
        keys = [binding for binding in self.BINDINGS if isinstance(binding, Binding)]
        await self.push_screen(HelpScreen(keys, self._stage.hint))

    def _selected_door(self) -> dict[str, Any] | None:
        if self._glance is None:
            return None
        chosen = self.points.selected_door
        return next((door for door in self._glance.status["doors"] if door["id"] == chosen), None)

    async def _do(self, what: Callable[[Hands], None]) -> None:
        """Do something in the warehouse, off the loop, and look what came of it."""
        try:
            await asyncio.to_thread(what, self._hands)
        except NotDone as error:
            self.status_line.say(str(error), trouble=True)
        await self.look()
