from tests.simulate.lines import Play, at, badge, decided, done, leaf, order, passes, person, told
from tests.simulate.sites import hall

ANA = person("ana", "staff")
UNLOCKED_AT_NOON = '[schedules.noon]\nweekly = [{ days = "every day", from = "12:00", to = "13:00" }]\n'
SITE = hall()
AT_NOON = hall(door_rules='modes = [{ mode = "unlocked", schedule = "noon" }]\n') + UNLOCKED_AT_NOON


def test_timers_run_out_between_lines(play: Play) -> None:
    """What is due before a line happens before it, each at its own instant."""
    lines = [ANA, badge(0, "hall-in", "ana"), badge(60, "hall-in", "ana"), leaf(61, "hall", "open")]
    played = play(SITE, *lines, leaf(62, "hall", "closed"))
    assert told(played) == [
        "0 access_granted ana",
        "5 access_not_taken ana",
        "60 access_granted ana",
        "61 door_opened hall",
        "61 access_taken ana",
        "62 door_closed hall",
    ]
    assert done(played) == [
        "0 release hall",
        "0 answer hall-in granted",
        "5 secure hall",
        "60 release hall",
        "60 answer hall-in granted",
        "61 secure hall",
    ]


def test_a_timer_comes_before_a_line_of_the_same_instant(play: Play) -> None:
    """The release time ends in the instant in which somebody pulls: they are too late."""
    played = play(SITE, ANA, badge(0, "hall-in", "ana"), leaf(5, "hall", "open"))
    assert told(played)[1:] == ["5 access_not_taken ana", "5 door_opened hall", "5 door_forced_open hall"]


def test_time_runs_on_after_the_last_line(play: Play) -> None:
    """A leaf that is left open warns, then alarms, though nothing else happens."""
    played = play(SITE, ANA, badge(0, "hall-in", "ana"), leaf(1, "hall", "open"))
    assert told(played)[3:] == ["16 door_pre_alarm hall", "21 door_open_too_long hall"]
    assert done(played)[-2:] == ["16 tone hall pre_alarm", "21 tone hall alarm"]


def test_time_runs_on_to_the_end_of_an_order(play: Play) -> None:
    """A door that was unlocked for ten minutes is locked after them."""
    played = play(SITE, order(0, "unlock", door="hall", for_s=600))
    assert told(played) == ["0 door_unlocked hall", "600 door_locked hall"]


def test_nobody_waits_for_schedules(play: Play) -> None:
    """They would never come to an end."""
    assert told(play(AT_NOON, leaf(0, "hall", "closed"))) == []


def test_nobody_waits_for_more_than_a_day(play: Play) -> None:
    """An order until next year does not play a year of schedules."""
    played = play(AT_NOON, order(0, "block", door="hall", until="2027-03-02T08:00:00Z"))
    assert told(played) == ["0 door_blocked hall"]


def test_time_runs_on_until_it_is_told_to_end(play: Play) -> None:
    """With an end, schedules count too, and nothing after it."""
    played = play(AT_NOON, leaf(0, "hall", "closed"), until="2026-03-03T12:30:00Z")
    noon, one, a_day = 4 * 3600, 5 * 3600, 24 * 3600
    assert told(played) == [
        f"{noon} door_unlocked hall",
        f"{one} door_locked hall",
        f"{noon + a_day} door_unlocked hall",
    ]
    cut_short = play(SITE, ANA, badge(0, "hall-in", "ana"), until="2026-03-02T08:00:04Z")
    assert done(cut_short) == ["0 release hall", "0 answer hall-in granted"]


def test_a_site_starts_as_its_schedules_say(play: Play) -> None:
    """A trace that begins at noon finds the door unlocked."""
    played = play(AT_NOON, leaf(4 * 3600 + 60, "hall", "open"))
    assert told(played) == ["14460 door_unlocked hall", "14460 door_opened hall"]
    assert done(played) == ["14460 release hall"]


def test_people_may_come_before_time_does(play: Play) -> None:
    """A person needs no instant; one that has it may be the first line of all."""
    timed = {"at": "2026-03-02T07:00:00Z", **person("ben", "staff")}
    for first in (ANA | {"id": "ben"}, timed):
        assert decided(play(SITE, first, *passes(0, "hall-in", "ben"))) == ["0 access_granted ben"]
    from_a_file = play(SITE, *passes(0, "hall-in", "ben"), people=[{"id": "ben", "roles": ["staff"]}])
    assert decided(from_a_file) == ["0 access_granted ben"]


def test_a_clock_that_goes_forward_in_spring(play: Play) -> None:
    """A schedule follows the clock on the wall: after the change noon in London is eleven in UTC."""
    line = {"at": "2026-03-29T10:59:59Z", "do": "leaf", "door": "hall", "state": "closed"}
    played = play(AT_NOON, line, until="2026-03-29T11:30:00Z")
    assert '"at":"2026-03-29T11:00:00+00:00","type":"door_unlocked"' in played


def test_the_same_instant_in_the_order_of_the_lines(play: Play) -> None:
    """Several lines may have one instant."""
    lines = [at(0, "order", order="block", door="hall"), ANA, badge(0, "hall-in", "ana")]
    played = play(SITE, *lines, order(0, "normal", door="hall"), badge(0, "hall-in", "ana"))
    assert decided(played) == [
        "0 door_blocked hall",
        "0 denied_lockout ana",
        "0 door_normal hall",
        "0 door_locked hall",
        "0 access_granted ana",
        "5 access_not_taken ana",
    ]
