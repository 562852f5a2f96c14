import json
from collections import defaultdict
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accessctl.simulate import run
from tests.examples import examples
from tests.simulate.lines import MONDAY, at, person, text_of
from tests.simulate.sites import HEAD, area, door, role

SITE = "\n".join(
    [
        HEAD,
        area("lock", 'passback = "soft"'),
        area("hall", 'passback = "hard"\nlimits = [{ at_most = 2 }]\nat_least = 2\nrequires = ["induction"]'),
        area("cage", 'within = "hall"\ntogether = { persons = 2, within_s = 30 }\nassurance = 1'),
        area("annex", 'passback = "timed"\npassback_forget_min = 1'),
        door("outer", to="lock"),
        door("inner", start="lock", to="hall", number=1, more="extended = { release_time_s = 9 }"),
        door(
            "cage",
            start="hall",
            number=2,
            asks='"card_and_pin"',
            more='degraded = { reader_lost = "wider_unlock" }\n'
            'modes = [{ mode = "unlocked", schedule = "shift", first_card = true }]',
        ),
        door("annex", number=3, asks='"nothing"').replace("position = { gpio = 13 }\n", ""),
        '[[interlocks]]\ndoors = ["outer", "inner"]\nwait_s = 8',
        '[qualifications.induction]\nname = "Induction"',
        '[degraded]\nclock_untrusted = "timeless_only"\non_battery = "no_unlocking"',
        '[inputs.siren]\nkind = "fire"\ngpio = 24\ndoors = "all"',
        '[muster_points.lawn]\nname = "Lawn"\narea = "yard"\nreader = { kind = "simulated" }',
        '[passback]\nforgive_at = "03:00"',
        role("staff", "outer-in", "inner-in", "cage-in", more="may_escort = true\nexpires_unseen_days = 1"),
        role("guard", "outer-in", "inner-in", "cage-in", more="passes_lockdown = true\nthreat_authority = 9"),
        role("visitor", "outer-in", "inner-in", more="needs_escort = true"),
    ]
)
PEOPLE = [
    person("ana", "staff", qualifications=["induction"], uses={"a_day": 3}),
    person("ben", "staff", qualifications=["induction"], card="cryptographic", extended=True),
    person("gus", "guard", qualifications=["induction"]),
    person("eve", "visitor", qualifications=["induction"]),
]
DOORS = ("outer", "inner", "cage", "annex")
POINTS = tuple(f"{name}-{way}" for name in DOORS for way in ("in", "out"))
AREAS = ("lock", "hall", "cage", "annex", None)

