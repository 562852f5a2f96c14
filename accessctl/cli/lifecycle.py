"""Making, checking and running an installation."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from accessctl.cli.generators import show_secret
from accessctl.cli.homes import named
from accessctl.cli.passwords import GENERATOR, new_password_here
from accessctl.cli.talk import (
    FINDING,
    Failed,
    Installation,
    as_table,
    installation,
    is_plain,
    print_json,
    print_row,
    print_table,
    safe,
    say,
)
from accessctl.home import demo_home

if TYPE_CHECKING:
    from accessctl.config.listing import Review
    from accessctl.install import Installed, SiteReport


@click.command()
@click.argument("directory", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option("--operator", metavar="ID", help="The first operator, an admin. [else the user's own name]")
@click.option("--local", metavar="USER", help="The local user who is this operator. [else who runs this]")
@click.option("--password", "with_password", is_flag=True, help="Give the first operator a password too.")
@installation
def init(
    here: Installation,
    directory: Path | None,
    operator: str | None,
    local: str | None,
    *,
    with_password: bool,
) -> None:
    """Make an installation in DIRECTORY (or --home).

    It gets a site file to start from, a root key, two databases, and a first operator: an admin, who is
    known by being that local user. With --password they can log in from any account as well: it is asked
    for twice, hidden (without a terminal it is a line of stdin), and the code generator is shown this once.
    What is there already is left alone, and said.

    \b
    Examples: accessctl init ~/warehouse
              accessctl init /var/lib/accessctl --operator maria --local maria --password
    """
    from accessctl import install

    where = directory or here.given
    if where is None:
        raise click.UsageError("say where: `accessctl init DIR`")
    home = named(where)
    if with_password and install.operators_there(home):
        raise Failed("there are operators already; a password for one of them: accessctl operators login ID")
    password = new_password_here() if with_password else None
    try:
        done = install.init(home, install.first_operator(operator, local, password))
    except install.InstallRefused as refused:
        raise Failed(str(refused)) from refused
    for thing in done.made:
        click.echo(f"{'made' if thing.new else 'kept'}  {thing.path}: {thing.what}", err=True)
    _say_who(done, home.site_file)
    if any(thing.new for thing in done.made):
        say(f"next: edit {home.site_file}, then `accessctl --home {home.path} check` and `… run`")
    elif done.operator is None:
        say(f"{home.path} was complete already; nothing was changed")


def _say_who(done: "Installed", site_file: Path) -> None:
    """Say who the first operator is, how they are known, and what they have to keep."""
    if done.operator is None:
        click.echo("kept  the operators who are there (a password: accessctl operators login ID)", err=True)
        return
    click.echo(f"made  {done.operator}: the first operator, an admin, who is {done.local} here", err=True)
    if done.generator is not None:
        show_secret(done.generator.secret, done.generator.uri, GENERATOR, err=True)
        say(f"{done.operator} logs in with the password and this generator: accessctl login {done.operator}")
    if done.to_be_named is not None:
        say(f"{site_file} was there and is as it was; under [operators] it needs: {done.to_be_named}")


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@as_table
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
            if is_plain():
                print_row("problem", problem.path, problem.what)
            else:
                click.echo(safe(str(problem)))
    elif is_plain():
        _print_records(report, review)
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


def _print_records(report: "SiteReport", review: "Review") -> None:
    """Print the same as the two below, in plain lines."""
    print_row("site", report.name, report.controller, report.board, report.revision)
    for door in report.doors:
        print_row("door", door.id, door.name, door.lock, door.power_loss, door.software_stop, door.wiring)
        for way in door.ways:
            print_row("way", door.id, way)
    for role in report.roles:
        print_row("role", role)
    for row in review.degraded:
        print_row("degraded", row.door, row.while_, row.then, row.wider)
    for finding in review.findings:
        print_row("finding", finding.severity, finding.path, finding.what)


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
