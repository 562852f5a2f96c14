"""``people/``: pictures of many people, of other days and places: five enrolled, three as the probe."""

import random
from collections.abc import Mapping

from accessctl.faces.matching import identify, probe_of, verify
from accessctl.faces.template import PICTURES
from accessctl.faces.thresholds import MARGIN, TARGET_FMR, TARGET_FNMR, Measure, measure_for
from accessctl.faces.vectors import Vector, mean
from tests.bench.faces_pictures import Picture
from tests.bench.faces_rates import Tries, equal_error, tell, threshold_at

FRAMES = 3
SPLITS = 20
SIZES = (1, 10, 50)
OUTSIDERS = 40

People = Mapping[str, list[Vector]]
Split = tuple[dict[str, Vector], dict[str, Vector], dict[str, Vector]]
"""Templates, probes of pictures that are in no template, and probes of any pictures, for strangers."""


def report(seen: tuple[str, list[Picture]]) -> None:
    """Print rates at the shipped threshold, beside what was promised."""
    model, pictures = seen
    people: dict[str, list[Vector]] = {}
    for picture in pictures:
        if picture.vector is not None:
            people.setdefault(picture.place[0], []).append(picture.vector)
    people = {name: vectors for name, vectors in people.items() if len(vectors) >= PICTURES}
    missed = sum(picture.vector is None for picture in pictures)
    measure = measure_for(model, None)
    genuine = sum(len(vectors) >= PICTURES + FRAMES for vectors in people.values())
    print(
        f"People: {len(people)} with {PICTURES} pictures or more, {len(pictures)} pictures, "
        f"no face found in {missed}."
    )
    if genuine < 2:
        print(f"  fewer than two people have {PICTURES + FRAMES} pictures: left out\n")
        return
    print(
        f"Engine {model}, shipped threshold {measure.threshold:.3f}. {PICTURES} pictures make the\n"
        f"template; the middle of {FRAMES} others is the probe ({genuine} people have so many).\n"
        f"A stranger's probe is {FRAMES} of their pictures, against every other person's template."
    )
    in_order = random.Random(0)
    _verified("first pictures enrolled", people, measure, [in_order], shuffled=False)
    chances = [random.Random(seed) for seed in range(SPLITS)]
    _verified(f"{SPLITS} random splits", people, measure, chances, shuffled=True)
    _identified(people, measure)
    print()


def split_of(people: People, chance: random.Random, *, shuffled: bool) -> Split:
    """Choose which pictures are enrolled."""
    templates, probes, strangers = {}, {}, {}
    for name, vectors in people.items():
        chosen = list(vectors)
        if shuffled:
            chance.shuffle(chosen)
        templates[name] = mean(chosen[:PICTURES])
        if len(chosen) >= PICTURES + FRAMES:
            probes[name] = probe_of(chosen[PICTURES : PICTURES + FRAMES])
        strangers[name] = probe_of(chosen[-FRAMES:])
    return templates, probes, strangers


def _verified(
    what: str, people: People, measure: Measure, chances: list[random.Random], *, shuffled: bool
) -> None:
    matches, refusals = Tries(), Tries()
    own: list[float] = []
    others: list[float] = []
    for chance in chances:
        templates, probes, strangers = split_of(people, chance, shuffled=shuffled)
        for name, probe in probes.items():
            near = verify([templates[name]], probe, measure)
            refusals.count(name, name, mistake=not near.fits)
            own.append(near.distance)
        for who, probe in strangers.items():
            for whom, template in templates.items():
                if who != whom:
                    near = verify([template], probe, measure)
                    matches.count(who, whom, mistake=near.fits)
                    others.append(near.distance)
    print(f" {what}:")
    tell("false match (FMR)", matches, TARGET_FMR)
    tell("false non-match (FNMR)", refusals, TARGET_FNMR)
    at, rate = equal_error(own, others) if len(chances) == 1 else (0.0, 0.0)
    edge = threshold_at(others, TARGET_FMR)
    print(
        f"  nearest strangers {min(others):.3f}, farthest owner {max(own):.3f}; FMR 2e-4 at {edge:.3f}",
        end="",
    )
    print(f"; equal error {rate:.2%} at {at:.3f}" if len(chances) == 1 else "")


def _identified(people: People, measure: Measure) -> None:
    """One among N: how often an outsider is taken for somebody, and who is enrolled is not found."""
    print(f" One to many, {SPLITS} splits: outsider taken for somebody | enrolled and not found, by margin:")
    bare = Measure(measure.model, measure.threshold, centred=False, margin=0.0, source="")
    for size in (*SIZES, len(people) // 2):
        if size > len(people) // 2:
            continue
        counted = {margin: (Tries(), Tries()) for margin in (0.0, MARGIN)}
        for seed in range(SPLITS):
            chance = random.Random(1000 + seed)
            templates, probes, strangers = split_of(people, chance, shuffled=True)
            enrolled = chance.sample(sorted(probes), min(size, len(probes)))
            rest = [name for name in templates if name not in enrolled]
            enrolled += chance.sample(rest, size - len(enrolled))
            gallery = {name: (templates[name],) for name in enrolled}
            outside = [name for name in templates if name not in gallery]
            for rules in (bare, measure):
                taken, lost = counted[rules.margin]
                for name in chance.sample(outside, min(OUTSIDERS, len(outside))):
                    taken.count(name, name, mistake=identify(gallery, strangers[name], rules).fits)
                for name in enrolled:
                    if name in probes:
                        found = identify(gallery, probes[name], rules)
                        lost.count(name, name, mistake=not found.fits or found.person != name)
        for margin, (taken, lost) in counted.items():
            print(f"  N={size:<4} margin {margin:.2f}   {taken.rate}   |   {lost.rate}")
