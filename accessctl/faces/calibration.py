"""What a site measures of its own people: how near they are to each other, and each to themselves.

Rule 1: the threshold is the most careful of what a normal curve through the distances between people says, of
        what was counted, and of what is shipped for the engine: a few dozen people can show that a door needs
        a stricter threshold than the shipped one, and never that it may have a laxer one.
Rule 2: what was not measured is not claimed. The pictures of one person come from one sitting, so the rate
        at which people are refused is that of one day; weeks later distances are about twice as large.

Faces can also be compared as seen from the middle of everybody's who is enrolled: what one camera, its light
and a site's people have in common is taken away. That is proposed only where comparing them plainly refuses
too many, and where it refuses less than half as many.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import exp, floor, fsum, log, sqrt
from statistics import NormalDist, fmean
from typing import Final

from accessctl.faces.intervals import Rate
from accessctl.faces.template import Template
from accessctl.faces.thresholds import SHIPPED, TARGET_FMR, TARGET_FNMR, engine_of
from accessctl.faces.vectors import Vector, distance, mean, seen_from, sum_of

FEWEST_PEOPLE: Final = 10
"""Fewer say nothing."""
FEWEST_CENTRED: Final = 20
"""So many show what a threshold from the middle of everybody's has to be."""
MOST_PEOPLE: Final = 200
"""Of more, so many are taken, spread evenly: a door has other things to do."""
PROBE: Final = 3
"""So many frames does a door look at."""
MANY_PEOPLE: Final = 60
"""With fewer than these, each of them tries with every choice of pictures."""
_AT_ONCE: Final = 32
"""So many templates are compared before somebody else has a turn."""
_TAIL: Final = 0.05
"""The share of the nearest distances to which the tail is fitted, as seen from the middle."""


class TooFewPeople(Exception):
    """Of so few people nothing can be learned. The words say how many it takes."""


@dataclass(frozen=True, slots=True)
class Way:
    """What one way to compare comes to on these people."""

    centred: bool
    threshold: float
    nearest: float
    """How near two different people come."""
    between_mean: float
    between_sd: float
    """How far two different people are from each other."""
    within_mean: float
    within_worst: float
    """How far people are from their own template, in the sitting in which it was made."""
    false_matches: Rate
    """Of all tries of one person as another, at the threshold."""
    false_refusals: Rate
    """Of all tries of a person as themselves, at the threshold, in the same sitting."""
    expected_fmr: float
    """What the curve through the distances says of the threshold."""

    @property
    def reaches(self) -> bool:
        """Whether it refuses no more of its own people than it should."""
        return self.false_refusals.value <= TARGET_FNMR


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was found, and what it comes to."""

    model: str
    people: int
    """Who were measured."""
    enrolled: int
    """Who are enrolled with this engine."""
    plain: Way
    centred: Way | None
    """``None`` where too few people are enrolled for it."""
    chosen: Way
    shown_fmr: float
    """No rate below this can be shown with so few people, whatever is counted."""


def calibrate(enrolled: Mapping[str, Template]) -> Generator[None, None, Calibration]:
    """Measure people who are enrolled with one engine. Yields after every few milliseconds of work.

    Raises ``TooFewPeople``, and ``VectorUnusable`` for what no engine makes.
    """
    usable = {person: face for person, face in sorted(enrolled.items()) if len(face.singles) > PROBE}
    if len(usable) < FEWEST_PEOPLE:
        raise TooFewPeople(
            f"{len(usable)} people are enrolled with this camera's engine, of {PROBE + 1} pictures or more: "
            f"below {FEWEST_PEOPLE} nothing can be learned"
        )
    step = max(1, len(usable) / MOST_PEOPLE)
    people = list(usable.values())
    taken = [people[int(index * step)] for index in range(int(len(people) / step))]
    plain = yield from way_of(taken, centred=False)
    centred = (yield from way_of(taken, centred=True)) if len(taken) >= FEWEST_CENTRED else None
    chosen = plain
    if centred is not None and not plain.reaches:
        far_fewer = centred.false_refusals.value <= plain.false_refusals.value / 2
        chosen = centred if far_fewer else plain
    pairs = len(taken) * (len(taken) - 1)
    return Calibration(
        taken[0].model, len(taken), len(usable), plain, centred, chosen, shown_fmr=Rate(0, pairs).high
    )


def way_of(people: Sequence[Template], *, centred: bool) -> Generator[None, None, Way]:
    """Measure one way to compare: every person as every other, and each as themselves."""
    total = sum_of([face.middle for face in people])
    between: list[float] = []
    for index in range(len(people)):
        between += yield from _as_others(people, index, total if centred else None)
    within: list[float] = []
    centre = _scaled(total, len(people)) if centred else None
    for face in people:
        within += _as_oneself(face, centre)
        yield
    between.sort()
    middle = fmean(between)
    spread = sqrt(fsum((each - middle) ** 2 for each in between) / (len(between) - 1))
    yield
    threshold, expected = _threshold_of(between, NormalDist(middle, spread), people, centred=centred)
    return Way(
        centred,
        threshold,
        between[0],
        middle,
        spread,
        fmean(within),
        max(within),
        Rate(sum(each < threshold for each in between), len(between)),
        Rate(sum(each >= threshold for each in within), len(within)),
        expected,
    )


def _as_others(
    people: Sequence[Template], index: int, total: Vector | None
) -> Generator[None, None, list[float]]:
    """Let one person try to be every other. To the middle of everybody's a stranger does not belong."""
    stranger, centre = people[index], None
    if total is not None:
        others = [whole - own for whole, own in zip(total, stranger.middle, strict=True)]
        centre = _scaled(others, len(people) - 1)
    probes = [seen_from(centre, probe) for probe in _probes(stranger.singles, few=len(people) > MANY_PEOPLE)]
    found: list[float] = []
    for at, face in enumerate(people):
        if at != index:
            template = seen_from(centre, face.middle)
            found += [distance(template, probe) for probe in probes]
        if at % _AT_ONCE == 0:
            yield
    return found


