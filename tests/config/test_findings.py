"""What is found in a valid site file: each finding once it is there, and none where all is sound."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from accessctl import install
from accessctl.config import load
from accessctl.config.findings import Finding, Severity, findings
from tests.config.sites import FULL, GOOD, spoilt

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
"""A Tuesday, at noon in London."""


def found(text: str, at: datetime = NOW) -> list[str]:
    return [str(finding) for finding in findings(load(text), at)]


def found_after(*changes: tuple[str, str]) -> list[str]:
    return found(spoilt(*changes, text=FULL))


def test_nothing_is_found_in_a_sound_file() -> None:
    """A site that uses every rule there is, and uses it rightly, has not even a note."""
    assert found(FULL) == []


def test_nothing_is_found_in_the_site_to_start_from() -> None:
    """Whoever has just made an installation has nothing to put right."""
    assert found(install.starter()) == []


def test_a_finding_has_a_path_and_words() -> None:
    """It reads like a problem, with how much it matters before it."""
    finding = Finding(Severity.NOTE, "areas.yard", "is nice")
    assert str(finding) == "note: areas.yard: is nice"


def the_one_after(*changes: tuple[str, str]) -> str:
    (finding,) = found_after(*changes)
    return finding


# ------------------------------------------------------------------------------------------ ways out

TRAP = "(a way out is an access point with direction out, or an exit_request)"
STORE_EXIT = "exit_request = { gpio = 8, releases = false }"
INNER_OUT = """
[access_points.inner-out]
name = "Inner door, out"
door = "inner"
from = "vault"
to = "lock"
direction = "out"
reader = { kind = "simulated" }
"""
OUTER_OUT = """
[access_points.outer-out]
name = "Outer door, out"
door = "outer"
from = "lock"
to = "yard"
direction = "out"
reader = { kind = "simulated" }
"""


def test_an_area_that_nobody_can_leave_is_a_danger() -> None:
    """A door that only leads in keeps whoever enters."""
    assert the_one_after((STORE_EXIT, "")) == (
        f"danger: areas.store: nobody can leave: there is no way out {TRAP}"
    )


def test_a_way_out_has_to_lead_outside_in_the_end() -> None:
    """Who can leave a room for the next one and no further is kept in all the same."""
    assert found_after((OUTER_OUT, "")) == [
        f"danger: areas.lock: nobody can leave: there is no way out {TRAP}",
        f'danger: areas.vault: nobody can leave: the ways out lead to "lock" and no further {TRAP}',
    ]


@pytest.mark.parametrize("exit_request", ["{ gpio = 23 }", "{ gpio = 23, releases = false }"])
def test_a_button_or_a_handle_is_a_way_out(exit_request: str) -> None:
    """Where one of them frees the leaf, no reader is needed for leaving."""
    position = "position = { gpio = 3 }"
    assert found_after((OUTER_OUT, ""), (position, f"{position}\nexit_request = {exit_request}")) == []


def test_where_nothing_is_outside_that_is_said_once() -> None:
    """Nobody can tell then which way is out; with a roll call it is a mistake."""
    what = "no area is outside, so nobody can tell whether every place can be left, and nobody ever has left"
    assert found_after(("outside = true", "")) == [f"mistake: areas: {what}: a roll call never ends"]
    assert f"note: areas: {what}" in found(GOOD)


def test_a_fire_that_leaves_the_last_door_locked_is_a_danger() -> None:
    """A fail-secure door without a handle stays locked when no fire input releases it."""
    everything = 'doors = "all"'
    assert the_one_after((everything, 'doors = ["gate", "wicket", "outer"]')) == (
        "danger: areas.vault: no fire input releases a whole way out of here: doors.inner stays locked, "
        "fail-secure and without a handle"
    )


def test_a_fire_that_stops_half_way_is_a_danger_too() -> None:
    """The door of the vault opens, and the next one does not."""
    locked = "no fire input releases a whole way out of here"
    assert found_after(('doors = "all"', 'doors = ["gate", "inner"]')) == [
        f"danger: areas.lock: {locked}: doors.outer stays locked, fail-secure and without a handle",
        f"danger: areas.vault: {locked}: a door further on stays locked, fail-secure and without a handle",
    ]


@pytest.mark.parametrize("doors", ['["outer", "inner"]', '["outer", "inner", "wicket"]'])
def test_doors_with_handles_and_magnets_need_no_fire_input(doors: str) -> None:
    """The store has a handle and the gate's magnet lets go without power."""
    assert found_after(('doors = "all"', f"doors = {doors}")) == []


