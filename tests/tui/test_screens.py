"""Each screen at the site that stands still, compared with what it looked like when it was last looked at.

What differs is shown side by side in ``snapshot_report.html``. After a look at it, ``--snapshot-update``
takes what is there now as what has to be.
"""

import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from rich.console import Console as Drawing
from textual.pilot import Pilot

from tests.tui.scenes import SCENES, Scene

SIZES: Final = {"80x24": (80, 24), "160x50": (160, 50)}
IN_ANOTHER_LIGHT: Final = ("board", "people")
"""Screens that are compared in every theme."""
_FEW_MARKS: Final = """
import asyncio, sys
from tests.tui.rig import text_of
from tests.tui.scenes import SCENES

async def look(scene):
    with scene.console("ansi-dark") as (console, api):
        async with console.run_test(size=(80, 24)) as pilot:
            await scene.reach(pilot, api)
            print(text_of(pilot))

for name in sys.argv[1:]:
    asyncio.run(look(SCENES[name]))
"""
_DRAWN: Final = {*"·─▁▂▃▄▅▆▇"}
"""What its fonts have of Latin-1 and of lines; and the ends of Textual's scrollbars."""
Compares = Callable[..., bool]


@pytest.fixture(autouse=True)
def greenwich(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let it be the same time everywhere."""
    with monkeypatch.context() as here:
        here.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture(autouse=True)
def one_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Name what is drawn the same always; the number there differs with what nobody sees."""
    draw = Drawing.export_svg

    def draw_named(console: Drawing, **how: Any) -> str:  # noqa: ANN401 - whatever it is told
        return draw(console, **how, unique_id="screen")

    monkeypatch.setattr(Drawing, "export_svg", draw_named)


def looks_as_it_did(compares: Compares, scene: Scene, size: str, theme: str = "dark") -> bool:
    """Go to a screen and compare it."""
    with scene.console(theme) as (console, api):

        def reach(pilot: Pilot[Any]) -> Awaitable[None]:
            return scene.reach(pilot, api)

        return compares(console, terminal_size=SIZES[size], run_before=reach)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scene", SCENES)
def test_a_screen_looks_as_it_did(snap_compare: Compares, scene: str, size: str) -> None:
    """Every screen, at the smallest terminal that counts and at a large one."""
    assert looks_as_it_did(snap_compare, SCENES[scene], size)


@pytest.mark.parametrize("theme", ["light", "ansi-dark", "ansi-light"])
@pytest.mark.parametrize("scene", IN_ANOTHER_LIGHT)
def test_a_screen_looks_as_it_did_in_another_light(snap_compare: Compares, scene: str, theme: str) -> None:
    """By day, and with the sixteen colours that every terminal has."""
    assert looks_as_it_did(snap_compare, SCENES[scene], "80x24", theme)


def test_the_linux_console_is_sent_no_marks_that_it_does_not_have() -> None:
    """Every mark has something that stands for it; only names and words of the site may have more letters."""
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", _FEW_MARKS, "board", "muster", "rules", "unlock", "login"],
        cwd=root,
        env={**os.environ, "TERM": "linux", "TEXTUAL_ANIMATIONS": "none", "TZ": "UTC"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Main gate" in done.stdout
    assert "+- Unlock Main gate --" in done.stdout
    assert "+- Log in to accessctl --" in done.stdout
    beyond = {char for char in done.stdout if not char.isascii()} - _DRAWN
    assert not beyond, beyond
