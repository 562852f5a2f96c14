"""Everything that the record says of one entry."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from accessctl.client import Event
from accessctl.operators.rights import Right
from accessctl.tui.board.explanation import can_be_explained
from accessctl.tui.board.why import show_why
from accessctl.tui.console import Console
from accessctl.tui.dialogs import Dialog
from accessctl.tui.event_facts import EventFacts
from accessctl.tui.event_words import is_refusal, names_of
from accessctl.tui.words import _


class EventDetails(Dialog[bool]):
    """One entry in full."""

    NEEDS: ClassVar = {"why": Right.RULES_FORESEE}
    DEFAULT_CSS = """
    EventDetails > #frame { width: 90; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "leave", _("Close"), id="dialog.leave", tooltip=_("Close this.")),
        Binding(
            "w",
            "why",
            _("Why"),
            id="event.why",
            tooltip=_("Every check for this person, here, at this instant."),
        ),
    ]

    def __init__(self, event: Event) -> None:
        """Show this one."""
        super().__init__(_("Entry {number}").format(number=event["seq"]))
        self._event = event

    def contents(self) -> ComposeResult:
        """The fields."""
        yield EventFacts(self._event, names_of(self.console.standing.status))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to say why only where there is somebody to ask about."""
        if action == "why" and not can_be_explained(self._event):
            return False
        return super().check_action(action, parameters)

    def action_why(self) -> None:
        """Say why."""
        show_why(self.console, self._event)


def show_event(console: Console, event: Event) -> None:
    """Show an entry: for a refusal why, for anything else what the record says."""
    if is_refusal(event):
        show_why(console, event)
    else:
        console.push_screen(EventDetails(event))
