"""Operators: who administers, what they may do, how they log in."""

from typing import TYPE_CHECKING, Final

import click

from accessctl.cli.completion import operator_ids
from accessctl.cli.generators import show_secret
from accessctl.cli.passwords import GENERATOR, new_password, password_stdin
from accessctl.cli.talk import (
    Installation,
    as_json,
    as_table,
    installation,
    local,
    print_facts,
    print_json,
    print_list,
    say,
)
from accessctl.operators.rights import Role

if TYPE_CHECKING:
    from accessctl.client import Operator

ROLES: Final = click.Choice([role.value for role in Role])


@click.group()
def operators() -> None:
    """List, add and change operators: who administers, and what they may do."""


@operators.command("list")
@as_table
@installation
def list_(here: Installation, *, json_: bool) -> None:
    """List operators.

    \b
    Example: accessctl operators list
    """
    with here.api() as api:
        found = list(api.operators())
    print_list(
        {
            "id": lambda o: o["id"],
            "name": lambda o: o["name"],
            "roles": lambda o: o["roles"],
            "logs in": lambda o: o["can_log_in"],
            "disabled": lambda o: o["disabled"],
            "locked out until": lambda o: local(o["locked_until"]),
        },
        found,
        json_=json_,
    )


@operators.command()
@click.argument("operator", shell_complete=operator_ids)
@as_table
@installation
def show(here: Installation, operator: str, *, json_: bool) -> None:
    """Show an OPERATOR.

    \b
    Example: accessctl operators show otto
    """
    with here.api() as api:
        _print(api.operator(operator), json_=json_)


@operators.command()
@click.argument("operator")
@click.option("--name", required=True, help="Their name.")
@click.option("--role", "roles", type=ROLES, multiple=True, required=True, help="A role; repeated.")
@as_table
@installation
def add(here: Installation, operator: str, name: str, roles: tuple[str, ...], *, json_: bool) -> None:
    """Add an OPERATOR, by the id under which the record knows them for good.

    They log in once `accessctl operators login` has given them a password, or where the site file says which
    local user they are. Nobody grants a right that they have not themselves.

    \b
    Example: accessctl operators add otto --name "Otto Lang" --role guard
    """
    with here.api() as api:
        _print(api.add_operator(operator, name, list(roles)), json_=json_)
    say(f"{operator} is added; for a password: accessctl operators login {operator}")


@operators.command()
@click.argument("operator", shell_complete=operator_ids)
@click.option("--name", help="Another name.")
@click.option("--role", "roles", type=ROLES, multiple=True, help="All roles from now on; repeated.")
@as_table
@installation
def change(
    here: Installation, operator: str, name: str | None, roles: tuple[str, ...], *, json_: bool
) -> None:
    """Change an OPERATOR's name or roles. With other roles their sessions end.

    \b
    Example: accessctl operators change otto --role guard --role enroller
    """
    given = {"name": name, "roles": list(roles) or None}
    changes = {field: value for field, value in given.items() if value is not None}
    if not changes:
        raise click.UsageError("say what to change: --name or --role")
    with here.api() as api:
        _print(api.change_operator(operator, **changes), json_=json_)


@operators.command()
@click.argument("operator", shell_complete=operator_ids)
@installation
def disable(here: Installation, operator: str) -> None:
    """Let an OPERATOR do nothing any more, from the next call on; sessions end.

    \b
    Example: accessctl operators disable otto
    """
    with here.api() as api:
        api.change_operator(operator, disabled=True)
    say(f"{operator} is disabled")


@operators.command()
@click.argument("operator", shell_complete=operator_ids)
@installation
def enable(here: Installation, operator: str) -> None:
    """Let an OPERATOR count again who was disabled.

    \b
    Example: accessctl operators enable otto
    """
    with here.api() as api:
        api.change_operator(operator, disabled=False)
    say(f"{operator} counts again")


@operators.command()
@click.argument("operator", shell_complete=operator_ids)
@click.option("--yes", is_flag=True, help="Do not ask.")
@installation
def delete(here: Installation, operator: str, *, yes: bool) -> None:
    """Delete an OPERATOR with sessions and tokens. The record keeps the id.

    \b
    Example: accessctl operators delete otto --yes
    """
    if not yes:
        click.confirm(f"Delete the operator {operator} for good?", abort=True, err=True)
    with here.api() as api:
        api.delete_operator(operator)
    say(f"{operator} is deleted")


@operators.command()
@click.argument("operator", shell_complete=operator_ids)
@password_stdin
@as_json
@installation
def login(here: Installation, operator: str, *, password_stdin: bool, json_: bool) -> None:
    """Give an OPERATOR a password and a new code generator, which is shown this once.

    The password is asked for twice, hidden. What they had before counts no more, and their sessions end.
    Let them read the picture themselves, and change the password with `accessctl password`.

    \b
    Example: accessctl operators login otto
    """
    password = new_password(from_stdin=password_stdin)
    with here.api() as api:
        made = api.set_login(operator, password)
    if json_:
        print_json(made)
    else:
        show_secret(made["secret"], made["uri"], GENERATOR)
    say(f"{operator} logs in from now on with this password and generator: accessctl login {operator}")


@operators.command()
@click.argument("operator", shell_complete=operator_ids)
@installation
def unlock(here: Installation, operator: str) -> None:
    """Let an OPERATOR try again at once who is locked out after wrong tries.

    \b
    Example: accessctl operators unlock otto
    """
    with here.api() as api:
        api.unlock_operator(operator)
    say(f"{operator} may try again")


def _print(operator: "Operator", *, json_: bool) -> None:
    if json_:
        print_json(operator)
        return
    print_facts(
        {
            "id": operator["id"],
            "name": operator["name"],
            "roles": operator["roles"],
            "logs in": operator["can_log_in"],
            "disabled": operator["disabled"],
            "locked out until": local(operator["locked_until"]),
            "sees names until": local(operator["names_until"]),
            "added": local(operator["added_at"]),
        }
    )
