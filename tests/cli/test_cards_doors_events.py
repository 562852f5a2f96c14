import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from accessctl.client import ApiClient
from accessctl.link.answers import Status
from accessctl.link.requests import AskStatus, DoorOrder, MakeCardTag, OrderDoor, ReadCard
from tests.api.running import RunningApi
from tests.cli.conftest import Run
from tests.homes import Recording
from tests.link.peer import STATUS

NUMBER = "04A1B2C3D4E5F6"


@pytest.fixture
def recording(api: RunningApi) -> Iterator[Recording]:
    recording = Recording(api.home)
    yield recording
    recording.close()


def test_enrolling_warns_that_a_card_can_be_cloned(api: RunningApi, run: Run) -> None:
    """The card's id goes to stdout; stderr says what a UID is worth, and not the number."""
    person = api.new_person("Mo Reed")
    enrolled = run("cards", "enrol", "Mo Reed", "--number", "04:A1:B2:C3:D4:E5:F6")
    assert enrolled.exit_code == 0
    assert api.peer.heard_of(MakeCardTag)[-1] == MakeCardTag("iso14443-uid", NUMBER, person)
    assert "(plain UID) can be cloned" in enrolled.stderr
    assert "A1B2C3" not in enrolled.output.upper()
    (card,) = json.loads(run("cards", "list", "--person", person, "--json").stdout)
    assert enrolled.stdout.strip() == card["id"]


def test_a_card_that_proves_a_key_is_enrolled_without_a_warning(api: RunningApi, run: Run) -> None:
    """A public key is typed in hex; the list says in words how a card is known."""
    person, key = api.new_person(), "5C" * 64
    enrolled = run("cards", "enrol", person, "--technology", "pkoc", "--number-stdin", input=f"{key}\n")
    assert enrolled.exit_code == 0
    assert api.peer.heard_of(MakeCardTag)[-1] == MakeCardTag("pkoc", key, person)
    assert "cloned" not in enrolled.stderr
    assert "PKOC, proves its own key" in run("cards", "list", "--person", person).stdout
    (card,) = json.loads(run("cards", "list", "--person", person, "--json").stdout)
    assert (card["technology"], card["clonable"]) == ("pkoc", False)


def test_a_number_from_stdin(api: RunningApi, run: Run) -> None:
    """Scripts give a card's number on stdin."""
    person = api.new_person()
    enrolled = run("cards", "enrol", person, "--number-stdin", input="04 11 22 33\n")
    assert enrolled.exit_code == 0
    assert api.peer.heard_of(MakeCardTag)[-1] == MakeCardTag("iso14443-uid", "04112233", person)


def test_a_wiegand_number_is_typed_with_its_format(api: RunningApi, run: Run) -> None:
    """It goes to the door process as it was written: that knows the formats."""
    words = ("--technology", "wiegand", "--number", "h10301:123:4567")
    person = api.new_person()
    enrolled = run("cards", "enrol", person, *words)
    assert enrolled.exit_code == 0
    assert api.peer.heard_of(MakeCardTag)[-1] == MakeCardTag("wiegand", b"h10301:123:4567".hex(), person)
    assert "4567" not in enrolled.output


def test_a_card_at_a_reader(api: RunningApi, run: Run) -> None:
    """Whoever enrols at a reader is told where to show the card and for how long."""
    person = api.new_person()
    enrolled = run("cards", "enrol", person, "--at", "gate-in", "--within", "3")
    assert "show the card at gate-in within 3 s" in enrolled.stderr
    assert api.peer.heard_of(ReadCard)[-1] == ReadCard("gate-in", 3, person)


@pytest.mark.parametrize("words", [(), ("--number", NUMBER, "--at", "gate-in")])
def test_which_card_must_be_said_once(run: Run, words: tuple[str, ...]) -> None:
    """No card or two cards is wrong use."""
    refused = run("cards", "enrol", "p-1", *words)
    assert refused.exit_code == 2
    assert "--at ACCESS_POINT" in refused.stderr


