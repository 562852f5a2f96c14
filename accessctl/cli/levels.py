"""What people may do at this site: levels, roles, groups, qualifications; and the modes of doors."""

import click

from accessctl.cli.talk import (
    Installation,
    as_table,
    installation,
    local,
    print_facts,
    print_json,
    print_list,
    resolve,
)


@click.group()
def levels() -> None:
    """Show access levels: where and when they let people, and who has them."""


@levels.command("list")
@as_table
@installation
def list_levels(here: Installation, *, json_: bool) -> None:
    """List access levels with how many people have each.

    \b
    Example: accessctl levels list
    """
    with here.api() as api:
        found = api.levels()
    print_list(
        {
            "level": lambda each: each["id"],
            "roles": lambda each: each["roles"],
            "groups": lambda each: each["groups"],
            "access points": lambda each: sum(len(policy["access_points"]) for policy in each["policies"]),
            "people": lambda each: each["people"],
            "lent to": lambda each: each["lent_to"],
        },
        found,
        json_=json_,
    )


@levels.command()
@click.argument("level")
@as_table
@installation
def show(here: Installation, level: str, *, json_: bool) -> None:
    """Show a LEVEL: which access points it opens on which schedule.

    \b
    Example: accessctl levels show cage
    """
    with here.api() as api:
        found = api.level(level)
    if json_:
        print_json(found)
        return
    facts: dict[str, object] = {
        "level": found["id"],
        "roles": found["roles"],
        "groups": found["groups"],
        "denied to roles": found["denied_roles"],
        "denied to groups": found["denied_groups"],
        "people": found["people"],
        "lent to": found["lent_to"],
    }
    facts |= {f"on {policy['schedule']}": policy["access_points"] for policy in found["policies"]}
    print_facts(facts)


@levels.command()
@click.option("--person", help="Only what is lent to this person.")
@click.option("--level", help="Only this level.")
@as_table
@installation
def lent(here: Installation, person: str | None, level: str | None, *, json_: bool) -> None:
    """List what is lent to whom, and until when (`accessctl people lend`, `people unlend`).

    \b
    Example: accessctl levels lent --level cage
    """
    with here.api() as api:
        found = list(api.loans(None if person is None else resolve(api, person), level))
    print_list(
        {
            "id": lambda each: each["id"],
            "person": lambda each: each["person"],
            "level": lambda each: each["level"],
            "from": lambda each: local(each["valid_from"]),
            "until": lambda each: local(each["valid_until"]),
        },
        found,
        json_=json_,
    )


@click.group()
def roles() -> None:
    """Show the roles that people can have."""


@roles.command("list")
@as_table
@installation
def list_roles(here: Installation, *, json_: bool) -> None:
    """List roles.

    \b
    Example: accessctl roles list
    """
    with here.api() as api:
        found = api.roles()
    print_list({"id": lambda each: each["id"], "name": lambda each: each["name"]}, found, json_=json_)


@click.group()
def groups() -> None:
    """Show the groups that people can be in."""


@groups.command("list")
@as_table
@installation
def list_groups(here: Installation, *, json_: bool) -> None:
    """List groups.

    \b
    Example: accessctl groups list
    """
    with here.api() as api:
        found = api.groups()
    print_list({"id": lambda each: each["id"], "name": lambda each: each["name"]}, found, json_=json_)


@click.group()
def qualifications() -> None:
    """Show what people can be qualified for."""


@qualifications.command("list")
@as_table
@installation
def list_qualifications(here: Installation, *, json_: bool) -> None:
    """List qualifications with how many people hold each.

    \b
    Example: accessctl qualifications list
    """
    with here.api() as api:
        found = api.qualifications()
    print_list(
        {
            "id": lambda each: each["id"],
            "name": lambda each: each["name"],
            "holders": lambda each: each["holders"],
        },
        found,
        json_=json_,
    )


@click.group()
def modes() -> None:
    """Show the modes that doors can be in."""


@modes.command("list")
@as_table
@installation
def list_modes(here: Installation, *, json_: bool) -> None:
    """List modes and what they mean (`accessctl doors mode` sets one).

    \b
    Example: accessctl modes list
    """
    with here.api() as api:
        found = api.modes()
    print_list(
        {
            "mode": lambda each: each["mode"],
            "ordered": lambda each: each["ordered"],
            "scheduled": lambda each: each["scheduled"],
            "means": lambda each: each["means"],
        },
        found,
        json_=json_,
    )
