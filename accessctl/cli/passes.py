"""Passes of visitors and drivers."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from accessctl.cli.completion import access_point_ids, role_ids
from accessctl.cli.talk import (
    Installation,
    Instant,
    as_json,
    as_table,
    installation,
    local,
    print_facts,
    print_json,
    print_list,
    resolve,
    say,
)

if TYPE_CHECKING:
    from accessctl.client import MadePass

_COPIES = "note: a picture of a pass is as good as the pass; where it matters, ask for a PIN or a face too"
_FILE = click.Path(dir_okay=False, path_type=Path)
_SPKI = "MCowBQYDK2VwAyEA"
"""What stands before an Ed25519 key in PEM (RFC 8410), in base64: 12 bytes, so the rest just follows."""

_png = click.option("--png", type=_FILE, help="Write the QR code into a new PNG file.")
_svg = click.option("--svg", type=_FILE, help="Write the QR code into a new SVG file.")
_text = click.option(
    "--text", "text_only", is_flag=True, help="Print the text alone, to be written into a tag."
)


@click.group()
def passes() -> None:
    """Make, list and revoke passes: signed texts for a visitor or driver, shown as a QR code or in a tag.

    A pass is known by an id (c-m4t2yx6b). Its text is shown once, when it is made, and stored nowhere.
    """


@passes.command()
@click.option("--person", help="Whose it is: an id, or an exact name that only one person has.")
@click.option(
    "--visitor", metavar="NAME", help="Add somebody of this name, with --role, and make it for them."
)
@click.option(
    "--role", "roles", shell_complete=role_ids, multiple=True, help="A role of the visitor; may be repeated."
)
@click.option(
    "--from", "valid_from", type=Instant(needed=True), help="From this date or instant on; else from now on."
)
@click.option(
    "--until",
    "valid_until",
    type=Instant(ends=True, needed=True),
    help="Through this date, or until this instant; else for a day.",
)
@click.option(
    "--at",
    "access_points",
    shell_complete=access_point_ids,
    metavar="ACCESS_POINT",
    multiple=True,
    help="Counts here alone; may be repeated. Else wherever its holder may pass.",
)
@click.option(
    "--uses",
    type=click.IntRange(1, 1000),
    help="Lets somebody in so often. Else as the site file says: once, or as often as they like.",
)
@click.option("--label", help="What helps to find it in the list; it is not in the pass.")
@_png
@_svg
@_text
@as_json
@installation
def make(
    here: Installation,
    /,
    person: str | None,
    visitor: str | None,
    roles: tuple[str, ...],
    valid_from: str | None,
    valid_until: str | None,
    access_points: tuple[str, ...],
    uses: int | None,
    label: str | None,
    png: Path | None,
    svg: Path | None,
    *,
    text_only: bool,
    json_: bool,
) -> None:
    """Make a pass and show it, this once: as a QR code on the terminal, in a file, or as text.

    \b
    Examples: accessctl passes make --visitor "Jon Abbey" --role driver --at gate-in --uses 1 --png abbey.png
              accessctl passes make --person "Ana Marsh" --until 2026-03-31
    """
    if (person is None) == (visitor is None):
        raise click.UsageError("say whose it is: --person PERSON, or --visitor NAME with --role ROLE")
    if (visitor is None) == bool(roles):
        raise click.UsageError("--visitor NAME and --role ROLE belong together")
    with ExitStack() as files:
        codes = _code_files(files, png, svg, drawn=not (text_only or json_))
        with here.api() as api:
            made = api.make_pass(
                person=None if person is None else resolve(api, person),
                visitor=None if visitor is None else {"name": visitor, "roles": list(roles)},
                valid_from=valid_from,
                valid_until=valid_until,
                access_points=list(access_points) or None,
                uses=uses,
                label=label,
            )
        for code in codes:
            code.write(made["text"])
    _show(made, text_only=text_only, json_=json_, in_file=bool(codes))


@passes.command()
@click.argument("pass_", metavar="PASS")
@_png
@_svg
@_text
@as_json
@installation
def replace(
    here: Installation, pass_: str, png: Path | None, svg: Path | None, *, text_only: bool, json_: bool
) -> None:
    """Make a PASS anew, for one that was lost or has to be printed again; the old one counts no more.

    The new one has the same holder, times and access points. Its uses are counted anew.

    \b
    Example: accessctl passes replace c-m4t2yx6b --png abbey.png
    """
    with ExitStack() as files:
        codes = _code_files(files, png, svg, drawn=not (text_only or json_))
        with here.api() as api:
            made = api.replace_pass(pass_)
        for code in codes:
            code.write(made["text"])
    say(f"pass {pass_} counts no more")
    _show(made, text_only=text_only, json_=json_, in_file=bool(codes))


@passes.command()
@click.argument("pass_", metavar="PASS")
@click.option(
    "--reason",
    type=click.Choice(["revoked", "lost", "stolen"]),
    default="revoked",
    show_default=True,
    help="What became of it; whoever shows it is refused with this reason.",
)
@installation
def revoke(here: Installation, pass_: str, reason: str) -> None:
    """Let a PASS count no more, from the next time on that it is shown.

    \b
    Example: accessctl passes revoke c-m4t2yx6b
    """
    with here.api() as api:
        ended = api.revoke_pass(pass_, reason)
    say(f"pass {ended['id']} of {ended['person']} is {ended['status']}")


@passes.command("list")
@click.option("--person", help="Only passes of this person.")
@as_table
@installation
def list_(here: Installation, person: str | None, *, json_: bool) -> None:
    """List passes.

    \b
    Example: accessctl passes list --person "Jon Abbey"
    """
    with here.api() as api:
        found = list(api.passes(None if person is None else resolve(api, person)))
    print_list(
        {
            "id": lambda p: p["id"],
            "person": lambda p: p["person"],
            "label": lambda p: p["label"],
            "status": lambda p: p["status"],
            "from": lambda p: local(p["valid_from"]),
            "until": lambda p: local(p["valid_until"]),
            "at": lambda p: p["access_points"],
            "uses": lambda p: p["uses"],
            "made": lambda p: local(p["made_at"]),
        },
        found,
        json_=json_,
    )


@passes.command("show-key")
@click.option("--pem", is_flag=True, help="Print the key in PEM, as OpenSSL and others take it.")
@as_table
@installation
def show_key(here: Installation, *, pem: bool, json_: bool) -> None:
    """Show the public key with which others can check passes of this controller.

    \b
    Example: accessctl passes show-key --pem
    """
    import base64

    if pem and json_:
        raise click.UsageError("say one of --pem and --json")
    with here.api() as api:
        key = api.pass_key()
    if pem:
        body = _SPKI + base64.b64encode(bytes.fromhex(key["public_key"])).decode()
        click.echo(f"-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----")
    elif json_:
        print_json(key)
    else:
        print_facts({"key id": key["key_id"], "public key": key["public_key"]})


def _code_files(files: ExitStack, png: Path | None, svg: Path | None, *, drawn: bool) -> list["CodeFile"]:
    """Make the files before the pass: one that cannot be made or drawn must not cost a pass."""
    from accessctl.cli.pass_code import code_file, qr_of

    if drawn or png is not None or svg is not None:
        qr_of("AP1")
    return [
        files.enter_context(code_file(kind, path))
        for kind, path in (("png", png), ("svg", svg))
        if path is not None
    ]


def _show(made: "MadePass", *, text_only: bool, json_: bool, in_file: bool) -> None:
    from accessctl.cli.pass_code import terminal_code

    times = f"from {local(made['valid_from'])} until {local(made['valid_until'])}"
    where = " ".join(made["access_points"] or ["wherever its holder may pass"])
    often = {None: "as often as they like", 1: "once"}.get(made["uses"], f"{made['uses']} times")
    say(f"{made['person']} has the pass {made['id']}, {times}, at {where}, {often}; it is shown only now")
    say(_COPIES)
    if json_:
        print_json(made)
    elif text_only:
        click.echo(made["text"])
    elif in_file:
        click.echo(made["id"])
    else:
        click.echo(terminal_code(made["text"]), nl=False)
        click.echo(made["text"])


if TYPE_CHECKING:
    from accessctl.cli.pass_code import CodeFile
