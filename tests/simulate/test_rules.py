"""One short story for each rule of the rule book, told from the site file to what is printed."""

from tests.simulate.lines import (
    Line,
    Play,
    at,
    badge,
    decided,
    done,
    leaf,
    order,
    parsed,
    passes,
    person,
    told,
)
from tests.simulate.sites import HEAD, area, door, hall, role

ANA, BEN, EVE = person("ana", "staff"), person("ben", "staff"), person("eve", "visitor")
MINUTE, HOUR, DAY = 60, 3600, 86_400


def out(lines: str) -> list[str]:
    """Give what was decided, without grants that nobody took."""
    return [each for each in decided(lines) if "not_taken" not in each]


# -------------------------------------------------------------------------------------- factors


def test_two_factors_of_a_list(play: Play) -> None:
    """Any two of those that the access point takes will do."""
    site = hall(asks='{ two_of = ["card", "pin", "fingerprint"] }')
    lines = [badge(0, "hall-in", "ana"), badge(10, "hall-in", "ana", "card", "fingerprint")]
    assert out(play(site, ANA, *lines)) == ["0 verification_required ana", "10 access_granted ana"]


def test_more_is_asked_at_a_higher_threat_level(play: Play) -> None:
    """What a reader asks for follows the site's threat level, up and down."""
    more = 'asks_when = [{ threat_level = 2, asks = "card_and_pin" }]\nreader'
    site = hall(staff="threat_authority = 5").replace("reader", more, 1)
    lines = [order(0, "threat level", level=2), badge(1, "hall-in", "ana")]
    calm = [order(10, "threat level", level=1), badge(11, "hall-in", "ana")]
    assert out(play(site, ANA, *lines, *calm)) == [
        "0 threat_level_changed",
        "1 verification_required ana",
        "10 threat_level_changed",
        "11 access_granted ana",
    ]


def test_an_area_states_the_assurance_it_accepts(play: Play) -> None:
    """A card that can be copied proves nothing; a cryptographic one counts."""
    copied, sure = ANA, person("ben", "staff", card="cryptographic")
    site = hall("assurance = 1")
    assert out(play(site, copied, sure, badge(0, "hall-in", "ana"), badge(1, "hall-in", "ben"))) == [
        "0 denied_insufficient_assurance ana",
        "1 access_granted ben",
    ]


# ------------------------------------------------------------------------------------- passback


def test_hard_passback_refuses_a_second_entry(play: Play) -> None:
    """In twice without out in between is refused, until the person leaves or is forgiven."""
    site = hall('passback = "hard"')
    again = [badge(20, "hall-in", "ana"), *passes(30, "hall-out", "ana"), *passes(40, "hall-in", "ana")]
    forgiven = [badge(50, "hall-in", "ana"), order(60, "forgive", person="ana"), badge(61, "hall-in", "ana")]
    assert out(play(site, ANA, *passes(0, "hall-in", "ana"), *again, *forgiven)) == [
        "0 access_granted ana",
        "20 denied_passback ana",
        "30 access_granted ana",
        "40 access_granted ana",
        "50 denied_passback ana",
        "60 passback_forgiven ana",
        "61 access_granted ana",
    ]


def test_presence_moves_with_the_leaf(play: Play) -> None:
    """Who was granted and did not go in is not inside."""
    site = hall('passback = "hard"')
    assert out(play(site, ANA, badge(0, "hall-in", "ana"), badge(10, "hall-in", "ana"))) == [
        "0 access_granted ana",
        "10 access_granted ana",
    ]


def test_soft_passback_reports(play: Play) -> None:
    """The person is let in, and it is said."""
    site = hall('passback = "soft"')
    assert out(play(site, ANA, *passes(0, "hall-in", "ana"), badge(10, "hall-in", "ana"))) == [
        "0 access_granted ana",
        "10 access_granted ana",
        "10 passback_detected ana",
    ]


