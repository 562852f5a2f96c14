"""Readers: how they are, watching them, and trying one out."""

import time
from operator import itemgetter
from threading import Event as Flag
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

import click

from accessctl.cli.completion import reader_ids
from accessctl.cli.events import print_event
from accessctl.cli.talk import (
    Installation,
    Seconds,
    as_table,
    installation,
    is_plain,
    local,
    print_json,
    print_json_line,
    print_row,
    print_table,
    safe,
    say,
)

if TYPE_CHECKING:
    from accessctl.client import ApiClient, Reader

LOOK_EVERY_S: Final = 2.0
_COLUMNS: Final = ("id", "kind", "driver", "state")
_WATCHED: Final = ("state", "why", "tampered", "power_failed", "insecure", "key", "restarts", "last_error")
"""The facts of which a change is told."""


@click.group()
def readers() -> None:
    """List, watch and test readers, keypads and sensors."""


@readers.command("list")
@as_table
@installation
def list_(here: Installation, *, json_: bool) -> None:
    """List readers, keypads, fingerprint sensors and cameras as they are now.

    ERRORS are those of this hour and of the hour before, such as cards that were torn away. `accessctl
    doctor` says what to do about what is wrong.

    \b
    Example: accessctl readers list
    """
    with here.api() as api:
        found = api.readers()
    if json_:
        print_json(found)
        return
    print_table(
        {
            **{name: itemgetter(name) for name in _COLUMNS},
            "since": lambda r: local(r["since"]),
            "errors": lambda r: f"{r['errors_this_hour']}/{r['errors_hour_before']}",
            "model": lambda r: r["about"].get("model"),
            "key": itemgetter("key"),
            "what is wrong": lambda r: "; ".join(wrong_with(r)),
        },
        found,
    )


@readers.command()
@click.argument("reader", required=False, shell_complete=reader_ids)
@as_table
@installation
def watch(here: Installation, reader: str | None, *, json_: bool) -> None:
    """Print what is recorded of readers, and every change of their health, until Ctrl-C.

    Of one READER only, where its id or its access point is given. --json prints one object on each line:
    entries of the record, and changes, which have "reader" and "was".

    \b
    Example: accessctl readers watch gate-in
    """
    with here.api() as api:
        begin = int(api.status()["seq"])  # asked for first, so that nothing falls between list and record
        before = {r["id"]: r for r in ([api.reader(reader)] if reader else api.readers())}
        points = {r["access_point"] for r in before.values()}
        say(f"watching {', '.join(before) or 'no reader: there is none'}")
        ended = Flag()
        context = click.get_current_context()
        looking = Thread(target=_look, args=(context, here, before, json_, ended), daemon=True)
        looking.start()
        try:
            for event in api.follow(begin, say):
                if event["access_point"] not in points:
                    continue
                print_event(event, json_=json_)
        except KeyboardInterrupt:
            return
        finally:
            ended.set()


@readers.command()
@click.argument("reader", shell_complete=reader_ids)
@click.option("--seconds", type=Seconds(1, 60), default=20.0, show_default=True, help="How long to test.")
@as_table
@installation
def test(here: Installation, reader: str, seconds: float, *, json_: bool) -> None:
    """Show every light and tone of a READER, and tell what it reads meanwhile.

    Hold a card to it and press keys. No number and no key is shown. A reader on a way in lets nobody in
    until the test is over; one on a way out lets people out as ever. Exit status 1 when nothing was read.

    \b
    Example: accessctl readers test gate-in --seconds 30
    """
    with here.api() as api:
        say(f"testing {reader} for {seconds:g} s: hold a card to it, press its keys, watch its lights")
        trial = api.try_reader(reader, seconds)
    if json_:
        print_json(trial)
    else:
        for read in trial["reads"]:
            if is_plain():
                print_row(read["at_s"], read["what"])
            else:
                click.echo(safe(f"{read['at_s']:5.1f} s  {read['what']}"))
        if trial["more"]:
            click.echo(f"and {trial['more']} more", err=is_plain())
    shown = trial["patterns"]
    say(
        f"it was told to show {', '.join(shown)}"
        if shown
        else "it was told to show nothing: no light, or an alarm"
    )
    if not trial["reads"]:
        say("nothing was read: see `accessctl doctor`")
        raise SystemExit(1)


def wrong_with(reader: "Reader") -> list[str]:
    """Say in words what is wrong with a reader; nothing for one that is well."""
    found = []
    if reader["state"] != "here":
        found.append(reader["why"] or "it was not seen yet")
    if reader["insecure"] and reader["insecure"] not in found:
        found.append(reader["insecure"])
    if reader["tampered"]:
        found.append("tampered with")
    if reader["power_failed"]:
        found.append("its supply fails")
    if reader["trend"] == "rising":
        found.append(f"errors are rising, the last: {reader['last_error']}")
    return found


def _look(
    context: click.Context,
    here: Installation,
    before: "dict[str, Reader]",
    json_: bool,  # noqa: FBT001 - a thread has no names for what it is given
    ended: Flag,
) -> None:
    """Tell of every change of the readers' health, over a connection of its own."""
    from accessctl.client import ApiError

    with context.scope(cleanup=False), here.client() as api:
        while not ended.wait(LOOK_EVERY_S):
            try:
                _tell_changes(api, before, json_=json_)
            except ApiError:
                continue  # the stream of events says that the connection is lost


def _tell_changes(api: "ApiClient", before: "dict[str, Reader]", *, json_: bool) -> None:
    for now in api.readers():
        was = before.get(now["id"])
        if was is None:
            continue
        before[now["id"]] = now
        changed = {name: value for name, value in _facts(now).items() if value != _facts(was)[name]}
        if not changed:
            continue
        if json_:
            old = {name: _facts(was)[name] for name in changed}
            print_json_line({"reader": now["id"], **changed, "was": old})
        else:
            at = time.strftime("%Y-%m-%d %H:%M:%S")
            words = ", ".join(f"{name} {value}" for name, value in changed.items() if value not in {"", None})
            words = words or "well again"
            if is_plain():  # where entries of the record have their type, place and reason
                print_row(None, at, "reader_changed", now["id"], None, words)
            else:
                click.echo(safe(f"{at}  {now['id']}  {words}"))


def _facts(reader: "Reader") -> dict[str, Any]:
    everything: dict[str, Any] = {**reader}
    return {name: everything[name] for name in _WATCHED}
