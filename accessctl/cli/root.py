"""The command itself and what it is made of."""

from pathlib import Path

import click

from accessctl.cli.cards import cards
from accessctl.cli.doors import doors
from accessctl.cli.events import events
from accessctl.cli.lifecycle import check, demo, init, run
from accessctl.cli.people import people
from accessctl.cli.sim import sim
from accessctl.cli.talk import Installation


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="ACCESSCTL_HOME",
    help="The installation's folder. [env: ACCESSCTL_HOME; else /var/lib/accessctl, else the demo]",
)
@click.version_option(package_name="accessctl")
@click.pass_context
def cli(context: click.Context, home: Path | None) -> None:
    """Run and administer a door controller.

    \b
    See it:     accessctl demo
    Set it up:  accessctl init DIR, then edit DIR/site.toml, then accessctl --home DIR check
    Run it:     accessctl --home DIR run
    Use it:     accessctl people add, cards enrol, doors release, events follow

    Data goes to stdout, talk to stderr. Exit status: 0 good, 1 a finding or a refusal, 2 wrong use.
    """
    context.obj = Installation(home)


for command in (init, check, run, demo, people, cards, doors, events, sim):
    cli.add_command(command)
