"""What the day's record says of factors, passback, occupancy, company and interlocks."""

from datetime import timedelta

from accessctl.store.people_queries import PeopleQueries
from tests.demo.conftest import PlayedDay

GRANTED_AND_IN = ["access_granted", "access_taken"]

# --- 1: factors by place and time -----------------------------------------------------------------------


def test_the_office_asks_for_more_at_night(played: PlayedDay) -> None:
    """By day a card lets in; at night a wrong PIN is refused, and a right one lets in."""
    assert played.told("desmond-achebe", where="office-in", until="12:00") == GRANTED_AND_IN
    at_night = played.told("viktor-hale", where="office-in")
    assert at_night == ["denied_incorrect_authentication_factor", *GRANTED_AND_IN]


def test_the_floor_asks_for_more_while_it_is_empty(played: PlayedDay) -> None:
    """The first at night is refused without a PIN; the second comes in with the card alone."""
    first = played.told("viktor-hale", where="floor-in", until="00:50")
    assert first == ["denied_authentication_factor_timeout", *GRANTED_AND_IN]
    badged = played.midnight + timedelta(minutes=52, seconds=41)
    granted, taken = played.entries("rhys-tanner", where="floor-in", since="00:50", until="01:00")
    assert (granted.at, taken.type) == (badged, "access_taken")


def test_an_armed_office_asks_for_more(played: PlayedDay) -> None:
    """While it is armed a card without a PIN is refused, at an hour at which a card would do."""
    assert played.told("marta-quill", where="office-in", since="06:35", until="06:43") == [
        "denied_authentication_factor_timeout",
        *GRANTED_AND_IN,
    ]
    assert [kind for kind in played.told(since="06:35", until="06:44") if kind.startswith("area_")] == [
        "area_armed",
        "area_disarmed",
    ]


def test_a_threat_makes_the_entrance_ask_for_more(played: PlayedDay) -> None:
    """The entrance, which asks for a card else, refuses a wrong PIN at threat level 2."""
    assert played.told("marta-quill", where="staff-in", since="15:11", until="15:24") == [
        "denied_incorrect_authentication_factor",
        *GRANTED_AND_IN,
    ]


def test_a_code_alone_opens_the_gate(played: PlayedDay) -> None:
    """What was granted at the gate was a code and no card; nobody's code is refused."""
    credentials = {row.id: row for row in PeopleQueries(played.home.people).cards()}
    granted, _taken = played.entries("bartek-nowicki", where="gate-in")
    assert granted.credential is not None
    assert credentials[granted.credential].is_code
    assert played.told(where="gate-in", since="09:14", until="09:15") == ["denied_unknown_credential"] * 3


def test_a_free_way_asks_nobody(played: PlayedDay) -> None:
    """The button of the hatch lets somebody down, whoever it is."""
    (let_in,) = (row for row in played.entries(where="leveller-1-in") if row.type.startswith("access"))
    assert (let_in.type, let_in.person) == ("access_granted_anonymous", None)


def test_two_of_a_list_open_the_cage(played: PlayedDay) -> None:
    """Of card, PIN and finger a card and a PIN do; a card alone does not."""
    assert played.told("harriet-lowe", where="cage-in", since="11:15", until="11:16") == [
        "denied_authentication_factor_timeout"
    ]
    assert "access_granted" in played.told("harriet-lowe", where="cage-in", since="11:16", until="11:18")


def test_too_little_assurance_is_refused(played: PlayedDay) -> None:
    """Where a card alone is asked, one that can be copied proves too little for the cage."""
    assert played.told(where="cage-in", since="15:30", until="16:00") == ["denied_insufficient_assurance"]


# --- 2: passback ------------------------------------------------------------------------------------------


def test_hard_passback_refuses_until_an_operator_forgives(played: PlayedDay) -> None:
    """Who left the cage unread is refused, forgiven by the desk, and let in."""
    told = played.told("yusuf-demir", since="11:05", until="11:19")
    assert told[:3] == ["denied_passback", "passback_forgiven", "access_granted"]


def test_presence_moves_when_the_leaf_opened(played: PlayedDay) -> None:
    """Who was granted at the cage and turned round is not inside: hard passback lets them in next time."""
    told = played.told("harriet-lowe", where="cage-in", since="11:16", until="11:18")
    assert told == [
        *("authorization_delayed", "access_granted", "access_not_taken"),
        *("authorization_delayed", "access_granted", "access_taken"),
    ]


def test_soft_passback_grants_and_reports(played: PlayedDay) -> None:
    """Who comes back from the lobby, where the handle read nobody, is let in and reported."""
    assert played.told("ana-marsh", where="floor-in", since="10:00", until="11:00") == [
        "access_granted",
        "passback_detected",
        "access_taken",
    ]


def test_who_is_in_a_part_is_in_the_whole(played: PlayedDay) -> None:
    """Who went into the cold store and was not read out of it is reported when she enters the floor."""
    told = [
        (row.type, row.access_point) for row in played.entries("nadia-benali", since="13:49", until="17:33")
    ]
    assert told[-4:] == [
        ("access_taken", "cold-in"),
        ("access_granted", "floor-in"),
        ("passback_detected", "floor-in"),
        ("access_taken", "floor-in"),
    ]


