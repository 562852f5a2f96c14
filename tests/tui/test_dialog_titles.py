"""A name is shown as it is, whatever brackets are in it."""

from textual.app import App

from accessctl.tui.dialogs import Tell
from tests.tui.conftest import in_a_loop
from tests.tui.rig import text_of


@in_a_loop
async def test_brackets_in_a_title_are_shown_and_not_read_as_markup() -> None:
    """One that would close what was never opened stops nothing."""
    host: App[None] = App()
    async with host.run_test(size=(80, 24)) as pilot:
        await host.push_screen(Tell("A card for Zoe [red]x[/] [/y]", "words"))
        await pilot.pause()
        assert "Zoe [red]x[/] [/y]" in text_of(pilot)
