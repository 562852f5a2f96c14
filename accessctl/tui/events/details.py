"""One entry in full: every field, and what one can do from there."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from accessctl.client import Event
from accessctl.tui.dialogs import Dialog
from accessctl.tui.event_facts import EventFacts
from accessctl.tui.event_words import Names, is_refusal
from accessctl.tui.words import _


class EntryDialog(Dialog[str]):
    """Shows an entry; gives what is to be done with it: ``why``, ``person``, ``door`` or ``type``."""

    HELP = _("Everything that the record says of one entry. The letters look for more of the same.")
    DEFAULT_CSS = """
    EntryDialog > #frame { width: 88; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "leave", _("Close"), id="dialog.leave", tooltip=_("Close this.")),
        Binding(
            "w",
            "give('why')",
            _("Why"),
            id="entry.why",
            tooltip=_("Every check in its order, and when it would have been granted."),
        ),
        Binding(
            "p",
            "give('person')",
            _("This person"),
            id="entry.person",
            tooltip=_("Show what else is recorded of this person."),
        ),
        Binding(
            "d",
            "give('door')",
            _("This door"),
            id="entry.door",
            tooltip=_("Show what else is recorded of this door."),
        ),
        Binding(
            "t",
            "give('type')",
            _("This type"),
            id="entry.type",
            tooltip=_("Show the other entries of this type."),
        ),
    ]

    def __init__(self, event: Event, names: Names) -> None:
        """Show this entry."""
        super().__init__(_("Entry {number}").format(number=f"{event['seq']:,}"))
        self._event, self._names = event, names

    def contents(self) -> ComposeResult:
        """Its facts."""
        yield EventFacts(self._event, self._names)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what this entry has."""
        if action == "give":
            event = self._event
            has = {"why": is_refusal(event), "person": event["person"], "door": event["door"], "type": True}
            return bool(has[str(parameters[0])])
        return super().check_action(action, parameters)

    def action_give(self, what: str) -> None:
        """Close, and have this done."""
        self.dismiss(what)