@pytest.mark.parametrize("within", ["nan", "inf", "0", "61", "soon"])
def test_a_time_to_show_a_card_is_a_number(run: Run, within: str) -> None:
    """The seconds to wait for a card lie between their bounds; what is no number is wrong use."""
    refused = run("cards", "enrol", "p-1", "--at", "gate-in", "--within", within)
    assert refused.exit_code == 2
    assert "Error: Invalid value for '--within'" in refused.stderr.splitlines()[-1]


def test_a_killed_command_enrols_nobody(api: RunningApi) -> None:
    """When the command that waits for a card is killed, the next card shown there is enrolled to nobody."""
    person = api.new_person()
    api.peer.heard.clear()
    api.peer.abandoned.clear()
    api.peer.silent_on = {ReadCard}
    words = ("--home", str(api.home.path), "cards", "enrol", person, "--at", "gate-in", "--within", "60")
    try:
        command = subprocess.Popen([sys.executable, "-m", "accessctl.cli", *words], stderr=subprocess.DEVNULL)
        api.do(api.peer.until_heard, ReadCard)
        command.kill()
        command.wait()
        api.do(api.peer.until_abandoned, ReadCard)
    finally:
        api.peer.silent_on = set()
    assert api.http.get(f"/people/{person}").json()["active_cards"] == 0


@pytest.mark.parametrize("words", [("events", "list", "--json"), ("doors", "list"), ("--help",)])
def test_output_that_cannot_be_written_is_said(
    api: RunningApi, recording: Recording, words: tuple[str, ...]
) -> None:
    """A full disk behind stdout is a finding in one line."""
    recording.add("rex", door="gate")
    with Path("/dev/full").open("wb") as full:
        refused = subprocess.run(
            [sys.executable, "-m", "accessctl.cli", "--home", str(api.home.path), *words],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert refused.returncode == 1
    assert refused.stderr == b"accessctl: reading or writing failed: No space left on device\n"


def test_a_card_is_revoked(api: RunningApi, run: Run) -> None:
    """Revoking says which card of whom it was; a reason that there is not is wrong use."""
    card = run("cards", "enrol", api.new_person(), "--number", "0455667788").stdout.strip()
    revoked = run("cards", "revoke", card, "--reason", "lost")
    assert revoked.exit_code == 0
    assert f"card {card}" in revoked.stderr
    assert card in run("cards", "list").stdout
    assert run("cards", "revoke", card, "--reason", "boredom").exit_code == 2


def test_doors_are_listed(run: Run) -> None:
    """Doors are shown as they stand."""
    head, line = run("doors", "list").stdout.splitlines()
    assert head.split()[:4] == ["ID", "NAME", "MODE", "STRIKE"]
    assert line.startswith("gate  Main gate  locked  secured")
    assert json.loads(run("doors", "list", "--json").stdout)[0]["id"] == "gate"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (replace(STATUS, record_ok=False), "the record cannot be"),
        (replace(STATUS, keys_ok=False), "cards and PINs cannot be checked"),
    ],
    ids=["record", "keys"],
)
def test_a_controller_that_lets_nobody_in_is_said(
    api: RunningApi, run: Run, status: Status, words: str
) -> None:
    """While the record or the key cannot be used, whoever lists the doors is warned, beside the data."""
    assert run("doors", "list").stderr == ""
    with api.peer.answering(AskStatus, status):
        listed = run("doors", "list", "--json")
    assert listed.exit_code == 0
    assert json.loads(listed.stdout)[0]["id"] == "gate"
    (warning,) = listed.stderr.splitlines()
    assert warning.startswith(f"accessctl: WARNING: {words}")


