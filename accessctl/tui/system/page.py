"""The system page: health, devices, keys, backups, operators, approvals, the record, one's account."""

from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal

from accessctl.tui.page import Page
from accessctl.tui.standing import News
from accessctl.tui.system.account import AccountSection
from accessctl.tui.system.approvals import ApprovalsSection
from accessctl.tui.system.backups import BackupsSection
from accessctl.tui.system.devices import DevicesSection
from accessctl.tui.system.health import HealthSection
from accessctl.tui.system.keys import KeysSection
from accessctl.tui.system.operators import OperatorsSection
from accessctl.tui.system.record import RecordSection
from accessctl.tui.system.section import Section
from accessctl.tui.system.section_list import SectionList
from accessctl.tui.system.watch import Watch
from accessctl.tui.words import _

SECTIONS: tuple[type[Section], ...] = (
    HealthSection,
    DevicesSection,
    KeysSection,
    BackupsSection,
    OperatorsSection,
    ApprovalsSection,
    RecordSection,
    AccountSection,
)
WATCH_EVERY_S: Final = 15.0
"""So often is counted what waits in sections that are not shown."""


class SystemPage(Page):
    """How the installation is kept, and who keeps it."""

    NAME = _("System")
    HELP = _(
        "[ and ] go from section to section. What a role may not see is not there.\n"
        "A mark beside a section's name says that something in it waits for somebody."
    )
    DEFAULT_CSS = """
    SystemPage #sections { layout: vertical; height: 1fr; }
    SystemPage.-wide #sections, SystemPage.-very-wide #sections { layout: horizontal; }
    SystemPage #section { width: 1fr; height: 1fr; padding: 0 1; }
    SystemPage.-wide #section, SystemPage.-very-wide #section { padding: 1 2 0 2; }
    SystemPage.-wide SectionList, SystemPage.-very-wide SectionList {
        width: 22; height: 100%; padding: 1 0; background: $surface;
    }
    SystemPage.-very-wide SectionList { width: 26; }
    SystemPage.-low HealthSection #overall { margin-bottom: 0; }
    SystemPage.-low HealthSection #findings { margin-top: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "right_square_bracket,right",
            "section(1)",
            _("Section"),
            key_display="[ ]",
            id="system.next",
            tooltip=_("Go to the next section."),
        ),
        Binding(
            "left_square_bracket,left",
            "section(-1)",
            show=False,
            id="system.previous",
            tooltip=_("Go to the section before."),
        ),
    ]

    def contents(self) -> ComposeResult:
        """Give the list of sections, and the room for the one that is shown."""
        self._offered = [each for each in SECTIONS if each.RIGHT is None or each.RIGHT in self.console.rights]
        self._at = 0
        with Horizontal(id="sections"):
            yield SectionList(self._offered)
            yield Container(id="section")

    def on_mount(self) -> None:
        """Begin with the first section."""
        self.watch_ = Watch(self.console)
        self.set_interval(WATCH_EVERY_S, self._watch)
        self.call_after_refresh(self.go, 0)
        self._watch()

    @property
    def shown(self) -> Section | None:
        """The section that is shown."""
        found = [each for each in self.query(Section) if each.display]
        return found[0] if found else None

    async def go(self, at: int) -> None:
        """Show a section."""
        self._at = at % len(self._offered)
        wanted, room = self._offered[self._at], self.query_one("#section", Container)
        for each in room.query_children(Section):
            each.display = isinstance(each, wanted)
        if not room.query_children(wanted):
            await room.mount(wanted())
        section = room.query_children(wanted).first()
        self.query_one(SectionList).show(self._at)
        self.set_focus(section.first)
        section.action_look()
        self.refresh_bindings()

    async def go_to(self, section: str) -> None:
        """Show a section by its id, if it is offered."""
        ids = [each.ID for each in self._offered]
        if section in ids:
            await self.go(ids.index(section))

    async def action_section(self, by: int) -> None:
        """Go so many sections on or back."""
        await self.go(self._at + by)

    @on(SectionList.Gone)
    async def _clicked(self, message: SectionList.Gone) -> None:
        await self.go(message.at)

    def action_leave_field(self) -> None:
        """Give the keys back to the section."""
        if self.shown is not None:
            self.shown.leave_field()
            self.set_focus(self.shown.first)

    def on_screen_resume(self) -> None:
        """Look at once: another page was shown meanwhile."""
        if self.shown is not None:
            self.shown.action_look()
        self._watch()

    def heard(self, news: News) -> None:
        """Let the section know what has changed."""
        if self.is_mounted and self.shown is not None:
            self.shown.heard(news)

    def _watch(self) -> None:
        if self.is_current and self.console.rights:
            self._mark()

    @work(group="watch", exclusive=True)
    async def _mark(self) -> None:
        marks = self.query_one(SectionList)
        for section, count in (await self.watch_.counts()).items():
            marks.mark(section, count)
