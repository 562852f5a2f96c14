"""Making, checking and running an installation."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from accessctl.cli.homes import named
from accessctl.cli.talk import (
    FINDING,
    Failed,
    Installation,
    as_json,
    installation,
    print_json,
    print_table,
    safe,
    say,
)
from accessctl.home import demo_home

if TYPE_CHECKING:
    from accessctl.config.listing import Review
    from accessctl.install import SiteReport


@click.command()
@click.argument("directory", required=False, type=click.Path(file_okay=False, path_type=Path))
@installation
def init(here: Installation, directory: Path | None) -> None:
    """Make an installation in DIRECTORY (or --home).

    It gets a site file to start from, a root key and two databases. What is there already is left alone,
    and said.

    \b
    Example: accessctl init ~/warehouse
    """
    from accessctl import install

    where = directory or here.given
    if where is None:
        raise click.UsageError("say where: `accessctl init DIR`")
    home = named(where)
    try:
        made = install.init(home)
    except install.InstallRefused as refused:
        raise Failed(str(refused)) from refused
    for thing in made:
        click.echo(f"{'made' if thing.new else 'kept'}  {thing.path}: {thing.what}", err=True)
    if any(thing.new for thing in made):
        say(f"next: edit {home.site_file}, then `accessctl --home {home.path} check` and `… run`")
    else:
        say(f"{home.path} was complete already; nothing was changed")


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@as_json
@installation
def check(here: Installation, file: Path | None, *, json_: bool) -> None:
    """Check a site FILE (or that of the installation).

    Prints every problem as `path: what` and ends with status 1. For a valid file it prints what each door
    does when power or software fail, and how its lock is wired for that; what holds at each door while
    something is gone; and what is certainly a danger or a mistake, such as an area that nobody can leave,
    which ends with status 1 too. Notes are worth knowing and change nothing.

    \b
    Example: accessctl check site.toml
    """
    from accessctl import install
    from accessctl.config import listing

    path = file or here.home.site_file
    report = install.inspect(path)
    review = None if report.problems else listing.review_of(path)
    if json_:
        print_json({**asdict(report), **_review_as_json(review)})
    elif review is None:
        for problem in report.problems:
            click.echo(safe(str(problem)))
    else:
        _print_report(report)
        _print_review(review)
    if review is None:
        say(f"{path} has {_many(len(report.problems), 'problem')}")
        sys.exit(FINDING)
    _judge(path, review)


def _judge(path: Path, review: "Review") -> None:
    """Say how good the file is, and end with status 1 where something has to be put right."""
    found = {
        word: sum(finding.severity == word for finding in review.findings)
        for word in ("danger", "mistake", "note")
    }
    counted = ", ".join(_many(count, word) for word, count in found.items() if count)
    if found["danger"] or found["mistake"]:
        say(f"{path} is valid and has {counted}")
        sys.exit(FINDING)
    say(f"{path} is good" + (f", with {counted}" if counted else ""))


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _review_as_json(review: "Review | None") -> dict[str, object]:
    if review is None:
        return {"degraded": [], "findings": []}
    return {
        "degraded": [
            {
                "door": row.door,
                "condition": row.condition,
                "fallback": row.fallback,
                "then": row.then,
                "wider": row.wider,
            }
            for row in review.degraded
        ],
        "findings": [asdict(finding) for finding in review.findings],
    }


def _print_review(review: "Review") -> None:
    click.echo("\nwhile something is gone (leaving is always free)\n")
    everywhere = len({row.door for row in review.degraded})
    doors: dict[tuple[str, str], list[str]] = {}
    order = list(dict.fromkeys(row.while_ for row in review.degraded))
    for row in sorted(review.degraded, key=lambda row: order.index(row.while_)):
        then = row.then + (" (WIDER THAN NORMAL)" if row.wider else "")
        doors.setdefault((row.while_, then), []).append(row.door)
    print_table(
        {
            "while": lambda alike: alike[0][0],
            "then": lambda alike: alike[0][1],
            "at": lambda alike: "every door" if len(alike[1]) == everywhere else alike[1],
        },
        list(doors.items()),
    )
    if review.findings:
        click.echo("\nfindings\n")
    for finding in review.findings:
        click.echo(safe(str(finding)))


def _print_report(report: "SiteReport") -> None:
    click.echo(
        f"{report.name} · controller {report.controller} · {report.board} board · rules {report.revision}"
    )
    for door in report.doors:
        click.echo(f"\n{door.id}: {door.name}")
        click.echo(f"  lock           {door.lock.replace('_', '-')}")
        click.echo(f"  power loss     {door.power_loss}")
        click.echo(f"  software stop  {door.software_stop}")
        click.echo(f"  wiring         {door.wiring}")
        for way in door.ways:
            click.echo(f"  way            {way}")
    click.echo(f"\nroles: {', '.join(report.roles)}")


@click.command()
@click.option("--ready-fd", type=int, help="A file descriptor that gets `ready` once doors and API answer.")
@installation
def run(here: Installation, ready_fd: int | None) -> None:
    """Run the installation until Ctrl-C or SIGTERM.

    Starts the door process, the API process and, for a simulated board, the warehouse; starts again
    what dies, the door process first; says so on stderr. SIGHUP makes the door process read the site
    file again; where stderr is a terminal it means that the terminal is closing, and stops all in order.

    \b
    Example: accessctl --home ~/warehouse run
    """
    from accessctl import supervise

    sys.exit(supervise.run(here.home, ready_fd))


@click.command()
@installation
def demo(here: Installation) -> None:
    """Open a simulated warehouse with 40 people and nine doors.

    On a terminal it stays open to be played with (`accessctl sim badge marta-quill staff-in` from another
    one). Without a terminal it plays one working day, prints each event, and ends.
    """
    from accessctl.demo import play

    home = named(here.given or demo_home())
    # The view reads keys from stdin and draws on stderr, as Textual does.
    on_a_terminal = all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))
    sys.exit(play.main(home, on_a_terminal))
