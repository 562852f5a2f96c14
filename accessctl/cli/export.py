"""Taking the record out of an installation."""

from datetime import datetime
from pathlib import Path
from typing import Final

import click

from accessctl.cli.progress import progress
from accessctl.cli.talk import Failed, Installation, Instant, as_json, installation, print_json, say

NOT_ENTERED = "that it was taken out is not entered in the record: the door process does not answer"
STOPPED: Final = 130
"""As shells say that Ctrl-C ended a command."""
_FORMATS = ("csv", "jsonl", "parquet", "tlog")


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "format_",
    type=click.Choice(_FORMATS),
    default="csv",
    show_default=True,
    help="In which form.",
)
@click.option("--since", type=Instant(), help="From this date or instant on.")
@click.option("--until", type=Instant(ends=True), help="Until this date (with that day) or instant.")
@click.option("--resume", is_flag=True, help="Go on with an export of csv or jsonl that did not end.")
@click.option(
    "--previous",
    type=click.Path(path_type=Path),
    help="With tlog: an older export, or its checkpoint, that this one is proven to go on from.",
)
@as_json
@installation
def export(
    here: Installation,
    /,
    path: Path,
    format_: str,
    since: str | None,
    until: str | None,
    previous: Path | None,
    *,
    resume: bool,
    json_: bool,
) -> None:
    """Write the record into PATH: a table, lines of JSON, Parquet, or a folder that proves itself (tlog).

    It reads the installation's files, so it is for those who may read them; doors and API go on meanwhile.
    That it was taken out is entered in the record. People are in it by their pseudonyms. A
    tlog is always whole; README-verify.md in it says how to verify.

    \b
    Examples: accessctl export --since 2026-03-01 --until 2026-03-31 march.csv
              accessctl export --format tlog --previous audit-q1 audit-q2
    """
    if format_ == "tlog" and (since or until):
        raise click.UsageError("a tlog is always whole: leave out --since and --until")
    if previous is not None and format_ != "tlog":
        raise click.UsageError("--previous is for --format tlog")
    if resume and format_ not in {"csv", "jsonl"}:
        raise click.UsageError("--resume is for csv and jsonl")
    if not path.absolute().name:
        raise click.UsageError(f"{path} is no name for a file")
    from accessctl.exporting.errors import ExportFailed
    from accessctl.exporting.run import Order, run
    from accessctl.exporting.wanted import Wanted

    wanted = Wanted(*(None if at is None else datetime.fromisoformat(at) for at in (since, until)))
    if wanted.since and wanted.until and wanted.since > wanted.until:
        raise click.UsageError("--since is after --until: nothing can lie between them")
    order = Order(format_, path.absolute(), wanted, previous, resume=resume)
    try:
        done = run(here.home, order, lambda total: progress("exporting", total, quiet=json_))
    except ExportFailed as failed:
        raise Failed(str(failed)) from failed
    except KeyboardInterrupt:
        if order.target.with_name(f"{order.target.name}.part").exists():
            say("stopped: go on with --resume")
        raise SystemExit(STOPPED) from None
    if json_:
        print_json({"path": str(order.target), **done.as_detail()})
    say(f"{done.entries:,} entries in {path}")
    if done.unsigned:
        say(f"{done.unsigned:,} newer entries are not signed yet, so they are not in it")
    if not done.entered:
        say(NOT_ENTERED)
    if done.unwitnessed:
        say(f"its head is not cosigned yet by {', '.join(done.unwitnessed)}")