def test_timed_passback_forgets(play: Play) -> None:
    """An entry an hour old is forgotten to the second."""
    site = hall('passback = "timed"\npassback_forget_min = 60')
    entered = passes(0, "hall-in", "ana")
    late = [badge(HOUR, "hall-in", "ana"), badge(HOUR + 1, "hall-in", "ana")]
    assert out(play(site, ANA, *entered, *late)) == [
        "0 access_granted ana",
        "3600 denied_passback ana",
        "3601 access_granted ana",
    ]


def test_passback_is_forgiven_by_schedule(play: Play) -> None:
    """At three in the morning everybody starts anew."""
    site = hall('passback = "hard"') + '[passback]\nforgive_at = "03:00"\n'
    played = play(site, ANA, *passes(0, "hall-in", "ana"), badge(DAY, "hall-in", "ana"))
    assert out(played) == [
        "0 access_granted ana",
        f"{19 * HOUR} passback_forgiven",
        f"{DAY} access_granted ana",
    ]


def test_some_people_are_exempt(play: Play) -> None:
    """By their role, or by themselves."""
    guard = role("guard", "hall-in", more="exempt_from_passback = true")
    site = hall('passback = "hard"') + guard
    people = [person("gus", "guard"), person("ana", "staff", exempt=True)]
    lines = [*passes(0, "hall-in", "gus"), *passes(5, "hall-in", "gus")]
    lines += [*passes(10, "hall-in", "ana"), *passes(15, "hall-in", "ana")]
    assert {each.split()[1] for each in out(play(site, *people, *lines))} == {"access_granted"}


# ------------------------------------------------------------------------------------ occupancy


def test_an_area_that_is_full(play: Play) -> None:
    """One more than may be in is refused, and one who has left makes room."""
    site = hall("limits = [{ at_most = 1 }]")
    lines = [*passes(0, "hall-in", "ana"), badge(5, "hall-in", "ben"), *passes(10, "hall-out", "ana")]
    assert out(play(site, ANA, BEN, *lines, badge(20, "hall-in", "ben"))) == [
        "0 access_granted ana",
        "5 denied_upper_occupancy_limit ben",
        "10 access_granted ana",
        "20 access_granted ben",
    ]


def test_a_limit_that_only_reports(play: Play) -> None:
    """Of one company, one too many is let in and reported."""
    site = hall('limits = [{ at_most = 1, of = "acme", when_full = "report" }]')
    site += '[groups.acme]\nname = "Acme"\n'
    people = [ANA | {"groups": ["acme"]}, BEN | {"groups": ["acme"]}, person("cat", "staff")]
    lines = [*passes(0, "hall-in", "ana"), *passes(5, "hall-in", "cat"), *passes(10, "hall-in", "ben")]
    assert out(play(site, *people, *lines)) == [
        "0 access_granted ana",
        "5 access_granted cat",
        "10 access_granted ben",
        "10 occupancy_exceeded ben",
    ]


def test_nobody_stays_alone_for_long(play: Play) -> None:
    """Where two have to be, one alone is an alarm after the grace time, until there are two or none."""
    site = hall("at_least = 2\nalone_grace_s = 60")
    lines = [*passes(0, "hall-in", "ana"), *passes(100, "hall-in", "ben")]
    assert out(play(site, ANA, BEN, *lines)) == [
        "0 access_granted ana",
        "61 occupancy_below_minimum",
        "100 access_granted ben",
        "101 occupancy_below_minimum_restored",
    ]


# -------------------------------------------------------------------------- two persons, escort


def test_two_people_open_together(play: Play) -> None:
    """The first waits for the second; alone, the first is refused when the time is over."""
    site = hall("together = { persons = 2, within_s = 30 }")
    lines = [badge(0, "hall-in", "ana"), badge(10, "hall-in", "ben"), badge(100, "hall-in", "ana")]
    played = play(site, ANA, BEN, *lines)
    assert out(played) == [
        "0 authorization_delayed ana",
        "10 access_granted ana",
        "10 access_granted ben",
        "100 authorization_delayed ana",
        "130 denied_no_accompaniment ana",
    ]
    assert [each for each in done(played) if "answer" in each] == [
        "0 answer hall-in wait",
        "10 answer hall-in granted",
        "100 answer hall-in wait",
        "130 answer hall-in refused",
    ]


