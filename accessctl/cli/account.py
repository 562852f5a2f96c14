"""One's own account: the password, and names for a while."""

import click

from accessctl.cli.passwords import ask, line_of_stdin
from accessctl.cli.talk import Installation, installation, local, say


@click.command()
@click.option(
    "--password-stdin", is_flag=True, help="Read the present password and the new one: two lines of stdin."
)
@installation
def password(here: Installation, *, password_stdin: bool) -> None:
    """Change one's own password: asks for the present one and twice for the new one, hidden.

    Every session of one's own ends, so log in anew. The code generator stays.

    \b
    Example: accessctl password
    """
    if password_stdin:
        present, new = line_of_stdin(), line_of_stdin()
    else:
        present, new = ask("Present password"), ask("New password", again="New password again")
    with here.api() as api:
        api.change_password(present, new)
    say("the password is changed, and every session has ended: accessctl login")


@click.command()
@click.option("--minutes", type=click.IntRange(1, 24 * 60), required=True, help="For how long.")
@click.option("--reason", required=True, help="Why. It goes into the record for good: no names.")
@installation
def names(here: Installation, minutes: int, reason: str) -> None:
    """See the names of people for a while, where the site hides them from auditors.

    It always takes a second operator: this says what they run, and ends with status 1, since nothing has
    changed yet. The minutes begin when they approve.

    \b
    Example: accessctl names --minutes 60 --reason "Inquiry 2026-17, cage, Tuesday night"
    """
    with here.api() as api:
        shown = api.unlock_names(minutes, reason)
    say(f"names are shown until {local(shown['names_until'])}")
