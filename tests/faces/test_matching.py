"""Whose face is it? One to one, and one among all."""

import pytest

from accessctl.faces.matching import identify, probe_of, verify
from accessctl.faces.thresholds import (
    SHIPPED,
    Measure,
    NoThreshold,
    SiteThreshold,
    measure_for,
)
from accessctl.faces.vectors import seen_from, unit
from tests.faces.people import MODEL, between, face_of, pictures_of, template_of

PLAIN = measure_for(MODEL, None)
PEOPLE = ("ana", "ben", "cem", "dea")


def test_somebody_is_themselves_and_nobody_else() -> None:
    """Three frames of a person fit their own template and no other one."""
    probe = probe_of(pictures_of("ana", 3, series="today"))
    assert verify([template_of("ana").middle], probe, PLAIN).fits
    assert not verify([template_of("ben").middle], probe, PLAIN).fits


def test_the_nearest_of_several_templates_counts() -> None:
    """Who has two templates, with a beard and without, is taken by either."""
    probe = probe_of(pictures_of("ana", 3, series="today"))
    assert verify([template_of("ben").middle, template_of("ana").middle], probe, PLAIN).fits


def test_at_the_threshold_itself_nobody_fits() -> None:
    """A threshold of nothing lets nobody in, not even the very same vector."""
    face = face_of("ana")
    assert not verify([face], face, Measure(MODEL, 0.0, centred=False, margin=0.04, source="")).fits


def test_one_among_all_is_found() -> None:
    """Who is enrolled is found by their face, and a stranger is nobody."""
    gallery = {name: (template_of(name).middle,) for name in PEOPLE}
    found = identify(gallery, probe_of(pictures_of("cem", 3, series="today")), PLAIN)
    assert (found.person, found.fits) == ("cem", True)
    assert not identify(gallery, probe_of(pictures_of("stranger", 3)), PLAIN).fits


def test_two_people_who_are_both_near_are_nobody() -> None:
    """Of two look-alikes neither is taken for the other: the margin has to be there."""
    ana = template_of("ana").middle
    twin = between(ana, face_of("ben"), 0.02)
    probe = probe_of(pictures_of("ana", 3, series="today"))
    assert identify({"ana": (ana,)}, probe, PLAIN).fits
    both = identify({"ana": (ana,), "twin": (twin,)}, probe, PLAIN)
    assert not both.fits
    assert both.runner_up is not None


def test_two_templates_of_one_person_do_not_compete() -> None:
    """The margin is towards another person, not towards one's own second template."""
    ana = template_of("ana").middle
    probe = probe_of(pictures_of("ana", 3, series="today"))
    assert identify({"ana": (ana, between(ana, face_of("ben"), 0.02))}, probe, PLAIN).fits


def test_among_nobody_nobody_is_found() -> None:
    """A site where nobody is enrolled knows no face."""
    found = identify({}, face_of("ana"), PLAIN)
    assert (found.person, found.fits) == (None, False)


def test_seen_from_their_middle_people_who_look_alike_are_told_apart() -> None:
    """What everybody here has in common is taken away before faces are compared."""
    common = face_of("all of them")
    alike = {f"p{n}": between(common, face_of(f"p{n}"), 0.25) for n in range(12)}
    centre = tuple(sum(numbers) / len(alike) for numbers in zip(*alike.values(), strict=True))
    far = Measure(MODEL, 0.6, centred=True, margin=0.04, source="")
    assert verify([alike["p0"]], alike["p1"], far).fits  # plainly they are near
    assert not verify([alike["p0"]], alike["p1"], far, centre).fits
    assert verify([alike["p0"]], alike["p0"], far, centre).fits
    gallery = {name: (seen_from(centre, face),) for name, face in alike.items()}
    assert identify(gallery, alike["p3"], far, centre).person == "p3"


def test_the_shipped_threshold_is_that_of_its_engine() -> None:
    """The threshold of dlib holds for its models, whichever files they have."""
    assert PLAIN.threshold == SHIPPED["dlib"].threshold
    assert PLAIN.source == "shipped"


def test_an_engine_that_nobody_measured_has_no_threshold() -> None:
    """Files that the operator supplies have to be calibrated; no number of another engine is taken."""
    with pytest.raises(NoThreshold, match="calibrate"):
        measure_for("onnx:0123", None)


def test_a_sites_threshold_holds_for_the_engine_it_was_measured_with() -> None:
    """A site that changes its engine gets neither the old number nor the shipped one behind its back."""
    site = SiteThreshold(0.9, "onnx:0123", centred=True)
    assert measure_for("onnx:0123", site).threshold == 0.9
    assert measure_for("onnx:0123", site).centred
    with pytest.raises(NoThreshold, match="another engine"):
        measure_for(MODEL, site)


def test_the_probe_is_the_middle_of_its_frames() -> None:
    """Three frames make one probe of length 1."""
    probe = probe_of([unit([1.0, 0.0] + [0.0] * 14), unit([0.0, 1.0] + [0.0] * 14)])
    assert probe[0] == pytest.approx(probe[1])
