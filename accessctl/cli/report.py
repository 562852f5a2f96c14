"""Reports: on the screen, as a page to print, as a table, or for programs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

from accessctl.cli.completion import area_ids, door_ids
from accessctl.cli.private_file import write_private
from accessctl.cli.talk import (
    Installation,
    Instant,
    as_table,
    installation,
    is_plain,
    print_json,
    print_list,
    print_row,
    resolve,
    say,
)
from accessctl.reports.catalogue import KINDS, MOST_ROWS, USUAL_ROWS, By, ReportKind
from accessctl.reports.value import Report

_FORMATS: Final = ("text", "html", "csv", "json")
_BY_ENDING: Final = {".html": "html", ".htm": "html", ".csv": "csv", ".json": "json"}
_ZONE: Final = "A date is a day in the site's time zone."
_OPTIONS: Final = {
    By.PERSON: click.option("--person", metavar="PERSON", help="About this person alone, by id or name."),
    By.AREA: click.option("--area", metavar="AREA", shell_complete=area_ids, help="About this area alone."),
    By.DOOR: click.option("--door", metavar="DOOR", shell_complete=door_ids, help="About this door alone."),
    By.OPERATOR: click.option("--operator", metavar="OPERATOR", help="What this operator did alone."),
}
_COMMON: Final = (
    click.option(
        "--rows",
        type=click.IntRange(1, MOST_ROWS),
        default=USUAL_ROWS,
        show_default=True,
        help="So many rows of a table at most.",
    ),
    click.option(
        "--format",
        "format_",
        type=click.Choice(_FORMATS),
        help="In which form. [else by the ending of the file; else text]",
    ),
    click.option("--print", "paper", is_flag=True, help="As a page to print (HTML), with room to sign."),
    click.option(
        "-o",
        "--output",
        type=click.Path(dir_okay=False, path_type=Path),
        help="The file, which its owner alone may read. [else stdout]",
    ),
)


class _SiteDay(Instant):
    """A date, which the API takes for a day in the site's time zone, or an instant with its offset."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ANN401
        """Give the date as it is, or ISO 8601 with an offset."""
        at = super().convert(value, param, ctx)
        return at if "T" in value else value


@click.group()
def report() -> None:
    """Say what the record and the people's store tell together: who, where, when, and why not.

    A report can be a text with bars, a page for a browser or for paper, a table for a spreadsheet, or JSON.
    It goes by the rights of whoever asks, and what is about people is entered in the record as read.

    \b
    Examples: accessctl report refusals --since 2026-03-01
              accessctl report movements --area cage --print -o march.html
              accessctl report unused --format csv -o unused.csv
    """


@report.command("list")
@as_table
@installation
def list_(here: Installation, /, *, json_: bool) -> None:
    """List the reports there are, and which of them you may have."""
    with here.api() as api:
        found = api.reports()
    columns: dict[str, Callable[[Any], object]] = {
        "report": lambda kind: kind["kind"],
        "may": lambda kind: kind["may"],
        "right": lambda kind: kind["right"],
        "says": lambda kind: kind["says"],
    }
    print_list(columns, found, json_=json_)


def _command(kind: ReportKind) -> click.Command:
    """Make the command of one report, with the options that it goes by."""

    @as_table
    @installation
    def run(
        here: Installation,
        /,
        rows: int,
        format_: str | None,
        output: Path | None,
        *,
        paper: bool,
        json_: bool,
        **asked: str | None,
    ) -> None:
        form = "html" if paper else "json" if json_ else format_ or _form_of(output)
        if (paper and format_ not in {None, "html"}) or (json_ and format_ not in {None, "json"}):
            raise click.UsageError("say one of --print, --json and --format")
        if is_plain() and (form != "text" or output is not None):
            raise click.UsageError(
                "--plain is for stdout and for text: not with --output, --print or --format"
            )
        with here.api() as api:
            if asked.get("person") is not None:
                asked["person"] = resolve(api, str(asked["person"]))
            found = api.report(kind.name, rows=rows, **asked)
        _give(found, form, output, paper=paper)

    for option in (*reversed(_COMMON), *(_OPTIONS[by] for by in reversed(kind.by)), *_time(kind)):
        run = option(run)
    span = f" It goes {kind.days} days back unless you say since when." if kind.days is not None else ""
    return click.command(kind.name, help=f"{kind.says}{span}\n\n\b\nExample: accessctl report {kind.name}")(
        run
    )


def _time(kind: ReportKind) -> tuple[Callable[[Any], Any], ...]:
    """Give the options of time, of a report that is not about now; of unused things there is a beginning."""
    since = click.option("--since", type=_SiteDay(needed=True), help=f"From this date or instant on. {_ZONE}")
    until = click.option(
        "--until",
        type=_SiteDay(ends=True, needed=True),
        help=f"Until this date (with that day) or instant. {_ZONE}",
    )
    if kind.days is None:
        return ()
    return (until, since) if kind.until else (since,)


def _form_of(output: Path | None) -> str:
    return "text" if output is None else _BY_ENDING.get(output.suffix.lower(), "text")


def _give(found: dict[str, Any], form: str, output: Path | None, *, paper: bool) -> None:
    from accessctl.reports.as_json import from_json

    if form == "json" and output is None:
        print_json(found)
        return
    if form == "text" and output is None:
        _print(from_json(found))
        return
    written = _written(found, from_json(found), form, paper=paper)
    if output is None:
        click.echo(written if form == "text" else written.encode(errors="replace"), nl=False)
        return
    write_private(output, written.encode(errors="replace"))
    say(f"{found['title']}: written to {output}")


def _written(found: dict[str, Any], made: Report, form: str, *, paper: bool) -> str:
    match form:
        case "html":
            from accessctl.reports.html import page

            return page(made, paper=paper)
        case "csv":
            from accessctl.reports.sheet import sheet

            return sheet(made)
        case "json":
            import json

            return json.dumps(found, indent=2, ensure_ascii=False) + "\n"
        case _:
            from accessctl.reports.terminal import as_text

            return as_text(made)


def _print(made: Report) -> None:
    """Print it for people; for scripts and for those who hear the screen, line by line."""
    if is_plain():
        from accessctl.reports.plain import plain_lines

        for fields in plain_lines(made):
            print_row(*fields)
        return
    from rich.console import Console

    from accessctl.reports.terminal import show

    console = Console(highlight=False, emoji=False, markup=False)
    show(made, console)


for each in KINDS.values():
    report.add_command(_command(each))
