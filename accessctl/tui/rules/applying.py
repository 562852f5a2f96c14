"""Putting a site file in force: the difference, a reason, and what becomes of it."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, Static

from accessctl.client import ApiClient, ApiRefused
from accessctl.tui.console import Console
from accessctl.tui.dialogs import Confirm, Dialog
from accessctl.tui.rules.diff import counts, diff_of
from accessctl.tui.rules.diff_view import DiffView
from accessctl.tui.words import _, many

SHORTEST_REASON: Final = 3
LONGEST_REASON: Final = 500
Put = Callable[[ApiClient, str, bool], dict[str, Any]]
"""Puts a text in force with a reason; the flag: or keep it for the next start. Raises ``ApiError``."""


class AskReason(Dialog[str]):
    """Shows what would change, and gives the reason for it."""

    DEFAULT_CSS = """
    AskReason > #frame { width: 120; height: 90%; }
    AskReason #reason { margin-top: 1; }
    """

    def __init__(self, title: str, words: str, before: str, after: str, reason: str = "") -> None:
        """``words`` stand above the difference between the two texts."""
        self._lines = diff_of(before, after)
        came, went = counts(self._lines)
        sums = f"+{came}  -{went}"
        super().__init__(title, f"{words}  {sums}".strip())
        self._reason = reason

    def contents(self) -> ComposeResult:
        """The difference, and a line for the reason."""
        yield DiffView(self._lines, id="diff")
        yield Static(_("Why, for the auditors. It stays in the record for good, so it names nobody."))
        yield Input(self._reason, placeholder=_("the reason"), id="reason", max_length=LONGEST_REASON)

    def on_mount(self) -> None:
        """Begin with the reason; Tab goes to the difference."""
        self.query_one("#reason").focus()

    @on(Input.Submitted, "#reason")
    def _typed(self, message: Input.Submitted) -> None:
        reason = message.value.strip()
        if len(reason) < SHORTEST_REASON:
            self.wrong(
                many(
                    "The reason has at least {count} letter.",
                    "The reason has at least {count} letters.",
                    SHORTEST_REASON,
                )
            )
        else:
            self.dismiss(reason)


async def put_in_force(console: Console, put: Put, reason: str) -> dict[str, Any] | None:
    """Put it in force, or keep it for the next start where it needs one and somebody wants that.

    ``None``: nobody wanted. Raises ``ApiError``.
    """
    try:
        return await console.ask(lambda api: put(api, reason, False))  # noqa: FBT003 - see Put
    except ApiRefused as refused:
        if kind_of(refused) != "needs-restart":
            raise
        words = _(
            "The doors cannot take all of it while they run: {why}\n\n"
            "It can be kept for the next start of the door process. Until then they go by the rules in force."
        ).format(why=str(refused))
    wanted = Confirm(_("This needs a restart"), words, _("Keep for the next start"))
    if not await console.push_screen_wait(wanted):
        return None
    return await console.ask(lambda api: put(api, reason, True))  # noqa: FBT003 - see Put


def changed_meanwhile(refused: ApiRefused) -> bool:
    """Tell a refusal because somebody else has put another text there."""
    stale = {HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED}
    return refused.status in stale and kind_of(refused) == "changed-since"


def kind_of(refused: ApiRefused) -> str:
    """Give the kind of a problem: the last part of its type."""
    return str(refused.problem.get("type", "")).rpartition(":")[2]


def said_of(changed: dict[str, Any]) -> str:
    """Say what became of a text."""
    if changed["outcome"] == "in_force":
        return _("Revision {revision} is in force.").format(revision=changed["revision"])
    return _("Revision {revision} is kept for the next start of the door process.").format(
        revision=changed["revision"]
    )
