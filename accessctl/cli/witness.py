"""A witness: cosigning the heads of other controllers' records."""

from pathlib import Path

import click

from accessctl.cli.talk import FINDING, Failed, as_json, as_table, local, print_facts, print_json, say

_folder = click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
_file = click.Path(dir_okay=False, path_type=Path)


@click.group()
def witness() -> None:
    """Cosign the heads of logs that are kept elsewhere, so that none of them can be rolled back unseen.

    A witness has a FOLDER of its own and needs no installation: it runs on another controller as well as in
    the head office. Which logs it cosigns stands in FOLDER/logs.txt.
    """


@witness.command()
@_folder
@click.option("--name", required=True, help="Under which it signs, such as witness.example.com/w1.")
@as_json
def init(folder: Path, name: str, *, json_: bool) -> None:
    """Make a witness in FOLDER: its key, an empty list of logs, and where it keeps what it has seen.

    \b
    Example: accessctl witness init /var/lib/accessctl-witness --name witness.example.com/w1
    """
    from accessctl.witness.errors import WitnessUnusable
    from accessctl.witness.folder import Folder

    try:
        vkey = str(Folder(folder).make(name).vkey)
    except WitnessUnusable as error:
        raise Failed(str(error)) from error
    if json_:
        print_json({"folder": str(folder), "vkey": vkey})
    say(f"its public key, for the site files of those whose heads it cosigns: {vkey}")
    say(f"next: name the logs in {folder / 'logs.txt'}, then `accessctl witness run {folder}`")


@witness.command()
@_folder
@click.option(
    "--listen",
    metavar="ADDRESS:PORT",
    default="127.0.0.1:8422",
    show_default=True,
    help="Where it is asked; port 0: any that is free.",
)
@click.option("--cert", type=_file, help="A certificate with its chain (PEM), for TLS.")
@click.option("--key", type=_file, help="Its key (PEM), without a password.")
@click.option(
    "--own-cert", is_flag=True, help="Make a certificate, FOLDER/tls/cert.pem, for those who ask to trust."
)
@click.option("--hostname", multiple=True, help="With --own-cert: a name or address by which it is asked.")
def run(
    folder: Path,
    listen: str,
    cert: Path | None,
    key: Path | None,
    hostname: tuple[str, ...],
    *,
    own_cert: bool,
) -> None:
    """Cosign heads until Ctrl-C or SIGTERM: C2SP tlog-witness, POST …/add-checkpoint.

    Beyond this machine it speaks TLS 1.3 alone. What it cosigns is on the disk before it answers.

    \b
    Examples: accessctl witness run /var/lib/accessctl-witness --listen 192.0.2.9:8422 --own-cert
              accessctl witness run ~/witness
    """
    from accessctl.witness.errors import WitnessUnusable
    from accessctl.witness.folder import Folder
    from accessctl.witness.listening import listening
    from accessctl.witness.serving import serve

    try:
        where = listening(listen, cert, key, own_certificate=own_cert, names=hostname)
    except WitnessUnusable as error:
        raise click.UsageError(str(error)) from error
    try:
        serve(Folder(folder), where, say)
    except WitnessUnusable as error:
        raise Failed(str(error)) from error


@witness.command()
@_folder
@as_table
def show(folder: Path, *, json_: bool) -> None:
    """Show the witness's public key, and of each log the newest head that it has cosigned.

    Exit status 1 when a log has signed two histories; --json has both heads, which prove it to anybody.

    \b
    Example: accessctl witness show /var/lib/accessctl-witness
    """
    from accessctl.witness.errors import WitnessUnusable
    from accessctl.witness.folder import Folder
    from accessctl.witness.showing import shown

    try:
        found = shown(Folder(folder))
    except WitnessUnusable as error:
        raise Failed(str(error)) from error
    if json_:
        logs = [
            {
                "origin": each.origin,
                "size": each.seen.size,
                "at": each.seen.at or None,
                "note": each.seen.note or None,
                "forks": [{"cosigned": old, "other": new, "at": at} for new, old, at in each.forks],
            }
            for each in found.logs
        ]
        print_json({"vkey": found.vkey, "logs": logs})
    else:
        facts: dict[str, object] = {"key": found.vkey}
        for each in found.logs:
            seen = each.seen
            facts[each.origin] = f"{seen.size} entries, {local(seen.at)}" if seen.at else "no head yet"
        print_facts(facts)
    forked = [each.origin for each in found.logs if each.forks]
    for origin in forked:
        say(f"{origin} has signed two heads of one size with different roots: it was forked")
    if forked:
        raise SystemExit(FINDING)
