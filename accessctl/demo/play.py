"""``accessctl demo``: the warehouse to play with, or, where nobody sits, its working day."""

import os
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from accessctl.config import SiteInvalid, load_file
from accessctl.demo.player import play_day
from accessctl.demo.seed import NotADemo, prepare
from accessctl.home import SYSTEM_HOME, Home, demo_home
from accessctl.probes import api_answers
from accessctl.supervisor import die_with_parent

if TYPE_CHECKING:
    from accessctl.tui.page import Page

READY_S: Final = 30.0
STOP_S: Final = 15.0
"""Longer than the supervisor gives each of its processes."""

_SUPERVISOR: Final = (sys.executable, "-P", "-m", "accessctl.supervise")


class DemoFailed(Exception):
    """The demo could not be opened. The words say why."""


def main(home: Home, interactive: bool) -> int:  # noqa: FBT001 - the command says it by its name
    """Open the warehouse in this home, or play the day in a home that is gone afterwards."""
    if not interactive:
        return play_day(print, _say)
    try:
        open_warehouse(home)
    except (DemoFailed, NotADemo, SiteInvalid, OSError) as error:
        _say(f"accessctl: {error}")
        return 1
    return 0


def open_warehouse(home: Home) -> None:
    """Start what does not run yet, show the console, and stop what was started."""
    if not sys.stderr.isatty():
        raise DemoFailed("the console is drawn on stderr, and that is no terminal here")
    if api_answers(home.api_socket):
        _say(f"accessctl: the demo already runs at {home.path}; this is one more console for it")
        show(home, alone=False)
        return
    prepare(home)
    with running(home):
        show(home, alone=True)


@contextmanager
def running(home: Home) -> Iterator[None]:
    """Run the processes of a home, as ``accessctl run`` does, with their talk in a file."""
    log = home.path / "demo.log"
    ready, told = os.pipe()
    with log.open("wb") as talk, os.fdopen(ready, "rb", buffering=0) as hears:
        try:
            supervisor = subprocess.Popen(
                (*_SUPERVISOR, "--home", str(home.path), "--ready-fd", str(told)),
                stdin=subprocess.DEVNULL,
                stdout=talk,
                stderr=talk,
                pass_fds=(told,),
                # Whoever kills the demo must not leave a warehouse behind that nobody stops.
                preexec_fn=die_with_parent(os.getpid()),  # noqa: PLW1509
            )
        finally:
            os.close(told)
        try:
            readable, _, _ = select.select([hears], [], [], READY_S)
            if not readable or not hears.read(1):
                raise DemoFailed(f"the processes did not start:\n{log.read_text(errors='replace').strip()}")
            yield
        finally:
            supervisor.terminate()
            try:
                supervisor.wait(STOP_S)
            except subprocess.TimeoutExpired:
                supervisor.kill()
                supervisor.wait()


def show(home: Home, *, alone: bool) -> None:
    """Show the console until somebody leaves it. Only one that is alone plays by itself."""
    from accessctl.demo.hands import WarehouseHands
    from accessctl.demo.stage import stage_of
    from accessctl.tui.asker import Asker
    from accessctl.tui.console import Console
    from accessctl.tui.pages import PageSpec
    from accessctl.tui.settings import read_settings
    from accessctl.tui.terminal import end_with_it
    from accessctl.tui.words import _

    stage = stage_of(load_file(home.site_file), datetime.now(UTC), _command(home))
    if not alone:
        stage = replace(stage, scenes=())

    def warehouse() -> "Page":
        from accessctl.tui.warehouse.page import WarehousePage

        return WarehousePage(WarehouseHands(home.warehouse_socket), stage)

    what = _("badge, open leaves, press keys in the simulated warehouse")
    page = PageSpec("warehouse", _("Warehouse"), what, None, warehouse)
    end_with_it()
    console = Console(Asker(home.api_socket), read_settings(), further_pages=(page,), first="warehouse")
    console.run()
    if console.return_code:
        raise DemoFailed("the console ended with an error")


def _command(home: Home) -> str:
    """Give what to type in another terminal. The home is named unless it is the one that is found unnamed."""
    found = demo_home()
    with suppress(OSError):
        if Home(SYSTEM_HOME).site_file.exists():
            found = SYSTEM_HOME
    command = sys.argv[0] or "accessctl"
    return command if home.path == found else f"{command} --home {home.path}"


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)  # noqa: T201 - the demo's talk
