"""Verifying an export, a proof, or the record of an installation."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from accessctl.cli.progress import progress
from accessctl.cli.talk import FINDING, Failed, as_json, print_json, safe
from accessctl.home import Home, HomeUnusable

if TYPE_CHECKING:
    from accessctl.evidence.verify.asked import Asked
    from accessctl.evidence.verify.report import Report

_file = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--vkey", type=_file, help="The public key to trust. [else the one that lies beside]")
@click.option("--policy", type=_file, help="Logs, witnesses and a quorum to trust (C2SP tlog-policy).")
@click.option(
    "--previous",
    type=click.Path(path_type=Path),
    multiple=True,
    help="An older export or its checkpoint: was anything removed or changed since?",
)
@click.option(
    "--pruned", type=click.IntRange(0), default=0, help="Entries up to this one may be absent from an export."
)
@click.option("--who", type=_file, help="With a proof: who its pseudonym is (accessctl proof --with-name).")
@as_json
def verify(
    path: Path,
    vkey: Path | None,
    policy: Path | None,
    previous: tuple[Path, ...],
    pruned: int,
    who: Path | None,
    *,
    json_: bool,
) -> None:
    """Verify an export, a .tlog-proof, or an installation: PATH is its folder. Nothing has to run.

    It checks the signature, every entry and the tree over them, and names the first entry that is wrong. Exit
    status 1 when anything is. accessctl-verify does the same for exports and proofs, and installs alone.

    \b
    Examples: accessctl verify audit-q2 --vkey key-on-paper.txt --previous audit-q1
              accessctl verify /var/lib/accessctl
    """
    from accessctl.evidence.verify.asked import Asked, WrongUse
    from accessctl.exporting.errors import ExportFailed

    asked = Asked(path, vkey, policy, previous, pruned, who)
    try:
        report = _looked_at(asked, quiet=json_)
    except WrongUse as wrong:
        raise click.UsageError(str(wrong)) from wrong
    except ExportFailed as failed:
        raise Failed(str(failed)) from failed
    if json_:
        print_json(report.as_json())
    else:
        click.echo(safe("\n".join(report.lines())))
    if not report.good:
        raise SystemExit(FINDING)


def _looked_at(asked: "Asked", *, quiet: bool) -> "Report":
    home = _home_at(asked.path)
    if home is not None and asked.who is not None:
        raise click.UsageError("--who is for a proof")
    if home is None:
        with progress("verifying", None, quiet=quiet) as step:
            return asked.verify(step)
    from accessctl.exporting.looking import verify_record
    from accessctl.notary.keys import Keys

    trust = asked.trust() if asked.vkey or asked.policy else None
    with progress("verifying", None, quiet=quiet) as step:
        return verify_record(home.record, home.tree, trust, asked.older(), step, Keys.at(home.root_key))


def _home_at(path: Path) -> Home | None:
    """Give the installation in this folder, if it is one and no export. Raises ``ClickException``."""
    from accessctl.evidence.verify.source import CHECKPOINT

    try:
        home = Home(path.absolute())
    except HomeUnusable:
        return None
    if not home.record.is_file():
        installed = home.site_file.exists() or home.tree.exists()
        if installed and not os.path.lexists(home.path / CHECKPOINT):
            raise Failed(f"{home.record} is missing: nothing is left there to verify")
        return None
    if os.path.lexists(home.path / CHECKPOINT):
        raise click.UsageError(
            f"{path} is an export, which has a {CHECKPOINT}, and an installation, which has a"
            f" {home.record.name}: one of them does not belong there"
        )
    return home