def test_a_visitor_needs_an_escort(play: Play) -> None:
    """A visitor passes right behind an escort, and may not be left alone inside."""
    site = hall(staff="may_escort = true") + role("visitor", "hall-in", more="needs_escort = true")
    site += "[escort]\nwithin_s = 20\ngrace_s = 60\n"
    alone = badge(0, "hall-in", "eve")
    together = [*passes(10, "hall-in", "ana"), *passes(15, "hall-in", "eve")]
    left = passes(100, "hall-out", "ana")
    back = passes(200, "hall-in", "ana")
    assert out(play(site, ANA, EVE, alone, *together, *left, *back)) == [
        "0 denied_no_accompaniment eve",
        "10 access_granted ana",
        "15 access_granted eve",
        "15 accompaniment_by eve",
        "100 access_granted ana",
        "100 visitor_left_behind ana",
        "161 visitor_alone eve",
        "200 access_granted ana",
        "201 visitor_rejoined eve",
    ]


# ------------------------------------------------------------------------------------ interlock


def airlock(wait: str) -> str:
    doors = door("outer", to="lock") + door("inner", start="lock", to="hall", number=1)
    rest = area("lock") + area("hall") + role("staff", "outer-in", "inner-in")
    return HEAD + rest + doors + f'[[interlocks]]\ndoors = ["outer", "inner"]\n{wait}\n'


def test_an_interlock_refuses(play: Play) -> None:
    """While the outer leaf is open, the inner door is not released."""
    lines = [badge(0, "outer-in", "ana"), leaf(1, "outer", "open"), badge(2, "inner-in", "ana")]
    shut = [leaf(3, "outer", "closed"), badge(4, "inner-in", "ana")]
    assert out(play(airlock(""), ANA, *lines, *shut)) == [
        "0 access_granted ana",
        "2 denied_interlock ana",
        "4 access_granted ana",
    ]


def test_an_interlock_waits(play: Play) -> None:
    """A grant waits for the other door to shut, and is given up when that takes too long."""
    lines = [badge(0, "outer-in", "ana"), leaf(1, "outer", "open"), badge(2, "inner-in", "ana")]
    shut = play(airlock("wait_s = 10"), ANA, *lines, leaf(5, "outer", "closed"))
    assert out(shut) == ["0 access_granted ana", "2 authorization_delayed ana", "5 access_granted ana"]
    assert "5 release inner" in done(shut)
    too_long = play(airlock("wait_s = 10"), ANA, *lines)
    assert "12 denied_interlock ana" in out(too_long)


# ----------------------------------------------------------------------------------- door modes


def test_a_door_is_unlocked_by_schedule_after_the_first_card(play: Play) -> None:
    """The shift has begun at six; the door stays unlocked from when somebody has come in."""
    site = hall(door_rules='modes = [{ mode = "unlocked", schedule = "shift", first_card = true }]')
    played = play(site, ANA, *passes(0, "hall-in", "ana"), until="2026-03-02T18:30:00Z")
    assert out(played) == [
        "0 access_granted ana",
        "1 door_unlocked hall",
        f"{10 * HOUR} door_locked hall",
    ]


def test_a_leaf_may_stand_open_for_a_while(play: Play) -> None:
    """Propped for two minutes, it warns and alarms that much later."""
    lines = [order(0, "prop", door="hall", for_s=120), leaf(1, "hall", "open")]
    assert told(play(hall(), *lines))[2:] == ["116 door_pre_alarm hall", "121 door_open_too_long hall"]


def test_some_people_get_more_time(play: Play) -> None:
    """The strike stays released for as long as the site file says for them."""
    more = "{ release_time_s = 20, open_time_s = 90, pre_alarm_s = 10 }"
    site = hall(door_rules=f"extended = {more}")
    slow = person("ana", "staff", extended=True)
    assert done(play(site, slow, badge(0, "hall-in", "ana")))[-1] == "20 secure hall"
    assert done(play(site, ANA, badge(0, "hall-in", "ana")))[-1] == "5 secure hall"


