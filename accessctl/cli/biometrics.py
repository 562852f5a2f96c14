"""Fingers and faces that are enrolled."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from accessctl.cli.people_biometrics import KINDS
from accessctl.cli.receipts import out_option, show_receipt
from accessctl.cli.talk import (
    NOTHING,
    Failed,
    Installation,
    as_table,
    installation,
    local,
    print_json,
    print_table,
    resolve,
    say,
)

if TYPE_CHECKING:
    from accessctl.client import Biometric

SOON_DAYS: Final = 30


@click.group()
def biometrics() -> None:
    """List, disable and erase fingers and faces.

    One is known by an id (b-q3v6n2dk). They are enrolled by `accessctl people enrol-finger` and `enrol-face`.
    """


@biometrics.command("list")
@click.argument("person", required=False)
@as_table
@installation
def list_(here: Installation, person: str | None, *, json_: bool) -> None:
    """List what is enrolled, of everybody or of one PERSON, and what is due to be enrolled anew.

    \b
    Example: accessctl biometrics list "Ana Marsh"
    """
    with here.api() as api:
        found = api.biometrics(None if person is None else resolve(api, person))
    if json_:
        print_json(found)
        return
    now = datetime.now(UTC)
    print_table(
        {
            "id": lambda b: b["id"],
            "person": lambda b: b["person"],
            "kind": lambda b: b["kind"],
            "sensor": lambda b: b["sensor"],
            "model": lambda b: b["model"],
            "enrolled": lambda b: local(b["enrolled_at"]),
            "due": lambda b: _due(b, now),
        },
        found["biometrics"],
    )
    for left in found["left_in_sensors"]:
        say(f"{left['sensor']} has yet to erase a finger; the receipt is {left['receipt']}")


@biometrics.command()
@click.argument("person")
@click.option("--kind", type=click.Choice(KINDS), help="Only these; without it, all of them.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@out_option
@as_table
@installation
def erase(
    here: Installation, person: str, kind: str | None, out: Path | None, *, yes: bool, json_: bool
) -> None:
    """Erase the fingers and faces of a PERSON, destroy their key, and print the receipt.

    What the person agreed to stands; `accessctl people consent --withdraw` takes it back as well.

    \b
    Example: accessctl biometrics erase "Ana Marsh" --out receipt.json
    """
    with here.api() as api:
        id_ = resolve(api, person)
        question = f"Erase every {kind or 'finger and face'} of {id_}? Nobody can bring them back."
        if not yes and not click.confirm(question, err=True):
            raise Failed("nothing was changed")
        receipt = api.erase_biometrics(id_, kind)
    show_receipt(receipt, out, json_=json_)


@biometrics.command()
@click.argument("biometric")
@installation
def disable(here: Installation, biometric: str) -> None:
    """Let a BIOMETRIC count no more until it is enabled. Nothing is erased.

    \b
    Example: accessctl biometrics disable b-q3v6n2dk
    """
    _set_disabled(here, biometric, disabled=True)


@biometrics.command()
@click.argument("biometric")
@installation
def enable(here: Installation, biometric: str) -> None:
    """Let a disabled BIOMETRIC count again.

    \b
    Example: accessctl biometrics enable b-q3v6n2dk
    """
    _set_disabled(here, biometric, disabled=False)


def _set_disabled(here: Installation, biometric: str, *, disabled: bool) -> None:
    with here.api() as api:
        changed = api.disable_biometric(biometric, disabled=disabled)
    state = "disabled" if changed["disabled"] else "enabled"
    say(f"the {changed['kind']} {changed['id']} of {changed['person']} is {state}")


def _due(biometric: "Biometric", now: datetime) -> str:
    """Say when it has to be enrolled anew, and whether it counts now."""
    if biometric["disabled"]:
        return "disabled"
    if biometric["expires_at"] is None:
        return NOTHING
    left = datetime.fromisoformat(biometric["expires_at"]) - now
    when = local(biometric["expires_at"])
    if left.total_seconds() <= 0:
        return f"EXPIRED {when}"
    return f"{when}, soon" if left.days < SOON_DAYS else str(when)
