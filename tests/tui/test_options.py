"""A list to choose from stands still while there is no room for it."""

from textual.app import App, ComposeResult

from accessctl.tui.options import Options
from tests.tui.conftest import in_a_loop


class _Host(App[None]):
    """Shows a list that has no width."""

    CSS = "Options { width: 0; height: 0; }"

    def compose(self) -> ComposeResult:
        """Put the list there."""
        yield Options("one", "two")


@in_a_loop
async def test_turning_the_page_of_a_list_without_room_does_nothing() -> None:
    """Page up and page down leave the choice as it is."""
    host = _Host()
    async with host.run_test() as pilot:
        options = host.query_one(Options)
        options.highlighted = 0
        await pilot.press("pageup", "pagedown")
        assert options.highlighted == 0