def test_a_blocked_door_lets_nobody_in(play: Play) -> None:
    """Until the order's end; leaving stays free."""
    lines = [
        order(0, "block", door="hall", for_s=60),
        badge(1, "hall-in", "ana"),
        badge(2, "hall-out", "ana"),
    ]
    assert out(play(hall(), ANA, *lines, badge(61, "hall-in", "ana"))) == [
        "0 door_blocked hall",
        "1 denied_lockout ana",
        "2 access_granted ana",
        "60 door_locked hall",
        "61 access_granted ana",
    ]


# ---------------------------------------------------------------------------------- site states


def test_lockdown(play: Play) -> None:
    """Nobody enters but those whom the site lets pass; nobody is kept in; lifting ends it."""
    site = hall() + role("guard", "hall-in", more="passes_lockdown = true")
    lines = [order(0, "lockdown"), badge(1, "hall-in", "ana"), badge(2, "hall-in", "gus")]
    lines += [badge(10, "hall-out", "ana"), order(20, "release", door="hall"), order(30, "lift")]
    assert out(play(site, ANA, person("gus", "guard"), *lines, badge(31, "hall-in", "ana"))) == [
        "0 lockdown",
        "0 door_lockdown hall",
        "1 denied_deny_all ana",
        "2 access_granted gus",
        "10 access_granted ana",
        "20 order_refused hall",
        "30 lockdown_lifted",
        "30 door_locked hall",
        "31 access_granted ana",
    ]


def test_fire_releases_and_never_locks_again_by_itself(play: Play) -> None:
    """Above lockdown; when the input rests the door stays free until an operator ends that."""
    site = hall() + '[inputs.siren]\nkind = "fire"\ngpio = 24\ndoors = "all"\n'
    lines = [order(0, "lockdown"), at(10, "input", input="siren", state="active")]
    lines += [
        order(15, "end emergency"),
        at(20, "input", input="siren", state="rest"),
        order(30, "end emergency"),
    ]
    played = play(site, *lines)
    assert out(played) == [
        "0 lockdown",
        "0 door_lockdown hall",
        "10 fire_input",
        "10 door_free_access hall",
        "15 order_refused",
        "20 fire_input_restored",
        "30 emergency_lifted",
        "30 door_lockdown hall",
    ]
    assert done(played) == ["10 release hall", "30 secure hall"]


def test_a_threat_level_keeps_out_those_without_authority(play: Play) -> None:
    """Each role passes up to its own level."""
    site = hall() + role("guard", "hall-in", more="threat_authority = 3")
    lines = [order(0, "threat_level", level=3), badge(1, "hall-in", "ana"), badge(2, "hall-in", "gus")]
    assert out(play(site, ANA, person("gus", "guard"), *lines)) == [
        "0 threat_level_changed",
        "1 denied_threat_level ana",
        "2 access_granted gus",
    ]


def test_muster(play: Play) -> None:
    """Everybody who is inside is looked for, and found at the muster point or by name."""
    point = '[muster_points.lawn]\nname = "Lawn"\narea = "yard"\nreader = { kind = "simulated" }\n'
    inside = [*passes(0, "hall-in", "ana"), *passes(5, "hall-in", "ben")]
    lines = [order(100, "muster"), badge(110, "lawn", "ana"), order(120, "safe", person="ben")]
    played = play(hall() + point, ANA, BEN, *inside, *lines, order(130, "end muster"))
    assert out(played)[2:] == [
        "100 muster_started",
        "110 muster ana",
        "120 muster ben",
        "120 muster_complete",
        "130 muster_ended",
    ]
    assert done(played)[-1] == "110 answer lawn granted"
    started = next(line for line in parsed(played) if line.get("type") == "muster_started")
    assert started["detail"]["inside"] == {"hall": ["ana", "ben"]}


# --------------------------------------------------------------------------------------- people


