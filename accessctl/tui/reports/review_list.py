"""Which areas are reviewed, what is due of that, and what was signed. Enter opens one."""

from typing import Final

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from accessctl.client import ApiClient, ApiError, AreaReview, SignedReviewRow
from accessctl.tui.gated import Gated
from accessctl.tui.lines import LineTable
from accessctl.tui.look import ALARM, Tone
from accessctl.tui.reports.review_rows import AREA_COLUMNS, SIGNED_COLUMNS, area_row, owed, signed_row
from accessctl.tui.system.section import show_anew, toned
from accessctl.tui.words import _, many

_EVERY_S: Final = 15.0
Found = tuple[list[AreaReview], list[SignedReviewRow]]


class ReviewList(Vertical, Gated):
    """Areas above, signed reviews below, the newest first."""

    DEFAULT_CSS = """
    ReviewList { height: 1fr; display: none; }
    ReviewList #due { height: 1; margin-bottom: 1; }
    ReviewList #areas { height: auto; max-height: 50%; min-height: 3; margin-bottom: 1; }
    ReviewList #signed { height: 1fr; }
    """

    def compose(self) -> ComposeResult:
        """Two tables."""
        self._areas: list[AreaReview] = []
        self._signed: list[SignedReviewRow] = []
        yield Static(id="due", markup=False)
        none = _("No area of the site file has owners who review it.")
        yield LineTable(AREA_COLUMNS, id="areas", empty=none)
        yield Static(_("Signed reviews"), classes="heading")
        yield LineTable(SIGNED_COLUMNS, id="signed", empty=_("None was signed yet."))

    def on_mount(self) -> None:
        """Look now and then while it is seen."""
        self.set_interval(_EVERY_S, self._look_if_seen)

    def _look_if_seen(self) -> None:
        if self.display and self.screen.is_current and self.console.rights:
            self.look()

    @property
    def first(self) -> LineTable:
        """What has the keys first."""
        return self.query_one("#areas", LineTable)

    @property
    def asked(self) -> dict[str, str | None]:
        """What a report about signed reviews is asked for: the area under the cursor."""
        at = self.first.cursor
        return {"area": self._areas[at]["area"] if at < len(self._areas) else None}

    @work(group="reviews", exclusive=True)
    async def look(self) -> None:
        """Ask how they stand."""
        try:
            areas, signed = await self.console.ask(_found)
        except ApiError as error:
            self.query_one("#due", Static).update(toned(f"{ALARM} {error}", Tone.BAD))
            return
        before = [each["area"] for each in self._areas]
        before_signed = [each["id"] for each in self._signed]
        self._areas, self._signed = areas, signed
        show_anew(self.first, [area_row(each) for each in areas], before, [each["area"] for each in areas])
        self.first.styles.height = max(2, len(areas) + 1)
        table = self.query_one("#signed", LineTable)
        show_anew(
            table, [signed_row(each) for each in signed], before_signed, [each["id"] for each in signed]
        )
        self.query_one("#due", Static).update(_due(areas))

    @on(LineTable.Chosen, "#areas")
    def _open_area(self, message: LineTable.Chosen) -> None:
        from accessctl.tui.reports.review_page import ReviewPage

        message.stop()
        self.app.push_screen(ReviewPage(self._areas[message.index]))

    @on(LineTable.Chosen, "#signed")
    def _open_signed(self, message: LineTable.Chosen) -> None:
        from accessctl.tui.reports.signed_page import SignedPage

        message.stop()
        self.app.push_screen(SignedPage(self._signed[message.index]["id"]))

    @on(LineTable.Moved)
    def _moved(self, message: LineTable.Moved) -> None:
        message.stop()


def _found(api: ApiClient) -> Found:
    signed = sorted(api.signed_reviews(), key=lambda each: each["at"], reverse=True)
    return api.reviews(), signed


def _due(areas: list[AreaReview]) -> Content:
    missing = owed(areas)
    if not missing:
        return toned(_("Nothing is due.") if areas else "", Tone.GOOD)
    overdue = any(each["state"] == "overdue" for each in missing)
    words = many("{count} review is due", "{count} reviews are due", len(missing))
    return toned(f"{ALARM} {words}", Tone.BAD if overdue else Tone.WARN)
