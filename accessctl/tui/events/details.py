"""One entry in full: every field, and what one can do from there."""

from collections.abc import Mapping
from typing import ClassVar, Final, NamedTuple

from rich.cells import cell_len
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from accessctl.client import Event
from accessctl.tui.dialogs import Dialog
from accessctl.tui.events.lines import value_of
from accessctl.tui.look import event_mark
from accessctl.tui.times import instant
from accessctl.tui.words import _

_DENIED: Final = "denied_"


class Fact(NamedTuple):
    """Something that an entry says."""

    label: str
    value: str
    quiet: bool = False
    """Whether it is of use to few."""


def is_refusal(event: Event) -> bool:
    """Tell an entry that somebody was refused by."""
    return event["type"].startswith(_DENIED)


def facts_of(event: Event, names: Mapping[str, str]) -> list[Fact]:
    """Give what an entry says, in the order in which one asks. ``names``: of doors and access points."""
    person = event["person"]
    who = f"{event['person_name']} ({person})" if event["person_name"] else person
    facts = [
        Fact(_("what"), f"{event_mark(event['type'])} {event['type']}".strip()),
        Fact(_("when"), _local_time(event["at"])),
        Fact(_("clock"), _("kept right") if event["clock_synced"] else _("NOT to be trusted at that time")),
        Fact(_("door"), _named(event["door"], names)),
        Fact(_("access point"), _named(event["access_point"], names)),
        Fact(_("who"), who or ""),
        Fact(_("credential"), event["credential"] or ""),
        Fact(_("why"), event["reason"] or ""),
        *(Fact(name.replace("_", " "), value_of(value)) for name, value in event["detail"].items()),
        Fact(_("in UTC"), event["at"], quiet=True),
        Fact(_("number"), f"{event['seq']:,}", quiet=True),
        Fact(_("rules"), event["rules"], quiet=True),
        Fact(_("controller"), f"{event['controller']}, accessctl {event['version']}", quiet=True),
        Fact(_("boot"), event["boot"], quiet=True),
        Fact(_("since boot"), f"{event['mono_ns'] / 1e9:,.6f} s", quiet=True),
        Fact(_("record"), event["epoch"], quiet=True),
    ]
    return [fact for fact in facts if fact.value]


def _local_time(at: str) -> str:
    local = instant(at).astimezone()
    return f"{local:%Y-%m-%d %H:%M:%S}.{local.microsecond // 1000:03d} {local:%Z (UTC%z)}"


def _named(id_: str | None, names: Mapping[str, str]) -> str:
    if id_ is None:
        return ""
    return f"{names[id_]} ({id_})" if id_ in names else id_


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

    def __init__(self, event: Event, names: Mapping[str, str]) -> None:
        """Show this entry."""
        super().__init__(_("Entry {number}").format(number=f"{event['seq']:,}"))
        self._event, self._names = event, names

    def contents(self) -> ComposeResult:
        """Its facts, the names of them in a column of their own."""
        facts = facts_of(self._event, self._names)
        width = max(cell_len(fact.label) for fact in facts)
        yield Static(self._text(facts, width), id="facts")

    def _text(self, facts: list[Fact], width: int) -> Text:
        text, quiet = Text(), False
        for fact in facts:
            if fact.quiet and not quiet:
                text.append("\n")
            quiet = fact.quiet
            text.append(" " * (width - cell_len(fact.label)) + fact.label + "  ", "dim")
            text.append(f"{fact.value}\n", "dim" if quiet else "bold" if fact.label == _("what") else "")
        text.rstrip()
        return text

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
