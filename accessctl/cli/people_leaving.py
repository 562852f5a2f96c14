"""Letting people go, and deleting them."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from accessctl.cli.receipts import out_option, show_receipt
from accessctl.cli.talk import (
    Failed,
    Installation,
    as_table,
    installation,
    print_facts,
    print_json,
    resolve,
    say,
)

if TYPE_CHECKING:
    from accessctl.client import Left


@click.command()
@click.argument("person")
@as_table
@installation
def leave(here: Installation, person: str, *, json_: bool) -> None:
    """Let a PERSON go: everything that opens a door for them is taken, from the next read on.

    They are disabled; cards, codes and passes are revoked; PIN and code generator are removed; what was lent
    ends; fingers and faces count no more (`accessctl biometrics erase` erases them).

    \b
    Example: accessctl people leave "Ana Marsh"
    """
    with here.api() as api:
        left = api.leave(resolve(api, person))
    if json_:
        print_json(left)
        return
    print_facts(_facts(left))
    anything = any(value for name, value in left.items() if name != "person")
    say(f"{left['person']} has left" if anything else f"{left['person']} had nothing any more")


@click.command()
@click.argument("person")
@click.option("--yes", is_flag=True, help="Do not ask.")
@out_option
@as_table
@installation
def delete(here: Installation, person: str, out: Path | None, *, yes: bool, json_: bool) -> None:
    """Delete a PERSON with everything that they hold, and print the receipt. Asks for the id to be typed.

    The record keeps the pseudonym, and nobody is given it again.

    \b
    Example: accessctl people delete p-3kx7qz2a --out receipt.json
    """
    with here.api() as api:
        id_ = resolve(api, person)
        if not yes:
            say(f"{id_} will be deleted with everything they hold. Nobody can bring them back.")
            if click.prompt(f"Type {id_} to delete them", err=True, default="", show_default=False) != id_:
                raise Failed("nothing was changed")
        deleted = api.delete_person(id_)
    show_receipt(deleted["receipt"], out, json_=json_)
    say(f"{id_} is deleted")
    if deleted["counted_in"] is not None:
        say(f"{id_} is counted in {deleted['counted_in']} still; no reader knows them any more")


def _facts(left: "Left") -> dict[str, Any]:
    words = {
        "disabled": "disabled now",
        "code_generator": "code generator",
        "temporary_access": "temporary access",
        "pin": "PIN",
        "biometrics": "fingers and faces",
        "pending_cards": "cards of an import",
    }
    return {words.get(name, name): value for name, value in left.items()}
