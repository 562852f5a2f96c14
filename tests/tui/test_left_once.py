"""Keys that come faster than screens go take nothing else away, and stop nothing."""

import asyncio

from textual import work
from textual.app import App, ComposeResult
from textual.widgets import Input, Static

from accessctl.tui.commands import Palette
from accessctl.tui.dialogs import Ask
from accessctl.tui.help import HelpPage
from tests.tui.conftest import in_a_loop


class _Host(App[None]):
    """Shows a dialog over another, and keeps what it answers."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[str | None] = []
        self.below, self.above = Ask("below"), Ask("above")

    def on_mount(self) -> None:
        """Show both."""
        self.push_screen(self.below)
        self.push_screen(self.above, self.answers.append)


@in_a_loop
async def test_enter_pressed_twice_in_a_breath_leaves_one_dialog_only() -> None:
    """What lies below the dialog stays, and one answer is given."""
    host = _Host()
    async with host.run_test() as pilot:
        await pilot.press("y")
        field = host.above.query_one(Input)
        for _time in range(2):
            field.post_message(Input.Submitted(field, "y"))
        await pilot.pause()
        assert host.screen_stack[1:] == [host.below]
        assert host.answers == ["y"]


@in_a_loop
async def test_an_answer_that_comes_under_another_screen_waits_for_it_to_go() -> None:
    """The help over a dialog stays when the dialog has its answer, and the dialog goes with the help."""
    host = _Host()
    async with host.run_test() as pilot:
        over = HelpPage(host.above)
        await host.push_screen(over)
        host.above.dismiss("late")
        await pilot.pause()
        assert host.screen_stack[1:] == [host.below, host.above, over]
        over.dismiss()
        await pilot.pause()
        assert host.screen_stack[1:] == [host.below]
        assert host.answers == ["late"]


@in_a_loop
async def test_the_palette_opens_and_enter_twice_takes_nothing_else_away() -> None:
    """It looks as Textual's own does, and only the palette goes."""
    host = _Host()
    async with host.run_test() as pilot:
        palette = Palette(id="--command-palette")
        await host.push_screen(palette)
        await pilot.pause()
        for _time in range(2):
            palette.dismiss()
        await pilot.pause()
        assert host.screen_stack[1:] == [host.below, host.above]


class _Lingering(Static):
    """Goes last, and has the answer come when everything beside it has gone."""

    async def on_unmount(self) -> None:
        """Wait for the others, then long enough for whoever waited for the answer."""
        while self.screen.query("#wrong"):  # noqa: ASYNC110 - nobody tells when they have
            await asyncio.sleep(0)
        screen = self.screen
        assert isinstance(screen, _Asking)
        screen.answer.set()
        for _turn in range(10):
            await asyncio.sleep(0)


class _Asking(Ask):
    """Waits for an answer, and says what came."""

    def __init__(self) -> None:
        super().__init__("asking")
        self.answer = asyncio.Event()

    def contents(self) -> ComposeResult:
        """What the dialog has, and one more."""
        yield from super().contents()
        yield _Lingering()

    @work
    async def wait(self) -> None:
        """Wait."""
        await self.answer.wait()
        self.wrong("it came")


@in_a_loop
async def test_an_answer_that_comes_while_its_dialog_goes_is_lost() -> None:
    """Nobody looks for widgets that have gone already: that would end the console."""
    host = _Host()
    async with host.run_test() as pilot:
        asking = _Asking()
        await host.push_screen(asking)
        asking.wait()
        await pilot.pause()
        asking.dismiss()
        await pilot.pause()
        assert asking.answer.is_set()
        assert host.screen_stack[1:] == [host.below, host.above]
