"""The form in which a person is changed."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Label, Static

from accessctl.client import ApiError, ApiRefused, ApiWaits, Person
from accessctl.tui.dialogs import Dialog
from accessctl.tui.people.facts import Names
from accessctl.tui.people.form_values import FieldWrong, Said, changes_of, said_of
from accessctl.tui.people.ticks import Ticks
from accessctl.tui.words import _

Save = Callable[[Mapping[str, Any]], Awaitable[Person]]
"""Makes the changes. Raises ``ApiError``."""

_WHEN: Final = _("empty: no limit; 4h, 18:00, 2026-01-31")


class PersonForm(Dialog[Person]):
    """Gives the person as they are now; ``None`` when nothing was changed."""

    HELP = _("Tab goes on, Space ticks a role or group, Enter or Ctrl+S saves, Escape leaves all as it was.")
    DEFAULT_CSS = """
    PersonForm > #frame { width: 88; padding: 0 2; }
    PersonForm .line { height: 1; }
    PersonForm Label { width: 14; color: $text-muted; }
    PersonForm Label.second { padding-left: 2; }
    PersonForm Input { width: 1fr; background: $panel; }
    PersonForm Input:focus { background: $boost; text-style: bold; }
    PersonForm Input.-wrong { background: $error 30%; }
    PersonForm #members { height: 7; margin-top: 1; }
    PersonForm #members > Vertical { width: 1fr; }
    PersonForm #members > Vertical.second { margin-left: 2; }
    PersonForm #members Ticks { height: 1fr; }
    PersonForm #flags { height: 2; }
    PersonForm #answers { height: auto; align-horizontal: right; margin-top: 1; }
    PersonForm Button { margin-left: 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", _("Save"), id="person-form.save", tooltip=_("Save what was changed.")),
    ]

    def __init__(self, person: Person, names: Names, save: Save) -> None:
        """``names``: the roles and groups there are."""
        super().__init__(_("Change {name}").format(name=person["name"]))
        self._person, self._names, self._save = person, names, save

    def contents(self) -> ComposeResult:
        """The fields."""
        said = said_of(self._person)
        yield from self._line(("name", _("Name"), said.name, ""))
        yield from self._line(("valid_from", _("Valid from"), said.valid_from, _WHEN))
        yield from self._line(("valid_until", _("Valid until"), said.valid_until, _WHEN))
        yield from self._line(
            ("uses_total", _("Uses in all"), said.uses_total, _("any")),
            ("uses_a_day", _("Uses a day"), said.uses_a_day, _("any")),
        )
        with Horizontal(id="members"):
            yield self._members("roles", _("Roles"), self._names.roles, said.roles)
            yield self._members("groups", _("Groups"), self._names.groups, said.groups)
        flags = {"exempt": _("Passback does not count"), "extended": _("Doors give them more time")}
        ticked = frozenset(flag for flag in flags if getattr(said, flag))
        yield Ticks(flags, ticked, id="flags")
        with Horizontal(id="answers"):
            yield Button(_("Cancel"), id="no", compact=True)
            yield Button(_("Save"), id="yes", variant="primary", compact=True)

    @staticmethod
    def _line(*fields: tuple[str, str, str, str]) -> ComposeResult:
        with Horizontal(classes="line"):
            for number, (id_, label, value, placeholder) in enumerate(fields):
                yield Label(label, classes="second" if number else "")
                yield Input(value, placeholder=placeholder, id=id_, compact=True)

    @staticmethod
    def _members(id_: str, title: str, names: Mapping[str, str], chosen: frozenset[str]) -> Vertical:
        # What the site file does not know any more stays to be seen, and can be taken away.
        known = {**{each: each for each in sorted(chosen.difference(names))}, **names}
        ticks = Ticks(known, chosen, id=id_)
        return Vertical(Static(title, classes="heading"), ticks, classes="second" if id_ == "groups" else "")

    def on_mount(self) -> None:
        """Begin with the name."""
        self.query_one("#name").focus()

    def _said(self) -> Said:
        text = {id_: self.query_one(f"#{id_}", Input).value for id_ in _TEXTS}
        return Said(
            roles=frozenset(self.query_one("#roles", Ticks).ticked),
            groups=frozenset(self.query_one("#groups", Ticks).ticked),
            exempt="exempt" in self.query_one("#flags", Ticks).ticked,
            extended="extended" in self.query_one("#flags", Ticks).ticked,
            **text,
        )

    @on(Input.Submitted)
    @on(Button.Pressed, "#yes")
    def action_save(self) -> None:
        """Save what was changed."""
        self._go()

    @on(Button.Pressed, "#no")
    def _stay(self) -> None:
        self.dismiss(None)

    @work(exclusive=True)
    async def _go(self) -> None:
        self._mark(())
        try:
            changes = changes_of(self._person, self._said(), self.console.now())
        except FieldWrong as error:
            self.wrong(str(error))
            self._mark((error.field,))
            return
        if not changes:
            self.dismiss(None)
            return
        try:
            self.dismiss(await self._save(changes))
        except ApiWaits as waits:
            self.console.say_why(waits)
            self.dismiss(None)
        except ApiError as error:
            self.wrong(str(error))
            self._mark(fields_of(error))

    def _mark(self, fields: tuple[str, ...]) -> None:
        """Mark the fields that are wrong, and go to the first."""
        for id_ in _TEXTS:
            self.query_one(f"#{id_}").set_class(id_ in fields, "-wrong")
        for id_ in fields[:1]:
            self.query_one(f"#{id_}").focus()


_TEXTS: Final = ("name", "valid_from", "valid_until", "uses_total", "uses_a_day")
_FIELDS: Final = frozenset({*_TEXTS, "roles", "groups", "exempt", "extended"})


def fields_of(error: ApiError) -> tuple[str, ...]:
    """Give the fields of the form that a refusal is about."""
    if not isinstance(error, ApiRefused):
        return ()
    named = (str(each["path"]).split(".") for each in error.problem.get("problems", ()))
    return tuple(part for path in named for part in path[1:2] if part in _FIELDS)
