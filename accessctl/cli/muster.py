"""Who is inside, and who has been seen safe."""

import secrets
from datetime import UTC, datetime
from operator import itemgetter
from pathlib import Path

import click

from accessctl.cli.talk import (
    Failed,
    Installation,
    as_table,
    installation,
    is_plain,
    local,
    print_json,
    print_table,
    resolve,
    say,
)


@click.group()
def muster() -> None:
    """Show who is inside; in an evacuation, who is still missing."""


@muster.command()
@click.option("--everybody", is_flag=True, help="Also those who were last seen going outside.")
@as_table
@installation
def show(here: Installation, *, everybody: bool, json_: bool) -> None:
    """Show who is where; during a muster, also who is missing.

    Sureness: seen means that the leaf opened after the grant, assumed that nothing told so.

    \b
    Example: accessctl muster show
    """
    with here.api() as api:
        going_on = api.site()["muster"]
        missing = set() if going_on is None else set(going_on["missing"])
        found = [
            {**row, "missing": row["person"] in missing, "since": local(row["since"])}
            for row in api.presence()
            if everybody or not row["outside"] or row["person"] in missing
        ]
    if json_:
        print_json({"muster": going_on, "people": found})
        return
    if going_on is not None:
        say(f"Muster since {local(going_on['since'])}: {len(missing)} of {going_on['expected']} missing.")
    shown = ("person", "name", "area", "since", "sureness", *(("missing",) if going_on or is_plain() else ()))
    print_table({name: itemgetter(name) for name in shown}, found)


@muster.command()
@as_table
@installation
def missing(here: Installation, *, json_: bool) -> None:
    """Show who is missing, with where they were last, and how many in which area.

    \b
    Example: accessctl muster missing
    """
    with here.api() as api:
        going_on = api.muster()
    if json_:
        print_json(going_on)
        return
    if not going_on["running"]:
        raise Failed("no muster is going on")
    places = ", ".join(
        f"{each['missing']} in {each['area'] or 'no known area'}" for each in going_on["areas"]
    )
    say(f"{len(going_on['missing'])} of {going_on['expected']} are missing{places and f': {places}'}")
    rows = [{**row, "since": local(row["since"])} for row in going_on["missing"]]
    shown = ("person", "name", "area", "since", "sureness")
    print_table({name: itemgetter(name) for name in shown}, rows)


@muster.command("print")
@click.option(
    "--html",
    "page",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a page for the printer to this file.",
)
@click.option(
    "--text", type=click.Path(dir_okay=False, path_type=Path), help="Write it as plain text to this file."
)
@installation
def print_(here: Installation, *, page: Path | None, text: Path | None) -> None:
    """Write the list for paper: areas, names, since when, how sure that is, and a box to tick by hand.

    Without a file it is printed as plain text.

    \b
    Example: accessctl muster print --html muster.html
    """
    from accessctl.muster_sheet.answers import ask
    from accessctl.muster_sheet.sheet import plain_text, print_page
    from accessctl.muster_sheet.view import view_of
    from accessctl.operators.rights import Right

    with here.api() as api:
        events = Right.EVENTS_READ in api.who_am_i()["rights"]
        view = view_of(ask(api, lambda: datetime.now(UTC), events=events))
    if page is None and text is None:
        click.echo(plain_text(view), nl=False)
    for path, made in ((page, print_page), (text, plain_text)):
        if path is not None:
            _write(path, made(view))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Failed(f"{path}: {error.strerror}") from error
    say(f"the list is in {path}")


@muster.command()
@installation
def start(here: Installation) -> None:
    """Begin a muster: everybody who is inside now has to be seen safe.

    \b
    Example: accessctl muster start
    """
    with here.api() as api:
        api.give("start_muster", secrets.token_hex(8))
        expected = api.site()["muster"]["expected"]
    say(f"a muster has begun; expected: {expected}")


@muster.command()
@click.argument("person")
@installation
def safe(here: Installation, person: str) -> None:
    """Tick off a PERSON who was seen safe without badging at a muster point.

    \b
    Example: accessctl muster safe p-3kx7qz2a
    """
    with here.api() as api:
        api.give("seen_safe", secrets.token_hex(8), person=resolve(api, person))
    say(f"{person} is safe")


@muster.command()
@installation
def end(here: Installation) -> None:
    """End the muster, whoever is still missing; the record says who.

    \b
    Example: accessctl muster end
    """
    with here.api() as api:
        api.give("end_muster", secrets.token_hex(8))
    say("the muster has ended")
