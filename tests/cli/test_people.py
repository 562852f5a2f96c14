import json

from accessctl.link.messages import FaultCode, ForgiveWrongPins, HashPin
from tests.api.running import RunningApi
from tests.cli.conftest import Run

SECRET = "987654321098"


def test_adding_prints_the_id(api: RunningApi, run: Run) -> None:
    """The id goes to stdout, for scripts, and the talk to stderr."""
    added = run("people", "add", "Ana Marsh", "--role", "picker", "--role", "driver")
    assert added.exit_code == 0
    person = api.http.get(f"/people/{added.stdout.strip()}").json()
    assert (person["name"], person["roles"]) == ("Ana Marsh", ["picker", "driver"])
    assert added.stderr == f"accessctl: added Ana Marsh as {person['id']}\n"


def test_a_validity_is_read_in_local_time(run: Run) -> None:
    """A date alone is a whole day here, and an instant with an offset is taken as it is."""
    words = ("--from", "2026-03-01T06:00:00+01:00", "--until", "2026-03-31", "--json")
    added = json.loads(run("people", "add", "Bo Lund", "--role", "picker", *words).stdout)
    assert added["valid_from"] == "2026-03-01T05:00:00Z"
    assert added["valid_until"] > "2026-03-31T09"


def test_a_date_that_is_none(run: Run) -> None:
    """What is no date is wrong use, and says what a date looks like."""
    refused = run("people", "add", "Bo Lund", "--role", "picker", "--until", "soon")
    assert refused.exit_code == 2
    assert "2026-01-31" in refused.stderr


def test_an_unknown_role_is_a_finding(run: Run) -> None:
    """What the API refuses ends with status 1, its words on stderr and nothing on stdout."""
    refused = run("people", "add", "Bo Lund", "--role", "pilot")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr == "accessctl: roles.0: there is no such role; there are driver, picker\n"


def test_a_pin_is_asked_for_hidden_and_twice(api: RunningApi, run: Run) -> None:
    """A PIN that is typed in is shown nowhere."""
    added = run("people", "add", "Cy Holt", "--role", "picker", "--pin", input=f"{SECRET}\n{SECRET}\n")
    assert added.exit_code == 0
    assert SECRET not in added.output
    assert api.peer.heard_of(HashPin)[-1] == HashPin(added.stdout.strip(), SECRET)


def test_two_different_pins_are_asked_for_again(run: Run) -> None:
    """Whoever mistypes a PIN is asked again."""
    added = run("people", "add", "Cy Holt", "--role", "picker", "--pin", input="1111\n2222\n3333\n3333\n")
    assert added.exit_code == 0
    assert "do not match" in added.stderr


def test_a_pin_from_stdin(api: RunningApi, run: Run) -> None:
    """Scripts give a PIN on stdin, where no list of processes shows it."""
    person = api.new_person("Di Orr")
    assert run("people", "pin", person, "--pin-stdin", input=f"{SECRET}\n").exit_code == 0
    assert api.peer.heard_of(HashPin)[-1] == HashPin(person, SECRET)
    assert run("people", "pin", person, "--remove").exit_code == 0


def test_a_bad_pin_is_not_repeated(api: RunningApi, run: Run) -> None:
    """A PIN that cannot be one is refused without being shown."""
    refused = run("people", "pin", api.new_person(), "--pin-stdin", input=f"{SECRET}x\n")
    assert (refused.exit_code, refused.stderr) == (1, "accessctl: pin: must be 4 to 12 digits\n")


def test_people_are_listed_in_a_table(api: RunningApi, run: Run) -> None:
    """Each person has a line, and the columns stand under their headings."""
    person = api.new_person("Eve Adler", valid_until="2030-01-01T00:00:00Z")
    head, *lines = run("people", "list").stdout.splitlines()
    (line,) = (line for line in lines if line.startswith(person))
    assert head.split() == ["ID", "NAME", "ROLES", "FROM", "UNTIL", "CARDS", "PIN", "DISABLED"]
    assert line[head.index("NAME") :].startswith("Eve Adler")
    assert line[head.index("UNTIL") :][:4] in {"2029", "2030"}
    assert line.endswith("no")


def test_people_are_listed_for_programs(api: RunningApi, run: Run) -> None:
    """With --json the list is what the API gives."""
    person = api.new_person("Flo Ito")
    found = {each["id"]: each for each in json.loads(run("people", "list", "--json").stdout)}
    assert found[person] == api.http.get(f"/people/{person}").json()


def test_a_person_is_found_by_name(api: RunningApi, run: Run) -> None:
    """A name that one person has will do for an id."""
    person = api.new_person("Gus Gray")
    shown = run("people", "show", "Gus Gray")
    assert shown.exit_code == 0
    assert person in shown.stdout


def test_a_name_of_two_will_not_do(api: RunningApi, run: Run) -> None:
    """A name that two people have is refused, with both ids."""
    twins = [api.new_person("Hal Twin") for _ in range(2)]
    refused = run("people", "disable", "Hal Twin")
    assert refused.exit_code == 1
    assert all(twin in refused.stderr for twin in twins)


def test_nobody_is_found(run: Run) -> None:
    """A name that nobody has is a finding, in words."""
    refused = run("people", "show", "No/Body ../x")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr == "accessctl: there is nobody with the id or the name No/Body ../x\n"


def test_a_person_is_disabled_and_enabled(api: RunningApi, run: Run) -> None:
    """A disabled person can be enabled again."""
    person = api.new_person("Ida Lee")
    for command, disabled in (("disable", True), ("enable", False)):
        assert run("people", command, person).exit_code == 0
        assert api.http.get(f"/people/{person}").json()["disabled"] is disabled


def test_wrong_pins_are_forgiven(api: RunningApi, run: Run) -> None:
    """Forgiving goes to the door process."""
    person = api.new_person("Jo Kerr")
    assert run("people", "forgive", "Jo Kerr").exit_code == 0
    asked = api.peer.heard_of(ForgiveWrongPins)[-1]
    assert isinstance(asked, ForgiveWrongPins)
    assert asked.person == person


def test_a_fault_of_the_door_process_is_said(api: RunningApi, run: Run) -> None:
    """What the door process cannot do is said in its words, without a traceback."""
    person = api.new_person("Kit Moss")
    with api.peer.refusing(ForgiveWrongPins, FaultCode.RECORD_UNAVAILABLE, "the disk is full"):
        refused = run("people", "forgive", person)
    assert (refused.exit_code, refused.stderr) == (1, "accessctl: the disk is full\n")
