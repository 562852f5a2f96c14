"""The keys that do something with one person: the same in the list and on the person's own page."""

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import ClassVar, Final

from textual import work
from textual.binding import Binding, BindingType

from accessctl.client import ApiError, ApiRefused, Person
from accessctl.operators.rights import Right
from accessctl.tui.console import Console
from accessctl.tui.enrol import flows
from accessctl.tui.gated import Gated
from accessctl.tui.people import changing, copying, credentials, leaving, lending
from accessctl.tui.people.facts import Names
from accessctl.tui.words import _

Job = Callable[[Console, Person], Awaitable[bool]]
"""Does something with a person; true when something was changed."""

PERSON_NEEDS: Final[Mapping[str, Right]] = {
    "edit": Right.PEOPLE_WRITE,
    "switch": Right.PEOPLE_WRITE,
    "leave": Right.PEOPLE_WRITE,
    "delete": Right.PEOPLE_DELETE,
    "copy": Right.PEOPLE_COPY,
    "lend": Right.ACCESS_WRITE,
    "take_back": Right.ACCESS_WRITE,
    "qualify": Right.ACCESS_WRITE,
    "card": Right.CREDENTIALS_WRITE,
    "lost_card": Right.CREDENTIALS_WRITE,
    "pin": Right.CREDENTIALS_WRITE,
    "generator": Right.CREDENTIALS_WRITE,
    "finger": Right.CREDENTIALS_WRITE,
    "face": Right.CREDENTIALS_WRITE,
    "revoke": Right.CREDENTIALS_WRITE,
    "code": Right.CREDENTIALS_WRITE,
    "forgive": Right.CREDENTIALS_WRITE,
}


def _key(key: str, action: str, words: str, tooltip: str, *, show: bool = False) -> Binding:
    name = f"person.{action.replace('_', '-')}"
    return Binding(key, action, words, show=show, id=name, tooltip=tooltip)


class PersonKeys(Gated):
    """What has these keys says whom they are about, and hears when that one was changed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        _key("e", "edit", _("Edit"), _("Change name, roles, groups, validity and limits."), show=True),
        _key("d", "switch", _("Disable"), _("Disable the person, or enable them again."), show=True),
        _key("t", "lend", _("Lend"), _("Give temporary access: a level, with an end."), show=True),
        _key("T", "take_back", _("Take back"), _("Take temporary access back before its end.")),
        _key("Q", "qualify", _("Qualify"), _("Give or take a qualification.")),
        _key("c", "card", _("Card"), _("Enrol a card by showing it to a reader."), show=True),
        _key("k", "lost_card", _("Lost card"), _("Revoke a lost card and enrol another."), show=True),
        _key("i", "pin", _("PIN"), _("Set a PIN, or have one made up.")),
        _key("g", "generator", _("Generator"), _("Give a generator of one-time codes.")),
        _key("f", "finger", _("Finger"), _("Enrol a finger, after a recorded consent.")),
        _key("F", "face", _("Face"), _("Enrol a face, after a recorded consent.")),
        _key("v", "revoke", _("Revoke"), _("Revoke a card, code, pass, PIN, generator, finger or face.")),
        _key("m", "code", _("Make a code"), _("Make a code to be typed at a keypad, for a visitor.")),
        _key("w", "forgive", _("Forgive"), _("Forget the person's wrong PINs and codes.")),
        _key("x", "leave", _("Leaver"), _("Take everything that opens doors from somebody who leaves.")),
        _key("C", "copy", _("Copy"), _("Save a copy of all that is held of them, to be handed to them.")),
        _key("D", "delete", _("Delete"), _("Delete the person with all they hold, and show the receipt.")),
    ]

    @abstractmethod
    def person_meant(self) -> str | None:
        """Give the id of whom the keys are about now."""

    @abstractmethod
    async def person_changed(self, person: str, now: Person | None) -> None:
        """Show what was changed; ``None``: there is no such person any more."""

    @property
    @abstractmethod
    def names(self) -> Names:
        """What roles and groups are called."""

    @work(group="job")
    async def _do(self, job: Job) -> None:
        """Do something with the person who is meant, as they stand now."""
        id_ = self.person_meant()
        if id_ is None:
            self.console.notify(_("Choose a person first."), severity="warning")
            return
        try:
            person = await self.console.ask(lambda api: api.person(id_))
            if await job(self.console, person):
                await self._show_again(id_)
        except ApiError as error:
            self.console.say_why(error)

    async def _show_again(self, id_: str) -> None:
        """Fetch a person who was changed, who may be gone. Raises ``ApiError``."""
        try:
            now: Person | None = await self.console.ask(lambda api: api.person(id_))
        except ApiRefused as refused:
            if refused.status != _GONE:
                raise
            now = None
        await self.person_changed(id_, now)

    def action_edit(self) -> None:
        """Change the person."""
        self._do(lambda console, person: changing.edit(console, person, self.names))

    def action_switch(self) -> None:
        """Disable or enable."""
        self._do(changing.switch)

    def action_lend(self) -> None:
        """Give temporary access."""
        self._do(lending.lend)

    def action_take_back(self) -> None:
        """Take temporary access back."""
        self._do(lending.take_back)

    def action_qualify(self) -> None:
        """Give or take a qualification."""
        self._do(lambda console, person: lending.qualify(console, person, self.names))

    def action_card(self) -> None:
        """Enrol a card."""
        self._do(flows.enrol_card)

    def action_lost_card(self) -> None:
        """Replace a lost card."""
        self._do(flows.replace_lost_card)

    def action_pin(self) -> None:
        """Set a PIN."""
        self._do(flows.set_pin)

    def action_generator(self) -> None:
        """Give a generator."""
        self._do(flows.make_generator)

    def action_finger(self) -> None:
        """Enrol a finger."""
        self._do(partial(_enrol, kind="finger"))

    def action_face(self) -> None:
        """Enrol a face."""
        self._do(partial(_enrol, kind="face"))

    def action_revoke(self) -> None:
        """Revoke something."""
        self._do(credentials.revoke)

    def action_code(self) -> None:
        """Make a code."""
        self._do(credentials.make_code)

    def action_forgive(self) -> None:
        """Forget wrong PINs."""
        self._do(changing.forgive)

    def action_leave(self) -> None:
        """Let the person go."""
        self._do(leaving.leave)

    def action_copy(self) -> None:
        """Save a copy of what is held."""
        self._do(copying.copy)

    def action_delete(self) -> None:
        """Delete the person."""
        self._do(leaving.delete)


_GONE: Final = 404


async def _enrol(console: Console, person: Person, *, kind: str) -> bool:
    return await flows.enrol_biometric(console, person, kind)
