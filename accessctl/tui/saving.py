"""Into which file something is written, and how: as a whole or not at all, for its owner alone."""

import asyncio
import io
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Static

from accessctl.tui.dialogs import Confirm, Dialog
from accessctl.tui.look import GONE, LIVE
from accessctl.tui.typed_path import is_no_file, typed_path
from accessctl.tui.words import _

if TYPE_CHECKING:
    from accessctl.tui.console import Console

FOLDER: Final = "export-folder"
"""Under which the folder of the last file is remembered."""
_PART: Final = ".part"


class Way(NamedTuple):
    """A way of writing something."""

    id: str
    ending: str
    """How such a file's name ends, without the dot; two ways may have the same."""
    words: str


class SaveAs(NamedTuple):
    """What was chosen."""

    path: Path
    way: str
    """The id of a ``Way``."""


class SaveDialog(Dialog[SaveAs]):
    """Asks for the file. In a browser it only asks for the name under which it is sent."""

    HELP = _("The end of the name says how it is written; up and down go through the ways there are.")
    DEFAULT_CSS = """
    SaveDialog #format { margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(
                key,
                f"other_way({by})",
                _("Format"),
                show=by > 0,
                id="export.format",
                tooltip=_("How it is written."),
                key_display="↑↓",
                priority=True,  # else the frame would scroll, and these keys not be shown
            )
            for key, by in (("down", 1), ("up", -1))
        ),
    ]

    def __init__(self, title: str, words: str, path: Path, ways: Sequence[Way], *, sent: bool) -> None:
        """``words`` say what is written. ``path``: the one to begin with. ``sent``: to a browser."""
        super().__init__(title, words)
        self._path, self._sent = path, sent
        self._ways, self._way = tuple(ways), ways[0]

    def contents(self) -> ComposeResult:
        """A field for the file, and the ways of writing it."""
        yield Static(_("Name of the file") if self._sent else _("Into the file"), classes="quiet")
        yield Input(self._path.name if self._sent else str(self._path), id="path")
        yield Static(id="format", markup=False)

    def on_mount(self) -> None:
        """Begin with the name; Enter takes it as it is."""
        field = self.query_one("#path", Input)
        field.focus()
        field.cursor_position = len(field.value)
        self._say_way()

    @property
    def _typed(self) -> Path:
        return typed_path(self.query_one("#path", Input).value)

    def action_other_way(self, by: int) -> None:
        """Go on to another way of writing; the name's end goes with it."""
        before = self._way.ending
        self._way = self._ways[(self._ways.index(self._way) + by) % len(self._ways)]
        field = self.query_one("#path", Input)
        path = Path(field.value)
        if path.suffix.lstrip(".") == before:
            field.value = str(path.with_suffix(f".{self._way.ending}"))
        self._say_way()

    @on(Input.Changed, "#path")
    def _other_name(self, message: Input.Changed) -> None:
        ending = Path(message.value).suffix.lstrip(".")
        if ending != self._way.ending:
            self._way = next((way for way in self._ways if way.ending == ending), self._way)
        self._say_way()

    def _say_way(self) -> None:
        lines = (f"{LIVE if way is self._way else GONE} {way.words} (.{way.ending})" for way in self._ways)
        self.query_one("#format", Static).update("\n".join(lines))

    @on(Input.Submitted, "#path")
    def _chosen(self) -> None:
        path = self._typed
        wrong = self._wrong_with(path)
        self.wrong(wrong)
        if not wrong:
            self.dismiss(SaveAs(path if self._sent else path.absolute(), self._way.id))

    def _wrong_with(self, path: Path) -> str:
        if not path.name:
            return _("Something has to be typed here.")
        if self._sent:
            return _("A name has no slash.") if path.name != str(path) else ""
        try:
            if path.is_dir():
                return _("{path} is a folder: add the name of a file.").format(path=path)
            if is_no_file(path):
                return _("{path} is a device or a pipe, and nothing to be replaced.").format(path=path)
            if not path.absolute().parent.is_dir():
                return _("There is no folder {path}.").format(path=path.absolute().parent)
        except OSError as error:
            return str(error)
        return ""


async def ask_where(dialog: SaveDialog, console: "Console") -> SaveAs | None:
    """Ask for the file, and before another one is lost; keep the folder for the next time."""
    choice = cast("SaveAs | None", await console.push_screen_wait(dialog))
    if choice is None or console.is_web:
        return choice
    if choice.path.exists():
        words = _("{path} is there already. Its contents will be lost.").format(path=choice.path)
        sure = Confirm(_("Overwrite?"), words, _("Overwrite"), dangerous=True)
        if not await console.push_screen_wait(sure):
            return None
    console.remembered.put(FOLDER, str(choice.path.parent))
    return choice


def folder(console: "Console") -> Path:
    """Give the folder of the last file, else the one that the console was started in."""
    remembered = console.remembered.get(FOLDER)
    for place in (Path(remembered) if remembered else Path.cwd(), Path.cwd()):
        if place.is_dir() and os.access(place, os.W_OK):
            return place
    return Path.home()


async def keep(console: "Console", choice: SaveAs, data: bytes) -> bool:
    """Write the file, or hand it to the browser, and say so; false where that failed."""
    if console.is_web:
        console.deliver_binary(io.BytesIO(data), save_filename=choice.path.name)
        return True
    try:
        await asyncio.to_thread(write, choice.path, data)
    except OSError as error:
        console.notify(str(error), title=_("Not written"), severity="error", timeout=12, markup=False)
        return False
    console.notify(str(choice.path), title=_("Written"), timeout=10, markup=False)
    return True


def write(path: Path, data: bytes) -> None:
    """Write a file as a whole or not at all, for its owner alone. Raises ``OSError``."""
    part = path.with_name(path.name + _PART)
    with suppress(FileNotFoundError):
        part.unlink()  # left behind by somebody whose machine was switched off
    handle = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
