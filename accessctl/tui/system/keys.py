"""Keys: those of the site's own cards, and the public one of passes. No secret key is ever shown."""

from typing import Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from accessctl.answers import CardKeys, PassKey
from accessctl.client import ApiClient, ApiRefused
from accessctl.operators.rights import Right
from accessctl.tui.dialogs import Choice, Choose, Confirm
from accessctl.tui.lines import Cell, Column, FixedRows, LineTable
from accessctl.tui.look import ALARM, GRANTED, NOTHING, Tone
from accessctl.tui.standing import Standing
from accessctl.tui.system.facts import Fact, Facts
from accessctl.tui.system.section import Section
from accessctl.tui.times import day_and_minute
from accessctl.tui.words import _, to_translate

CARDS = {"desfire": to_translate("DESFire cards"), "sun": to_translate("NTAG 424 DNA tags")}


class KeysSection(Section):
    """Which keys there are, and how to tell them from others."""

    ID = "keys"
    NAME = _("Keys")
    RIGHT = Right.CREDENTIALS_READ
    EVERY_S = 15.0
    NEEDS: ClassVar = {"make": Right.KEYS_WRITE}
    DEFAULT_CSS = """
    KeysSection Facts { margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "m", "make", _("Make keys"), id="system.make-keys", tooltip=_("Make the keys of a kind of cards.")
        ),
    ]

    def contents(self) -> ComposeResult:
        """Give the keys of cards, and what is known of the others."""
        yield LineTable(
            (
                Column("", 1),
                Column(_("Cards"), 20),
                Column(_("Check"), 12),
                Column(_("Application"), 12),
                Column(_("Made"), 17),
                Column(_("In use")),
            ),
            id="card-keys",
            empty=_("No keys of the site's own cards were made."),
        )
        yield Facts(id="other-keys")

    async def look(self) -> None:
        """Ask which keys there are."""
        held = await self.console.ask(lambda api: api.card_keys())
        key = await self.console.ask(_pass_key)
        self.query_one("#card-keys", LineTable).show(FixedRows([key_row(each) for each in held]))
        self.query_one(Facts).show(other_keys(key, self.console.standing))

    @work
    async def action_make(self) -> None:
        """Make the keys of a kind of cards."""
        choices = [Choice(kind, _(cards)) for kind, cards in CARDS.items()]
        kind = await self.app.push_screen_wait(Choose(_("Keys for which cards?"), choices))
        if kind is None:
            return
        words = _(
            "The keys for {cards} are made by chance, sealed, and shown to nobody. Readers take them when "
            "the door process starts next. Keep a copy of card-keys.json and, apart from it, of root.key: "
            "without both no such card counts. Keys that are there are never replaced."
        ).format(cards=_(CARDS[kind]))
        if await self.app.push_screen_wait(Confirm(_("Make keys"), words, _("Make"))):
            await self.console.attempt(lambda api: api.make_card_keys(kind), done=_("The keys are made."))
            self.action_look()


def _pass_key(api: ApiClient) -> PassKey | str:
    """Give the key of passes, or why there is none."""
    try:
        return api.pass_key()
    except ApiRefused as refused:
        return str(refused)


def key_row(held: CardKeys) -> tuple[str | Cell, ...]:
    """Give a set of keys as a line."""
    used = Cell(_("yes"), Tone.GOOD) if held["in_use"] else Cell(_("after the next start"), Tone.WARN)
    cards = _(CARDS.get(held["kind"], held["kind"]))
    return (
        Cell(GRANTED if held["in_use"] else ALARM, used.tone),
        f"{cards} {_('(imported)')}" if held["imported"] else cards,
        held["check"],
        held["application"] or NOTHING,
        day_and_minute(held["made_at"]),
        used,
    )


def other_keys(passes: PassKey | str, standing: Standing) -> list[Fact]:
    """Say what is known of the key of passes, and of readers' keys."""
    if isinstance(passes, str):
        found = [Fact(_("Passes"), passes, Tone.DIM)]
    else:
        found = [
            Fact(_("Passes are signed by"), passes["key_id"], Tone.STRONG),
            Fact(_("Their public key"), passes["public_key"]),
        ]
    status: dict[str, Any] = standing.status or {}
    if "keys_ok" in status:
        good = (_("usable"), Tone.GOOD) if status["keys_ok"] else (_("NOT USABLE"), Tone.BAD)
        found.append(Fact(_("Root key"), *good))
    return found
