"""What to say of fingers and faces: what is agreed to, how an enrolment goes, and what came of it."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from accessctl.client import Biometric, Consent, ConsentText, Enrolment
from accessctl.tui.look import ALARM, GONE, GRANTED, LIVE, REFUSED, Tone
from accessctl.tui.times import day_and_minute
from accessctl.tui.words import _, to_translate

FINGER: Final = "fingerprint"
FACE: Final = "face"


class Body(NamedTuple):
    """A kind of what is enrolled, in words."""

    kind: str
    """As the API calls it."""
    device: str
    """What looks at it, as ``Reader.kind`` says."""
    name: str
    kept: str
    no_device: str


_BODIES: Final = {
    FINGER: Body(
        FINGER,
        "fingerprint sensor",
        to_translate("Finger"),
        to_translate("a template of a finger"),
        to_translate("This site has no fingerprint sensor on a way in."),
    ),
    FACE: Body(
        FACE,
        "camera",
        to_translate("Face"),
        to_translate("a template of the face"),
        to_translate("This site has no camera on a way in."),
    ),
}


def body(kind: str) -> Body:
    """Give the words for ``finger`` (or ``fingerprint``) and ``face``."""
    found = _BODIES[FACE if kind == FACE else FINGER]
    return found._replace(name=_(found.name), kept=_(found.kept), no_device=_(found.no_device))


def standing_consent(consents: Iterable[Consent], kind: str, text: ConsentText) -> Consent | None:
    """Give the consent to the text in force that was not taken back."""
    return next(
        (
            each
            for each in consents
            if each["kind"] == kind
            and each["withdrawn_at"] is None
            and (each["text_version"], each["text_sha256"]) == (text["version"], text["sha256"])
        ),
        None,
    )


def equal_way(text: ConsentText) -> str:
    """Say how people come in who refuse."""
    if text["equal_way"]:
        return text["equal_way"]
    return _("Doors that ask for it open in another way as well, such as by card and PIN.")


def steps(state: Enrolment) -> str:
    """Give how far it is, as marks and as a number; nothing where nobody knows."""
    if not state["of"]:
        return _("step {step}").format(step=state["step"]) if state["step"] else ""
    marks = LIVE * state["step"] + GONE * (state["of"] - state["step"])
    return f"{marks}  " + _("{step} of {of}").format(step=state["step"], of=state["of"])


def outcome(state: Enrolment, kind: str) -> list[tuple[str, Tone]]:
    """Say what came of it."""
    name = body(kind).name
    made = state["biometric"]
    if state["state"] != "enrolled" or made is None:
        words = _("{what}: nothing was enrolled. {why}").format(what=name, why=state["why"])
        return [(f"{REFUSED} {words}", Tone.BAD)]
    lines = [(f"{GRANTED} {_enrolled(made, name)}", Tone.GOOD)]
    if state["why"]:
        lines.append((f"{ALARM} {state['why']}", Tone.WARN))
    return lines


def _enrolled(made: Biometric, name: str) -> str:
    if made["expires_at"] is None:
        return _("{what}: enrolled.").format(what=name)
    return _("{what}: enrolled. It counts until {when}.").format(
        what=name, when=day_and_minute(made["expires_at"])
    )
