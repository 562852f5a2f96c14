"""The question before any finger or face: the text, who is witness, and the way for who refuses."""

from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Button, Static

from accessctl.client import ConsentText, Person
from accessctl.tui.dialogs import Dialog
from accessctl.tui.enrol.body_words import body, equal_way
from accessctl.tui.words import _

AGREED: Final = "agreed"
REFUSED: Final = "refused"


class AskConsent(Dialog[str]):
    """Gives ``AGREED`` or ``REFUSED``; ``None`` when nobody has said either."""

    DEFAULT_CSS = """
    AskConsent > #frame { height: auto; max-height: 100%; padding: 0 2; }
    AskConsent #text { height: auto; max-height: 10; background: $panel; padding: 0 1; margin: 1 0; }
    AskConsent #answers { height: auto; align-horizontal: right; margin-top: 1; }
    AskConsent Button { margin-left: 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "a", "agree", _("Agrees"), id="consent.agree", tooltip=_("The person has read it, and agrees.")
        ),
        Binding("n", "refuse", _("Refuses"), id="consent.refuse", tooltip=_("Nothing is kept.")),
    ]

    def __init__(self, person: Person, kind: str, text: ConsentText, witness: str) -> None:
        """Ask for this text, before this witness."""
        super().__init__(_("{what} of {name}: consent").format(what=body(kind).name, name=person["name"]))
        self._kind, self._text, self._witness = kind, text, witness

    def contents(self) -> ComposeResult:
        """The text, what it means, and the two answers."""
        yield Static(_("Let the person read this. Without their consent nothing is enrolled."), markup=False)
        with VerticalScroll(id="text"):
            yield Static(self._text["text"], markup=False)
        facts = _("Version {version}. What is kept: {kept}, for {days} days. Witness: {witness}.").format(
            version=self._text["version"],
            kept=body(self._kind).kept,
            days=self._text["expire_days"],
            witness=self._witness,
        )
        yield Static(facts, classes="quiet", markup=False)
        yield Static(_("Who refuses: {way}").format(way=equal_way(self._text)), classes="quiet", markup=False)
        with Horizontal(id="answers"):
            yield Button(_("Refuses"), id="refuse")
            yield Button(_("Has read it and agrees"), id="agree", variant="primary")

    def on_mount(self) -> None:
        """Begin at the text, so that no key agrees by accident."""
        self.query_one("#text").focus()

    @on(Button.Pressed, "#agree")
    def action_agree(self) -> None:
        """The person has agreed."""
        self.dismiss(AGREED)

    @on(Button.Pressed, "#refuse")
    def action_refuse(self) -> None:
        """The person has refused."""
        self.dismiss(REFUSED)
