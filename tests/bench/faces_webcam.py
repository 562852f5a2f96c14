"""``webcam/``: one camera, sessions weeks apart, people who look alike, and printed photographs of them."""

from collections.abc import Generator, Iterable, Mapping, Sequence
from statistics import fmean
from typing import TypeVar

from accessctl.faces.calibration import Way, way_of
from accessctl.faces.matching import probe_of, verify
from accessctl.faces.template import PICTURES, Template
from accessctl.faces.thresholds import Measure, measure_for
from accessctl.faces.vectors import Vector, sum_of
from hardware.faces.verdict import by_look
from hardware.signals import Live
from tests.bench.faces_pictures import Picture
from tests.bench.faces_rates import Tries, tell

FRAMES = 3
MOST_REFUSED_LIVE = 0.05
FEWEST_AS_SITE = 5
THREE = 3
T = TypeVar("T")
Session = tuple[str, str]


def report(seen: tuple[str, list[Picture]], *, has_models: bool) -> None:
    """Print what it is, and what liveness makes of printed photographs."""
    model, pictures = seen
    real, printed = _sessions(pictures, "bonafide"), _sessions(pictures, "print")
    measure = measure_for(model, None)
    people = {person for person, _ in real}
    twice = [person for person in people if sum(one == person for one, _ in real) > 1]
    print(
        f"Webcam: {len(people)} people in {len(real)} sessions, {len(twice)} of them in two or more; "
        f"{len(printed)} sequences of printed photographs."
    )
    _across(real, measure)
    _prints_match(real, printed, measure)
    if has_models:
        _liveness(pictures)
    else:
        print(" Liveness: no models were given (FACE_MODELS=<folder of MiniFASNet's ONNX files>): left out")
    print()


def _sessions(pictures: Iterable[Picture], kind: str) -> dict[Session, list[Vector]]:
    found: dict[Session, list[Vector]] = {}
    for picture in pictures:
        if picture.place[0] == kind and picture.vector is not None:
            found.setdefault((picture.place[1], picture.place[2]), []).append(picture.vector)
    return found


def _across(real: Mapping[Session, list[Vector]], measure: Measure) -> None:
    """Enrol in one session, try in another: of one's own, and of everybody else."""
    templates = {
        session: Template.of(measure.model, vectors[:PICTURES])
        for session, vectors in real.items()
        if len(vectors) >= PICTURES
    }
    probes = {session: probes_of(vectors) for session, vectors in real.items()}
    print(
        f" {PICTURES} frames of one session enrolled, {FRAMES} of another session as the probe; "
        "a stranger tries in every session:"
    )
    print(f" shipped threshold {measure.threshold:.3f}:")
    _tell(templates, probes, measure)
    _two_sittings(templates, probes, measure)
    site = first_sessions(templates)
    if len(site) < FEWEST_AS_SITE:
        return
    for centred in (False, True):
        way = the_end_of(way_of(list(site.values()), centred=centred))
        _tell_site(site, probes, way, measure)
    print(
        "  (`accessctl faces calibrate` wants 10 people for a threshold and 20 for a middle: of fewer it is\n"
        "  taken more carefully than need be, as here)"
    )


def first_sessions(templates: Mapping[Session, Template]) -> dict[str, Template]:
    """Give each person's first session: what a site would have enrolled."""
    site: dict[str, Template] = {}
    for (person, _), template in sorted(templates.items()):
        site.setdefault(person, template)
    return site


def probes_of(vectors: Sequence[Vector]) -> list[Vector]:
    """Give probes of frames that are spread over a session, none of them in two."""
    count = len(vectors) // FRAMES
    return [probe_of(vectors[first::count][:FRAMES]) for first in range(count)] if count else []


def _tell(
    templates: Mapping[Session, Template], probes: Mapping[Session, Sequence[Vector]], measure: Measure
) -> None:
    matches, refusals, near, far = Tries(), Tries(), [], []
    for session, template in templates.items():
        for other, tries in probes.items():
            for probe in tries if other != session else ():
                found = verify([template.middle], probe, measure)
                if session[0] == other[0]:
                    refusals.count(session[0], session[0], mistake=not found.fits)
                    near.append(found.distance)
                else:
                    matches.count(other[0], session[0], mistake=found.fits)
                    far.append(found.distance)
    tell("false match (FMR)", matches)
    tell("false non-match (FNMR)", refusals)
    _tell_distances(near, far)


def _tell_distances(near: Sequence[float], far: Sequence[float]) -> None:
    if near and far:
        print(f"  owners {fmean(near):.3f}, farthest {max(near):.3f}", end="; ")
        print(f"strangers {fmean(far):.3f}, nearest {min(far):.3f}")