def _as_oneself(face: Template, centre: Vector | None) -> list[float]:
    """Compare some of a person's pictures with the rest of them.

    The rest are fewer than a template is made of. Where pictures differ by chance alone, the distance of two
    means falls with the number of pictures in each, and by that it is corrected.
    """
    count = len(face.singles)
    correction = sqrt((1 / PROBE + 1 / count) / (1 / PROBE + 1 / (count - PROBE)))
    found = []
    for chosen in _choices(count):
        rest = [face.singles[at] for at in range(count) if at not in chosen]
        probe = mean([face.singles[at] for at in chosen])
        found.append(distance(seen_from(centre, mean(rest)), seen_from(centre, probe)) * correction)
    return found


def _probes(singles: Sequence[Vector], *, few: bool) -> list[Vector]:
    choices = _choices(len(singles))
    return [mean([singles[at] for at in chosen]) for chosen in (choices[:1] if few else choices)]


def _choices(count: int) -> list[tuple[int, ...]]:
    return list(combinations(range(min(count, 5)), PROBE))


def _threshold_of(
    between: Sequence[float], curve: NormalDist, people: Sequence[Template], *, centred: bool
) -> tuple[float, float]:
    """Choose the threshold, and say what rate of false matches the curve expects there."""
    # Of few people the spread is known badly: it is taken a little wider.
    curve = NormalDist(curve.mean, curve.stdev * (1 + 1 / len(people)))
    careful = [curve.inv_cdf(TARGET_FMR), between[int(len(between) * TARGET_FMR)]]
    shipped = SHIPPED.get(engine_of(people[0].model))
    tail = None
    if centred:
        # Seen from the middle, people who look alike make a tail that is heavier than a normal curve's.
        begin = between[int(len(between) * _TAIL)]
        near = [begin - each for each in between if each < begin]
        tail = (begin, fmean(near)) if near else None
        if tail is not None:
            careful.append(begin - tail[1] * log(_TAIL / TARGET_FMR))
    elif shipped is not None:
        careful.append(shipped.threshold)
    threshold = floor(max(min(careful), 0.0) * 1000) / 1000
    expected = curve.cdf(threshold)
    if tail is not None and threshold < tail[0] and tail[1] > 0:
        expected = max(expected, _TAIL * exp((threshold - tail[0]) / tail[1]))
    return threshold, expected


def _scaled(numbers: Sequence[float], count: int) -> Vector:
    return tuple(number / count for number in numbers)
