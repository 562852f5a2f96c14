"""The command itself and what it is made of."""

import sys
from pathlib import Path
from typing import Any

import click

from accessctl.cli.biometrics import biometrics
from accessctl.cli.calendar import calendar
from accessctl.cli.card_keys import encode, keys
from accessctl.cli.cards import cards
from accessctl.cli.codes import codes
from accessctl.cli.doctor import doctor
from accessctl.cli.doors import doors
from accessctl.cli.drill import drill
from accessctl.cli.events import events
from accessctl.cli.faces import faces
from accessctl.cli.foresight import explain, rehearse, what_can, who_can
from accessctl.cli.lifecycle import check, demo, init, run
from accessctl.cli.muster import muster
from accessctl.cli.osdp import osdp
from accessctl.cli.passes import passes
from accessctl.cli.people import people
from accessctl.cli.readers import readers
from accessctl.cli.sim import sim
from accessctl.cli.simulate import simulate
from accessctl.cli.site import areas, site
from accessctl.cli.talk import FINDING, Failed, Installation


class Root(click.Group):
    """The command itself: it also says in words what the system could not do, such as writing to stdout."""

    def main(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as click declares it
        """Run it. An ``OSError`` that nobody has put into words ends it with status 1 and one line."""
        try:
            return super().main(*args, **kwargs)
        except OSError as error:
            where = error.filename or "reading or writing failed"  # only a file has a name, stdout has none
            Failed(f"{where}: {error.strerror or error}").show()
            sys.exit(FINDING)


@click.group(cls=Root, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
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


for command in (encode, keys):
    cards.add_command(command)
for command in (
    *(init, check, run, demo, doctor, people, biometrics, cards, codes, passes),
    *(doors, readers, osdp, site, areas),
    *(faces, muster, events, calendar, sim, simulate),
    *(explain, who_can, what_can, rehearse, drill),
):
    cli.add_command(command)
