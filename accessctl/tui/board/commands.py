"""The doors in the command palette: each order by the door's name."""

from functools import partial
from typing import cast

from textual.command import DiscoveryHit, Hit, Hits, Provider

from accessctl.operators.rights import Right
from accessctl.tui.board.page import BoardPage
from accessctl.tui.commands import Command
from accessctl.tui.words import _


class DoorCommands(Provider):
    """Finds "Release Main gate" by a few of its letters."""

    def commands(self) -> list[Command]:
        """Give all there are for whoever uses the console."""
        page = cast("BoardPage", self.screen)
        console, found = page.console, list[Command]()
        for door in console.standing.doors:
            id_, name = door["id"], door["name"]
            opened = _("Open the drawer of {door}").format(door=name)
            found.append(Command(opened, _("facts, history, and why"), partial(page.open_drawer, id_)))
            if Right.DOORS_ORDER in console.rights:
                found += [
                    Command(
                        _("Release {door}").format(door=name),
                        _("once, as for a valid badge"),
                        partial(page.release, id_),
                    ),
                    Command(
                        _("Unlock {door} …").format(door=name),
                        _("until a time, or until it is taken back"),
                        partial(page.unlock, id_),
                    ),
                    Command(
                        _("Lock {door}").format(door=name),
                        _("secure it, and end unlocking"),
                        partial(page.lock_door, id_),
                    ),
                ]
        return found

    async def discover(self) -> Hits:
        """Give everything while nothing is typed."""
        for command in self.commands():
            yield DiscoveryHit(command.words, command.do, help=command.help)

    async def search(self, query: str) -> Hits:
        """Give what matches, best first."""
        matcher = self.matcher(query)
        for command in self.commands():
            if (score := matcher.match(command.words)) > 0:
                yield Hit(score, matcher.highlight(command.words), command.do, help=command.help)
