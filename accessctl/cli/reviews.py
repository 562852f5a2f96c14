"""Reviews of who has access: what is due, what an owner signs, and what was signed."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import click

from accessctl.cli.completion import area_ids
from accessctl.cli.talk import (
    Failed,
    Installation,
    as_table,
    installation,
    local,
    print_facts,
    print_json,
    print_list,
    print_table,
    resolve,
    say,
)

if TYPE_CHECKING:
    from accessctl.client import HasAccess, SignedReview


@click.group()
def reviews() -> None:
    """Review who has access to an area, as the site file asks of its owners, and sign it.

    \b
    Examples: accessctl reviews list
              accessctl reviews begin vault
              accessctl reviews sign vault --strike p-3kx7qz2a
    """


@reviews.command("list")
@as_table
@installation
def list_(here: Installation, *, json_: bool) -> None:
    """List the areas that are reviewed, and for which of them it is due.

    \b
    Example: accessctl reviews list
    """
    with here.api() as api:
        found = api.reviews()
    print_list(
        {
            "area": lambda each: each["area"],
            "state": lambda each: each["state"],
            "period": lambda each: each["period"],
            "ends": lambda each: each["ends"],
            "owners": lambda each: each["owners"],
            "last signed": lambda each: local(each["last_at"]),
            "review": lambda each: each["last"],
            "wrong": lambda each: each["wrong"],
        },
        found,
        json_=json_,
    )


@reviews.command()
@click.argument("area", shell_complete=area_ids)
@as_table
@installation
def begin(here: Installation, area: str, *, json_: bool) -> None:
    """Show everybody who has access to an AREA and by what right; nothing is written.

    \b
    Example: accessctl reviews begin vault
    """
    with here.api() as api:
        begun = api.begin_review(area)
    if json_:
        print_json(begun)
        return
    print_table(_PEOPLE, begun["people"])
    say(f"{_people(len(begun['people']))} access to {area}; sign it with `accessctl reviews sign {area}`")


@reviews.command()
@click.argument("area", shell_complete=area_ids)
@click.option(
    "--strike", "struck", multiple=True, metavar="PERSON", help="Who is to lose access, by id or name."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_table
@installation
def sign(here: Installation, area: str, struck: tuple[str, ...], *, yes: bool, json_: bool) -> None:
    """Sign who has access to an AREA, as its owner: all keep it but those who are struck.

    Shows everybody first, and asks. Who is struck loses nothing by it: it is then something for an admin to
    do, and `accessctl reviews show` says what. What was signed is kept, and its digest stands in the record.

    \b
    Example: accessctl reviews sign vault --strike "Bo Nowak"
    """
    with here.api() as api:
        begun = api.begin_review(area)
        strike = [resolve(api, person) for person in struck]
        if not yes:
            _show_all(begun["people"], strike)
            if not click.confirm(f"Sign this for {area}, {begun['period']}?", err=True):
                raise Failed("nothing was signed")
        signed = api.sign_review(area, begun["sha256"], strike)
    if json_:
        print_json(signed)
        return
    print_facts({"review": signed["id"], "period": signed["period"], "sha256": signed["sha256"]})
    say(f"signed: {len(begun['people']) - len(strike)} keep access to {area}, {len(strike)} struck")


@reviews.command()
@as_table
@installation
def signed(here: Installation, *, json_: bool) -> None:
    """List signed reviews.

    \b
    Example: accessctl reviews signed
    """
    with here.api() as api:
        found = list(api.signed_reviews())
    print_list(
        {
            "review": lambda each: each["id"],
            "area": lambda each: each["area"],
            "period": lambda each: each["period"],
            "by": lambda each: each["operator"],
            "at": lambda each: local(each["at"]),
            "sha256": lambda each: each["sha256"],
        },
        found,
        json_=json_,
    )


@reviews.command()
@click.argument("review")
@as_table
@installation
def show(here: Installation, review: str, *, json_: bool) -> None:
    """Show a signed REVIEW: whether it is as it was signed, and what of it is still to be done.

    Ends with status 1 where it is not as the record says. As a page: `accessctl report review`.

    \b
    Example: accessctl reviews show r-3kx7qz2a
    """
    with here.api() as api:
        found = api.signed_review(review)
    if json_:
        print_json(found)
    else:
        _show_signed(found)
    if not found["evidence"]["sound"]:
        raise Failed(f"{review}: {found['evidence']['what']}")


def _show_signed(found: "SignedReview") -> None:
    struck = [each["person"] for each in found["people"] if each["decision"] == "strike"]
    done = "unknown" if not found["in_force"] else len(struck) - len(found["to_do"])
    print_facts(
        {
            "review": found["id"],
            "area": found["area"],
            "period": found["period"],
            "signed": f"{local(found['at'])} by {found['operator']}",
            "kept": len(found["people"]) - len(struck),
            "struck": len(struck),
            "of these done": done,
            "sha256": found["sha256"],
            "evidence": found["evidence"]["what"],
        }
    )
    for each in found["to_do"]:
        for right in each["rights"]:
            say(f"to do: {_do(each['person'], right)}")


def _do(person: str, right: dict[str, Any]) -> str:
    if right["by"] == "loan":
        return f"take back what {person} was lent ({right['level']}): accessctl people unlend {right['id']}"
    return (
        f"take {person} out of the {right['by']} {right['id']}, or the level {right['level']} out of that: "
        f"accessctl people change {person}"
    )


def _show_all(people: "list[HasAccess]", strike: list[str]) -> None:
    for each in people:
        decision = "strike" if each["person"] in strike else "keep"
        name = "" if each["name"] is None else f" {each['name']}"
        say(f"{decision:<6} {each['person']}{name}: {_rights(each)}")


def _rights(each: "HasAccess") -> str:
    return ", ".join(f"{right['by']} {right['id']} ({right['level']})" for right in each["rights"])


def _people(count: int) -> str:
    return "1 person has" if count == 1 else f"{count} people have"


_PEOPLE: Final[dict[str, Callable[[Any], object]]] = {
    "person": lambda each: each["person"],
    "name": lambda each: each["name"],
    "by": _rights,
    "card or code": lambda each: each["can_show_something"],
}