# ------------------------------------------------------------------------------------------ passback


def test_hard_passback_without_an_exit_reader_is_a_mistake() -> None:
    """Everybody would enter once and never again."""
    position = "position = { gpio = 4 }"
    assert the_one_after((INNER_OUT, ""), (position, f"{position}\nexit_request = {{ gpio = 23 }}")) == (
        "mistake: areas.vault.passback: is hard, and no door out of here has an exit reader (an access point "
        "with direction out): whoever enters once is refused from then on"
    )


@pytest.mark.parametrize("kind", ["soft", "timed"])
def test_other_passback_needs_no_exit_reader(kind: str) -> None:
    """Nobody is refused for ever by it."""
    position = "position = { gpio = 4 }"
    forget = "\npassback_forget_min = 60" if kind == "timed" else ""
    button = (position, f"{position}\nexit_request = {{ gpio = 23 }}")
    assert found_after((INNER_OUT, ""), button, ('passback = "hard"', f'passback = "{kind}"{forget}')) == []


SIDE_DOOR = """
[doors.side]
name = "Side door"
strike = { gpio = 24 }
position = { gpio = 25 }
exit_request = { gpio = 26 }

[access_points.side-in]
name = "Side door, in"
door = "side"
from = "yard"
to = "vault"
direction = "in"
asks = "card_and_biometric"
reader = { kind = "simulated" }
finger = { kind = "simulated" }

[degraded]"""


def test_a_button_past_hard_passback_is_noted() -> None:
    """Who leaves by it still counts as inside; another door with a reader sees people leave."""
    assert the_one_after(("\n[degraded]", SIDE_DOOR)) == (
        'note: doors.side: whoever leaves by its exit_request still counts as being in "vault", where '
        "passback is hard"
    )


def test_a_door_that_only_leads_past_hard_passback_is_fine() -> None:
    """Nobody can leave by it unseen."""
    assert found_after(("\n[degraded]", SIDE_DOOR.replace("exit_request = { gpio = 26 }\n", ""))) == []


def test_hard_passback_at_a_door_without_a_switch_is_a_mistake() -> None:
    """Nobody can tell whether whoever badged has gone in."""
    changes = (("\n[degraded]", SIDE_DOOR.replace("position = { gpio = 25 }\n", "")),)
    assert (
        'mistake: doors.side: has no position switch and leads into "vault", where passback is hard: whoever '
        "badges and does not go in is refused the next time"
    ) in found_after(*changes)


# --------------------------------------------------------------------------------------------- modes

RULES = """modes = [
    { mode = "blocked", schedule = "night" },
    { mode = "unlocked", schedule = "day", first_card = true, first_card_of = ["guard", "acme"] },
]"""
LATE = '[schedules.late]\nweekly = [{ days = "mon-fri", from = "06:00", to = "20:30" }]\n\n[doors.gate]'


def test_an_unlocking_that_outlives_the_shift_is_a_danger() -> None:
    """The door stands open when nobody has any right to come in; the first such instant is told."""
    rules = 'modes = [{ mode = "unlocked", schedule = "late" }]'
    night = 'access_points = ["gate-in", "outer-in", "store-in"], schedule = "night"'
    without_gate = night.replace('"gate-in", ', "")
    assert the_one_after((RULES, rules), ("[doors.gate]", LATE), (night, without_gate)) == (
        "danger: doors.gate.modes[0]: stands unlocked when no level lets anybody in through this door, the "
        "next time from Tuesday 2026-12-01 20:00"
    )


def test_an_unlocking_that_is_covered_by_another_shift_is_sound() -> None:
    """The night shift may enter when the day is over."""
    rules = 'modes = [{ mode = "unlocked", schedule = "late" }]'
    assert found_after((RULES, rules), ("[doors.gate]", LATE)) == []


def test_a_mode_of_higher_rank_ends_an_unlocking_in_time() -> None:
    """The first rule that holds counts, so a later one does no harm while it is outranked."""
    rules = 'modes = [{ mode = "locked", schedule = "night" }, { mode = "unlocked", schedule = "late" }]'
    night = 'access_points = ["gate-in", "outer-in", "store-in"], schedule = "night"'
    assert (
        found_after((RULES, rules), ("[doors.gate]", LATE), (night, night.replace('"gate-in", ', ""))) == []
    )


