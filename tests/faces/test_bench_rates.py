"""What the bench counts: its figures have to be able to be bad."""

import random

import pytest

from accessctl.faces.vectors import mean
from tests.bench.faces_people import split_of
from tests.bench.faces_pictures import Picture
from tests.bench.faces_rates import Tries, equal_error, threshold_at
from tests.bench.faces_webcam import probes_of
from tests.faces.people import face_of, pictures_of


def test_mistakes_are_counted_by_who_and_as_whom() -> None:
    """A rate is mistakes by tries, and an interval of people lies around it."""
    tries = Tries()
    for who in ("ana", "ben", "cem", "dea"):
        for whom in ("ana", "ben", "cem", "dea"):
            if who != whom:
                tries.count(who, whom, mistake=(who, whom) == ("ana", "ben"))
    assert (tries.rate.count, tries.rate.of) == (1, 12)
    low, high = tries.by_people()
    assert low == 0.0
    assert high > tries.rate.value


def test_one_look_alike_pair_makes_the_interval_of_people_wider() -> None:
    """Mistakes of always the same two people say less than as many by chance: resampling shows it."""
    names = [f"p{n}" for n in range(20)]
    same, mixed = Tries(), Tries()
    for number, (who, whom) in enumerate((a, b) for a in names for b in names if a != b):
        for turn in range(10):
            same.count(who, whom, mistake=(who, whom) == ("p0", "p1"))
            mixed.count(who, whom, mistake=number % 38 == 0 and turn == 0)
    assert same.rate == mixed.rate
    assert same.by_people()[1] > mixed.by_people()[1]


def test_thresholds_are_read_off_the_distances() -> None:
    """The threshold for a rate has that share of the distances below it; equal error lies between."""
    others = [0.3 + 0.001 * step for step in range(1000)]
    assert threshold_at(others, 0.01) == pytest.approx(0.31)
    at, rate = equal_error([0.1, 0.2, 0.35, 0.25], others)
    assert 0.25 < at < 0.36
    assert rate == pytest.approx(0.25, abs=0.25)


def test_no_picture_is_in_template_and_probe() -> None:
    """Enrolled pictures are never tried again, in order or shuffled."""
    people = {"ana": pictures_of("ana", 8), "ben": pictures_of("ben", 6)}
    for shuffled in (False, True):
        templates, probes, strangers = split_of(people, random.Random(1), shuffled=shuffled)
        assert set(templates) == set(strangers) == {"ana", "ben"}
        assert set(probes) == {"ana"}
    templates, probes, _ = split_of(people, random.Random(1), shuffled=False)
    assert templates["ana"] == mean(people["ana"][:5])
    assert probes["ana"] == mean(people["ana"][5:8])


def test_the_probes_of_a_session_share_no_frame() -> None:
    """Six frames make two probes of three; two make none."""
    frames = pictures_of("ana", 6)
    assert probes_of(frames) == [mean(frames[0::2]), mean(frames[1::2])]
    assert probes_of(frames[:2]) == []


def test_a_picture_shows_no_vector_by_its_place() -> None:
    """Folders tell whose a picture is and of which session."""
    picture = Picture(("bonafide", "0001", "s01"), "1.jpg", face_of("ana"), None)
    assert picture.place[1:] == ("0001", "s01")
