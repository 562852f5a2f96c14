"""One form for somebody new: who they are, what they do, until when, their card and their PIN."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input, Label, Static

from accessctl.client import ApiError, ApiRefused, Person
from accessctl.tui.dialogs import Choice, Dialog
from accessctl.tui.enrol.pick import Pick
from accessctl.tui.enrol.pins import LAST_WAY, MADE, TYPED
from accessctl.tui.enrol.places import LAST_READER, Place, place_at
from accessctl.tui.times import day_and_minute
from accessctl.tui.until import until_of
from accessctl.tui.words import _

LAST_ROLES: Final = "enrol.roles"
_NONE: Final = "-"


@dataclass(frozen=True, slots=True)
class Offered:
    """What can be chosen in the form."""

    roles: Sequence[Choice]
    groups: Sequence[Choice]
    places: Sequence[Place]
    credentials: bool
    """Whether whoever fills it in may give cards and PINs."""


@dataclass(frozen=True, slots=True)
class Added:
    """Somebody who was just added, and what they are still to be given."""

    person: Person
    place: Place | None
    """Where their card will be shown; ``None``: no card now."""
    pin: str | None
    """How their PIN is made, or ``None``."""


class PersonForm(Dialog[Added]):
    """Adds the person, and gives them with what comes next."""

    DEFAULT_CSS = """
    PersonForm > #frame { padding: 1 2 0 2; }
    PersonForm .row { height: 1; margin-bottom: 1; }
    PersonForm .row Label { width: 14; }
    PersonForm .row:focus-within Label { text-style: bold reverse; }
    PersonForm #means { color: $text-muted; }
    """
    # Not as every other field of the console: with frames around them, not all would be seen at 24 lines.
    CSS = """
    PersonForm .row Input, PersonForm .row Input:focus {
        width: 1fr; height: 1; border: none; padding: 0 1; background: $panel;
    }
    PersonForm .row Input:focus { background: $accent 25%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+s",
            "add",
            _("Add now"),
            id="new-person.add",
            priority=True,
            tooltip=_("Add the person as it stands, from any field."),
        ),
    ]

    def __init__(self, offered: Offered) -> None:
        """Offer this."""
        super().__init__(_("Somebody new"))
        self._offered = offered
        self._named_twice = ""
        """The name of which was said that somebody else has it."""

    # ------------------------------------------------------------------------------------ the form

    def contents(self) -> ComposeResult:
        """One line for each field."""
        offered, remembered = self._offered, self.console.remembered
        yield from _row(_("Name"), Input(id="name"))
        roles = (remembered.get(LAST_ROLES) or "").split(",")
        yield from _row(_("Role"), Pick(_("Roles"), offered.roles, roles, several=True, id_="roles"))
        if offered.groups:
            yield from _row(_("Group"), Pick(_("Groups"), offered.groups, (), several=True, id_="groups"))
        placeholder = _("for good; or 4h, 18:00, 2026-01-31")
        yield from _row(_("Valid until"), Input(placeholder=placeholder, id="until"))
        if offered.credentials:
            last = remembered.get(LAST_READER) or ""
            yield from _row(
                _("Card"), Pick(_("Card"), _card_choices(offered), (last,), several=False, id_="card")
            )
            way = remembered.get(LAST_WAY) or MADE
            yield from _row(_("PIN"), Pick(_("PIN"), _pin_choices(), (way,), several=False, id_="pin"))
        yield Static(_("Enter: next field, and at the last one add."), id="means", markup=False)

    def on_mount(self) -> None:
        """Begin with the name."""
        self.query_one("#name").focus()

    @on(Input.Changed, "#until")
    def _say_until(self, message: Input.Changed) -> None:
        until = until_of(message.value, self.console.now())
        means = "" if until is None else _("until {when}").format(when=day_and_minute(until))
        self.query_one("#means", Static).update(means)

    @on(Input.Submitted)
    @on(Pick.Done)
    def _go_on(self) -> None:
        fields = [field for field in self.query("Input, Pick") if field.focusable]
        at = next((place for place, field in enumerate(fields) if field.has_focus), len(fields))
        if at + 1 < len(fields):
            fields[at + 1].focus()
        else:
            self.action_add()

    # --------------------------------------------------------------------------------------- adding

    def action_add(self) -> None:
        """Add the person, unless something is missing."""
        name = self.query_one("#name", Input).value.strip()
        roles = self.query_one("#roles", Pick).values
        typed = self.query_one("#until", Input).value.strip()
        until = until_of(typed, self.console.now())
        if not name:
            self._wrong_at("#name", _("A name is needed."))
        elif not roles:
            self._wrong_at("#roles", _("A role is needed: Space shows them."))
        elif typed and until is None:
            self._wrong_at("#until", _("This is no time that lies ahead, such as 4h, 18:00 or 2026-01-31."))
        else:
            self.wrong("")
            self._add(name, roles, until)

    @work(exclusive=True)
    async def _add(self, name: str, roles: list[str], until: datetime | None) -> None:
        groups = [] if not self._offered.groups else self.query_one("#groups", Pick).values
        ends = None if until is None else until.isoformat()
        try:
            if await self._is_taken(name):
                return
            person = await self.console.ask(
                lambda api: api.add_person(name, roles, groups=groups, valid_until=ends)
            )
        except ApiRefused as refused:
            self._wrong_at("#name", str(refused))
        except ApiError as error:
            self.console.say_why(error)
        else:
            self.console.remembered.put(LAST_ROLES, ",".join(roles))
            self.console.look_again()
            self.dismiss(self._added(person))

    async def _is_taken(self, name: str) -> bool:
        """Say once that somebody of this name is there already."""
        if self._named_twice == name:
            return False
        there = await self.console.ask(lambda api: [each["id"] for each in api.people(name)])
        if there:
            self._named_twice = name
            words = _("{name} is there already ({ids}). Enter or Ctrl+S again adds another one.")
            self.wrong(words.format(name=name, ids=", ".join(there[:3])))
        return bool(there)

    def _added(self, person: Person) -> Added:
        if not self._offered.credentials:
            return Added(person, None, None)
        place = place_at(self._offered.places, self.query_one("#card", Pick).value)
        pin = self.query_one("#pin", Pick).value
        self.console.remembered.put(LAST_WAY, pin or _NONE)
        return Added(person, place, None if pin == _NONE else pin)

    def _wrong_at(self, field: str, words: str) -> None:
        self.query_one(field).focus()
        self.wrong(words)


def _row(label: str, field: Widget) -> ComposeResult:
    with Horizontal(classes="row"):
        yield Label(label, markup=False)
        yield field


def _card_choices(offered: Offered) -> list[Choice]:
    shown = [
        Choice(place.point, _("shown at {place}").format(place=place.name), place.choice().more)
        for place in offered.places
    ]
    return [*shown, Choice(_NONE, _("no card now"))]


def _pin_choices() -> list[Choice]:
    return [
        Choice(MADE, _("made up by the system, shown once")),
        Choice(TYPED, _("typed, twice")),
        Choice(_NONE, _("no PIN now")),
    ]