def test_an_unlocking_is_looked_for_on_holidays_too() -> None:
    """A schedule that forgets the half holiday leaves the door open on one afternoon of the year."""
    rules = 'modes = [{ mode = "unlocked", schedule = "careless" }]'
    careless = (
        '[schedules.careless]\nweekly = [{ days = "mon-fri", from = "06:00", to = "20:00" }]\n'
        'holidays = { half = [{ from = "06:00", to = "14:00" }] }\n\n[doors.gate]'
    )
    night = 'access_points = ["gate-in", "outer-in", "store-in"], schedule = "night"'
    changes = ((RULES, rules), ("[doors.gate]", careless), (night, night.replace('"gate-in", ', "")))
    (finding,) = found_after(*changes)
    assert finding.endswith("the next time from Thursday 2026-12-24 12:00")
    after = found(spoilt(*changes, text=FULL), NOW + timedelta(days=30))
    assert after == []


def test_a_door_that_is_unlocked_now_is_found_now() -> None:
    """The look ahead begins with the present."""
    night = 'access_points = ["gate-in", "outer-in", "store-in"], schedule = "night"'
    rules = 'modes = [{ mode = "unlocked", schedule = "night" }]'
    (finding,) = found(
        spoilt((RULES, rules), (night, night.replace('"gate-in", ', "")), text=FULL), NOW.replace(hour=23)
    )
    assert finding.endswith("the next time from Tuesday 2026-12-01 23:00")


def test_a_door_with_a_free_way_in_may_be_unlocked_at_any_hour() -> None:
    """Everybody may come in there anyway."""
    exit_request = "exit_request = { gpio = 7, releases = true, normally_closed = false, debounce_ms = 20 }"
    modes = f'{exit_request}\nmodes = [{{ mode = "unlocked", schedule = "night" }}]'
    assert found_after((exit_request, modes)) == []


# ------------------------------------------------------------------------------------- access points


def test_a_free_way_into_an_area_that_counts_is_a_mistake() -> None:
    """What is not known of people cannot be counted, and what they have to bring is not asked."""
    sensors = 'finger = { kind = "simulated" }\ncamera = { kind = "simulated" }\n'
    assert the_one_after(('asks = "card_and_biometric"', 'asks = "nothing"'), (sensors, "")) == (
        "mistake: access_points.inner-in.asks: nobody knows who comes in here, so for them this does not "
        "hold: areas.vault.passback, areas.vault.limits, areas.vault.at_least, areas.vault.together, "
        "areas.vault.assurance, areas.vault.requires, areas.vault.plain_uid"
    )


def test_a_way_that_is_free_at_times_is_found_where_it_is_written() -> None:
    """The path leads to the condition under which nothing is asked."""
    free = 'asks = "pin"\nasks_when = [{ schedule = "day", asks = "nothing" }]'
    assert the_one_after(('asks = "pin"', free)) == (
        "mistake: access_points.store-in.asks_when[0].asks: nobody knows who comes in here, so for them this "
        "does not hold: areas.store.passback"
    )


def test_a_free_way_into_an_area_without_rules_is_fine() -> None:
    """The yard counts nobody, so its wicket may be free (it is, in the sound file)."""
    assert 'asks = "nothing"' in FULL
    assert found(FULL) == []


def test_more_assurance_than_can_be_proven_is_a_mistake() -> None:
    """Nobody could ever enter."""
    assert the_one_after(("assurance = 1", "assurance = 3")) == (
        "mistake: access_points.inner-in.asks: nobody can enter: areas.vault, with what it is a part of, "
        "has assurance = 3, and card and finger or face proves 2 at most"
    )


def test_assurance_that_needs_a_better_card_is_noted() -> None:
    """A number that anyone can copy proves nothing that one has."""
    assert the_one_after(("assurance = 1", "assurance = 2")) == (
        "note: access_points.inner-in.asks: areas.vault, with what it is a part of, has assurance = 2: "
        "a card whose number anyone can copy proves nothing, so people with such a card cannot enter"
    )


