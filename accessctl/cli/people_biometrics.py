"""What people agree to, and the enrolment of their fingers and faces."""

import time
from typing import TYPE_CHECKING, Final

import click

from accessctl.cli.completion import access_point_ids
from accessctl.cli.receipts import out_option, show_receipt
from accessctl.cli.talk import Failed, Installation, as_json, as_table, installation, print_json, resolve, say

if TYPE_CHECKING:
    from pathlib import Path

    from accessctl.client import ApiClient, Enrolment

KINDS: Final = ("fingerprint", "face")
ASK_AGAIN_S: Final = 0.5

_at = click.option(
    "--at",
    "access_point",
    shell_complete=access_point_ids,
    required=True,
    help="The access point where the person stands.",
)


@click.command()
@click.argument("person")
@click.option("--kind", type=click.Choice(KINDS), required=True, help="What is to be kept.")
@click.option("--withdraw", is_flag=True, help="Take the consent back; erase what was enrolled.")
@click.option("--yes", is_flag=True, help="The person has read the text and agreed, or takes it back.")
@out_option
@as_table
@installation
def consent(
    here: Installation, person: str, kind: str, out: "Path | None", *, withdraw: bool, yes: bool, json_: bool
) -> None:
    """Show a PERSON the text of the site file, and record that they agree; you are the witness.

    Without it no finger and no face is enrolled. What is taken back is erased at once, with a receipt.

    \b
    Examples: accessctl people consent "Ana Marsh" --kind face
              accessctl people consent "Ana Marsh" --kind face --withdraw
    """
    if out is not None and not withdraw:
        raise click.UsageError("--out is for the receipt of --withdraw")
    with here.api() as api:
        id_ = resolve(api, person)
        if withdraw:
            _want_yes(f"Erase every {kind} of {id_} and take the consent back?", yes=yes)
            receipt = api.withdraw_consent(id_, kind)
            show_receipt(receipt, out, json_=json_)
            return
        text = api.consent_text()
        click.echo(text["text"], err=json_)
        say(f"this is version {text['version']}; what is enrolled counts for {text['expire_days']} days")
        if text["equal_way"]:
            say(f"without it: {text['equal_way']}")
        _want_yes(f"Has {id_} read this, and agreed to have a {kind} kept?", yes=yes)
        given = api.give_consent(id_, kind, text["version"])
    say(f"{id_} has agreed to version {given['text_version']} for a {kind}: {given['id']}")
    if json_:
        print_json(given)


@click.command("enrol-face")
@click.argument("person")
@_at
@as_json
@installation
def enrol_face(here: Installation, person: str, access_point: str, *, json_: bool) -> None:
    """Enrol the face of a PERSON, who stands before the camera of an access point.

    What to do next is told on stderr. Nothing of a picture is kept, only what can be compared.

    \b
    Example: accessctl people enrol-face "Ana Marsh" --at gate-in
    """
    _enrol(here, person, "face", access_point, duress=False, json_=json_)


@click.command("enrol-finger")
@click.argument("person")
@_at
@click.option(
    "--duress", is_flag=True, help="A finger for an emergency: it opens, and raises a silent alarm."
)
@as_json
@installation
def enrol_finger(here: Installation, person: str, access_point: str, *, duress: bool, json_: bool) -> None:
    """Enrol a finger of a PERSON, who stands at the sensor of an access point.

    A finger counts at the sensor that learnt it: enrol it at each. A second one helps after a cut.

    \b
    Example: accessctl people enrol-finger "Ana Marsh" --at cage-in
    """
    _enrol(here, person, "fingerprint", access_point, duress=duress, json_=json_)


def _enrol(
    here: Installation, person: str, kind: str, access_point: str, *, duress: bool, json_: bool
) -> None:
    with here.api() as api:
        id_ = resolve(api, person)
        begun = api.begin_enrolment(id_, kind, access_point, duress=duress)
        try:
            ended = _follow(api, begun)
        except BaseException:
            _call_off(api, begun["id"])
            raise
    made = ended["biometric"]
    if ended["state"] != "enrolled" or made is None:
        raise Failed(f"nothing was enrolled: {ended['why']}")
    if ended["why"]:
        say(f"look at this: {ended['why']}")
    say(f"{id_} has the {kind} {made['id']}")
    if json_:
        print_json(made)
    else:
        click.echo(made["id"])


def _follow(api: "ApiClient", begun: "Enrolment") -> "Enrolment":
    """Tell every new hint until it is over."""
    state, told = begun, ""
    while state["state"] == "goes on":
        steps = f" ({state['step']} of {state['of']})" if state["of"] else ""
        words = f"{state['hint']}{steps}"
        if state["hint"] and words != told:
            say(words)
            told = words
        time.sleep(ASK_AGAIN_S)
        state = api.enrolment(begun["id"])
    return state


def _call_off(api: "ApiClient", enrolment: str) -> None:
    from accessctl.client import ApiError

    try:
        api.stop_enrolment(enrolment)
    except ApiError as error:
        say(f"the enrolment could not be called off ({error}); it ends by itself within half a minute")


def _want_yes(question: str, *, yes: bool) -> None:
    if not yes and not click.confirm(question, err=True):
        raise Failed("nothing was changed")
