"""The site file, edited in place: looked through while it is written, rehearsed, and applied as a whole."""

import asyncio
from typing import Any, ClassVar, Final

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer
from textual.widgets import Static, TextArea

from accessctl.client import ApiError
from accessctl.operators.rights import Right
from accessctl.tui.dialogs import Ask, Choice, Choose
from accessctl.tui.page import Page
from accessctl.tui.rules.draft import Draft, Remark, remarks_of
from accessctl.tui.rules.editor_words import standing_of
from accessctl.tui.rules.finishing import Finisher
from accessctl.tui.rules.kept import Keeper, KeptText
from accessctl.tui.rules.problem_list import ProblemList
from accessctl.tui.rules.toml_area import TomlArea
from accessctl.tui.standing import News
from accessctl.tui.words import _

_PAUSE_S: Final = 0.35
"""So long nothing has to be typed before the text is looked through."""


class SiteEditor(Page):
    """Writes the site file, or only shows it to those who may not."""

    HELP = _(
        "The whole site file. What is wrong in it is marked beside its line while you write, and listed "
        "below. When it is sound, Ctrl+R rehearses it on the last 30 days; then Ctrl+S shows the difference "
        "and puts it in force as a whole. Escape leaves; unfinished text is kept for you."
    )
    DEFAULT_CSS = """
    SiteEditor #standing { height: 1; padding: 0 1; background: $surface; }
    SiteEditor TomlArea { height: 1fr; }
    """
    NEEDS: ClassVar[dict[str, Right]] = {"apply": Right.RULES_WRITE}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape",
            "leave",
            _("Back"),
            id="editor.leave",
            priority=True,
            tooltip=_("Leave; what is not applied can be kept."),
        ),
        Binding(
            "ctrl+r",
            "rehearse",
            _("Rehearse"),
            id="editor.rehearse",
            tooltip=_("Play the last 30 days against this text; nothing is changed."),
        ),
        Binding(
            "ctrl+s",
            "apply",
            _("Apply"),
            id="editor.apply",
            tooltip=_("Show what is different, and put this text in force as a whole."),
        ),
        Binding(
            "f4",
            "next_problem",
            _("Next problem"),
            id="editor.next-problem",
            tooltip=_("Go to the next problem."),
        ),
        Binding(
            "ctrl+f", "find", _("Find"), id="editor.find", priority=True, tooltip=_("Find words in the text.")
        ),
        Binding(
            "f3", "find_next", _("Next"), show=False, id="editor.find-next", tooltip=_("Find the same again.")
        ),
        Binding(
            "f8",
            "to_problems",
            _("List"),
            show=False,
            id="editor.problems",
            tooltip=_("Go from the text to the list of problems, and back."),
        ),
    ]

    def __init__(self, draft: Draft, keeper: Keeper, *, read_only: bool) -> None:
        """Edit this draft; ``keeper`` keeps what is not finished."""
        super().__init__()
        self.draft, self._keeper, self._read_only = draft, keeper, read_only
        self._remarks: list[Remark] = []
        self._one_at_a_time = asyncio.Lock()
        self._trouble, self._sought = "", ""
        self._pause: Timer | None = None

    def contents(self) -> ComposeResult:
        """How it stands with the text, the text, and what is wrong with it."""
        yield Static(id="standing")
        yield TomlArea(self.draft.text, read_only=self._read_only, id="text")
        yield ProblemList()

    def on_mount(self) -> None:
        """Begin in the text."""
        super().on_mount()
        self._finisher = Finisher(self.console, self.draft, self._went_on)
        self.area.focus()
        self._say()
        self._check()

    def on_unmount(self) -> None:
        """Lose nothing, however this ends."""
        self._keep()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to change something only to those who may."""
        if action == "rehearse" and (self._read_only or Right.RULES_FORESEE not in self.console.rights):
            return False
        return super().check_action(action, parameters)

    @property
    def area(self) -> TomlArea:
        """The text."""
        return self.query_one("#text", TomlArea)

    # ---------------------------------------------------------------------------------- checking

    @on(TextArea.Changed, "#text")
    def _changed(self) -> None:
        self.draft.text = self.area.text
        self._say()
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(_PAUSE_S, self._look)

    def _look(self) -> None:
        self._keep()
        self._check()

    def heard(self, news: News) -> None:
        """Look the text through when somebody answers again."""
        if self._trouble and self.console.standing.trouble is None:
            self._check()

    @work(group="check")
    async def _check(self) -> None:
        await self._look_through()

    async def _look_through(self) -> None:
        """Have the newest text looked through; one text at a time, and never the same twice."""
        async with self._one_at_a_time:
            try:
                while self.draft.check is None:
                    text = self.draft.text
                    found = await self._checked(text) if text.strip() else _nothing_there()
                    self.draft.checked, self._trouble = (text, found), ""
                    self._show(text, found)
            except ApiError as error:
                self._trouble = str(error)
                self._say()

    async def _checked(self, text: str) -> dict[str, Any]:
        return await self.console.ask(lambda api: api.check_site(text))

    def _show(self, text: str, found: dict[str, Any]) -> None:
        self._remarks = remarks_of(text, found)
        worst_last = reversed(self._remarks)
        self.area.mark({remark.place.line: remark.severity for remark in worst_last})
        self.query_one(ProblemList).show(self._remarks)
        self._say()

    def _say(self) -> None:
        line = standing_of(self.draft, self._trouble, read_only=self._read_only)
        self.query_one("#standing", Static).update(Text(line, no_wrap=True, overflow="ellipsis"))

    # ------------------------------------------------------------------------------ going around

    @on(TextArea.SelectionChanged, "#text")
    def _moved(self) -> None:
        self.query_one(ProblemList).choose_line(self.area.cursor_location[0] + 1)

    @on(ProblemList.Wanted)
    def _go_to(self, message: ProblemList.Wanted) -> None:
        self.area.go_to(*message.remark.place)
        self.area.focus()

    def action_next_problem(self) -> None:
        """Go to the next problem below the cursor, or to the first one."""
        places = sorted({remark.place for remark in self._remarks})
        if not places:
            self.notify(_("Nothing is wrong with it."))
            return
        row = self.area.cursor_location[0] + 1
        self.area.go_to(*next((place for place in places if place.line > row), places[0]))
        self.area.focus()

    def action_to_problems(self) -> None:
        """Go to the list, or back to the text."""
        in_text = self.focused is self.area
        if in_text and self._remarks:
            self.query_one("#problems").focus()
        else:
            self.area.focus()

    @work(group="ask", exclusive=True)
    async def action_find(self) -> None:
        """Ask what to find, and go there."""
        wanted = await self.app.push_screen_wait(Ask(_("Find in the text"), value=self._sought))
        if wanted:
            self._sought = wanted
            self.action_find_next()

    def action_find_next(self) -> None:
        """Go to the next place where it stands."""
        if self._sought and not self.area.find(self._sought):
            self.notify(_("It is nowhere in the text."), severity="warning")

    # -------------------------------------------------------------------------------- finishing

    @work(group="ask", exclusive=True)
    async def action_rehearse(self) -> None:
        """Rehearse the text, and go on to apply it where that is wanted."""
        await self._look_through()
        if await self._finisher.rehearse():
            await self._finisher.apply()

    @work(group="ask", exclusive=True)
    async def action_apply(self) -> None:
        """Put it in force."""
        await self._look_through()
        await self._finisher.apply()

    def _went_on(self) -> None:
        """Keep and show what has become of the draft."""
        self._keep()
        self._say()

    # ---------------------------------------------------------------------------------- leaving

    def _keep(self) -> None:
        """Keep on the disk what is not finished, and nothing else."""
        if self._read_only:
            return
        if not self.draft.unsaved:
            self._keeper.drop()
            return
        self._keeper.keep(KeptText(self.draft.text, self.draft.revision, self.console.now().isoformat()))

    @work(group="ask", exclusive=True)
    async def action_leave(self) -> None:
        """Leave, and ask first what becomes of text that was not applied."""
        if self._read_only or not self.draft.unsaved:
            self.dismiss(None)
            return
        choices = [
            Choice("stay", _("Go on writing")),
            Choice("keep", _("Leave, and keep the text"), _("it is offered to you next time")),
            Choice("drop", _("Throw it away"), _("the rules in force stay as they are")),
        ]
        wanted = await self.app.push_screen_wait(Choose(_("The text was not applied"), choices))
        if wanted == "drop":
            self.draft.text = self.draft.base
        if wanted in {"keep", "drop"}:
            self._keep()
            self.dismiss(None)


def _nothing_there() -> dict[str, Any]:
    problem = {"path": "line 1, column 1", "what": _("there is nothing in it")}
    return {"valid": False, "problems": [problem], "findings": []}
