"""What the pages before and around the console say, in the console's language."""

from typing import Final

from accessctl.tui.words import LANGUAGE, _

LOGIN: Final = {
    "language": LANGUAGE,
    "title": _("Log in to accessctl"),
    "operator_label": _("Operator"),
    "password_label": _("Password"),
    "code_label": _("Code of the generator"),
    "log_in": _("Log in"),
    "to_label": _("and go to"),
    "to_console": _("the console"),
    "to_muster": _("the muster list"),
}
TERMINAL: Final = {
    "language": LANGUAGE,
    "title": _("accessctl"),
    "starting": _("Starting the console …"),
    "closed": _("The console is closed, or the line to it is broken. Nothing here is live any more."),
    "open_again": _("Open the console"),
    "muster": _("Muster list"),
    "log_out": _("Log out"),
    "needs_script": _("The console needs JavaScript. The muster list does without."),
}
CLOSED: Final = {key: TERMINAL[key] for key in ("language", "title", "open_again", "muster", "log_out")}
TOO_MANY: Final = _("Too many consoles are open at once. Close one, then try again.")
HAS_ENDED: Final = _("Your session has ended. Log in again.")
LOGGED_OUT: Final = _("You have logged out.")
OLD_FORM: Final = _("This form was too old. Try again.")
ALL_NEEDED: Final = _("All three are needed.")
NO_ANSWER: Final = _("The controller does not answer. Doors work without it. Try again in a while.")
OTHER_MUSTER: Final = _("That muster is over. The tick was not taken.")
WRONG: Final = _("Operator, password or code is wrong; a code counts once.")


def too_often(wait_s: float) -> str:
    """Say for how long nobody may log in from this address."""
    return _("Too many wrong tries: try again in {seconds} s.").format(seconds=int(wait_s) + 1)
