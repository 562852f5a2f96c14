"""Writes the list for paper, where somebody wants it; in a browser it is downloaded."""

import asyncio
import io
from pathlib import Path
from typing import TYPE_CHECKING

from accessctl.muster_sheet.sheet import print_page
from accessctl.muster_sheet.view import MusterView
from accessctl.tui.dialogs import Ask, Tell
from accessctl.tui.muster.keeping import sheet_name, write_sheets
from accessctl.tui.typed_path import typed_path
from accessctl.tui.words import _

if TYPE_CHECKING:
    from accessctl.tui.console import Console


async def print_list(console: "Console", view: MusterView, here: Path) -> None:
    """Ask where to, write a page and a text there, and say where they are."""
    now = console.now()
    if console.is_web:
        page = io.StringIO(print_page(view, now=now))
        console.deliver_text(page, save_filename=f"{sheet_name(view)}.html", mime_type="text/html")
        return
    question = Ask(
        _("Print the list"),
        _("Into which folder? A page for the printer and a plain text are written there."),
        value=str(here),
        check=_why_not,
    )
    folder = await console.push_screen_wait(question)
    if folder is None:
        return
    try:
        written = await asyncio.to_thread(write_sheets, folder, view, now)
    except OSError as error:
        console.notify(
            _("The sheet could not be written: {why}").format(why=error.strerror or error),
            severity="error",
            markup=False,
        )
        return
    files = "\n".join(str(path) for path in written)
    await console.push_screen_wait(
        Tell(_("Written"), f"{files}\n\n{_('It says who is inside: keep it safe.')}")
    )


def _why_not(typed: str) -> str | None:
    return None if typed_path(typed).is_dir() else _("There is no such folder.")