def test_timed_passback_forgets(played: PlayedDay) -> None:
    """A code that was used at the gate is refused for a quarter of an hour, and not for longer."""
    assert played.told("dafydd-pryce", where="gate-in", until="06:00") == [
        *GRANTED_AND_IN,
        "denied_passback",
        *GRANTED_AND_IN,
    ]


def test_passback_is_forgiven_at_three(played: PlayedDay) -> None:
    """In both nights everybody is forgiven, by schedule and by nobody."""
    forgiven = [row for row in played.rows if row.type == "passback_forgiven" and row.person is None]
    assert [row.at - played.midnight for row in forgiven] == [timedelta(hours=3), timedelta(hours=27)]


def test_passback_does_not_count_for_who_is_exempt(played: PlayedDay) -> None:
    """She enters the cage twice without having been read out of it, and nothing is said."""
    assert played.told("siobhan-farrell", where="cage", since="17:00", until="17:09") == [
        *("authorization_delayed", "access_granted", "access_taken"),
        *("access_granted", "access_taken"),
    ]


# --- 3: occupancy -------------------------------------------------------------------------------------------


def test_a_full_area_refuses(played: PlayedDay) -> None:
    """A fifth person is not let into the cold store."""
    assert played.told("desmond-achebe", where="cold-in") == ["denied_upper_occupancy_limit"]


def test_a_company_has_its_limit(played: PlayedDay) -> None:
    """The agency's third waits until one of the two others has left the floor."""
    assert played.told("kofi-mensah", where="floor-in", until="15:00") == [
        "denied_upper_occupancy_limit",
        *GRANTED_AND_IN,
    ]
    assert "access_taken" in played.told("liam-okafor", where="staff-out", since="13:44", until="14:15")


def test_one_too_many_may_be_reported(played: PlayedDay) -> None:
    """The haulier's third driver at the docks is let in, and the record says so."""
    assert played.told("rosa-villar", where="dock-1-in", until="14:00") == [
        "access_granted",
        "occupancy_exceeded",
        "access_taken",
    ]


def test_too_few_are_an_alarm_after_their_grace(played: PlayedDay) -> None:
    """Five minutes after the other was read out, one alone in the cold is an alarm, until he comes out."""
    low, restored = (row for row in played.rows if row.type.startswith("occupancy_below"))
    (left,) = (
        row
        for row in played.entries("aino-virtanen", where="cold-out", until="10:30")
        if row.type == "access_taken"
    )
    assert low.at - left.at == timedelta(minutes=5)
    assert low.detail["area"] == "cold-store"
    assert restored.type == "occupancy_below_minimum_restored"


# --- 4: two persons, escort ---------------------------------------------------------------------------------


def test_two_open_the_cage(played: PlayedDay) -> None:
    """The first waits, the second opens for both, and both go in."""
    assert played.told(where="cage-in", since="02:00", until="03:00") == [
        "authorization_delayed",
        "access_granted",
        "access_granted",
        "access_taken",
        "access_taken",
    ]


def test_one_alone_does_not_open_the_cage(played: PlayedDay) -> None:
    """Nobody joins her within half a minute: refused."""
    assert played.told(where="cage-in", since="23:00", until="31:00") == [
        "authorization_delayed",
        "denied_no_accompaniment",
    ]


def test_a_visitor_comes_in_with_an_escort_alone(played: PlayedDay) -> None:
    """Refused at first; right behind her escort she is let in at every door."""
    assert played.told("fatou-diallo", where="staff-in", until="09:28") == ["denied_no_accompaniment"]
    told = played.told("fatou-diallo", since="09:28", until="09:31")
    assert told == ["access_granted", "accompaniment_by", "access_taken"] * 3


def test_a_visitor_who_is_left_alone_is_an_alarm(played: PlayedDay) -> None:
    """The escort's leaving is reported at once, the visitor alone after a minute, until they are together."""
    assert "visitor_left_behind" in played.told("marta-quill", where="cold-out", until="09:40")
    assert played.told("fatou-diallo", since="09:36", until="09:40") == ["visitor_alone", "visitor_rejoined"]


# --- 5: interlock -------------------------------------------------------------------------------------------


def test_a_dock_and_its_leveller_are_never_open_at_once(played: PlayedDay) -> None:
    """While the dock stands open somebody waits for the hatch in vain."""
    assert played.told(where="leveller-1-in", until="09:00") == ["authorization_delayed", "denied_interlock"]


def test_a_driver_waits_for_the_hatch(played: PlayedDay) -> None:
    """While the hatch is open a badge at the dock waits, and opens it at the instant the hatch is shut."""
    waits, granted, taken = played.entries("bartek-nowicki", where="dock-1-in", since="09:00", until="10:00")
    (shut,) = (row for row in played.entries(where="leveller-1") if row.type == "door_closed")
    assert (waits.type, granted.type, taken.type) == ("authorization_delayed", *GRANTED_AND_IN)
    assert granted.at == shut.at
