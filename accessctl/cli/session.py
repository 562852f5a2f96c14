"""Whose name commands are given in: logging in and out."""

import getpass
import warnings
from contextlib import suppress

import click

from accessctl import sessions
from accessctl.cli.talk import (
    Failed,
    Installation,
    as_table,
    installation,
    local,
    print_facts,
    print_json,
    say,
)


@click.command()
@click.argument("operator", required=False)
@installation
def login(here: Installation, operator: str | None) -> None:
    """Begin a session as an OPERATOR: asks for the password, hidden, and for a code of the generator.

    From then on every command of this account speaks in the operator's name, until `accessctl logout` or
    until the session ends. Programs have no session but a token: --token-file, or ACCESSCTL_TOKEN.

    \b
    Example: accessctl login ana
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            operator = operator or click.prompt("Operator", err=True)
            password = click.prompt("Password", hide_input=True, err=True)
            code = click.prompt("Code", err=True)
        except getpass.GetPassWarning:  # what is typed would be shown, or nobody is there to type
            words = "there is no terminal to type a password at; programs use --token-file or ACCESSCTL_TOKEN"
            raise Failed(words) from None
    from accessctl.client import ApiClient

    # The session that there may be has no part in this: it may have ended.
    with here.api(ApiClient(here.api_socket)) as api:
        begun = api.log_in(operator, password, code.replace(" ", ""))
    try:
        sessions.keep(here.session_with, begun["token"])
    except sessions.TokenUnusable as error:
        raise Failed(str(error)) from error
    say(f"logged in as {begun['operator']}, at most until {local(begun['ends_at'])}")


@click.command()
@installation
def logout(here: Installation) -> None:
    """End the session that `accessctl login` has begun; what is kept of it here goes in any case.

    \b
    Example: accessctl logout
    """
    from accessctl.client import ApiClient, ApiRefused

    try:
        token = sessions.kept(here.session_with)
        if token is None:
            say("nobody was logged in")
            return
        with here.api(ApiClient(here.api_socket, token)) as api, suppress(ApiRefused):
            api.log_out()  # it is refused when the session has ended already
    except sessions.TokenUnusable as error:
        raise Failed(str(error)) from error
    finally:
        sessions.forget(here.session_with)
    say("logged out")


@click.command()
@as_table
@installation
def whoami(here: Installation, *, json_: bool) -> None:
    """Tell in whose name commands are given here, and what they may do.

    \b
    Example: accessctl whoami
    """
    with here.api() as api:
        found = api.who_am_i()
    if json_:
        print_json(found)
        return
    print_facts(
        {
            "operator": found["operator"],
            "name": found["name"],
            "roles": found["roles"],
            "rights": found["rights"],
            "from": found["place"],
            "until": local(found["ends_at"]),
        }
    )
