"""Backups, and putting one back."""

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from accessctl.cli.progress import progress
from accessctl.cli.talk import (
    FINDING,
    Failed,
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

if TYPE_CHECKING:
    from accessctl.backup.restoring import Restored
    from accessctl.client import ApiClient

_LOOK_S: Final = 0.2
_WHOLE: Final = 100


@click.group()
def backups() -> None:
    """Make backups and look after them. The root key is in none of them."""


@backups.command()
@click.option("--keep", type=click.IntRange(1, 1000), help="Keep so many; older ones are deleted.")
@as_table
@installation
def make(here: Installation, keep: int | None, *, json_: bool) -> None:
    """Make a backup while doors and API run, and wait until it is ready.

    \b
    Example: accessctl backups make --keep 14
    """
    with here.api() as api:
        made = _made(api, api.make_backup(keep)["id"], quiet=json_)
    if made["state"] == "failed":
        raise Failed(f"there is no backup: {made['why']}")
    if json_:
        print_json(made)
    else:
        _show(made)
    say(made["note"])


@backups.command("list")
@as_table
@installation
def list_(here: Installation, *, json_: bool) -> None:
    """List backups, newest first.

    \b
    Example: accessctl backups list
    """
    with here.api() as api:
        found = api.backups()
    columns = {
        "id": lambda each: each["id"],
        "state": lambda each: each["state"],
        "of": lambda each: local(each["at"]),
        "size": lambda each: each["size"],
        "last entry": lambda each: each["last_seq"],
        "why": lambda each: each["why"],
    }
    print_list(columns, found, json_=json_)


@backups.command()
@click.argument("backup")
@as_table
@installation
def show(here: Installation, backup: str, *, json_: bool) -> None:
    """Show what is in a BACKUP.

    \b
    Example: accessctl backups show b-3kx7qz2a
    """
    with here.api() as api:
        found = api.backup(backup)
    if json_:
        print_json(found)
    else:
        _show(found)


@backups.command()
@click.argument("backup")
@as_json
@installation
def check(here: Installation, backup: str, *, json_: bool) -> None:
    """Look a BACKUP through: every file against its SHA-256, the stores by SQLite.

    Exit status 1 when something is wrong with it.

    \b
    Example: accessctl backups check b-3kx7qz2a
    """
    with here.api() as api:
        found = api.check_backup(backup)
    if json_:
        print_json(found)
    else:
        for problem in found["problems"]:
            click.echo(problem)
    say(f"{backup} is {'sound' if found['sound'] else 'damaged'}")
    if not found["sound"]:
        raise SystemExit(FINDING)


@backups.command()
@click.argument("backup")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Into this new file. [else BACKUP.tar in this folder]",
)
@installation
def download(here: Installation, backup: str, out: Path | None) -> None:
    """Take a BACKUP away into a new file that you alone may read. It stands in the record who did.

    \b
    Example: accessctl backups download b-3kx7qz2a --out /media/usb/b-3kx7qz2a.tar
    """
    target = out or Path(f"{backup}.tar")
    part = target.with_name(target.name + ".part")
    if target.exists():
        raise click.UsageError(f"{target} is there already")
    with here.api() as api:
        size = api.backup(backup)["size"]
        try:
            handle = os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
            with os.fdopen(handle, "wb") as file, progress("bytes", size) as step:
                for piece in api.backup_content(backup):
                    step(file.write(piece))
                file.flush()
                os.fsync(file.fileno())
            part.rename(target)
        finally:
            part.unlink(missing_ok=True)
    say(f"{backup} is in {target}; keep it away from root.key")


@backups.command()
@click.argument("backup")
@click.option("--yes", is_flag=True, help="Do not ask.")
@installation
def delete(here: Installation, backup: str, *, yes: bool) -> None:
    """Delete a BACKUP for good.

    \b
    Example: accessctl backups delete b-3kx7qz2a --yes
    """
    if not yes:
        click.confirm(f"Delete {backup} for good?", abort=True, err=True)
    with here.api() as api:
        api.delete_backup(backup)
    say(f"{backup} is deleted")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--record",
    "which",
    type=click.Choice(["auto", "keep", "backup"]),
    default="auto",
    show_default=True,
    help="Keep the record that is there, or take the backup's. Auto: keep it where it goes on from that.",
)
@as_table
@installation
def restore(here: Installation, file: Path, which: str, *, json_: bool) -> None:
    """Put a backup FILE back, while neither door process nor API process runs.

    It is looked through first, and what was there is put aside. Cut short at any instant, the installation is
    as it was or restored; the same command, or the next start, brings it to its end.

    \b
    Example: accessctl --home /var/lib/accessctl restore b-3kx7qz2a.tar
    """
    from accessctl.backup.restoring import RestoreRefused, WhichRecord
    from accessctl.backup.restoring import restore as put_back

    try:
        done = put_back(here.home, file, WhichRecord(which))
    except RestoreRefused as refused:
        raise Failed(str(refused)) from refused
    facts = _facts(done)
    if json_:
        print_json(facts)
    else:
        print_facts({name.replace("_", " "): value for name, value in facts.items()})
    for sentence in _to_know(done):
        say(sentence)


def _made(api: "ApiClient", backup: str, *, quiet: bool) -> dict[str, Any]:
    """Ask again until a backup has ended, and show how far it is."""
    done = 0
    with progress("% of the backup", _WHOLE, quiet=quiet) as step:
        while True:
            found = api.backup(backup)
            now = round(found["progress"] * _WHOLE)
            step(max(now - done, 0))
            done = max(now, done)
            if found["state"] != "making":
                return found
            time.sleep(_LOOK_S)


def _show(found: dict[str, Any]) -> None:
    facts = {
        "id": found["id"],
        "state": found["state"],
        "of": local(found["at"]),
        "size": found["size"],
        "why": found["why"],
        "version": found["version"],
        "controller": found["controller"],
        "last entry": found["last_seq"],
        "left out": found["left_out"],
    }
    print_facts(facts | {each["name"]: f"{each['size']} bytes, {each['sha256']}" for each in found["files"]})


def _facts(done: "Restored") -> dict[str, object]:
    return {
        "backup": done.manifest.id,
        "of": local(done.manifest.made_at),
        "record": "kept" if done.record_kept else f"the backup's, up to {done.manifest.last_seq}",
        "put_aside": str(done.aside),
        "keys_kept": list(done.sealed_kept),
        "root_key": done.root_key,
    }


def _to_know(done: "Restored") -> list[str]:
    """Say what is not as it was, and what to do about it."""
    at, aside = local(done.manifest.made_at), done.aside.name
    known = [f"the people's store is that of {at}: what was changed since is gone from it"]
    if done.record_kept:
        known += [
            "the record goes on, and says people_rolled_back at the next start",
            "revoke again what `accessctl events list --type credential_revoked` tells",
            "what was erased since the backup is erased again when the API process starts",
        ]
    else:
        known += [
            f"the record is the backup's too, under a new epoch: later entries, if any, are in {aside} alone",
            "what was erased since the backup is back: nothing here tells what that was. Erase it again",
            "the record is not the one that was signed, which is an alarm on purpose",
            "when all else is well, `accessctl log accept` lets heads be signed again",
        ]
    if done.sealed_kept:
        known.append(f"{', '.join(done.sealed_kept)} stayed: readers and cards have the newest keys")
    if not done.root_key:
        known.append("there is no root.key: put your copy of it in place before the first start")
    known.append(f"{done.aside} holds what was there, with names: delete it when all is well")
    known.append("look at the site file with `accessctl check`, then start the door process first")
    return known