badges = st.fixed_dictionaries(
    {
        "do": st.just("badge"),
        "access_point": st.sampled_from((*POINTS, "lawn")),
        "person": st.sampled_from(("ana", "ben", "gus", "eve", None)),
        "factors": st.sampled_from((["card"], ["card", "pin"], ["fingerprint"], [])),
        "pin": st.sampled_from((None, None, "wrong", "duress", "timeout")),
    }
)
leaves = st.fixed_dictionaries(
    {
        "do": st.just("leaf"),
        "door": st.sampled_from(DOORS),
        "state": st.sampled_from(("open", "closed")),
    }
)
exits = st.fixed_dictionaries({"do": st.just("exit_request"), "door": st.sampled_from(DOORS)})
orders = st.one_of(
    st.fixed_dictionaries(
        {
            "do": st.just("order"),
            "order": st.sampled_from(
                ("release", "normal", "lock", "unlock", "block", "hold_open", "lockdown")
            ),
            "door": st.sampled_from(DOORS),
        }
    ),
    st.fixed_dictionaries(
        {
            "do": st.just("order"),
            "order": st.sampled_from(("unlock", "block", "prop", "lock")),
            "door": st.sampled_from(DOORS),
            "for_s": st.sampled_from((1, 45, 300)),
        }
    ),
    st.fixed_dictionaries(
        {
            "do": st.just("order"),
            "order": st.sampled_from(("lockdown", "lift")),
            "area": st.sampled_from(AREAS),
        }
    ),
    st.fixed_dictionaries(
        {
            "do": st.just("order"),
            "order": st.sampled_from(("renew", "safe", "forgive", "forgive_pins")),
            "person": st.sampled_from(("ana", "eve")),
        }
    ),
    st.sampled_from(
        [
            {"do": "order", "order": "end_emergency"},
            {"do": "order", "order": "muster"},
            {"do": "order", "order": "end_muster"},
            {"do": "order", "order": "threat_level", "level": 0},
            {"do": "order", "order": "threat_level", "level": 2},
            {"do": "order", "order": "arm", "area": "hall"},
            {"do": "order", "order": "disarm", "area": "hall"},
        ]
    ),
)
devices = st.fixed_dictionaries(
    {
        "do": st.sampled_from(("lost", "back")),
        "device": st.sampled_from(
            (
                "record",
                "mains",
                "clock",
                "lawn.reader",
                *(f"{point}.reader" for point in POINTS),
                *(f"{name}.contact" for name in DOORS),
            )
        ),
    }
)
inputs = st.fixed_dictionaries(
    {
        "do": st.just("input"),
        "kind": st.sampled_from(("fire", "mains")),
        "active": st.booleans(),
    }
)
lines = st.one_of(badges, badges, badges, leaves, leaves, exits, orders, devices, inputs)
waits = st.sampled_from((0, 0.25, 1, 3, 5, 8, 30, 61, 4000))
traces = st.lists(st.tuples(waits, lines), max_size=40)


def played(folder: Path, trace: list[tuple[float, dict[str, Any]]]) -> str:
    site, seconds, written = folder / "site.toml", 0.0, list[object](PEOPLE)
    site.write_text(SITE)
    for wait, line in trace:
        seconds += wait
        written.append(at(seconds, **line))
    printed = list[str]()
    run.play(site, BytesIO(text_of(written)), "trace", printed.append)
    return "".join(printed)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("anything")


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=examples(60))
@given(trace=traces)
def test_whatever_happens_is_played(folder: Path, trace: list[tuple[float, dict[str, Any]]]) -> None:
    """Every trace of sound lines is played to its end, in order of time, and twice alike."""
    text = played(folder, trace)
    assert text == played(folder, trace)
    found = [json.loads(line) for line in text.splitlines()]
    instants = [line["at"] for line in found]
    assert instants == sorted(instants)
    assert all(("type" in line) is not ("effect" in line) for line in found)
    strikes: defaultdict[str, list[str]] = defaultdict(list)
    for line in found:
        if line.get("effect") in {"release", "secure"}:
            strikes[line["door"]].append(line["effect"])
    assert all(each[:1] in ([], ["release"]) for each in strikes.values()), (
        "a strike was secured that was not free"
    )


anything = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=5)
).flatmap(lambda one: st.sampled_from((one, [one], {"a": one}, [[one]], "card", "hall", "site")))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=examples(300))
@given(line=lines, value=anything, place=st.integers(0, 5), who=st.booleans())
def test_whatever_a_field_holds_is_played_or_told(
    folder: Path, line: dict[str, Any], value: object, place: int, *, who: bool
) -> None:
    """A value of the wrong kind is a mistake in words, wherever it stands."""
    whole = PEOPLE[place % len(PEOPLE)] if who else at(0, **line)
    key = list(whole)[place % len(whole)]
    site = folder / "site.toml"
    site.write_text(SITE)
    with suppress(run.TraceWrong):
        run.play(site, BytesIO(text_of([*PEOPLE, {**whole, key: value}])), "trace", lambda _text: None)


def test_instants_begin_where_the_site_of_these_tests_does() -> None:
    """The shift is on, so that schedules have something to say."""
    assert MONDAY.isoformat() == "2026-03-02T08:00:00+00:00"
