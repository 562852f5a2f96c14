"""A copy of what is held of somebody, written for them."""

import json
import os
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

import click

from accessctl.cli.talk import Failed, Installation, installation, resolve, say

_KINDS: Final = (".zip", ".json")
_PRIVATE: Final = 0o600


@click.command()
@click.argument("person")
@click.option(
    "--output",
    "-o",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="Where to write it: FILE.zip holds the data and a page to read, FILE.json the data alone.",
)
@installation
def copy(here: Installation, person: str, file: Path) -> None:
    """Write all that is held of a PERSON, to be handed to them.

    Nothing about others is in it, and nothing of duress; operators stand in it by their roles. It stands in
    the record that the copy was made.

    \b
    Example: accessctl people copy "Ana Marsh" -o ana.zip
    """
    if file.suffix not in _KINDS:
        raise click.UsageError(f"{file}: call it FILE.zip or FILE.json")
    with here.api() as api:
        id_ = resolve(api, person)
        data = b"".join(api.copy_of(id_))
    _write(file, data, id_)
    say(f"{file} holds what is held of {id_}; it is for nobody else")


def _write(file: Path, data: bytes, person: str) -> None:
    """Write the file whole or not at all, for its owner alone. Raises ``Failed``."""
    part = file.with_name(f"{file.name}.part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE)
        with os.fdopen(handle, "wb") as out:
            if file.suffix == ".zip":
                _pack(out, data, person)
            else:
                out.write(data)
        part.replace(file)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise Failed(f"{file}: {error.strerror}") from error


def _pack(out: BinaryIO, data: bytes, person: str) -> None:
    from accessctl.subject.page import page_of

    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(f"{person}.json", data)
        packed.writestr(f"{person}.html", page_of(json.loads(data)))