def _two_sittings(
    templates: Mapping[Session, Template], probes: Mapping[Session, Sequence[Vector]], measure: Measure
) -> None:
    """Enrol people in two of three sessions, and try in the third: the nearer template counts."""
    matches, refusals, near, far = Tries(), Tries(), [], []
    for person in sorted({person for person, _ in templates}):
        own = sorted(session for session in templates if session[0] == person)
        if len(own) < THREE:
            continue
        middles = [templates[session].middle for session in own[:2]]
        for session, tries in probes.items():
            for probe in () if session in own[:2] else tries:
                found = verify(middles, probe, measure)
                if session[0] == person:
                    refusals.count(person, person, mistake=not found.fits)
                    near.append(found.distance)
                else:
                    matches.count(session[0], person, mistake=found.fits)
                    far.append(found.distance)
    if near:
        people = len({pair[0] for pair in refusals.tries})
        print(f" enrolled in two sessions (people with three: {people}), shipped threshold:")
        tell("false match (FMR)", matches)
        tell("false non-match (FNMR)", refusals)
        _tell_distances(near, far)


def _tell_site(
    site: Mapping[str, Template], probes: Mapping[Session, Sequence[Vector]], way: Way, measure: Measure
) -> None:
    """Take the threshold that a calibration of these people gives, and try in their other sessions."""
    name = "as seen from the middle of everybody's" if way.centred else "calibrated on these people"
    print(
        f" {name}: threshold {way.threshold:.3f} "
        f"(nearest two {way.nearest:.3f}, in one sitting up to {way.within_worst:.3f}):"
    )
    rules = Measure(measure.model, way.threshold, way.centred, measure.margin, "")
    matches, refusals, near, far = Tries(), Tries(), [], []
    for person, template in site.items():
        enrolled_in = min(session for session in probes if session[0] == person)
        for (who, session), tries in probes.items():
            if (who, session) == enrolled_in:
                continue  # the very sitting of the template proves nothing
            centre = _middle_of(site, but=who if who != person else None) if way.centred else None
            for probe in tries:
                found = verify([template.middle], probe, rules, centre)
                if who == person:
                    refusals.count(who, who, mistake=not found.fits)
                    near.append(found.distance)
                else:
                    matches.count(who, person, mistake=found.fits)
                    far.append(found.distance)
    tell("false match (FMR)", matches)
    tell("false non-match (FNMR)", refusals)
    _tell_distances(near, far)


def _middle_of(site: Mapping[str, Template], *, but: str | None) -> Vector:
    """Give the middle of everybody enrolled, without a stranger, who would not be among them."""
    middles = [template.middle for person, template in site.items() if person != but]
    return tuple(number / len(middles) for number in sum_of(middles))


def _prints_match(
    real: Mapping[Session, list[Vector]], printed: Mapping[Session, list[Vector]], measure: Measure
) -> None:
    """Tell how often a printed photograph passes for its owner where nobody looks for liveness."""
    passed = Tries()
    for (person, _), frames in printed.items():
        for (owner, _), vectors in real.items():
            if owner == person and len(vectors) >= PICTURES:
                template = Template.of(measure.model, vectors[:PICTURES])
                for probe in probes_of(frames):
                    passed.count(person, person, mistake=verify([template.middle], probe, measure).fits)
    if passed.tries:
        print(" Printed photographs against their owners, nobody looking for liveness:")
        tell("taken for the owner", passed)


def _liveness(pictures: Sequence[Picture]) -> None:
    """Count sequences as a door does: the mean of the scores of their frames."""
    print(
        " Liveness models, one verdict for each sequence (ISO/IEC 30107-3: APCER of one species, and BPCER):"
    )
    accepted, refused = Tries(), Tries()
    for kind, tries in (("print", accepted), ("bonafide", refused)):
        scores: dict[tuple[str, ...], list[float]] = {}
        for picture in pictures:
            if picture.place[0] == kind:
                scores.setdefault(picture.place[1:], []).extend(
                    [] if picture.live is None else [picture.live]
                )
        for (person, *_), each in scores.items():
            live = by_look(each) is Live.LIVE
            tries.count(person, person, mistake=live if kind == "print" else not live)
        means = sorted(fmean(each) for each in scores.values() if each)
        if means:
            print(f"  {kind}: mean scores {means[0]:.3f} to {means[-1]:.3f}")
    for name, tries, bound in (
        ("prints accepted (APCER)", accepted, 0.0),
        ("live refused (BPCER)", refused, MOST_REFUSED_LIVE),
    ):
        if tries.tries:
            tell(name, tries, bound)


def the_end_of(work: Generator[None, None, T]) -> T:
    """Do all of it at once."""
    while True:
        try:
            next(work)
        except StopIteration as done:
            result: T = done.value
            return result
