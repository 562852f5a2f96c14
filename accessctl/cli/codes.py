"""Codes that are printed: for visitors and for emergencies."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from accessctl.cli.completion import access_point_ids, role_ids
from accessctl.cli.talk import (
    Failed,
    Installation,
    Instant,
    as_table,
    installation,
    is_plain,
    local,
    print_json,
    print_list,
    print_row,
    resolve,
    say,
)

if TYPE_CHECKING:
    from accessctl.client import ApiClient, MadeCode, PrintedCode

MOST_AT_ONCE = 100
MOST_USES = 1_000_000


@click.group()
def codes() -> None:
    """Make, list and revoke codes that are typed at a keypad.

    A code is known by an id (c-m4t2yx6b); its digits are shown once, when it is made. The code that a person
    keeps in their head comes from `accessctl people code`, and is listed here too.
    """


@codes.command()
@click.option("--person", metavar="PERSON", help="Who holds them: an id, or a name that only one person has.")
@click.option(
    "--visitor",
    "--envelope",
    "added",
    metavar="NAME",
    help="Add somebody of this name first, with --role: a visitor, or the envelope in which a code lies.",
)
@click.option(
    "--role", "roles", shell_complete=role_ids, multiple=True, help="A role of the visitor; may be repeated."
)
@click.option(
    "--count", type=click.IntRange(1, MOST_AT_ONCE), default=1, show_default=True, help="So many codes."
)
@click.option("--from", "valid_from", type=Instant(), help="From this date or instant on.")
@click.option(
    "--until",
    "valid_until",
    type=Instant(ends=True, needed=True),
    required=True,
    help="Through this date, or until this instant.",
)
@click.option(
    "--at",
    "access_points",
    shell_complete=access_point_ids,
    metavar="ACCESS_POINT",
    multiple=True,
    help="Where alone they count; may be repeated. Left out: wherever their holder may pass.",
)
@click.option(
    "--uses",
    type=click.IntRange(0, MOST_USES),
    default=1,
    show_default=True,
    help="So often does each let somebody in; 0: as often as they like.",
)
@click.option("--label", metavar="TEXT", help="What is written on the slips.")
@click.option(
    "--break-glass",
    is_flag=True,
    help="For emergencies: 12 digits that open whatever their holder may do, with an alarm. Needs --at.",
)
@as_table
@installation
def make(
    here: Installation,
    /,
    person: str | None,
    added: str | None,
    roles: tuple[str, ...],
    access_points: tuple[str, ...],
    uses: int,
    valid_from: str | None,
    valid_until: str,
    *,
    break_glass: bool,
    json_: bool,
    **more: object,
) -> None:
    """Make up codes to be printed; prints one on each line, this once.

    \b
    Examples: accessctl codes make --visitor "Rosa Quick" --role visitor --at yard-in --until 2026-03-31
              accessctl codes make --person "Acme Roofs" --count 5 --uses 1 --until 2026-03-31T18:00+02:00
              accessctl codes make --break-glass --envelope "Envelope 1" --role staff \\
                  --at office-in --until 2026-12-31
    """
    if (person is None) == (added is None):
        raise click.UsageError("say who holds them: --person PERSON, or --visitor NAME with --role ROLE")
    if bool(roles) != (added is not None):
        raise click.UsageError(
            "--role says what a visitor may do: it goes with --visitor, and is needed there"
        )
    if break_glass and not access_points:
        raise click.UsageError("a break-glass code has to be told where it opens: --at ACCESS_POINT")
    wanted = {
        **more,
        "valid_from": valid_from,
        "valid_until": valid_until,
        "access_points": list(access_points) or None,
        "uses": uses or None,
        "break_glass": break_glass,
    }
    with here.api() as api:
        if person is not None:
            made = api.make_codes(resolve(api, person), **wanted)
        else:
            times = {"valid_from": valid_from, "valid_until": valid_until}
            made = _for_somebody_new(api, str(added), roles, times, wanted)
    _print(made, json_=json_)


@codes.command("list")
@click.option("--person", help="Only codes of this person.")
@click.option("--break-glass", is_flag=True, help="Only break-glass codes.")
@as_table
@installation
def list_(here: Installation, person: str | None, *, break_glass: bool, json_: bool) -> None:
    """List codes, of which no digit is shown.

    \b
    Example: accessctl codes list --break-glass
    """
    with here.api() as api:
        who = None if person is None else resolve(api, person)
        found = list(api.codes(who, break_glass=break_glass or None))
    print_list(
        {
            "id": lambda c: c["id"],
            "person": lambda c: c["person"],
            "label": lambda c: c["label"],
            "status": lambda c: c["status"],
            "break-glass": lambda c: c["break_glass"],
            "used": _used,
            "at": lambda c: c["access_points"],
            "from": lambda c: local(c["valid_from"]),
            "until": lambda c: local(c["valid_until"]),
        },
        found,
        json_=json_,
    )


@codes.command()
@click.argument("code")
@installation
def revoke(here: Installation, code: str) -> None:
    """Let a CODE, named by its id, count no more from now on.

    \b
    Example: accessctl codes revoke c-m4t2yx6b
    """
    with here.api() as api:
        revoked = api.revoke_code(code, "revoked")
    say(f"code {revoked['id']} of {revoked['person']} is {revoked['status']}")


def _used(code: "PrintedCode") -> str | None:
    """Say how often it was used, and how often it may be."""
    if code["uses"] is None:
        return None
    return f"{'?' if code['used'] is None else code['used']} of {code['uses']}"


def _for_somebody_new(
    api: "ApiClient",
    name: str,
    roles: Sequence[str],
    times: Mapping[str, str | None],
    wanted: Mapping[str, Any],
) -> "list[MadeCode]":
    """Add somebody and make their codes. Raises ``Failed``, which says whether they were added."""
    from accessctl.client import ApiError

    added = api.add_person(name, list(roles), id_=None, **times)
    say(f"added {added['name']} as {added['id']}")
    try:
        return api.make_codes(added["id"], **wanted)
    except ApiError as error:
        raise Failed(
            f"no code was made ({error}), but {added['name']} WAS added, as {added['id']}. "
            f"Make them with `accessctl codes make --person {added['id']} …`"
        ) from error


def _print(made: "list[MadeCode]", *, json_: bool) -> None:
    first = made[0]
    kind = "break-glass code" if first["break_glass"] else "code"
    many = f"{len(made)} {kind}s" if len(made) > 1 else f"one {kind}"
    where = ", ".join(first["access_points"] or ["wherever their holder may pass"])
    often = "without a limit" if first["uses"] is None else f"{first['uses']}×"
    until = local(first["valid_until"])
    say(f"made {many} for {first['person']}: {often}, until {until}, at {where}")
    say("the digits are shown only now")
    if json_:
        print_json(made)
        return
    for each in made:
        if is_plain():
            print_row(each["code"], each["id"], each["label"])
            continue
        click.echo(f"{_in_groups(each['code'])}  {each['id']}  {each['label']}")


def _in_groups(digits: str) -> str:
    """Write many digits so that they can be read: in threes, where they come out even."""
    size = 3
    if len(digits) <= 2 * size or len(digits) % size:
        return digits
    return " ".join(digits[at : at + size] for at in range(0, len(digits), size))
