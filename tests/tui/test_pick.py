"""A field that holds a choice: letters go there."""

from textual.app import App, ComposeResult

from accessctl.tui.dialogs import Choice
from accessctl.tui.enrol.pick import Pick
from tests.tui.conftest import in_a_loop

NAMES = ("Gate, inbound", "Staff entrance, in", "Staff entrance, out", "Dock 1", "typed")


class _Host(App[None]):
    """Shows the field."""

    def compose(self) -> ComposeResult:
        """Put it there."""
        yield Pick("At", [Choice(name, name) for name in NAMES], (), several=False, id_="at")


@in_a_loop
async def test_letters_typed_as_a_word_find_what_begins_with_it() -> None:
    """And not, letter by letter, three different ones."""
    host = _Host()
    async with host.run_test() as pilot:
        host.query_one(Pick).focus()
        await pilot.press(*"staff")
        assert host.query_one(Pick).value == "Staff entrance, in"


@in_a_loop
async def test_the_same_letter_again_goes_to_the_next_one() -> None:
    """As in other lists to choose from."""
    host = _Host()
    async with host.run_test() as pilot:
        host.query_one(Pick).focus()
        await pilot.press("s", "s")
        assert host.query_one(Pick).value == "Staff entrance, out"