def refused(play: Play, who: Line, site: str = "", seconds: float = 0) -> str:
    """Give what comes of one person's badge."""
    return decided(play(site or hall(), who, badge(seconds, "hall-in", who["id"])))[0].split()[1]


def test_what_is_wrong_with_a_person(play: Play) -> None:
    """Each reason by its name."""
    late, early = "2026-03-02T08:00:01Z", "2026-03-02T08:00:00Z"
    assert refused(play, ANA | {"valid_from": late}) == "denied_credential_not_yet_active"
    assert refused(play, ANA | {"valid_until": early}) == "denied_credential_expired"
    assert refused(play, ANA | {"valid_from": early, "valid_until": late}) == "access_granted"
    assert refused(play, ANA | {"disabled": True}) == "denied_credential_manual_disable"
    assert refused(play, ANA | {"card_status": "stolen"}) == "denied_factor_stolen"
    assert refused(play, person("ana")) == "denied_point_no_access_rights"
    assert refused(play, ANA | {"uses": {"total": 0}}) == "denied_credential_max_uses"


def test_uses_are_counted_in_all_and_a_day(play: Play) -> None:
    """Two a day, three in all; an entry that did not take place is given back."""
    who = ANA | {"uses": {"total": 3, "a_day": 2}}
    came = [*passes(0, "hall-in", "ana"), badge(10, "hall-in", "ana"), *passes(20, "hall-in", "ana")]
    more = [badge(30, "hall-in", "ana"), *passes(DAY, "hall-in", "ana"), badge(DAY + 10, "hall-in", "ana")]
    renewed = [order(DAY + 20, "renew", person="ana"), badge(DAY + 21, "hall-in", "ana")]
    played = play(hall(), who, *came, *more, *renewed)
    assert [each.split()[1] for each in out(played)] == [
        "access_granted",
        "access_granted",
        "access_granted",
        "denied_credential_max_uses",
        "access_granted",
        "denied_credential_max_uses",
        "access_renewed",
        "access_granted",
    ]


def test_access_expires_when_somebody_is_not_seen(play: Play) -> None:
    """Thirty days after the last badge, or after the person was added."""
    site = hall(staff="expires_unseen_days = 30")
    lines = [
        badge(0, "hall-in", "ana"),
        badge(30 * DAY - 1, "hall-in", "ana"),
        badge(60 * DAY, "hall-in", "ana"),
    ]
    assert out(play(site, ANA, *lines)) == [
        "0 access_granted ana",
        f"{30 * DAY - 1} access_granted ana",
        f"{60 * DAY} denied_credential_inactivity ana",
    ]
    added = at(0, "person", **{key: value for key, value in ANA.items() if key != "do"})
    assert refused(play, added, site, 30 * DAY) == "denied_credential_inactivity"
    assert refused(play, ANA | {"seen_from": "2026-01-01T00:00Z"}, site) == "denied_credential_inactivity"


def test_a_qualification_is_wanted_and_expires(play: Play) -> None:
    """An induction that was never given, one that has expired, one that holds."""
    site = hall('requires = ["induction"]') + '[qualifications.induction]\nname = "Induction"\n'
    ended = {"qualifications": {"induction": "2026-03-02T08:00:00Z"}}
    holds = {"qualifications": {"induction": "2026-03-02T08:00:01Z"}}
    assert refused(play, ANA, site) == "denied_prerequisite"
    assert refused(play, ANA | ended, site) == "denied_prerequisite"
    assert refused(play, ANA | holds, site) == "access_granted"
    assert refused(play, ANA | {"qualifications": ["induction"]}, site) == "access_granted"
    assert refused(play, ANA | {"qualifications": {"induction": None}}, site) == "access_granted"


def test_temporary_access_ends(play: Play) -> None:
    """A level for an hour, to somebody who has none."""
    lent = {"temporary": [{"level": "staff", "until": "2026-03-02T09:00:00Z"}]}
    who = person("ana") | lent
    assert refused(play, who, seconds=HOUR - 1) == "access_granted"
    assert refused(play, who, seconds=HOUR) == "denied_point_no_access_rights"
    later = person("ana") | {"temporary": [lent["temporary"][0] | {"from": "2026-03-02T08:30:00Z"}]}
    assert refused(play, later) == "denied_point_no_access_rights"


