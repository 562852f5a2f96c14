"""What people may do for a while: qualifications, temporary access."""

import click

from accessctl.cli.people_options import valid_from, valid_until
from accessctl.cli.talk import Installation, Instant, as_json, installation, local, print_json, resolve, say


@click.command()
@click.argument("person")
@click.argument("level")
@click.option(
    "--until",
    "valid_until",
    type=Instant(ends=True),
    required=True,
    help="Through this date, or until this instant.",
)
@valid_from
@as_json
@installation
def lend(
    here: Installation, person: str, level: str, valid_until: str, valid_from: str | None, *, json_: bool
) -> None:
    """Let a PERSON have a LEVEL for a while, whatever their roles; prints the id for `people unlend`.

    \b
    Example: accessctl people lend "Ana Marsh" cage --until 2026-01-31T18:00+01:00
    """
    with here.api() as api:
        id_ = resolve(api, person)
        loan = api.lend(id_, level, valid_until, valid_from=valid_from)
    say(f"{id_} has {level} until {local(loan['valid_until'])}")
    if json_:
        print_json(loan)
    else:
        click.echo(loan["id"])


@click.command()
@click.argument("id_", metavar="ID")
@installation
def unlend(here: Installation, id_: str) -> None:
    """Take back what was lent, by its ID (t-7hq2mz4c); `people show` has it.

    \b
    Example: accessctl people unlend t-7hq2mz4c
    """
    with here.api() as api:
        api.end_loan(id_)
    say(f"the temporary access {id_} has ended")


@click.command()
@click.argument("person")
@click.argument("qualification")
@valid_until
@installation
def qualify(here: Installation, person: str, qualification: str, valid_until: str | None) -> None:
    """Note that a PERSON holds a QUALIFICATION, for good or with an end; also to move the end.

    \b
    Example: accessctl people qualify "Ana Marsh" induction --until 2027-01-31
    """
    with here.api() as api:
        id_ = resolve(api, person)
        api.qualify(id_, qualification, valid_until)
    say(f"{id_} holds {qualification}" + ("" if valid_until is None else f" until {local(valid_until)}"))


@click.command()
@click.argument("person")
@click.argument("qualification")
@installation
def unqualify(here: Installation, person: str, qualification: str) -> None:
    """Note that a PERSON does not hold a QUALIFICATION any more.

    \b
    Example: accessctl people unqualify "Ana Marsh" forklift
    """
    with here.api() as api:
        id_ = resolve(api, person)
        api.disqualify(id_, qualification)
    say(f"{id_} does not hold {qualification} any more")