def test_a_lower_limit_that_nobody_can_be_the_first_to_keep_is_a_mistake() -> None:
    """Without a grace time people have to come in together, and nothing here lets them."""
    together = 'together = { persons = 2, within_s = 20, of = ["guard", "keeper"], one_of_each = true }'
    no_grace = ("alone_grace_s = 90", "alone_grace_s = 0")
    assert the_one_after(no_grace, (together, "")) == (
        "mistake: areas.vault.at_least: nobody can be the first: there is no grace time (alone_grace_s), and "
        "at no way in do 2 people badge together"
    )
    assert found_after(no_grace) == []
    assert found_after((together, "")) == []


def test_a_lower_limit_above_the_upper_one_is_a_mistake() -> None:
    """There would have to be more people than may be there."""
    assert (
        "mistake: areas.vault.limits[0].at_most: lets in fewer people (1) than have to be "
        "there (at_least = 2)"
    ) in found_after(("at_most = 10", "at_most = 1"))
    assert found_after(("at_most = 10", 'at_most = 1, when_full = "report"')) == []
    assert found_after(("at_most = 3", "at_most = 1")) == []


# -------------------------------------------------------------------------------------------- people


def test_a_level_that_nobody_has_is_noted() -> None:
    """Only temporary access can give it, which the file does not know."""
    assert the_one_after(('levels = ["yard", "rounds", "vault"]', 'levels = ["yard", "vault"]')) == (
        "note: levels.rounds: no role or group has it: only temporary access can give it to anybody"
    )


def test_a_level_that_is_only_denied_is_had() -> None:
    """Denying is a use of it."""
    assert not any(
        "levels.vault" in each
        for each in found_after(
            ('levels = ["yard", "rounds", "vault"]', 'levels = ["yard", "rounds"]'),
            ('levels = ["yard", "vault"]', 'levels = ["yard"]'),
        )
    )


def test_a_schedule_that_nothing_uses_is_noted() -> None:
    """It may be written for later."""
    spare = '[schedules.spare]\nweekly = [{ days = "sun", from = "10:00", to = "11:00" }]\n\n[doors.gate]'
    assert found_after(("[doors.gate]", spare)) == ["note: schedules.spare: nothing in the file uses it"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("modes = [\n", 'modes = [\n    { mode = "locked", schedule = "spare" },\n'),
        ("asks_when = [\n", 'asks_when = [\n    { schedule = "spare", asks = "card_and_pin" },\n'),
        ('["gate-in", "gate-out"], schedule = "day" }', '["gate-in"], schedule = "spare" }'),
    ],
)
def test_a_schedule_is_used_by_modes_questions_and_levels(old: str, new: str) -> None:
    """Each of them is a use."""
    spare = '[schedules.spare]\nweekly = [{ days = "mon-fri", from = "06:00", to = "20:00" }]\n\n[doors.gate]'
    assert not any("schedules.spare" in each for each in found_after(("[doors.gate]", spare), (old, new)))


def test_visitors_whom_nobody_may_escort_are_a_mistake() -> None:
    """They could never come in."""
    assert the_one_after(("may_escort = true", "")) == (
        "mistake: roles.visitor.needs_escort: no role or group has may_escort, so nobody can ever "
        "bring them in"
    )
    group = ('name = "Acme Ltd"', 'name = "Acme Ltd"\nmay_escort = true')
    assert found_after(("may_escort = true", ""), group) == []


def test_a_group_of_visitors_is_found_by_its_own_path() -> None:
    """Groups and roles are told apart."""
    (_, finding) = found_after(
        ("may_escort = true", ""), ('name = "Acme Ltd"', 'name = "Acme Ltd"\nneeds_escort = true')
    )
    assert finding.startswith("mistake: groups.acme.needs_escort: ")


def test_a_question_at_a_threat_level_at_which_nobody_passes_is_a_mistake() -> None:
    """Whoever comes is refused before anything is asked."""
    (finding, *_) = found_after(("{ threat_level = 2, asks", "{ threat_level = 3, asks"))
    assert finding == (
        "mistake: access_points.gate-in.asks_when[1].threat_level: nobody may pass at threat level 3, so "
        "nothing is ever asked: the highest threat_authority of any role or group is 2"
    )


