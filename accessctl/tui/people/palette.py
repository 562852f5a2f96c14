"""People in the command palette: a few letters of a name, and their page opens."""

from functools import partial
from typing import TYPE_CHECKING, Final, cast

from textual.command import Hit, Hits, Provider

from accessctl.client import ApiError
from accessctl.operators.rights import Right
from accessctl.tui.words import _

if TYPE_CHECKING:
    from accessctl.tui.console import Console

_FEWEST: Final = 2
"""Letters. One alone would find half of everybody."""
_MOST: Final = 8
_SCORE: Final = 0.4
"""Behind a command that is named like it."""


class FindPeople(Provider):
    """Offers people whose name begins with what was typed."""

    async def search(self, query: str) -> Hits:
        """Ask for a few; whoever may not see people is offered nobody."""
        console, typed = cast("Console", self.app), query.strip()
        if Right.PEOPLE_READ not in console.rights or len(typed) < _FEWEST:
            return
        try:
            found = await console.asker(lambda api: api.people_page(q=typed, limit=_MOST))
        except ApiError:
            return
        matcher = self.matcher(query)
        for person in found["people"]:
            about = f"{', '.join(person['roles'])}  {person['id']}"
            open_ = partial(open_person, console, person["id"])
            score = max(_SCORE, matcher.match(person["name"]))
            yield Hit(score, matcher.highlight(person["name"]), open_, help=_("Person") + f"  {about}")


def open_person(console: "Console", person: str) -> None:
    """Show a person's own page, over the page one is on."""
    from accessctl.tui.people.person_screen import PersonScreen

    console.push_screen(PersonScreen(person))
