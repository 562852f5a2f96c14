import hashlib
import json
from collections import Counter

from accessctl.config import load
from tests.simulate.lines import Play
from tests.simulate.trace_maker import make_people, make_trace, site_text

LINES = list(make_trace(3000, 50, seed=7))


def test_a_made_trace_is_the_same_each_time() -> None:
    """And another for another seed."""
    assert list(make_trace(3000, 50, seed=7)) == LINES
    assert list(make_trace(3000, 50, seed=8)) != LINES
    assert len(LINES) == 3000
    assert LINES[:50] == list(make_people(50))


def test_a_made_site_is_sound() -> None:
    """It loads, with few doors and with many."""
    assert len(load(site_text()).doors) == 12
    assert len(load(site_text(1)).access_points) == 2


def test_a_long_trace_is_played_alike_however_it_comes(play: Play) -> None:
    """Whole, or the people apart from it; the bytes are the same."""
    whole = play(site_text(), *LINES)
    apart = play(site_text(), *LINES[50:], people=[json.loads(line) for line in LINES[:50]])
    assert hashlib.sha256(whole.encode()).digest() == hashlib.sha256(apart.encode()).digest()


def test_what_comes_of_a_long_trace_adds_up(play: Play) -> None:
    """Each leaf that opened was seen, no door was forced, and who was granted passed or did not."""
    count = Counter(
        name
        for line in map(json.loads, play(site_text(), *LINES).splitlines())
        for name in (line.get("type"), line.get("effect"))
        if name
    )
    opened = sum('"state":"open"' in line for line in LINES)
    assert count["door_opened"] == opened
    assert count["door_forced_open"] == 0
    assert count["access_taken"] + count["access_not_taken"] == count["access_granted"]
    assert count["release"] == count["secure"] == count["access_granted"] + count["access_granted_anonymous"]
    assert count["answer"] == sum('"badge"' in line for line in LINES)