def test_a_threat_level_that_no_rule_mentions_is_noted() -> None:
    """It is one like the next, which may be a slip of the pen."""
    assert the_one_after(("threat_authority = 2", "threat_authority = 4")) == (
        "note: threat_authority: no rule mentions threat level 3: it refuses whom level 4 refuses, and "
        "changes nothing else"
    )


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        (
            (('requires = ["induction"]', ""),),
            "note: qualifications.induction: no area requires it",
        ),
        (
            (('asks = "pin"', 'asks = "card"'), ("break_glass = true", "break_glass = false")),
            'note: codes: no access point asks for a code alone (asks = "pin")',
        ),
        (
            (('passback = "hard"', ""), ('passback = "timed"\npassback_forget_min = 90', "")),
            'note: passback.forgive_at: no area has "passback", so there is nothing to forgive',
        ),
    ],
)
def test_what_has_no_use_is_noted(changes: tuple[tuple[str, str], ...], finding: str) -> None:
    """It does no harm, and somebody meant something by it."""
    assert found_after(*changes) == [finding]


NO_LOWER_LIMIT = ("at_least = 2\nalone_grace_s = 90\n", "")
NEVER = [
    (
        (("limits = [{ at_most = 10 }", "limits = [{ at_most = 1 }"), NO_LOWER_LIMIT),
        "areas.vault.limits[0].at_most: has room for 1, and 2 have to come in together",
    ),
    (
        (("limits = [{ at_most = 10 }", "limits = [{ at_most = 0 }"), NO_LOWER_LIMIT),
        "areas.vault.limits[0].at_most: lets nobody in",
    ),
    (
        (('levels = ["yard"]\ndenies = ["vault"]', 'levels = ["vault"]\ndenies = ["vault"]'),),
        "groups.acme.denies: denies every level that it gives",
    ),
]


@pytest.mark.parametrize(("changes", "finding"), NEVER, ids=[finding for _, finding in NEVER])
def test_what_lets_nobody_in_for_ever_is_a_mistake(
    changes: tuple[tuple[str, str], ...], finding: str
) -> None:
    """A room without room, and a right that is taken back by whoever gives it."""
    assert f"mistake: {finding}" in found_after(*changes)
    assert f"mistake: {finding}" not in found(FULL)


OVER = """
[[holidays]]
date = 2020-01-01
type = "site"
name = "Stocktaking, long ago"

[schedules.over]
holidays = { site = [{ from = "08:00", to = "12:00" }] }

[schedules.always]
weekly = [{ days = "every day", from = "00:00", to = "24:00" }]
holidays.full = [{ from = "00:00", to = "24:00" }]
holidays.half = [{ from = "00:00", to = "24:00" }]
holidays.site = [{ from = "00:00", to = "24:00" }]
"""


def test_a_schedule_that_is_over_is_a_mistake() -> None:
    """A schedule that holds on one special day alone, and that day is past, opens nothing any more."""
    assert "mistake: schedules.over: does not hold once in the next 400 days" in found(FULL + OVER)
    assert not [line for line in found(FULL + OVER) if "schedules.always: does not" in line]


def test_a_door_that_is_blocked_at_every_hour_is_a_mistake() -> None:
    """Whoever wants a door that nobody passes leaves out its access points."""
    blocked = ('{ mode = "blocked", schedule = "night" }', '{ mode = "blocked", schedule = "always" }')
    lines = found(spoilt(blocked, text=FULL) + OVER)
    assert "mistake: doors.gate.modes[0]: blocks the door at every hour" in lines


def test_an_unlocking_is_not_covered_by_a_level_that_nobody_has() -> None:
    """A level without a role lets nobody in, so a door that stands open by it stands open for nobody."""
    nobodys = """
[levels.nobodys]
policies = [{ access_points = ["gate-in"], schedule = "always" }]
"""
    late = ('{ mode = "unlocked", schedule = "day"', '{ mode = "unlocked", schedule = "always"')
    lines = found(spoilt(late, text=FULL) + OVER + nobodys)
    assert [line for line in lines if line.startswith("danger: doors.gate.modes[1]: stands unlocked")]


def test_the_demo_is_in_no_danger() -> None:
    """What people see first has neither dangers nor mistakes."""
    text = (Path(install.__file__).parent / "demo" / "site.toml").read_text(encoding="utf-8")
    assert {line.partition(":")[0] for line in found(text)} <= {"note"}


def test_without_an_instant_the_present_counts() -> None:
    """Whoever checks a file wants to know of what comes from now on."""
    assert list(findings(load(FULL))) == []