@pytest.mark.parametrize("order", list(DoorOrder))
def test_a_door_takes_orders(api: RunningApi, run: Run, order: DoorOrder) -> None:
    """Each order has a command, says what it did, and prints nothing."""
    done = run("doors", order, "gate")
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr.startswith("accessctl: gate is ")
    given = api.peer.heard_of(OrderDoor)[-1]
    assert isinstance(given, OrderDoor)
    assert (given.door, given.order) == ("gate", order)


def test_an_unknown_door_is_a_finding(run: Run) -> None:
    """An order to a door that is not there ends with status 1."""
    assert run("doors", "release", "moon-gate").exit_code == 1


def test_events_are_listed(api: RunningApi, run: Run, recording: Recording) -> None:
    """The last entries are listed oldest first, with the person's name and the reason."""
    person = api.new_person("Lea Fox")
    numbers = [
        recording.add("access_granted", access_point="gate-in", person=person, reason="Granted."),
        recording.add("door_opened", door="gate"),
    ]
    *_, first, second = run("events", "list").stdout.splitlines()
    assert [int(line.split()[0]) for line in (first, second)] == numbers
    assert "access_granted gate-in Lea Fox" in " ".join(first.split())
    assert first.endswith("Granted.")


def test_events_are_listed_for_programs(api: RunningApi, run: Run, recording: Recording) -> None:
    """With --json each entry is a line; filters, a beginning and a limit choose among them."""
    begin = recording.add("rex", door="dock")
    for _ in range(3):
        recording.add("rex", door="gate")
        recording.add("rex", door="dock")
    words = ("--after", str(begin), "--door", "gate", "--limit", "2", "--json")
    found = [json.loads(line) for line in run("events", "list", *words).stdout.splitlines()]
    assert [event["seq"] for event in found] == [begin + 1, begin + 3]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("--type", "rex", "--type", "access_granted"), [0, 1]),
        (("--outcome", "refused"), [2]),
        (("--outcome", "granted"), [1]),
        (("--since", "2100-01-01"), []),
        (("--since", "2026-03-01", "--until", "2026-03-03"), [0, 1, 2]),
    ],
)
def test_events_are_chosen(run: Run, recording: Recording, words: tuple[str, ...], found: list[int]) -> None:
    """By several types, by what a decision came to, and by when it was."""
    begin = recording.add("door_closed") + 1
    for type_ in ("rex", "access_granted", "denied_passback"):
        recording.add(type_)
    shown = run("events", "list", "--after", str(begin - 1), "--json", *words).stdout.splitlines()
    assert [json.loads(line)["seq"] - begin for line in shown] == found


def test_an_event_is_shown_in_full(run: Run, recording: Recording) -> None:
    """One entry by its number, with its details; what has no entry is a finding."""
    number = recording.add("rex", door="gate", detail={"by": "handle"})
    shown = run("events", "show", str(number)).stdout
    assert "gate" in shown
    assert "handle" in shown
    assert json.loads(run("events", "show", str(number), "--json").stdout)["detail"] == {"by": "handle"}
    assert run("events", "show", str(number + 1)).exit_code == 1


def test_events_cannot_command_the_terminal(run: Run, recording: Recording) -> None:
    """What a device reported is shown with its control characters written out."""
    recording.add("reader_offline", reason="\x1b[2Jgone")
    shown = run("events", "list", "--limit", "1").stdout
    assert "\x1b" not in shown
    assert "\\x1b[2Jgone" in shown


def test_following_goes_on_after_a_loss(api: RunningApi, recording: Recording) -> None:
    """A follower whose connection is lost says so and goes on after the last entry it had."""
    begin = recording.add("rex")
    lost: list[str] = []
    with ApiClient(api.home.api_socket) as client:
        following = client.follow(begin, lost.append)
        for expected in (begin + 1, begin + 2):
            recording.add("rex")
            api.do(api.peer.reach, expected)
            assert next(following)["seq"] == expected
        following.close()  # type: ignore[attr-defined]  # a generator it is
    assert lost == []
