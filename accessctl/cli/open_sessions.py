"""Sessions of operators: who has logged in, and ending that."""

import click

from accessctl.cli.completion import operator_ids, session_ids
from accessctl.cli.talk import Installation, as_table, installation, local, print_list, say


@click.group()
def sessions() -> None:
    """List who has logged in, and end sessions."""


@sessions.command("list")
@click.option("--operator", shell_complete=operator_ids, help="Only those of this operator.")
@as_table
@installation
def list_(here: Installation, operator: str | None, *, json_: bool) -> None:
    """List sessions.

    \b
    Example: accessctl sessions list --operator otto
    """
    with here.api() as api:
        found = list(api.sessions(operator))
    print_list(
        {
            "id": lambda s: s["id"],
            "operator": lambda s: s["operator"],
            "from": lambda s: s["whence"],
            "begun": lambda s: local(s["begun_at"]),
            "used": lambda s: local(s["used_at"]),
            "ends": lambda s: local(s["ends_at"]),
        },
        found,
        json_=json_,
    )


@sessions.command()
@click.argument("session", shell_complete=session_ids)
@installation
def end(here: Installation, session: str) -> None:
    """End a SESSION; one's own ends with `accessctl logout`.

    \b
    Example: accessctl sessions end s-3kx7qz2a
    """
    with here.api() as api:
        api.end_session(session)
    say(f"{session} has ended")
