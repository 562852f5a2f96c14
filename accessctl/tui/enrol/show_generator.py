"""The secret of a code generator, shown once: as a picture for an app, in letters for fingers."""

from typing import Final

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Footer, Input, Static

from accessctl.client import ApiError, ApiRefused, CodeGenerator, Person
from accessctl.tui.dialogs import Dialog
from accessctl.tui.enrol.qr import picture_of, room_for
from accessctl.tui.look import few_marks
from accessctl.tui.words import _

_GROUP: Final = 4
_BESIDE: Final = 32
"""Columns for what stands beside the picture."""
_HIGH: Final = 32
"""With so many lines there is room for a frame."""
_FRAME: Final = 4
"""Columns and lines of frame and padding."""


def in_groups(secret: str) -> str:
    """Give a secret as fingers type it."""
    return " ".join(secret[at : at + _GROUP] for at in range(0, len(secret), _GROUP))


def code_of(typed: str) -> str | None:
    """Give the code that was typed; ``None`` for what is none."""
    digits = typed.replace(" ", "")
    return digits if digits.isascii() and digits.isdigit() and len(digits) in range(4, 13) else None


class ShowGenerator(Dialog[bool]):
    """Gives true when a code has confirmed it; ``None`` when it was left before."""

    VERTICAL_BREAKPOINTS = [(0, "-low"), (_HIGH, "-high")]  # noqa: RUF012 - as Textual declares it
    DEFAULT_CSS = """
    ShowGenerator > #frame { width: auto; max-width: 100%; max-height: 100%; padding: 0 1; }
    ShowGenerator.-low > #frame { border: none; padding: 0; width: 100%; height: 1fr; }
    ShowGenerator #both { height: auto; width: auto; }
    ShowGenerator #picture { width: auto; height: auto; }
    ShowGenerator #beside { width: 34; height: auto; padding: 0 0 0 2; }
    ShowGenerator.-alone #beside { width: 1fr; }
    ShowGenerator.-alone #both { width: 100%; }
    ShowGenerator #beside Static { margin-bottom: 1; }
    ShowGenerator #secret { text-style: bold; }
    ShowGenerator.-high .heading { display: none; }
    """

    def __init__(self, person: Person, made: CodeGenerator | None) -> None:
        """``made``: what was just made; ``None`` where only a code is wanted of one that is there."""
        super().__init__(_("Code generator of {name}").format(name=person["name"]))
        self._person, self._made = person, made

    def compose(self) -> ComposeResult:
        """Put the picture on the left, and what there is to do on the right."""
        with VerticalScroll(id="frame", can_focus=False) as frame:
            frame.border_title = Content(self._title)
            with Horizontal(id="both"):
                yield Static(id="picture", markup=False)
                with VerticalScroll(id="beside", can_focus=False):
                    yield from self.contents()
        yield Footer(compact=True, show_command_palette=False)

    def contents(self) -> ComposeResult:
        """The secret in letters, and a field for what the generator shows."""
        yield Static(self._title, classes="heading", markup=False)
        if self._made is not None:
            how = _("By time, {algorithm}, {digits} digits, every {seconds} s.").format(
                algorithm=self._made["algorithm"].upper(),
                digits=self._made["digits"],
                seconds=self._made["period_s"],
            )
            yield Static(
                _("Read the picture with the app, or type this in. It is shown only now."), markup=False
            )
            yield Static(in_groups(self._made["secret"]), id="secret", markup=False)
            yield Static(how, classes="quiet", markup=False)
            yield Static(id="instead", markup=False)
        yield Static(_("What does it show now?"), markup=False)
        yield Input(placeholder=_("the digits"), id="code")
        yield Static("", id="wrong", markup=False)

    def on_mount(self) -> None:
        """Wait for the code."""
        self.query_one("#code").focus()
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        """Draw it as large as there is room."""
        del event
        self._draw()

    def _draw(self) -> None:
        picture = None
        uri = "" if self._made is None else self._made["uri"]
        columns, rows = self.app.size
        if uri and not few_marks():
            frame = 0 if rows < _HIGH else _FRAME
            picture = picture_of(uri, columns - _BESIDE - 2 - frame, rows - 1 - frame)
        place = self.query_one("#picture", Static)
        place.display = picture is not None
        self.set_class(picture is None, "-alone")
        if picture is not None:
            place.update(picture.text())
        if uri:
            instead = self.query_one("#instead", Static)
            instead.display = picture is None
            instead.update("" if picture else self._instead(uri))

    def _instead(self, uri: str) -> str:
        if few_marks():
            return _("This terminal cannot draw the picture. What would be in it: {uri}").format(uri=uri)
        columns, rows = room_for(uri)
        return _(
            "For the picture the window needs {columns} columns and {rows} lines. What would be in it: {uri}"
        ).format(columns=columns + _BESIDE + 2, rows=rows + 1, uri=uri)

    # ------------------------------------------------------------------------------------ the code

    @on(Input.Submitted, "#code")
    def _typed(self, message: Input.Submitted) -> None:
        code = code_of(message.value)
        if code is None:
            self.wrong(_("A code is the digits that the generator shows."))
        else:
            self.wrong("")
            self._confirm(code)

    @work(exclusive=True)
    async def _confirm(self, code: str) -> None:
        id_ = self._person["id"]
        try:
            await self.console.ask(lambda api: api.confirm_generator(id_, code))
        except ApiRefused as refused:
            self.query_one("#code", Input).value = ""
            self.wrong(str(refused))
        except ApiError as error:
            self.console.say_why(error)
        else:
            self.dismiss(result=True)
