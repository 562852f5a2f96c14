"""Many people at once: a file that is imported, and one that everybody is written into."""

import asyncio
import io
import os
from pathlib import Path
from typing import Final

from accessctl.client import ApiClient, ApiError
from accessctl.tui.console import Console
from accessctl.tui.dialogs import Ask, Choice, Choose, Confirm, Tell
from accessctl.tui.people.bulk_words import kind_of, suffix_wrong
from accessctl.tui.people.import_screen import ImportScreen
from accessctl.tui.typed_path import is_no_file, typed_path
from accessctl.tui.words import _

_FORMATS: Final = "people.csv, people.json, people.ndjson"
COLUMNS: Final = (
    *("id", "name", "roles", "groups", "valid_from", "valid_until", "disabled"),
    *("uses_total", "uses_a_day", "exempt", "extended", "card", "card_technology", "cards"),
)
"""What the API takes; other columns it refuses."""


async def import_people(console: Console) -> bool:
    """Ask for a file, show what it would do, and import it."""
    if console.is_web:  # the files that could be named are those of the machine that serves the page
        words = _(
            "A file of yours cannot be read from a browser. "
            "Use `accessctl tui`, or `accessctl people import`."
        )
        await console.push_screen_wait(Tell(_("Import people"), words))
        return False
    asked = Ask(
        _("Import people"),
        _(
            "From which file? A row with the id of somebody who is there changes them, any other adds a "
            "person. Nothing is changed before you have seen what would."
        )
        + "\n\n"
        + _("Columns, those that are wanted: {columns}.").format(columns=", ".join(COLUMNS)),
        placeholder=_FORMATS,
        check=_can_be_read,
    )
    typed = await console.push_screen_wait(asked)
    if typed is None:
        return False
    path = typed_path(typed)
    try:
        body = await asyncio.to_thread(path.read_bytes)
    except OSError as error:
        console.notify(f"{path}: {error.strerror}", severity="error", markup=False)
        return False
    imported = await console.push_screen_wait(ImportScreen(path, body, kind_of(path) or "csv"))
    return imported is not None


async def export_people(console: Console) -> None:
    """Write everybody into a file, as an import takes them; card numbers are not among it."""
    if console.is_web:
        await _hand_out(console)
        return
    asked = Ask(
        _("Export people"),
        _("Into which file? Its name says how it is written. Only you will be able to read it."),
        value="people.csv",
        placeholder=_FORMATS,
        check=_can_be_written,
    )
    typed = await console.push_screen_wait(asked)
    if typed is None:
        return
    path = typed_path(typed)
    if path.exists():
        words = _("{file} is there already. What is in it will be gone.").format(file=path)
        if not await console.push_screen_wait(
            Confirm(_("Write over it?"), words, _("Write over it"), dangerous=True)
        ):
            return
    console.notify(_("Writing {file} …").format(file=path), markup=False)
    try:
        size = await console.asker.while_waited_for(lambda api: _write(api, path))
    except ApiError as error:
        console.say_why(error)
    except OSError as error:
        console.notify(f"{path}: {error.strerror}", severity="error", markup=False)
    else:
        words = _("Everybody is in {file}, {size} bytes").format(file=path, size=f"{size:,}")
        console.notify(words, markup=False)


async def _hand_out(console: Console) -> None:
    """Hand the file to the browser, which asks where to put it."""
    kinds = [Choice(name.rpartition(".")[2], name) for name in _FORMATS.split(", ")]
    kind = await console.push_screen_wait(Choose(_("Export people"), kinds))
    if kind is None:
        return
    content = io.BytesIO()

    def fetch(api: ApiClient) -> None:
        content.writelines(api.export_people(kind))

    try:
        await console.asker.while_waited_for(fetch)
    except ApiError as error:
        console.say_why(error)
        return
    content.seek(0)
    console.deliver_binary(content, save_filename=f"people.{kind}")


def _write(api: ApiClient, path: Path) -> int:
    """Write beside it and put it in place at the end: a file that is half written is never there."""
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            size = sum(out.write(chunk) for chunk in api.export_people(kind_of(path) or "csv"))
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    return size


def _can_be_read(typed: str) -> str | None:
    path = typed_path(typed)
    if not path.is_file():
        return _("There is no such file.")
    if not os.access(path, os.R_OK):
        return _("This file may not be read.")
    return suffix_wrong(path)


def _can_be_written(typed: str) -> str | None:
    path = typed_path(typed)
    if path.is_dir():
        return _("This is a folder.")
    if is_no_file(path):
        return _("{path} is a device or a pipe, and nothing to be replaced.").format(path=path)
    if not os.access(path.parent, os.W_OK | os.X_OK):
        return _("No file can be made there.")
    return suffix_wrong(path)
