"""People's PINs and codes."""

import getpass
import re
import warnings
from typing import Final

import click

from accessctl.cli.people_options import pin_stdin as pin_from_stdin
from accessctl.cli.people_options import valid_from, valid_until
from accessctl.cli.talk import (
    Failed,
    Installation,
    as_json,
    first_line,
    installation,
    print_json,
    resolve,
    say,
)

_PIN: Final = re.compile(r"[0-9]{4,12}")


@click.command("pin")
@click.argument("person")
@click.option("--duress", is_flag=True, help="The PIN for an emergency: it opens, and raises a silent alarm.")
@pin_from_stdin
@click.option("--make", is_flag=True, help="Have one made up, and print it this once.")
@click.option("--remove", is_flag=True, help="Take the PIN away instead.")
@as_json
@installation
def set_pin(
    here: Installation,
    person: str,
    *,
    duress: bool,
    pin_stdin: bool,
    make: bool,
    remove: bool,
    json_: bool,
) -> None:
    """Set a PERSON's PIN: asked for twice, hidden, unless it comes from stdin or is made up.

    What is easy to guess is refused. Wrong tries stay counted; `accessctl people forgive` clears them. A
    duress PIN stands beside the PIN, differs from it by more than a step in the last digit, and goes with it.

    \b
    Examples: accessctl people pin "Ana Marsh"
              accessctl people pin p-3kx7qz2a --make
    """
    if sum((pin_stdin, make, remove)) > 1:
        raise click.UsageError("say one of --pin-stdin, --make and --remove")
    if json_ and not make:
        raise click.UsageError("--json goes with --make: nothing else is printed")
    pin = None if make or remove else read_pin(ask_pin=True, from_stdin=pin_stdin)
    with here.api() as api:
        id_ = resolve(api, person)
        if make:
            made = api.make_pin(id_, duress=duress)
            if json_:
                print_json({"person": id_, "pin": made})
            else:
                click.echo(made)
        elif pin is None:
            (api.remove_duress_pin if duress else api.remove_pin)(id_)
        else:
            (api.set_duress_pin if duress else api.set_pin)(id_, pin)
    which = "duress PIN" if duress else "PIN"
    shown = "; it is shown only now" if make else ""
    say(f"the {which} of {id_} is {'removed' if remove else 'set'}{shown}")


@click.command()
@click.argument("person")
@valid_from
@valid_until
@as_json
@installation
def code(
    here: Installation, person: str, valid_from: str | None, valid_until: str | None, *, json_: bool
) -> None:
    """Make up a code for keypads for a PERSON; prints it, this once.

    It takes the place of the code that the person has. Nobody can choose one, since a refusal would tell
    that somebody else has it. `accessctl cards revoke` takes it away.

    \b
    Example: accessctl people code "Ana Marsh" --until 2026-03-31
    """
    with here.api() as api:
        id_ = resolve(api, person)
        made = api.make_code(id_, valid_from=valid_from, valid_until=valid_until)
    say(f"{id_} has the code {made['id']}; its digits are shown only now")
    if json_:
        print_json(made)
    else:
        click.echo(made["code"])


def read_pin(*, ask_pin: bool, from_stdin: bool) -> str | None:
    """Get a PIN in a way that leaves it in no list of processes and no history. Raises ``Failed``."""
    if from_stdin:
        pin = first_line().rstrip("\r\n")
    elif ask_pin:
        words = "PIN (4 to 12 digits)"
        with warnings.catch_warnings():
            warnings.simplefilter("error", getpass.GetPassWarning)
            try:
                pin = click.prompt(words, hide_input=True, confirmation_prompt="PIN again", err=True)
            except getpass.GetPassWarning:  # what is typed would be shown, or nobody is there to type
                raise Failed("there is no terminal to type a PIN at; use --pin-stdin or --make") from None
    else:
        return None
    if not _PIN.fullmatch(pin):
        raise Failed("pin: must be 4 to 12 digits")
    return pin
