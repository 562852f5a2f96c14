"""The record's signed heads: how they stand, on paper, and what to do when something disagrees."""

import io
from typing import Any

import click

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
    say,
)


@click.group()
def log() -> None:
    """See how the record is signed, print its newest head, accept what disagrees."""


@log.command()
@as_table
@installation
def show(here: Installation, *, json_: bool) -> None:
    """Show the log's name and public key, its newest head, its anchors, and what disagrees.

    Exit status 1 while something disagrees: then nothing is signed.

    \b
    Example: accessctl log show
    """
    with here.api() as api:
        found = api.log()
    if json_:
        print_json(found)
    else:
        print_facts(_facts(found))
    wrong = found["disagrees"]
    if wrong is not None:
        say(f"nothing is signed: {wrong['words']}. `accessctl log accept` says what to do, and does it")
        raise SystemExit(FINDING)
    if not found["running"]:
        say("the notary process is not there, so nothing more is signed; doors do without it")


@log.command("print")
@as_json
@installation
def print_(here: Installation, *, json_: bool) -> None:
    """Print the newest head as text and as a QR code, to be kept on paper.

    The text is the signed head itself; whoever has it can show later that no entry under it was changed.

    \b
    Example: accessctl log print | lp
    """
    with here.api() as api:
        found = api.log()
    head = found["head"]
    if head is None:
        raise Failed("no head was signed yet")
    if json_:
        print_json({"vkey": found["vkey"], **head})
        return
    click.echo(head["note"].encode(), nl=False)  # byte for byte: it is signed, and has a dash
    click.echo()
    _print_qr(head["note"])
    say(f"{head['size']} entries, signed {local(head['at'])}; the key to verify with: {found['vkey']}")


@log.command()
@click.option("--reason", required=True, help="What became of the record, for whoever reads it later.")
@click.option("--finding", help="Its id, as `accessctl log show` gives it. [else you are asked]")
@as_json
@installation
def accept(here: Installation, reason: str, finding: str | None, *, json_: bool) -> None:
    """Accept what disagrees with what was signed, so that the record is signed again.

    First find out what happened: look at `accessctl log show`, keep copies of record.db, tree.db and of what
    the anchors have, and ask who was at the device. Older heads stay as they are. From here on heads are
    signed under a new name, and everybody who verifies sees it.

    \b
    Example: accessctl log accept --finding f-0badcafe1234 --reason "card replaced, backup of Monday restored"
    """
    with here.api() as api:
        if finding is None:
            wrong = api.log()["disagrees"]
            if wrong is None:
                raise Failed("nothing disagrees with what was signed")
            click.confirm(f"{wrong['words']}. Accept that, for good?", abort=True, err=True)
            finding = wrong["id"]
        done = api.accept_finding(finding, reason)
    if json_:
        print_json(done)
    say(f"{done['finding']} is accepted with entry {done['seq']}; heads are signed again under a new name")


def _facts(found: dict[str, Any]) -> dict[str, object]:
    head, wrong = found["head"], found["disagrees"]
    facts: dict[str, object] = {
        "origin": found["origin"],
        "key": found["vkey"],
        "newest head": None if head is None else f"{head['size']} entries, {local(head['at'])}",
        "not signed yet": found["unsigned"],
        "notary process": "runs" if found["running"] else "is not there",
    }
    for anchor in found["anchors"]:
        took = "no head yet" if anchor["at"] is None else f"{anchor['size']} entries, {local(anchor['at'])}"
        since = anchor["failing_since"]
        facts[anchor["name"]] = (
            took if since is None else f"{took}; fails since {local(since)}: {anchor['why']}"
        )
    if wrong is not None:
        facts["disagrees"] = f"{wrong['id']}: {wrong['words']} (since {local(wrong['at'])})"
    return facts


def _print_qr(text: str) -> None:
    import segno

    picture = io.StringIO()
    segno.make_qr(text, error="m").terminal(picture, compact=True, border=2)
    click.echo(picture.getvalue())
