"""A signed review: what was decided, whether it is as it was signed, and what of it is still to be done."""

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from accessctl.client import ApiError, SignedReview
from accessctl.tui.dialogs import Tell
from accessctl.tui.lines import FixedRows, LineTable
from accessctl.tui.page import Page
from accessctl.tui.reports.review_rows import (
    PEOPLE_COLUMNS,
    TO_DO_COLUMNS,
    person_row,
    rights_in_full,
    signed_facts,
    to_do_row,
)
from accessctl.tui.saving import SaveDialog, Way, ask_where, folder, keep
from accessctl.tui.system.facts import Facts
from accessctl.tui.words import _


class SignedPage(Page):
    """Lies over the page of reports."""

    NAME = _("Signed review")
    HELP = _(
        "What an owner signed. The evidence says whether the document has its digest, and whether the "
        "record has the same. Who was struck and has access still stands first, with what is to be taken.\n"
        "e saves the document byte for byte as it was signed: its SHA-256 is the digest."
    )
    AUTO_FOCUS = "#people"
    DEFAULT_CSS = """
    SignedPage #contents { padding: 0 1; }
    SignedPage Facts { margin-bottom: 1; }
    SignedPage #to-do { max-height: 30%; margin-bottom: 1; }
    SignedPage #to-do, SignedPage #to-do-heading { display: none; }
    SignedPage.-to-do #to-do, SignedPage.-to-do #to-do-heading { display: block; }
    SignedPage #people { height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", _("Back"), id="signed.back", tooltip=_("Go back to where you came from.")),
        Binding(
            "e",
            "save",
            _("Save"),
            id="signed.save",
            tooltip=_("Write what was signed into a file, as it is."),
        ),
    ]

    def __init__(self, review: str) -> None:
        """Show the review with this id."""
        super().__init__()
        self._which = review
        self._review: SignedReview | None = None

    def contents(self) -> ComposeResult:
        """Facts, what is to be done, and everybody."""
        yield Facts(id="signed-facts")
        yield Static(_("Still to be done"), classes="heading", id="to-do-heading")
        yield LineTable(TO_DO_COLUMNS, id="to-do")
        yield LineTable(PEOPLE_COLUMNS, id="people", empty=_("Looking …"))

    def on_mount(self) -> None:
        """Fetch it."""
        super().on_mount()
        self._fetch()

    @work(group="fetch", exclusive=True)
    async def _fetch(self) -> None:
        id_ = self._which
        try:
            review = await self.console.asker.while_waited_for(lambda api: api.signed_review(id_))
        except ApiError as error:
            self.console.say_why(error)
            self.dismiss()
            return
        self._review = review
        self.query_one(Facts).show(signed_facts(review))
        self.set_class(bool(review["to_do"]), "-to-do")
        to_do = self.query_one("#to-do", LineTable)
        to_do.show(FixedRows([to_do_row(each) for each in review["to_do"]]))
        to_do.styles.height = len(review["to_do"]) + 1
        rows = [person_row(each, each["decision"]) for each in review["people"]]
        self.query_one("#people", LineTable).show(FixedRows(rows), empty=_("Nobody had access."))

    @on(LineTable.Chosen)
    def _tell(self, message: LineTable.Chosen) -> None:
        if self._review is None:
            return
        listed = self._review["to_do"] if message.table.id == "to-do" else self._review["people"]
        each = listed[message.index]
        self.app.push_screen(Tell(each["name"] or each["person"], rights_in_full(each)))

    @work(group="save", exclusive=True)
    async def action_save(self) -> None:
        """Write the document as it was signed."""
        review = self._review
        if review is None:
            return
        way = Way("json", "json", _("byte for byte as it was signed"))
        path = folder(self.console) / f"{review['area']}-{review['period']}-{review['id']}.json"
        words = _("The document with the SHA-256 {digest}").format(digest=review["sha256"])
        dialog = SaveDialog(review["id"], words, path, (way,), sent=self.app.is_web)
        choice = await ask_where(dialog, self.console)
        if choice is not None:
            await keep(self.console, choice, review["document"].encode())

    def action_back(self) -> None:
        """Go back."""
        self.dismiss()
