import json
import subprocess
import sys

import pytest

from accessctl.link.answers import FaultCode
from accessctl.link.requests import ForgiveWrongPins, HashPin, ReadCard
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


@pytest.mark.parametrize(
    ("option", "when"),
    [
        ("--until", "9999-12-31"),
        ("--from", "0001-01-01T00:00+01:00"),
        ("--until", "9999-12-31T23:59-01:00"),
        ("--until", "2026-W05"),
        ("--until", "20260131"),
        ("--until", "2026-02-30"),
        ("--from", "2026-01-31T18:00"),
        ("--from", "2026-01-31T18:00+25:00"),
        ("--from", ""),
        ("--from", "\udcff"),
    ],
)
def test_a_time_that_cannot_be_used(run: Run, option: str, when: str) -> None:
    """A date that nobody writes so, or that no calendar reaches, is wrong use in one line."""
    refused = run("people", "add", "Bo Lund", "--role", "picker", option, when)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert f"Error: Invalid value for '{option}'" in refused.stderr.splitlines()[-1]


def test_the_first_and_last_days_can_be_shown(api: RunningApi, run: Run) -> None:
    """An instant that this machine's time zone cannot reach any more is shown as it was given."""
    ends = {"valid_from": "0001-01-01T00:00:00Z", "valid_until": "9999-12-31T23:59:59Z"}
    person = api.new_person("Old Hand", **ends)
    shown = run("people", "show", person)
    assert shown.exit_code == 0
    assert "9999-12-31 23:59" in shown.stdout or "9999-12-31 1" in shown.stdout


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


def test_without_a_terminal_no_pin_is_asked_for(api: RunningApi) -> None:
    """A PIN that would be shown while it is typed is not taken: one line says how else it comes in."""
    words = ("--home", str(api.home.path), "people", "pin", "p-1")
    done = subprocess.run(
        [sys.executable, "-m", "accessctl.cli", *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        start_new_session=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1] == (
        "accessctl: there is no terminal to type a PIN at; use --pin-stdin or --make"
    )
    assert "Warning" not in done.stderr
    assert "Aborted" not in done.stderr


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


@pytest.mark.parametrize("pin", ["12", "1234567890123", "12a4", "١٢٣٤", "", " 1234"])
def test_nobody_is_added_with_a_bad_pin(api: RunningApi, run: Run, pin: str) -> None:
    """A PIN that cannot be one is refused before the person is added."""
    refused = run("people", "add", "Half Done", "--role", "picker", "--pin-stdin", input=f"{pin}\n")
    assert (refused.exit_code, refused.stderr) == (1, "accessctl: pin: must be 4 to 12 digits\n")
    assert api.http.get("/people", params={"name": "Half Done"}).json()["people"] == []


def test_a_pin_that_is_not_text(run: Run) -> None:
    """Bytes on stdin that are no text are wrong use."""
    refused = run("people", "add", "Half Done", "--role", "picker", "--pin-stdin", input=b"\xff\n")
    assert refused.exit_code == 2
    assert "stdin is not text" in refused.stderr


def test_somebody_is_added_with_card_and_pin_in_one_line(api: RunningApi, run: Run) -> None:
    """The next card at that reader is theirs; the id comes first, then the PIN, this once."""
    result = run("people", "add", "Ida Brook", "--role", "picker", "--card-at", "gate-in", "--make-pin")
    id_, pin = result.stdout.split()
    assert result.exit_code == 0
    assert "show the card at gate-in within 20 s" in result.stderr
    person = api.http.get(f"/people/{id_}").json()
    assert (person["has_pin"], person["active_cards"]) == (True, 1)
    assert pin.isdigit()


def test_whoever_was_added_without_their_card_is_named(api: RunningApi, run: Run) -> None:
    """What is left to do is said, with the person's id."""
    with api.peer.refusing(ReadCard, FaultCode.TIMED_OUT):
        result = run("people", "add", "Ole Brook", "--role", "picker", "--card-at", "gate-in")
    assert result.exit_code == 1
    assert "WAS added" in result.stderr
    assert "accessctl cards enrol p-" in result.stderr


def test_a_pin_is_made_or_given(run: Run) -> None:
    """Not both."""
    result = run("people", "add", "Ida", "--role", "picker", "--make-pin", "--pin-stdin", input="1")
    assert result.exit_code == 2


def test_whoever_was_added_without_their_pin_is_named(api: RunningApi, run: Run) -> None:
    """When the PIN fails after the person was added, both are said, and how to set the PIN."""
    words = ("people", "add", "Half Added", "--role", "picker", "--pin-stdin")
    with api.peer.refusing(HashPin, FaultCode.KEYS_UNAVAILABLE, "the key is gone"):
        refused = run(*words, input=f"{SECRET}\n")
    (person,) = api.http.get("/people", params={"name": "Half Added"}).json()["people"]
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.splitlines()[-1] == (
        f"accessctl: the PIN was not set (the key is gone), but Half Added WAS added, as {person['id']}. "
        f"Set the PIN with `accessctl people pin {person['id']}`"
    )


@pytest.mark.parametrize(
    "words",
    [
        ("people", "show", "\udcff"),
        ("people", "add", "\udcff", "--role", "picker"),
        ("people", "add", "Bo", "--role", "\udcff"),
        ("people", "add", "Bo", "--role", "picker", "--group", "\udcff"),
        ("people", "change", "\udcff", "--exempt"),
        ("people", "lend", "Bo", "\udcff", "--until", "2030-01-01"),
        ("people", "unlend", "\udcff"),
        ("people", "qualify", "Bo", "\udcff"),
        ("cards", "list", "--person", "\udcff"),
        ("doors", "release", "\udcff"),
        ("events", "list", "--door", "\udcff"),
        ("sim", "rex", "\udcff"),
    ],
)
def test_an_argument_that_is_not_text(run: Run, words: tuple[str, ...]) -> None:
    """An argument in bytes that are no text is wrong use, in one line."""
    refused = run(*words)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "is not text in UTF-8" in refused.stderr.splitlines()[-1]


def test_people_are_listed_in_a_table(api: RunningApi, run: Run) -> None:
    """Each person has a line, and the columns stand under their headings."""
    person = api.new_person("Eve Adler", valid_until="2030-01-01T00:00:00Z")
    head, *lines = run("people", "list").stdout.splitlines()
    (line,) = (line for line in lines if line.startswith(person))
    assert head.split() == ["ID", "NAME", "ROLES", "GROUPS", "FROM", "UNTIL", "CARDS", "PIN", "DISABLED"]
    assert line[head.index("NAME") :].startswith("Eve Adler")
    assert line[head.index("UNTIL") :][:4] in {"2029", "2030"}
    assert line.endswith("no")


def test_people_are_listed_for_programs(api: RunningApi, run: Run) -> None:
    """With --json the list is what the API gives."""
    person = api.new_person("Flo Ito")
    found = {each["id"]: each for each in json.loads(run("people", "list", "--json").stdout)}
    assert [found[person]] == api.http.get("/people", params={"name": "Flo Ito"}).json()["people"]


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


def test_a_word_that_is_no_pseudonym_is_asked_for_as_a_name_first(api: RunningApi, run: Run) -> None:
    """A name does not travel as an id then; an id that somebody was given is found all the same."""
    api.new_person("Own Word", id="own-word")
    assert json.loads(run("people", "show", "own-word", "--json").stdout)["name"] == "Own Word"
    named = api.new_person("quill")
    api.new_person("Somebody Else", id="quill")
    assert json.loads(run("people", "show", "quill", "--json").stdout)["id"] == named


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
