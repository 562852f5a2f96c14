"""Orders to one door: release, lock, unlock with an end, let stand open, block, give back to its schedule."""

from datetime import datetime
from typing import ClassVar
from uuid import uuid4

from textual import work
from textual.binding import Binding, BindingType

from accessctl.operators.rights import Right
from accessctl.tui.dialogs import AskUntil
from accessctl.tui.gated import Gated
from accessctl.tui.words import _


class DoorOrders(Gated):
    """A page or a drawer from which orders are given to the door that it is about."""

    NEEDS: ClassVar = {
        "release": Right.DOORS_ORDER,
        "lock": Right.DOORS_ORDER,
        "unlock": Right.DOORS_ORDER,
        "block": Right.DOORS_ORDER,
        "normal": Right.DOORS_ORDER,
        "prop": Right.DOORS_ORDER,
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "r",
            "release",
            _("Release"),
            id="board.release",
            tooltip=_("Release the door once, as for a valid badge."),
        ),
        Binding(
            "u",
            "unlock",
            _("Unlock"),
            id="board.unlock",
            tooltip=_("Leave the door released until a time, or until it is taken back."),
        ),
        Binding(
            "l", "lock", _("Lock"), id="board.lock", tooltip=_("Secure the door again, and end unlocking.")
        ),
        Binding(
            "b",
            "block",
            _("Block"),
            id="board.block",
            show=False,
            tooltip=_("Let no credential count at the door; pressed again, back to its schedule."),
        ),
        Binding(
            "n",
            "normal",
            _("Normal"),
            id="board.normal",
            show=False,
            tooltip=_("Give the door back to its schedule."),
        ),
        Binding(
            "p",
            "prop",
            _("Let stand open"),
            id="board.prop",
            show=False,
            tooltip=_("Let the leaf stand open for a while without an alarm."),
        ),
    ]

    @property
    def ordered_door(self) -> str | None:
        """The door that the keys are about."""
        return None

    def _called(self, door: str) -> str:
        known = self.console.standing.door(door)
        return door if known is None else str(known["name"])

    # -------------------------------------------------------------------------------------- keys

    def action_release(self) -> None:
        """Release the door once."""
        if (door := self.ordered_door) is not None:
            self.release(door)

    def action_lock(self) -> None:
        """Lock it."""
        if (door := self.ordered_door) is not None:
            self.lock_door(door)

    def action_unlock(self) -> None:
        """Ask until when it is to be unlocked, and unlock it."""
        if (door := self.ordered_door) is not None:
            self.unlock(door)

    def action_normal(self) -> None:
        """Give it back to its schedule."""
        if (door := self.ordered_door) is not None:
            self.back_to_schedule(door)

    def action_prop(self) -> None:
        """Ask for how long it may stand open, and let it."""
        if (door := self.ordered_door) is not None:
            self.prop(door)

    def action_block(self) -> None:
        """Block it, or give it back to its schedule where it is blocked."""
        if (door := self.ordered_door) is None:
            return
        known = self.console.standing.door(door)
        if known is not None and known["mode"] == "blocked":
            self.back_to_schedule(door)
        else:
            self.block(door)

    # ------------------------------------------------------------------------------------ orders

    @work(group="orders")
    async def release(self, door: str) -> None:
        """Release a door once."""
        done = _("{door}: released once.").format(door=self._called(door))
        key = uuid4().hex
        await self.console.orders.give(("release", door), lambda api: api.order(door, "release", key), done)

    @work(group="orders")
    async def lock_door(self, door: str) -> None:
        """Secure a door, and end unlocking."""
        done, key = _("{door}: locked.").format(door=self._called(door)), uuid4().hex
        await self.console.orders.give(("lock", door), lambda api: api.order(door, "lock", key), done)

    @work(group="orders")
    async def back_to_schedule(self, door: str) -> None:
        """Take back what was ordered of a door's mode."""
        done, key = _("{door}: as its schedule wants it.").format(door=self._called(door)), uuid4().hex
        await self.console.orders.give(("normal", door), lambda api: api.clear_mode(door, key), done)

    @work(group="orders")
    async def unlock(self, door: str) -> None:
        """Ask until when, and leave a door released."""
        title = _("Unlock {door}").format(door=self._called(door))
        words = _("Until when does it stay unlocked? An empty line: until it is locked again.")
        done = _("{door}: unlocked.").format(door=self._called(door))
        await self._set_mode(door, "unlocked", title, words, done)

    @work(group="orders")
    async def block(self, door: str) -> None:
        """Ask until when, and let no credential count at a door."""
        title = _("Block {door}").format(door=self._called(door))
        words = _("Until when does no credential count? An empty line: until that is taken back.")
        done = _("{door}: blocked.").format(door=self._called(door))
        await self._set_mode(door, "blocked", title, words, done)

    async def _set_mode(self, door: str, mode: str, title: str, words: str, done: str) -> None:
        if not self.console.orders.possible():
            return
        asked = AskUntil(title, words, now=self.console.now(), endless=True)
        until = await self.console.push_screen_wait(asked)
        if until is None:
            return
        end, key = None if until == datetime.max else until.isoformat(), uuid4().hex  # noqa: DTZ901 - no end
        order = (mode, door, end or "")
        await self.console.orders.give(order, lambda api: api.set_mode(door, mode, end, key), done)

    @work(group="orders")
    async def prop(self, door: str) -> None:
        """Ask for how long, and let a leaf stand open without an alarm."""
        if not self.console.orders.possible():
            return
        name, now = self._called(door), self.console.now()
        title = _("Let {door} stand open").format(door=name)
        words = _("For how long may the leaf stand open without an alarm? A day at most.")
        until = await self.console.push_screen_wait(AskUntil(title, words, now=now, value="10 min"))
        if until is None:
            return
        seconds, key = (until - now).total_seconds(), uuid4().hex
        done = _("{door}: may stand open once.").format(door=name)
        await self.console.orders.give(("prop", door), lambda api: api.prop(door, seconds, key), done)