def test_deny_beats_allow(play: Play) -> None:
    """Whatever a role allows, a group that denies it wins."""
    site = hall() + '[groups.barred]\nname = "Barred"\ndenies = ["staff"]\n'
    assert refused(play, ANA | {"groups": ["barred"]}, site) == "denied_no_access_rights"


def test_a_person_is_changed_by_a_later_line(play: Play) -> None:
    """From that line on, and not before; where the person is stays known."""
    site = hall('passback = "hard"')
    now_disabled = at(10, "person", id="ana", roles=["staff"], disabled=True)
    again = at(20, "person", id="ana", roles=["staff"])
    lines = [*passes(0, "hall-in", "ana"), now_disabled, badge(11, "hall-in", "ana"), again]
    assert out(play(site, ANA, *lines, badge(21, "hall-in", "ana"))) == [
        "0 access_granted ana",
        "11 denied_credential_manual_disable ana",
        "21 denied_passback ana",
    ]


# ------------------------------------------------------------------------------------- degraded


def test_what_holds_while_something_is_gone(play: Play) -> None:
    """Each condition with what the site file says for it; and as before when it is over."""
    cases = [
        ('clock_untrusted = "timeless_only"', at(0, "clock", trusted=False), "denied_clock_untrusted"),
        ('clock_untrusted = "refuse"', at(0, "clock", trusted=False), "denied_clock_untrusted"),
        ('record_unwritable = "refuse"', at(0, "lost", device="record"), "denied_other"),
        ('reader_lost = "refuse"', at(0, "lost", device="hall-out.reader"), "denied_degraded"),
        ('contact_lost = "refuse"', at(0, "lost", device="hall.contact"), "denied_degraded"),
        ('on_battery = "refuse"', at(0, "input", kind="mains", state="lost"), "denied_degraded"),
    ]
    for words, lost, reason in cases:
        site = hall(door_rules=f"degraded = {{ {words} }}").replace(
            'schedule = "always"', 'schedule = "shift"'
        )
        back = {"do": "back", "lost": None}
        restored = lost | (
            back if lost["do"] == "lost" else {"trusted": True} if "trusted" in lost else {"state": "back"}
        )
        lines = [ANA, lost, badge(1, "hall-in", "ana"), badge(2, "hall-out", "ana")]
        lines += [restored | {"at": "2026-03-02T08:00:20Z"}, badge(21, "hall-in", "ana")]
        decisions = [each for each in out(play(site, *lines)) if each.endswith("ana")]
        assert decisions == [f"1 {reason} ana", "2 access_granted ana", "21 access_granted ana"], words


def test_a_pin_instead_of_a_finger(play: Play) -> None:
    """Only where the site file says so in as many words."""
    site = hall(asks='"card_and_biometric"', door_rules='degraded = { biometric_lost = "wider_pin_instead" }')
    lines = [at(0, "lost", device="hall-in.biometric"), badge(1, "hall-in", "ana")]
    played = play(site, ANA, *lines, badge(5, "hall-in", "ana", "card", "pin"))
    assert out(played)[1:] == ["1 verification_required ana", "5 access_granted ana"]


# ------------------------------------------------------------------------------------ calendars


def test_a_holiday_is_no_weekday(play: Play) -> None:
    """On Christmas Day the shift does not take place."""
    holiday = '[[holidays]]\ndate = 2026-12-25\ntype = "full"\nname = "Christmas Day"\n'
    site = hall().replace('schedule = "always"', 'schedule = "shift"') + holiday
    line = badge(0, "hall-in", "ana")
    for day, wanted in (("24", "access_granted"), ("25", "denied_out_of_time_range")):
        assert wanted in play(site, ANA, line | {"at": f"2026-12-{day}T09:00:00Z"}).splitlines()[0]
