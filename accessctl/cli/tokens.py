"""Tokens: what programs show in place of a password."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import click

from accessctl.cli.completion import operator_ids, token_ids
from accessctl.cli.talk import (
    Installation,
    Instant,
    as_json,
    as_table,
    installation,
    local,
    print_json,
    print_list,
    say,
)
from accessctl.operators.rights import NEVER_BY_TOKEN, Right

if TYPE_CHECKING:
    from accessctl.client import Token

# What concerns one's own account every token may, so there is nothing to choose.
_SCOPES: Final = click.Choice(
    [right.value for right in Right if right not in NEVER_BY_TOKEN | {Right.OWN_ACCOUNT}]
)


@click.group()
def tokens() -> None:
    """List, make and revoke tokens for programs."""


@tokens.command("list")
@click.option("--operator", shell_complete=operator_ids, help="Only those of this operator.")
@as_table
@installation
def list_(here: Installation, operator: str | None, *, json_: bool) -> None:
    """List tokens, also those that have ended or were revoked.

    \b
    Example: accessctl tokens list
    """
    with here.api() as api:
        found = list(api.tokens(operator))
    print_list(
        {
            "id": lambda t: t["id"],
            "operator": lambda t: t["operator"],
            "label": lambda t: t["label"],
            "state": _state,
            "scopes": lambda t: t["scopes"],
            "ends": lambda t: local(t["ends_at"]),
            "used": lambda t: local(t["used_at"]),
        },
        found,
        json_=json_,
    )


@tokens.command()
@click.option("--label", required=True, help="What it is for.")
@click.option("--scope", "scopes", type=_SCOPES, multiple=True, required=True, help="A right; repeated.")
@click.option(
    "--until",
    type=Instant(ends=True, needed=True),
    required=True,
    help="Through this date, or until this instant; within a year.",
)
@as_json
@installation
def make(here: Installation, label: str, scopes: tuple[str, ...], until: str, *, json_: bool) -> None:
    """Make a token in one's own name, and print it this once.

    It may do what its scopes say, as long as its operator may; it makes no operators, no tokens, and
    approves nothing. Keep it where nobody else reads it: a token file that everybody may read is not used.

    \b
    Example: (umask 077; accessctl tokens make --label HR --scope people.write --until 2027-06-30 > hr.token)
    """
    with here.api() as api:
        made = api.make_token(label, list(scopes), until)
    if json_:
        print_json(made)
    else:
        click.echo(made["token"])
    say(f"{made['id']} counts until {local(made['ends_at'])}; it is shown only now")


@tokens.command()
@click.argument("token", shell_complete=token_ids)
@installation
def revoke(here: Installation, token: str) -> None:
    """Let a TOKEN count no more, from the next call on. It is named by its id.

    \b
    Example: accessctl tokens revoke k-m4t2yx6b
    """
    with here.api() as api:
        revoked = api.revoke_token(token)
    say(f"{revoked['id']} ({revoked['label']}) counts no more")


def _state(token: "Token") -> str:
    if token["revoked_at"] is not None:
        return "revoked"
    return "ended" if datetime.fromisoformat(token["ends_at"]) <= datetime.now(UTC) else "counts"
