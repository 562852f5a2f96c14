"""Into which file, and how written."""

import re
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Final, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Static

from accessctl.tui.dialogs import Dialog
from accessctl.tui.events.export import Format
from accessctl.tui.events.wanted import Wanted
from accessctl.tui.look import GONE, LIVE
from accessctl.tui.words import _

_NO_NAME: Final = re.compile(r"[^\w.-]+")


class ExportChoice(NamedTuple):
    """What was chosen."""

    path: Path
    format: Format


def default_name(site: str, wanted: Wanted, now: datetime, format_: Format = Format.CSV) -> str:
    """Give a name that says of which site and of which days: ``kade-2026-01-05-to-2026-01-11.csv``."""
    here = now.astimezone()
    last = here if wanted.until is None else min(here, wanted.until.astimezone())
    to = (
        f"{last:%Y-%m-%d}" if last.timetz().replace(tzinfo=None) != datetime.min.time() else _day_before(last)
    )
    since = "" if wanted.since is None else f"{wanted.since.astimezone():%Y-%m-%d}"
    days = to if since in {"", to} else f"{since}-to-{to}"
    name = _NO_NAME.sub("-", (site or "events").casefold()).strip("-.")
    return f"{name}-{days}.{format_}"


def _day_before(midnight: datetime) -> str:
    return datetime.fromordinal(midnight.toordinal() - 1).strftime("%Y-%m-%d")


class ExportDialog(Dialog[ExportChoice]):
    """Asks for the file. In a browser it only asks for the name under which it is sent."""

    HELP = _("The end of the name says how it is written: .csv for spreadsheets, .jsonl for programs.")
    DEFAULT_CSS = """
    ExportDialog #format { margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "up,down",
            "other_format",
            _("Format"),
            id="export.format",
            tooltip=_("CSV for spreadsheets, or JSON for programs."),
            key_display="↑↓",
            priority=True,  # else the frame would scroll, and these keys not be shown
        ),
    ]

    def __init__(self, words: str, path: Path, *, sent: bool) -> None:
        """``words`` say what is exported. ``path``: the one to begin with. ``sent``: to a browser."""
        super().__init__(_("Export"), words)
        self._path, self._sent = path, sent
        self._format = Format.CSV

    def contents(self) -> ComposeResult:
        """A field for the file, and the two ways of writing it."""
        yield Static(_("Name of the file") if self._sent else _("Into the file"), classes="quiet")
        yield Input(self._path.name if self._sent else str(self._path), id="path")
        yield Static(id="format", markup=False)

    def on_mount(self) -> None:
        """Begin with the name; Enter takes it as it is."""
        field = self.query_one("#path", Input)
        field.focus()
        field.cursor_position = len(field.value)
        self._say_format()

    @property
    def _typed(self) -> Path:
        typed = self.query_one("#path", Input).value.strip()
        return Path(typed).expanduser()

    def action_other_format(self) -> None:
        """Go from one way of writing to the other; the name's end goes with it."""
        self._format = Format.LINES if self._format is Format.CSV else Format.CSV
        field = self.query_one("#path", Input)
        path = Path(field.value)
        if path.suffix.lstrip(".") in {*Format}:
            field.value = str(path.with_suffix(f".{self._format}"))
        self._say_format()

    @on(Input.Changed, "#path")
    def _other_name(self, message: Input.Changed) -> None:
        ending = Path(message.value).suffix.lstrip(".")
        if ending in {*Format}:
            self._format = Format(ending)
        self._say_format()

    def _say_format(self) -> None:
        ways = {
            Format.CSV: _("CSV, for spreadsheets (.csv)"),
            Format.LINES: _("JSON, an object on each line, for programs (.jsonl)"),
        }
        lines = (f"{LIVE if way is self._format else GONE} {words}" for way, words in ways.items())
        self.query_one("#format", Static).update("\n".join(lines))

    @on(Input.Submitted, "#path")
    def _chosen(self) -> None:
        path = self._typed
        wrong = self._wrong_with(path)
        self.wrong(wrong)
        if not wrong:
            self.dismiss(ExportChoice(path if self._sent else path.absolute(), self._format))

    def _wrong_with(self, path: Path) -> str:
        if not path.name:
            return _("Something has to be typed here.")
        if self._sent:
            return _("A name has no slash.") if path.name != str(path) else ""
        try:
            if path.is_dir():
                return _("{path} is a folder: add the name of a file.").format(path=path)
            if not path.absolute().parent.is_dir():
                return _("There is no folder {path}.").format(path=path.absolute().parent)
        except OSError as error:
            return str(error)
        return ""
