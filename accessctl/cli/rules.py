"""The site file through the API: shown, checked, replaced, put back."""

import difflib
import sys
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
    print_list,
    print_table,
    say,
)

if TYPE_CHECKING:
    from accessctl.client import ApiClient

_reason = click.option(
    "--reason", required=True, help="Why, for auditors. It stays in the record, so name nobody."
)
_restart = click.option(
    "--restart", is_flag=True, help="Keep it for the next start where it changes the wiring."
)
_file = click.argument("file", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True))


@click.group()
def rules() -> None:
    """See and change the site file: what doors, schedules, levels and roles there are."""


@rules.command()
@click.argument("revision", required=False)
@as_json
@installation
def show(here: Installation, revision: str | None, *, json_: bool) -> None:
    """Print the site file as it is, or a REVISION of it.

    Without the right to change it, passwords of cameras and sensors are left out.

    \b
    Example: accessctl rules show > proposed.toml
    """
    with here.api() as api:
        found = _text_of(api, revision)
    if json_:
        print_json(found)
        return
    click.echo(found["site"], nl=False)
    if found["redacted"]:
        say("passwords are left out: this is not to be applied")
    if found.get("in_force") is False:
        say("the door process goes by another one: it waits for a restart, or for `accessctl rules apply`")


@rules.command()
@_file
@as_table
@installation
def check(here: Installation, file: Path, *, json_: bool) -> None:
    """Have the API look a proposed FILE through. Nothing is changed.

    Exit status 1 when it cannot be used, or has a mistake or a danger.

    \b
    Example: accessctl rules check proposed.toml
    """
    with here.api() as api:
        found = api.check_site(_read(file))
    if json_:
        print_json(found)
    else:
        for problem in found["problems"]:
            click.echo(f"{problem['path']}: {problem['what']}")
        _print_findings(found["findings"])
    say(f"{file} {'can be used' if found['valid'] else 'cannot be used'}")
    if not found["valid"] or any(each["severity"] != "note" for each in found["findings"]):
        raise SystemExit(FINDING)


@rules.command("apply")
@_file
@_reason
@click.option("--replaces", help="The revision that it was made from. [else the one that lies there]")
@_restart
@as_table
@installation
def apply_(
    here: Installation, file: Path, reason: str, replaces: str | None, *, restart: bool, json_: bool
) -> None:
    """Put a FILE in force: checked wholly, written, and read by the doors without a restart.

    If the doors do not take it, the file that was there stays. With --replaces it is refused when somebody
    else was faster.

    \b
    Example: accessctl rules apply proposed.toml --reason "night shift from 21:00"
    """
    text = _read(file)
    with here.api() as api:
        changed = api.replace_site(text, reason, replaces or api.site_file()["revision"], restart=restart)
    _show_change(changed, json_=json_)


@rules.command()
@as_table
@installation
def revisions(here: Installation, *, json_: bool) -> None:
    """List what the site file was, newest first.

    \b
    Example: accessctl rules revisions
    """
    with here.api() as api:
        found = list(api.site_revisions())
    columns = {
        "revision": lambda each: each["revision"],
        "at": lambda each: local(each["at"]),
        "operator": lambda each: each["operator"],
        "reason": lambda each: each["reason"],
    }
    print_list(columns, found, json_=json_)


@rules.command()
@click.argument("revision")
@_reason
@_restart
@as_table
@installation
def restore(here: Installation, revision: str, reason: str, *, restart: bool, json_: bool) -> None:
    """Put an earlier REVISION back in force.

    \b
    Example: accessctl rules restore 7c1e0f9a2b3d --reason "the new levels kept people out"
    """
    with here.api() as api:
        changed = api.restore_site(revision, reason, restart=restart)
    _show_change(changed, json_=json_)


@rules.command()
@click.argument("old", required=False)
@click.argument("new", required=False)
@installation
def diff(here: Installation, old: str | None, new: str | None) -> None:
    """Show what changed between two revisions, OLD and NEW.

    Without NEW it is the file that lies there, without either the last change. Exit status 1 when they
    differ.

    \b
    Example: accessctl rules diff 7c1e0f9a2b3d
    """
    with here.api() as api:
        if old is None:
            last = [each["revision"] for each in api.site_revisions()][:2]
            old = last[-1]
        before, after = _text_of(api, old), _text_of(api, new)
    lines = list(
        difflib.unified_diff(
            before["site"].splitlines(keepends=True),
            after["site"].splitlines(keepends=True),
            before["revision"],
            after["revision"],
        )
    )
    for line in lines:
        click.echo(line, nl=not line.endswith("\n"))
    if lines:
        raise SystemExit(FINDING)


def _text_of(api: "ApiClient", revision: str | None) -> dict[str, Any]:
    found = api.site_file() if revision is None else api.site_revision(revision)
    if found["site"] is None:
        raise Failed(
            "there are passwords in this file that cannot be told from the rest, and you may not see those"
        )
    return found


def _read(file: Path) -> str:
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text()
    except UnicodeDecodeError as error:
        raise Failed(f"{file} is no text in UTF-8") from error
    except OSError as error:
        raise Failed(f"{file} cannot be read: {error.strerror}") from error


def _show_change(changed: dict[str, Any], *, json_: bool) -> None:
    if json_:
        print_json(changed)
        return
    print_facts({"revision": changed["revision"], "outcome": changed["outcome"].replace("_", " ")})
    _print_findings(changed["findings"])
    if changed["outcome"] == "at_next_start":
        say("it is kept for the next start: restart the door process when nobody is at a door")


def _print_findings(findings: list[dict[str, str]]) -> None:
    if findings:
        print_table(
            {name: itemgetter(name) for name in ("severity", "path", "what")}, findings, kind="finding"
        )
