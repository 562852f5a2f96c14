"""The command palette: every page, every key of the page one is on, and what has no key."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final, NamedTuple, cast

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.screen import Screen

from accessctl.tui.left_once import LeftOnce
from accessctl.tui.words import _

_AHEAD: Final = 1.01
"""What a page's own keys do stands before what matches as well; else chance would say which is the first."""


class Command(NamedTuple):
    """Something that can be done by name."""

    words: str
    help: str
    do: Callable[[], Any]


class Palette(CommandPalette, LeftOnce[None]):
    """Textual's own, which would be left twice where Enter comes twice."""


class Commands(Provider):
    """Finds commands by a few of their letters."""

    def commands(self) -> list[Command]:
        """Give all there are, best first."""
        from accessctl.tui.console import Console

        console = cast("Console", self.app)
        found = [
            Command(
                _("Go to {page}").format(page=page.name), page.what, partial(console.action_go, page.mode)
            )
            for page in console.offered_pages
        ]
        return [*keys_of(self.screen), *found, *console.further_commands()]

    async def discover(self) -> Hits:
        """Give everything while nothing is typed."""
        for command in self.commands():
            yield DiscoveryHit(command.words, command.do, help=command.help)

    async def search(self, query: str) -> Hits:
        """Give what matches, best first."""
        matcher = self.matcher(query)
        for command in self.commands():
            score = max(matcher.match(command.words), matcher.match(command.help) * 0.7)
            if score > 0:
                ahead = score * _AHEAD
                yield Hit(ahead, matcher.highlight(command.words), command.do, help=command.help)


def find_people() -> type[Provider]:
    """Give what offers people by their names; loaded when the palette is first opened."""
    from accessctl.tui.people.palette import FindPeople

    return FindPeople


def keys_of(screen: Screen[Any]) -> list[Command]:
    """Give what the keys of a screen do, those that are offered now."""
    found: dict[str, Command] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if active.enabled and binding.description and not binding.system and binding.id:
            key = screen.app.get_key_display(binding)
            words = f"{binding.description}  ({key})"
            run = partial(screen.app.run_action, binding.action, active.node)
            found.setdefault(binding.action, Command(words, binding.tooltip or "", run))
    return list(found.values())
