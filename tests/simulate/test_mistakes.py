import pytest

from accessctl.simulate.run import TraceWrong
from tests.simulate.lines import Play, at, badge, leaf, order, person
from tests.simulate.sites import hall

SITE = (
    hall('requires = ["induction"]', door_rules='[qualifications.induction]\nname = "Induction"\n')
    + '[inputs.siren]\nkind = "fire"\ngpio = 24\ndoors = "all"\n'
)

MISTAKES = {
    "no object": ("[1, 2]", "must be an object in { }"),
    "no JSON": ('{"at": "2026', "is no JSON: Unterminated string starting at at column 8"),
    "two objects": ('{"do": "person", "id": "a"} {}', "each stands on a line of its own"),
    "no text": (b'{"do": "\xff"}', "is not UTF-8 text"),
    "no number": ('{"at": NaN}', "a number that JSON does not know"),
    "too deep": ("[" * 100_000, "nested far too deep"),
    "no instant": ({"do": "leaf", "door": "hall", "state": "open"}, "at is missing"),
    "no do": ({"at": "2026-03-02T08:00:00Z"}, "do is missing; it is person, badge, leaf"),
    "a do that is no text": (at(0, "leaf") | {"do": 7}, "do cannot be 7"),
    "misspelt do": (at(0, "bagde"), 'do cannot be "bagde"; did you mean "badge"?'),
    "an order as do": (at(0, "lockdown"), 'write "do":"order","order":"lockdown"'),
    "no offset": (at(0, "leaf") | {"at": "2026-03-02T08:00:00"}, "has no offset from UTC"),
    "no date": (at(0, "leaf") | {"at": "Monday"}, 'at: "Monday" is no instant such as'),
    "a number as instant": (at(0, "leaf") | {"at": 1772438400}, "must be an instant such as"),
    "far away": (at(0, "leaf") | {"at": "9999-12-31T23:59:59Z"}, "not between the years 1970 and 2999"),
    "unknown point": (badge(0, "hal-in", "ana"), 'no access point "hal-in"; did you mean "hall-in"?'),
    "a point that is no text": (badge(0, "hall-in", "ana") | {"access_point": 1}, "named by its id"),
    "no point": (at(0, "badge", person="ana"), "access_point is missing"),
    "unknown factor": (badge(0, "hall-in", "ana", "crad"), 'no factor "crad"; did you mean "card"?'),
    "factors that are no list": (badge(0, "hall-in", "ana") | {"factors": 1}, "must be a list of texts"),
    "unknown PIN": (badge(0, "hall-in", "ana", pin="bad"), 'pin cannot be "bad"'),
    "a key too many": (badge(0, "hall-in", "ana", pinn="wrong"), 'has no "pinn"; did you mean "pin"?'),
    "unknown door": (leaf(0, "hull", "open"), 'there is no door "hull"; did you mean "hall"?'),
    "unknown state": (leaf(0, "hall", "ajar"), 'state cannot be "ajar"; there are open, closed'),
    "a leaf with too much": (leaf(0, "hall", "open") | {"by": "ana"}, 'has no "by"; there are at, do, door'),
    "no state": (at(0, "leaf", door="hall"), "state is missing"),
    "exit nowhere": (at(0, "exit_request"), "both are missing"),
    "a button that is none": (at(0, "button", access_point="hall-in"), '"hall-in" has no button'),
    "unknown order": (order(0, "lokdown"), 'there is no order "lokdown"; did you mean "lockdown"?'),
    "order for nothing": (order(0, "unlock"), "door is missing in the order unlock"),
    "order with too much": (order(0, "release", door="hall", until="2026-03-02T09:00Z"), 'has no "until"'),
    "order of two ends": (
        order(0, "unlock", door="hall", until="2026-03-02T09:00Z", for_s=5),
        "until and for_s say the same",
    ),
    "order with no end": (order(0, "prop", door="hall"), "for_s (seconds), or until"),
    "order for a bad time": (order(0, "prop", door="hall", for_s=-1), "for_s must be more than 0"),
    "order for a word": (order(0, "prop", door="hall", for_s="long"), "for_s must be a number of seconds"),
    "unknown mode": (order(0, "mode", door="hall", mode="open"), 'mode cannot be "open"'),
    "unknown area": (order(0, "arm", area="hell"), 'there is no area "hell"; did you mean "hall"?'),
    "nobody to forgive": (order(0, "forgive", person="bob"), 'there is no person "bob"'),
    "threat of a word": (order(0, "threat_level", level="high"), "level must be a whole number"),
    "unknown input": (at(0, "input", input="sirn", active=True), 'no input "sirn"; did you mean "siren"?'),
    "input of another kind": (
        at(0, "input", input="siren", kind="mains", active=True),
        'the input "siren" is of the kind fire',
    ),
    "input without a state": (at(0, "input", input="siren"), "an input line says state"),
    "no input": (at(0, "input", active=True), "names an input, or a kind: fire, mains, tamper"),
    "tamper nowhere": (at(0, "input", kind="tamper", active=True), "tamper is at a door; door is missing"),
    "tamper at two doors": (
        at(0, "input", input="hall.tamper", door="shed", active=True),
        'there is no door "shed"',
    ),
    "fire at a door": (at(0, "input", kind="fire", door="hall", active=True), 'has no "door"'),
    "a clock of no kind": (at(0, "clock", trusted="no"), "trusted must be true or false"),
    "unknown device": (at(0, "lost", device="lamp"), 'there is no device "lamp"; there are reader'),
    "device of an unknown point": (at(0, "lost", device="hal-in.reader"), 'no access point "hal-in"'),
    "device nowhere": (at(0, "lost", device="contact"), "door is missing"),
    "the record of a door": (at(0, "lost", device="hall.record"), "the record is the site's"),
    "unknown role": (person("ana", "stuff"), 'no role or group "stuff"; did you mean "staff"?'),
    "nobody": ({"do": "person"}, "id is missing"),
    "unknown key of a person": (
        person("ana", valid_til="x"),
        'has no "valid_til"; did you mean "valid_until"?',
    ),
    "validity that ends first": (
        person("ana", valid_from="2026-03-02T08:00Z", valid_until="2026-03-01T08:00Z"),
        "a validity must end after it starts",
    ),
    "unknown qualification": (person("ana", qualifications=["inducton"]), 'did you mean "induction"?'),
    "use of no number": (person("ana", uses={"total": 1.5}), "total must be a whole number"),
    "unknown use": (person("ana", uses={"a_week": 1}), 'uses has no "a_week"; there are a_day, total'),
    "temporary without end": (person("ana", temporary=[{"level": "staff"}]), "until is missing"),
    "two words for one": (person("ana", "staff", role="staff"), "roles and role say the same"),
}


