"""Faces: what a site measures of its own people, and what its file should say for it."""

from typing import TYPE_CHECKING, Any

import click

from accessctl.cli.talk import Installation, as_json, installation, print_json, say

if TYPE_CHECKING:
    from accessctl.answers import FaceCalibration, FaceWay


@click.group()
def faces() -> None:
    """Measure how well faces are told apart here."""


@faces.command()
@as_json
@installation
def calibrate(here: Installation, *, json_: bool) -> None:
    """Find the threshold for this site's own people; prints what the site file should say.

    Everybody who is enrolled is compared with everybody else, in the door process, where the keys are. It
    takes ten people, and for an expected rate that one can rely on a hundred. Nothing is changed; nobody's
    name and nobody's face is shown. Exit status 1 when no threshold reaches the target.

    \b
    Example: accessctl faces calibrate
    """
    with here.api() as api:
        say("comparing everybody who is enrolled with everybody else")
        found = api.calibrate_faces()
    if json_:
        print_json(found)
    else:
        _tell(found)
        for line in lines_for_the_file(found):
            click.echo(line)
    chosen = found["centred"] if found["chosen"] == "centred" else found["plain"]
    if chosen is not None and not chosen["reaches_target"]:
        say(
            "At this threshold more of your own people are refused than should be. Better light, a camera at "
            "the height of faces, pictures enrolled at the door itself, or an engine of your own model files "
            "would help; until then let nobody depend on their face."
        )
        raise SystemExit(1)


def lines_for_the_file(found: "FaceCalibration") -> list[str]:
    """Give the lines that the site file needs; none where what is shipped is right as it is."""
    centred = found["centred"] if found["chosen"] == "centred" else None
    if centred is None and found["plain"]["threshold"] == found["shipped_threshold"]:
        return []
    lines = [
        "[biometrics]",
        f"face_threshold = {(centred or found['plain'])['threshold']:.3f}",
        f'face_model = "{found["model"]}"',
    ]
    return lines if centred is None else [*lines, "face_centred = true"]


def _tell(found: "FaceCalibration") -> None:
    say(f"engine {found['model']}: {found['people']} of {found['enrolled']} people measured")
    if found["other_engines"]:
        say(f"{found['other_engines']} people are enrolled with another engine: enrol them anew")
    shipped = found["shipped_threshold"]
    say("shipped threshold: " + ("none for this engine" if shipped is None else f"{shipped:.3f}"))
    _tell_way("compared plainly", found["plain"])
    if found["centred"] is None:
        say("as seen from everybody's middle: too few people to tell (20 at least)")
    else:
        _tell_way("as seen from everybody's middle", found["centred"])
    say(
        f"target: false matches {found['target_fmr']:.3%}, own people refused {found['target_fnmr']:.1%}. "
        f"With {found['people']} people no rate of false matches below {found['shown_fmr']:.3%} can be shown "
        "by counting; the expected one is that of a curve through the distances."
    )
    say("Refusals are those of one sitting. Weeks later distances are about twice as large: try it then.")
    if not lines_for_the_file(found):
        say("The shipped threshold is right for these people: the site file needs nothing.")
    else:
        say("For the site file:")


def _tell_way(name: str, way: "FaceWay") -> None:
    say(f"{name}: threshold {way['threshold']:.3f}")
    say(
        f"  different people: nearest {way['nearest']:.3f}, mean {way['between_mean']:.3f} "
        f"± {way['between_sd']:.3f}; false matches {_rate(way['false_matches'])}, "
        f"expected {way['expected_fmr']:.3%}"
    )
    say(
        f"  oneself: mean {way['within_mean']:.3f}, worst {way['within_worst']:.3f}; "
        f"refused {_rate(way['false_refusals'])}"
    )


def _rate(rate: dict[str, Any]) -> str:
    return f"{rate['count']} of {rate['of']} (95 %: {rate['low']:.3%} to {rate['high']:.3%})"
