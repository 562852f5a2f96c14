"""Why, who, where, and what a change of the rules would do."""

import re
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from pathlib import Path
from typing import Any

import click

from accessctl.cli.completion import access_point_ids
from accessctl.cli.talk import (
    FINDING,
    Failed,
    Installation,
    Instant,
    as_table,
    installation,
    is_plain,
    local,
    print_facts,
    print_json,
    print_row,
    print_table,
    resolve,
    say,
)

_AGO = re.compile(r"([0-9]{1,4})([dhw])")
_NOT_THROUGH = {"refused", "more"}
_OUTCOMES = {
    "granted": "granted",
    "refused": "refused",
    "more": "refused, unless more is shown",
    "gather": "granted as soon as others have badged as well",
    "queue": "granted as soon as the other doors are shut",
}
_UNIT = {"d": timedelta(days=1), "h": timedelta(hours=1), "w": timedelta(weeks=1)}


class Ago(click.ParamType[datetime]):
    """A span back from now, such as 30d, 12h or 2w."""

    name = "span"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:  # noqa: ANN401
        """Give the instant so long ago."""
        found = _AGO.fullmatch(str(value))
        if found is None:
            self.fail(f"{value} is no span; write 30d, 12h or 2w", param, ctx)
        return datetime.now(UTC) - int(found[1]) * _UNIT[found[2]]


_at = click.option(
    "--at", type=Instant(), help="Another instant than now; doors and devices as they should be then."
)


@click.command()
@click.argument("person")
@click.argument("access_point", shell_complete=access_point_ids)
@_at
@as_table
@installation
def explain(here: Installation, person: str, access_point: str, at: str | None, *, json_: bool) -> None:
    """Say whether a PERSON may pass an ACCESS_POINT, check by check, and if not, when next.

    The person is taken to show everything that is asked for. Exit status 1 when they may not pass.

    \b
    Example: accessctl explain "Ida Holm" cage-in --at 2026-12-24T19:00+00:00
    """
    with here.api() as api:
        found = api.explain(resolve(api, person), access_point, at)
    if json_:
        print_json(found)
    else:
        print_facts(
            {
                "at": local(found["at"]),
                "outcome": _OUTCOMES[found["outcome"]],
                "reason": found["reason"],
                "shown": found["shown"],
                "refused by": found["refused_by"],
                "next granted": local(found["next_granted"]),
            }
        )
        print_table(
            {
                "": lambda check: "ok" if check["passed"] else "NO",
                "check": lambda check: check["check"],
                "objection": lambda check: check["objection"],
            },
            found["checks"],
            kind="check",
        )
    if found["outcome"] in _NOT_THROUGH:
        raise SystemExit(FINDING)


@click.command("who-can")
@click.argument("access_point", shell_complete=access_point_ids)
@_at
@as_table
@installation
def who_can(here: Installation, access_point: str, at: str | None, *, json_: bool) -> None:
    """List everybody with a card who could pass an ACCESS_POINT now.

    \b
    Example: accessctl who-can cage-in
    """
    with here.api() as api:
        found = api.who_can(access_point, at)
    if json_:
        print_json(found)
        return
    print_table({"id": lambda p: p["id"], "name": lambda p: p["name"]}, found["people"])
    say(_count(len(found["people"]), "person", "people"))


@click.command("what-can")
@click.argument("person")
@_at
@as_table
@installation
def what_can(here: Installation, person: str, at: str | None, *, json_: bool) -> None:
    """List every access point that a PERSON could pass now.

    \b
    Example: accessctl what-can "Ida Holm" --at 2026-12-24T22:00+00:00
    """
    with here.api() as api:
        found = api.what_can(resolve(api, person), at)
    if json_:
        print_json(found)
        return
    print_table({"id": lambda p: p["id"], "name": lambda p: p["name"]}, found["access_points"])


@click.command()
@click.argument("new_site", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--since", type=Ago(), default="30d", show_default=True, help="How far back: 30d, 12h, 2w.")
@as_table
@installation
def rehearse(here: Installation, new_site: Path, since: datetime, *, json_: bool) -> None:
    """Play recorded history against a NEW_SITE file and list what would have gone otherwise.

    Nothing is changed. Exit status 1 when somebody would have been refused who was let in.

    \b
    Example: accessctl rehearse proposed.toml --since 30d
    """
    try:
        text = new_site.read_text()
    except UnicodeDecodeError as error:
        raise Failed(f"{new_site} is no text in UTF-8") from error
    except OSError as error:
        raise Failed(f"{new_site} cannot be read: {error.strerror}") from error
    with here.api() as api:
        found = api.rehearse(text, since.isoformat())
    if json_:
        print_json(found)
    else:
        _print_rehearsal(found)
    if found["refused"]["entries"] or found["gone"]["entries"]:
        raise SystemExit(FINDING)


def _print_rehearsal(found: dict[str, Any]) -> None:
    for sentence in found["summary"]:
        if is_plain():
            print_row("summary", sentence)
        else:
            click.echo(sentence)
    shown = ("entries", "name", "person", "door", "access_point", "would", "reason")
    if found["differences"]:
        print_table({key: itemgetter(key) for key in shown}, found["differences"], kind="difference")
    rights = found["rights_now"]
    if rights:
        if not is_plain():
            click.echo(f"Right now, the rights of {_count(len(rights), 'person', 'people')} would be others:")
        columns = {key: itemgetter(key) for key in ("name", "person", "gains", "loses")}
        print_table(columns, rights, kind="rights")
    say(f"{_count(found['played'], 'entry', 'entries')} played, since {local(found['since'])}")
    for why, count in found["left_out"].items():
        say(f"{_count(count, 'entry', 'entries')} left out: {why}")


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
