"""Drilling what holds while something is gone."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from accessctl.cli.completion import door_ids
from accessctl.cli.talk import (
    FINDING,
    Failed,
    Installation,
    as_table,
    installation,
    is_plain,
    print_json,
    print_row,
    say,
)


@click.command()
@click.argument("site", required=False, metavar="[SITE]", type=click.Path(path_type=Path))
@click.option("--door", shell_complete=door_ids, help="Drill this door only.")
@as_table
@installation
def drill(here: Installation, site: Path | None, door: str | None, *, json_: bool) -> None:
    """Rehearse what each door does while clock, record, reader, contact, sensor or mains are gone.

    Plays it by the rules of SITE (a site file; else that of the installation) with made-up people: no device,
    no store and no real person is touched. Ends with status 1 when a door does otherwise than the site file
    states. `accessctl check` prints what is stated.

    \b
    Example: accessctl drill site.toml --door dock-1
    """
    from accessctl.drill import run

    path = site or here.home.site_file
    try:
        rows = [row for row in run.drill_file(path, datetime.now(UTC)) if door in (None, row.door)]
    except run.SiteInvalid as invalid:
        raise Failed(str(invalid)) from invalid
    if door is not None and not rows:
        raise Failed(f"there is no door {door} that anybody comes in by")
    if json_:
        print_json([asdict(row) for row in rows])
    elif is_plain():
        for row in rows:
            print_row(not row.differs, row.door, row.condition, row.stated, [*row.seen], [*row.differs])
    else:
        for row in rows:
            click.echo(f"{'ok ' if not row.differs else 'NO '} {row.door}, {row.condition}: {row.stated}")
            for seen in row.seen:
                click.echo(f"      {seen}")
            for differs in row.differs:
                click.echo(f"      OTHERWISE THAN STATED: {differs}")
    wrong = sum(bool(row.differs) for row in rows)
    say(f"{len(rows)} drills, {wrong} otherwise than stated")
    if wrong:
        raise SystemExit(FINDING)
