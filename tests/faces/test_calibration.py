"""What a site learns of its own people, and what it cannot."""

from collections.abc import Generator
from typing import TypeVar

import pytest

from accessctl.faces.calibration import (
    FEWEST_CENTRED,
    FEWEST_PEOPLE,
    MOST_PEOPLE,
    Calibration,
    TooFewPeople,
    calibrate,
)
from accessctl.faces.intervals import Rate
from accessctl.faces.template import Template
from accessctl.faces.thresholds import SHIPPED, TARGET_FMR
from tests.faces.people import MODEL, between, face_of, pictures_of, template_of

T = TypeVar("T")


def the_end_of(work: Generator[None, None, T]) -> tuple[T, int]:
    """Do all of it; give what came of it and in how many pieces."""
    pieces = 0
    while True:
        try:
            next(work)
        except StopIteration as done:
            result: T = done.value
            return result, pieces
        pieces += 1


def measured(people: dict[str, Template]) -> Calibration:
    return the_end_of(calibrate(people))[0]


def strangers(count: int, *, model: str = MODEL) -> dict[str, Template]:
    return {f"p{n}": template_of(f"p{n}", model=model) for n in range(count)}


def look_alikes(
    count: int, *, least: float, most: float, noise: float, model: str = MODEL
) -> dict[str, Template]:
    """People of whom each differs a little from what they have in common, and from picture to picture."""
    common = face_of("all of them")

    def template(number: int) -> Template:
        part = least + (most - least) * number / count
        differs = pictures_of(f"p{number}", 5, apart=noise)
        return Template.of(model, [between(common, picture, part) for picture in differs])

    return {f"p{number}": template(number) for number in range(count)}


def test_of_too_few_people_nothing_is_learned() -> None:
    """Nine people are refused with words that say how many it takes; ten are measured."""
    with pytest.raises(TooFewPeople, match=str(FEWEST_PEOPLE)):
        measured(strangers(FEWEST_PEOPLE - 1))
    assert measured(strangers(FEWEST_PEOPLE)).people == FEWEST_PEOPLE


def test_a_template_of_three_pictures_tells_nothing_of_its_owner() -> None:
    """Who has too few pictures to be compared with the rest of them is not counted."""
    people = strangers(FEWEST_PEOPLE)
    people["short"] = Template.of(MODEL, pictures_of("short", 3))
    assert measured(people).people == FEWEST_PEOPLE


def test_people_who_look_different_show_no_reason_for_a_laxer_threshold() -> None:
    """However far apart a few people are, the shipped threshold is not exceeded."""
    found = measured(strangers(30))
    assert found.plain.threshold == SHIPPED["dlib"].threshold
    assert found.plain.nearest > 1
    assert found.chosen is found.plain
    assert found.plain.false_matches == Rate(0, 30 * 29 * 10)


def test_people_who_look_alike_get_a_stricter_threshold() -> None:
    """Where people are near to each other, the threshold lies below every one of their distances."""
    found = measured(look_alikes(24, least=0.12, most=0.12, noise=0.1))
    assert found.plain.nearest < 0.45
    assert found.plain.threshold < min(SHIPPED["dlib"].threshold, found.plain.nearest)
    assert found.plain.expected_fmr <= TARGET_FMR * 1.01


def test_where_no_plain_threshold_serves_the_middle_is_proposed() -> None:
    """People who can be told apart only by what they have not in common are compared so."""
    found = measured(look_alikes(30, least=0.06, most=0.35, noise=0.45))
    assert not found.plain.reaches
    assert found.centred is not None
    assert found.centred.false_refusals.value <= found.plain.false_refusals.value / 2
    assert found.chosen is found.centred


def test_of_few_people_no_middle_is_taken() -> None:
    """With fewer than twenty people nothing is said of faces seen from their middle."""
    assert measured(strangers(FEWEST_CENTRED - 1)).centred is None
    assert measured(strangers(FEWEST_CENTRED)).centred is not None


def test_an_engine_without_a_shipped_threshold_gets_one_of_its_own() -> None:
    """For the operator's own model files the threshold is what was measured, wherever that lies."""
    found = measured(strangers(30, model="onnx:0123"))
    assert found.plain.threshold > 1
    assert found.plain.reaches


def test_the_work_is_done_in_small_pieces() -> None:
    """A door that calibrates goes on opening: it has a turn after every few comparisons."""
    _, pieces = the_end_of(calibrate(strangers(40)))
    assert pieces > 2 * 40


def test_of_many_people_a_part_is_measured() -> None:
    """With hundreds of people the time does not grow without bound."""
    face = template_of("p0")
    people = {f"p{n:03d}": Template.of(MODEL, pictures_of(f"p{n}", 4)) for n in range(MOST_PEOPLE + 3)}
    people["p000"] = face
    found = measured(people)
    assert found.people == MOST_PEOPLE
    assert found.enrolled == MOST_PEOPLE + 3


def test_so_few_people_cannot_show_a_low_rate() -> None:
    """Nothing found in ninety tries still allows four in a hundred."""
    assert measured(strangers(10)).shown_fmr == pytest.approx(0.0402, abs=0.001)


@pytest.mark.parametrize(
    ("rate", "low", "high"),
    [
        # Clopper and Pearson's limits as scipy.stats.beta gives them.
        (Rate(0, 100), 0.0, 0.036217),
        (Rate(1, 100), 0.000253, 0.054459),
        (Rate(10, 100), 0.049005, 0.176223),
        (Rate(100, 100), 0.963783, 1.0),
        (Rate(3, 16_770), 0.0000369, 0.000523),
        (Rate(0, 0), 0.0, 1.0),
    ],
)
def test_intervals_are_those_of_clopper_and_pearson(rate: Rate, low: float, high: float) -> None:
    """The interval of a counted rate is the exact one."""
    assert rate.low == pytest.approx(low, rel=0.005, abs=1e-7)
    assert rate.high == pytest.approx(high, rel=0.005)
    assert rate.low <= rate.value <= rate.high
