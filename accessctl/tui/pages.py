"""The pages there are, in the order of their numbers. A page's code is loaded when it is first shown."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from accessctl.operators.rights import Right
from accessctl.tui.page import Page
from accessctl.tui.words import _


@dataclass(frozen=True, slots=True)
class PageSpec:
    """A page, before it is made."""

    mode: str
    name: str
    what: str
    """What one does there, for the command palette."""
    right: Right | None
    """Without it the page is not offered."""
    make: Callable[[], Page]


def _board() -> Page:
    from accessctl.tui.board.page import BoardPage

    return BoardPage()


def _people() -> Page:
    from accessctl.tui.people.page import PeoplePage

    return PeoplePage()


def _rules() -> Page:
    from accessctl.tui.rules.page import RulesPage

    return RulesPage()


def _muster() -> Page:
    from accessctl.tui.muster.page import MusterPage

    return MusterPage()


def _events() -> Page:
    from accessctl.tui.events.page import EventsPage

    return EventsPage()


def _system() -> Page:
    from accessctl.tui.system.page import SystemPage

    return SystemPage()


def _reports() -> Page:
    from accessctl.tui.reports.page import ReportsPage

    return ReportsPage()


PAGES: Final = (
    PageSpec("board", _("Board"), _("doors, alarms, what happens now"), Right.DOORS_READ, _board),
    PageSpec("people", _("People"), _("find, add, change and enrol people"), Right.PEOPLE_READ, _people),
    PageSpec("rules", _("Rules"), _("who may pass where and when; the site file"), Right.DOORS_READ, _rules),
    PageSpec("muster", _("Muster"), _("who is inside, and who was seen safe"), Right.PRESENCE_READ, _muster),
    PageSpec(
        "events", _("Events"), _("everything that was recorded, and exports"), Right.EVENTS_READ, _events
    ),
    PageSpec(
        "system", _("System"), _("readers, keys, backups, operators, approvals"), Right.DOORS_READ, _system
    ),
    PageSpec(
        "reports", _("Reports"), _("who, where, when and why; reviews of access"), Right.DOORS_READ, _reports
    ),
)
