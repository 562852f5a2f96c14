"""What waits for a second operator."""

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import click

from accessctl.cli.completion import approval_ids
from accessctl.cli.talk import (
    Failed,
    Installation,
    as_json,
    as_table,
    installation,
    local,
    print_facts,
    print_json,
    print_list,
    say,
)

if TYPE_CHECKING:
    from accessctl.client import ApprovalDetails

STATES: Final = ("waiting", "lapsed", "approved", "refused", "all")


@click.group()
def approvals() -> None:
    """See what waits for a second operator; approve or refuse it."""


@approvals.command("list")
@click.option(
    "--state",
    type=click.Choice(STATES),
    default="waiting",
    show_default=True,
    help="lapsed: nobody decided in time.",
)
@as_table
@installation
def list_(here: Installation, state: str, *, json_: bool) -> None:
    """List what waits for a second operator, or what became of it in the last ninety days.

    \b
    Example: accessctl approvals list --state all
    """
    with here.api() as api:
        found = [each for each in api.approvals() if state in ("all", each["state"])]
    print_list(
        {
            "id": lambda a: a["id"],
            "state": lambda a: a["state"],
            "what": lambda a: a["what"],
            "asked by": lambda a: a["asked_by"],
            "until": lambda a: local(a["ends_at"]),
            "decided by": lambda a: a["decided_by"],
            "outcome": lambda a: a["outcome"],
        },
        found,
        json_=json_,
    )


@approvals.command()
@click.argument("approval", shell_complete=approval_ids)
@as_table
@installation
def show(here: Installation, approval: str, *, json_: bool) -> None:
    """Show an APPROVAL with the call that it is about.

    \b
    Example: accessctl approvals show a-3kx7qz2a
    """
    with here.api() as api:
        found = api.approval(approval)
    if json_:
        print_json(found)
    else:
        print_facts(_facts(found))


@approvals.command()
@click.argument("approval", shell_complete=approval_ids)
@as_json
@installation
def approve(here: Installation, approval: str, *, json_: bool) -> None:
    """Approve what another operator asked for: it is done at once, in their name.

    Prints what came of it; when that is refused, the exit status is 1. Nobody approves of what they asked
    for themselves.

    \b
    Example: accessctl approvals approve a-3kx7qz2a
    """
    with here.api() as api:
        decided = api.approve(approval)
    if json_:
        print_json(decided)
    elif decided["result"] is not None and _good(decided["status"]):
        print_json(decided["result"])
    what, outcome = decided["approval"]["what"], decided["approval"]["outcome"]
    if not _good(decided["status"]):
        raise Failed(f"{approval} is approved, and was not done: {what}: {outcome}")
    say(f"{approval} is approved and done: {what}")


@approvals.command()
@click.argument("approval", shell_complete=approval_ids)
@installation
def refuse(here: Installation, approval: str) -> None:
    """Refuse what another operator asked for, or take back what one asked for oneself.

    \b
    Example: accessctl approvals refuse a-3kx7qz2a
    """
    with here.api() as api:
        refused = api.refuse(approval)
    say(f"{approval} is refused: {refused['what']}")


def _good(status: int) -> bool:
    return HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES


def _facts(approval: "ApprovalDetails") -> dict[str, object]:
    query = f"?{approval['query']}" if approval["query"] else ""
    body = None if approval["body"] is None else json.dumps(approval["body"], ensure_ascii=False)
    return {
        "id": approval["id"],
        "state": approval["state"],
        "kind": approval["kind"],
        "what": approval["what"],
        "call": f"{approval['method']} {approval['path']}{query}",
        "body": body,
        "asked by": approval["asked_by"],
        "from": approval["asked_from"],
        "asked": local(approval["asked_at"]),
        "until": local(approval["ends_at"]),
        "decided by": approval["decided_by"],
        "decided": local(approval["decided_at"]),
        "outcome": approval["outcome"],
    }
