"""People's generators of one-time codes."""

import re
import sys
from typing import TYPE_CHECKING, Final

import click

from accessctl.cli.generators import show_secret
from accessctl.cli.talk import Failed, Installation, as_json, installation, print_json, resolve, say

if TYPE_CHECKING:
    from accessctl.client import ApiClient, CodeGenerator

_CODE: Final = re.compile(r"[0-9]{4,12}")
_TRIES: Final = 3


@click.command("generator")
@click.argument("person")
@click.option("--confirm", metavar="CODE", help="Confirm the one that is there, by what it shows now.")
@click.option("--remove", is_flag=True, help="Take the generator away instead.")
@as_json
@installation
def generator(here: Installation, person: str, confirm: str | None, *, remove: bool, json_: bool) -> None:
    """Give a PERSON a generator of one-time codes: an app that reads the picture, or a token.

    Shows its secret as a picture and in letters, this once, and asks for what it shows then. It counts from
    that on; the one before does not count any more.

    \b
    Examples: accessctl people generator "Ana Marsh"
              accessctl people generator p-3kx7qz2a --confirm 287082
    """
    if sum((confirm is not None, remove, json_)) > 1:
        raise click.UsageError("say one of --confirm, --remove and --json")
    with here.api() as api:
        id_ = resolve(api, person)
        if remove:
            api.remove_generator(id_)
            say(f"the code generator of {id_} is removed")
        elif confirm is not None:
            _confirm(api, id_, confirm)
        else:
            made = api.make_generator(id_)
            if json_:
                print_json(made)
            else:
                _show(made)
            _ask_for_a_code(api, id_, asked=not json_)


def _show(made: "CodeGenerator") -> None:
    """Print the secret for a camera and for fingers."""
    how = f"{made['algorithm'].upper()}, {made['digits']} digits, every {made['period_s']} s"
    show_secret(made["secret"], made["uri"], how)


def _ask_for_a_code(api: "ApiClient", person: str, *, asked: bool) -> None:
    """Ask what the generator shows, where somebody is there to answer."""
    later = f"it does not count yet: accessctl people generator {person} --confirm CODE"
    if not asked or not sys.stdin.isatty():
        say(later)
        return
    for tries_left in reversed(range(_TRIES)):
        try:
            _confirm(api, person, click.prompt("What it shows now", err=True))
        except Failed as error:
            if not tries_left:
                raise Failed(f"{error.message}; {later}") from error
            say(error.message)
        else:
            return


def _confirm(api: "ApiClient", person: str, typed: str) -> None:
    """Raise ``Failed`` for what is no code, or another one."""
    from accessctl.client import ApiRefused

    code = typed.replace(" ", "")
    if not _CODE.fullmatch(code):
        raise Failed("a code is the digits that the generator shows")
    try:
        api.confirm_generator(person, code)
    except ApiRefused as refused:
        raise Failed(str(refused)) from refused
    say(f"the code generator of {person} counts from now on")
