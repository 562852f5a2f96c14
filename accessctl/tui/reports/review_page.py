"""A review of one area: everybody who has access, by what right, and whether they are to keep it."""

from collections.abc import Mapping
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from accessctl.client import ApiError, AreaReview, HasAccess, ReviewBegun
from accessctl.operators.rights import Right
from accessctl.tui.dialogs import Confirm, Tell
from accessctl.tui.lines import FixedRows, LineTable
from accessctl.tui.look import Tone
from accessctl.tui.page import Page
from accessctl.tui.reports.review_rows import (
    KEEP,
    PEOPLE_COLUMNS,
    STRIKE,
    decided_in_words,
    person_row,
    rights_in_full,
)
from accessctl.tui.system.section import show_anew, toned
from accessctl.tui.words import _, many

_OTHER: Final = {KEEP: STRIKE, STRIKE: KEEP, None: KEEP}


class ReviewPage(Page):
    """Lies over the page of reports. What is decided here counts once it is signed."""

    NAME = _("Review")
    HELP = _(
        "Everybody who has access to an area. y: may keep it; n: is struck; A: all others keep it. Enter "
        "tells where and when somebody may pass. When everybody is decided, S signs it.\n"
        "Nobody loses anything by being struck: it stands in the signed review as something to be done.\n"
        "When somebody's rights change meanwhile, what was decided of them is forgotten, and asked again."
    )
    NEEDS: ClassVar[Mapping[str, Right]] = dict.fromkeys(
        ("decide", "other", "keep_rest", "sign"), Right.REVIEWS_SIGN
    )
    AUTO_FOCUS = "#people"
    DEFAULT_CSS = """
    ReviewPage #contents { padding: 0 1; }
    ReviewPage #about { height: auto; margin-bottom: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", _("Back"), id="review.back", tooltip=_("Go back; nothing is signed.")),
        Binding("y", "decide('keep')", _("Keep"), id="review.keep", tooltip=_("They may keep their access.")),
        Binding("n", "decide('strike')", _("Strike"), id="review.strike", tooltip=_("They are to lose it.")),
        Binding(
            "space", "other", _("Other"), show=False, id="review.other", tooltip=_("Decide it otherwise.")
        ),
        Binding("A", "keep_rest", _("Keep rest"), id="review.rest", tooltip=_("All others keep it.")),
        Binding("S", "sign", _("Sign"), id="review.sign", tooltip=_("Sign what was decided, for good.")),
        Binding("r", "look", _("Again"), show=False, id="review.look", tooltip=_("Look again.")),
    ]

    def __init__(self, area: AreaReview) -> None:
        """Review this area."""
        super().__init__()
        self._area = area
        self._begun: ReviewBegun | None = None
        self._decided: dict[str, str] = {}

    def contents(self) -> ComposeResult:
        """What it is about, and everybody."""
        yield Static(id="about", markup=False)
        yield LineTable(PEOPLE_COLUMNS, id="people", empty=_("Looking …"))

    def on_mount(self) -> None:
        """Ask who has access."""
        super().on_mount()
        self._say()
        self.action_look()

    @property
    def _people(self) -> list[HasAccess]:
        return [] if self._begun is None else self._begun["people"]

    @property
    def may_sign(self) -> bool:
        """Whether the site file names whoever uses the console as an owner."""
        return Right.REVIEWS_SIGN in self.console.rights and self.console.operator in self._area["owners"]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to decide and to sign to owners alone."""
        return super().check_action(action, parameters) and (action not in self.NEEDS or self.may_sign)

    @work(group="review", exclusive=True)
    async def action_look(self) -> None:
        """Look who has access; who has it as before is decided as before."""
        area = self._area["area"]
        try:
            begun = await self.console.asker.while_waited_for(lambda api: api.begin_review(area))
        except ApiError as error:
            self.console.say_why(error)
            self.query_one("#people", LineTable).show(FixedRows(), empty=str(error))
            return
        before = {each["person"]: each for each in self._people}
        same = {each["person"] for each in begun["people"] if before.get(each["person"]) == each}
        self._decided = {person: each for person, each in self._decided.items() if person in same}
        self._begun = begun
        self._show(list(before))

    def _show(self, before: list[str] | None = None) -> None:
        people = self._people
        ids = [each["person"] for each in people]
        rows = [person_row(each, self._decided.get(each["person"])) for each in people]
        table = self.query_one("#people", LineTable)
        show_anew(table, rows, ids if before is None else before, ids)
        if not rows:
            table.show(FixedRows(), empty=_("Nobody has access."))
        self._say()

    def _say(self) -> None:
        area, begun = self._area, self._begun
        lines = [toned(f"{area['name']}, {area['period']}", Tone.STRONG)]
        if begun is not None:
            people = len(begun["people"])
            through = ", ".join(begun["access_points"])
            has = many("{count} person has access", "{count} people have access", people)
            lines.append(toned(_("{has}, through {places}").format(has=has, places=through), Tone.DIM))
            lines.append(Content(decided_in_words(self._decided, people)) if self.may_sign else self._whose())
        self.query_one("#about", Static).update(Content("\n").join(lines))

    def _whose(self) -> Content:
        words = _("It is signed by {owners}.").format(owners=", ".join(self._area["owners"]))
        return toned(words, Tone.DIM)

    # --------------------------------------------------------------------------------- deciding

    def action_decide(self, decision: str) -> None:
        """Decide it of whom the cursor is on, and go on to the next one."""
        self._decide(decision)
        self.query_one("#people", LineTable).cursor += 1

    def action_other(self) -> None:
        """Decide it otherwise."""
        at = self.query_one("#people", LineTable).cursor
        if at < len(self._people):
            self._decide(_OTHER[self._decided.get(self._people[at]["person"])])

    def _decide(self, decision: str) -> None:
        at = self.query_one("#people", LineTable).cursor
        if at < len(self._people):
            self._decided[self._people[at]["person"]] = decision
            self._show()

    def action_keep_rest(self) -> None:
        """Let all others keep it."""
        self._decided = {**{each["person"]: KEEP for each in self._people}, **self._decided}
        self._show()

    @on(LineTable.Chosen, "#people")
    def _tell(self, message: LineTable.Chosen) -> None:
        each = self._people[message.index]
        self.app.push_screen(Tell(each["name"] or each["person"], rights_in_full(each)))

    # ---------------------------------------------------------------------------------- signing

    @work(group="sign", exclusive=True)
    async def action_sign(self) -> None:
        """Sign it, once everybody is decided and the area's id was typed."""
        begun, area = self._begun, self._area["area"]
        if begun is None:
            return
        left = len(begun["people"]) - len(self._decided)
        if left:
            words = many("{count} is not decided yet", "{count} are not decided yet", left)
            self.notify(words, title=_("Not signed"), severity="warning", markup=False)
            return
        strike = [person for person, decision in self._decided.items() if decision == STRIKE]
        words = _("{decided}. You sign it as {operator}; it is kept, and the record has its digest.").format(
            decided=decided_in_words(self._decided, len(begun["people"])), operator=self.console.operator
        )
        title = _("Sign who has access to {area}").format(area=self._area["name"])
        if not await self.app.push_screen_wait(Confirm(title, words, _("Sign"), typed=area)):
            return
        signed = await self.console.attempt(lambda api: api.sign_review(area, begun["sha256"], strike))
        if signed is None:
            self.action_look()  # most likely somebody's rights have changed meanwhile
            return
        self._show_signed(signed["id"])

    def _show_signed(self, review: str) -> None:
        from accessctl.tui.reports.signed_page import SignedPage

        self.dismiss()
        self.console.call_later(self.console.push_screen, SignedPage(review))

    def action_back(self) -> None:
        """Go back."""
        self.dismiss()
