"""The receipt of an erasure, as it is printed and kept."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from accessctl.cli.talk import Failed, local, print_facts, print_json, say

if TYPE_CHECKING:
    from accessctl.client import Receipt


def _can_be_made(_context: click.Context, _parameter: click.Parameter, out: Path | None) -> Path | None:
    """Refuse a file that is there or cannot be made: found out later, the erasure would be done already."""
    if out is None:
        return None
    if out.exists() or out.is_symlink():
        raise click.BadParameter(f"{out} exists already, and a receipt is written into a new file")
    if not os.access(out.parent, os.W_OK | os.X_OK):
        raise click.BadParameter(f"no file can be made in {out.parent}")
    return out


out_option = click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=_can_be_made,
    help="Write the receipt into a new file as well, in JSON.",
)


def show_receipt(receipt: "Receipt", out: Path | None, *, json_: bool) -> None:
    """Print a receipt and write it into a file. Raises ``Failed`` for a file that cannot be made."""
    if json_:
        print_json(receipt)
    else:
        print_facts(_facts(receipt))
    if out is not None:
        try:
            with out.open("x", encoding="utf-8") as file:
                json.dump(receipt, file, indent=2, ensure_ascii=False)
                file.write("\n")
        except OSError as error:
            raise Failed(f"it is erased, and {out} could not be written: {error.strerror}") from error
    for sensor in receipt["sensors"]:
        if not sensor["forgotten"]:
            fingers = "a finger" if sensor["fingers"] == 1 else f"{sensor['fingers']} fingers"
            say(f"{sensor['sensor']} has yet to erase {fingers} ({sensor['why']}); it is told again")
    if not receipt["files"]["clean"]:
        say(f"the database's files are not clean yet ({receipt['files']['why']}); it is tried again")


def _facts(receipt: "Receipt") -> dict[str, object]:
    files = receipt["files"]
    seen = f"searched {files['searched_bytes']} bytes, nothing found" if files["clean"] else files["why"]
    facts: dict[str, object] = {
        "receipt": receipt["id"],
        "person": receipt["person"],
        "erased": local(receipt["at"]),
        "by": receipt["by"],
        "in the record": receipt["seq"],
    }
    facts |= {
        f"{each['kind']} {each['id']}": f"enrolled {local(each['enrolled_at'])}" for each in receipt["erased"]
    }
    facts["key destroyed"] = receipt["key_destroyed"]
    facts["consents taken back"] = receipt["consents_withdrawn"]
    facts["files"] = seen
    for number, sensor in enumerate(receipt["sensors"], 1):
        fingers = "a finger" if sensor["fingers"] == 1 else f"{sensor['fingers']} fingers"
        came = f"{fingers} forgotten" if sensor["forgotten"] else f"{fingers} not yet: {sensor['why']}"
        facts[f"sensor {number}"] = f"{sensor['sensor']}: {came}"
    for number, copy in enumerate(receipt["held_by"], 1):
        what = "the folder" if copy["folder"] else "backup"
        facts[f"held by {number}"] = f"{what} {copy['name']} of {local(copy['at'])}, until it is deleted"
    return facts
