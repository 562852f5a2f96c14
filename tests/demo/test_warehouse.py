"""The demo as it is opened: real processes, and a terminal in front of them."""

import asyncio
import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from accessctl.client import ApiClient
from accessctl.config import Site
from accessctl.demo.hands import WarehouseHands
from accessctl.demo.play import DemoFailed, main, open_warehouse, running
from accessctl.demo.stage import stage_of
from accessctl.demo.ways import door_of
from accessctl.home import Home
from accessctl.probes import api_answers, door_answers, listens
from accessctl.tui.asker import Asker
from accessctl.tui.console import Console
from accessctl.tui.pages import PageSpec
from accessctl.tui.settings import Remembered
from accessctl.tui.warehouse.lamp_tile import LampTile
from accessctl.tui.warehouse.page import WarehousePage
from tests.tui.rig import until

PATIENCE_S = 30.0


@pytest.fixture(autouse=True)
def no_animations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")


def test_a_badge_on_the_page_opens_a_real_door(home: Home, site: Site) -> None:
    """One key badges at the real processes: the door is released, its leaf opens and closes."""
    stage = replace(stage_of(site, datetime.now(UTC), "accessctl"), scenes=())
    door = door_of(stage.opening[1])
    page = PageSpec(
        "warehouse",
        "Warehouse",
        "",
        None,
        lambda: WarehousePage(WarehouseHands(home.warehouse_socket), stage),
    )

    async def play(console: Console) -> None:
        async with console.run_test(size=(140, 45)) as pilot:
            await until(pilot, lambda: len(console.screen.query(LampTile)) == len(site.doors))
            tile = next(tile for tile in console.screen.query(LampTile) if tile.door["id"] == door)
            await until(pilot, lambda: tile.has_class("-chosen"))
            await pilot.press("b")
            await until(pilot, lambda: tile.door["strike"] == "released")
            await pilot.press("o")
            await until(pilot, lambda: tile.door["leaf"] == "open")
            await pilot.press("o")
            await until(pilot, lambda: tile.door["leaf"] == "closed")
            await pilot.press("escape")
            await until(pilot, lambda: console.current_mode == "board")

    with running(home), ApiClient(home.api_socket) as office:
        asker, remembered = Asker(home.api_socket), Remembered(home.path / "remembered.json")
        console = Console(asker, None, remembered, further_pages=(page,), first="warehouse")
        asyncio.run(play(console))
        types = [event["type"] for event in office.events(most=4, door=door)]
    assert types == ["access_granted", "door_opened", "access_taken", "door_closed"]
    assert nobody_is_left(home)


def test_a_door_is_seen_opening_on_a_terminal(tmp_path: Path) -> None:
    """`accessctl demo` on a terminal opens a door by itself; q ends it and everything it started."""
    home = Home(tmp_path / "accessctl" / "demo")
    screen, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("4H", 45, 140, 0, 0))
    demo = subprocess.Popen(
        (sys.executable, "-m", "accessctl.cli", "demo"),
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env={**os.environ, "XDG_STATE_HOME": str(tmp_path), "TERM": "xterm-256color"},
        start_new_session=True,
    )
    os.close(terminal)
    try:
        assert seen(screen, b"OPEN")
        os.write(screen, b"q")
        assert not seen(screen, b"nothing more comes")
        assert demo.wait(PATIENCE_S) == 0
    finally:
        demo.kill()
        demo.wait()
        os.close(screen)
    assert nobody_is_left(home)


def seen(screen: int, words: bytes) -> bool:
    """Read a terminal until these words come, or its last user has gone."""
    text, until_s = b"", time.monotonic() + PATIENCE_S
    while words not in text:
        if not select.select([screen], [], [], until_s - time.monotonic())[0]:
            pytest.fail(f"{words!r} did not come; the last was {text[-500:]!r}")
        try:
            text += os.read(screen, 65536)
        except OSError:  # EIO: nobody has the terminal open any more
            return False
    return True


def nobody_is_left(home: Home) -> bool:
    return not (
        api_answers(home.api_socket) or door_answers(home.door_socket) or listens(home.warehouse_socket)
    )


def test_what_does_not_start_is_explained(home: Home) -> None:
    """A site file with a mistake ends the demo with the supervisor's own words."""
    home.site_file.write_text("[site]\n")
    with pytest.raises(DemoFailed, match="cannot be used"), running(home):
        pass  # never reached


def test_the_console_wants_a_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With stderr in a file nothing is started, and one line says why."""
    home = Home(tmp_path / "h")
    with pytest.raises(DemoFailed, match="no terminal"):
        open_warehouse(home)
    assert main(home, interactive=True) == 1
    assert "no terminal" in capsys.readouterr().err
    assert not home.path.exists()
