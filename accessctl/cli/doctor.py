"""What is wrong with the devices, and what to do about it."""

from operator import itemgetter
from typing import Any

import click

from accessctl.cli.talk import (
    FINDING,
    Installation,
    as_table,
    installation,
    is_plain,
    print_json,
    print_row,
    print_table,
    safe,
    say,
)


@click.command()
@as_table
@installation
def doctor(here: Installation, *, json_: bool) -> None:
    """Name each device, and say what is wrong and what to do about it.

    It asks the running door process how its devices are, and looks at the site file, the libraries, the
    permissions, the ports, the keys and the stores by itself, so it also helps when nothing starts. Run it
    as root on a machine that is a door controller: it then answers for the service's user. Exit status 1
    when something is wrong.

    \b
    Example: sudo accessctl doctor
    """
    from accessctl.doctor.run import NOBODY_ANSWERS, examine

    devices = _devices(here)
    report = examine(here.home, devices)
    if devices is None:
        report.findings.append(NOBODY_ANSWERS)
    if json_:
        print_json({"running": devices is not None, **report.as_json()})
    else:
        print_table(
            {
                **{name: itemgetter(name) for name in ("id", "kind", "driver", "state")},
                "model": lambda d: _about(d, "model"),
                "firmware": lambda d: _about(d, "firmware"),
                "key": lambda d: d.get("key"),
            },
            report.devices,
            kind="device",
        )
        for finding in report.findings:
            if is_plain():
                print_row("finding", finding.weight, finding.about, finding.what, finding.do)
                continue
            click.echo(safe(f"\n{finding.weight.upper()}  {finding.about}: {finding.what}"))
            click.echo(safe(f"  do: {finding.do}"))
    if not report.findings:
        say("nothing is wrong")
    if not report.sound:
        raise SystemExit(FINDING)


def _devices(here: Installation) -> list[dict[str, Any]] | None:
    """Ask how the devices are; ``None`` when nobody answers.

    Who may ask the door process itself, root or whoever runs it, is answered without the API too.
    """
    from accessctl.client import ApiError
    from accessctl.probes import devices_at

    try:
        with here.client() as api:
            return api.devices()
    except ApiError as error:
        found = devices_at(here.home.door_socket)
        if found is None:
            say(f"how the devices are now is not known: {error}")
        return found


def _about(device: dict[str, Any], name: str) -> object:
    return device.get("about", {}).get(name)