@pytest.mark.parametrize(("line", "what"), MISTAKES.values(), ids=list(MISTAKES))
def test_a_mistake_is_said_with_its_line_and_in_words(play: Play, line: object, what: str) -> None:
    """Whatever is wrong with a line is said with its number and, where something is near, what was meant."""
    with pytest.raises(TraceWrong) as raised:
        play(SITE, "# a comment", person("ana", "staff"), "", line)
    assert str(raised.value).startswith("trace:4: ")
    assert what in str(raised.value)


def test_a_line_that_goes_back_in_time_is_a_mistake(play: Play) -> None:
    """Time goes on from line to line, whatever offsets the instants are written with."""
    late = leaf(0, "hall", "open") | {"at": "2026-03-02T10:00:00+01:00"}
    early = leaf(0, "hall", "open") | {"at": "2026-03-02T08:59:59Z"}
    with pytest.raises(TraceWrong, match=r"trace:2: at: .* is before the line above, 2026-03-02T10:00:00"):
        play(SITE, late, early)


def test_a_line_without_end_is_a_mistake(play: Play) -> None:
    """A file that has no lines at all is not read into memory whole."""
    with pytest.raises(TraceWrong, match=r"trace:2: is longer than 1024 KiB"):
        play(SITE, "", "#" * (1 << 22))


def test_what_comes_before_a_mistake_was_played(play: Play) -> None:
    """The lines before a mistake have been written when it is raised."""
    with pytest.raises(TraceWrong) as raised:
        play(SITE, leaf(0, "hall", "open"), "{")
    assert raised.value.line == 2


def test_a_file_of_people_has_nothing_else(play: Play) -> None:
    """A happening among the people would be played at no time at all."""
    with pytest.raises(TraceWrong, match=r"people\.jsonl:2: only people can stand here"):
        play(SITE, people=[{"id": "ana"}, leaf(0, "hall", "open")])
