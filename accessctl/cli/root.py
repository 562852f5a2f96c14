"""The command itself and what it is made of."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from accessctl.cli.account import names, password
from accessctl.cli.alarms import alarms
from accessctl.cli.api import api
from accessctl.cli.approvals import approvals
from accessctl.cli.backups import backups, restore
from accessctl.cli.biometrics import biometrics
from accessctl.cli.calendar import calendar
from accessctl.cli.card_keys import encode, keys
from accessctl.cli.cards import cards
from accessctl.cli.codes import codes
from accessctl.cli.completion import completion
from accessctl.cli.doctor import doctor
from accessctl.cli.doors import doors
from accessctl.cli.drill import drill
from accessctl.cli.events import events
from accessctl.cli.export import export
from accessctl.cli.faces import faces
from accessctl.cli.foresight import explain, rehearse, what_can, who_can
from accessctl.cli.levels import groups, levels, modes, qualifications, roles
from accessctl.cli.lifecycle import check, demo, init, run
from accessctl.cli.log import log
from accessctl.cli.muster import muster
from accessctl.cli.open_sessions import sessions
from accessctl.cli.operators import operators
from accessctl.cli.osdp import osdp
from accessctl.cli.passes import passes
from accessctl.cli.people import people
from accessctl.cli.proof import proof
from accessctl.cli.readers import readers
from accessctl.cli.report import report
from accessctl.cli.reviews import reviews
from accessctl.cli.rules import rules
from accessctl.cli.session import login, logout, whoami
from accessctl.cli.sim import sim
from accessctl.cli.simulate import simulate
from accessctl.cli.site import areas, site
from accessctl.cli.talk import FINDING, LEFT, Failed, installation_of
from accessctl.cli.tokens import tokens
from accessctl.cli.tui import tui
from accessctl.cli.verify import verify
from accessctl.cli.web import web
from accessctl.cli.witness import witness


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

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - as click declares it
        """Run what was asked for. A reader that has left, such as ``head``, ends it as any other program."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # Otherwise Python says at its end that what is left could not be written.
            with suppress(OSError), Path(os.devnull).open("w") as nowhere:
                os.dup2(nowhere.fileno(), sys.stdout.fileno())
            sys.exit(LEFT)


@click.group(cls=Root, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="ACCESSCTL_HOME",
    help="The installation's folder. [env: ACCESSCTL_HOME; else /var/lib/accessctl, else the demo]",
)
@click.option(
    "--socket",
    type=click.Path(readable=False, path_type=Path),  # whether we may connect, the kernel says in time
    envvar="ACCESSCTL_SOCKET",
    help="Where the API is asked. [env: ACCESSCTL_SOCKET; else api.sock in that folder; else, for those who "
    "may not enter /var/lib/accessctl, /run/accessctl/api.sock]",
)
@click.option(
    "--token-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Ask in the name of the token in it. [else that in ACCESSCTL_TOKEN, else that of `accessctl login`]",
)
@click.version_option(package_name="accessctl")
@click.pass_context
def cli(context: click.Context, /, **_given: Path | None) -> None:
    """Run and administer a door controller.

    \b
    See it:     accessctl demo
    Set it up:  accessctl init DIR, then edit DIR/site.toml, then accessctl --home DIR check
    Run it:     accessctl --home DIR run
    Use it:     accessctl tui; or people add, cards enrol, doors release, events follow

    Data goes to stdout, talk to stderr. Exit status: 0 good, 1 a finding or a refusal, 2 wrong use,
    141 when whoever reads the output has left, as of `accessctl events list | head -1`.
    """
    context.obj = installation_of(context)


for command in (encode, keys):
    cards.add_command(command)
for command in (
    *(init, check, run, demo, tui, web, doctor, people, biometrics, cards, codes, passes),
    *(doors, readers, osdp, site, areas),
    *(faces, muster, events, calendar, sim, simulate),
    *(explain, who_can, what_can, rehearse, drill),
    *(login, logout, whoami, password, names, api, completion),
    *(operators, sessions, tokens, approvals, reviews),
    *(alarms, levels, roles, groups, qualifications, modes),
    *(rules, backups, restore, log),
    *(report, export, proof, verify, witness),
):
    cli.add_command(command)
