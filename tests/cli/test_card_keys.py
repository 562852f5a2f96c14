import json
from collections.abc import Iterator

import pytest

from accessctl.link.answers import CardKeysHeld, CardTag, Fault, FaultCode
from accessctl.link.requests import AskCardKeys, EncodeCard, MakeCardKeys
from tests.api.running import RunningApi
from tests.api.test_card_keys import HELD, otherwise
from tests.cli.conftest import Run

SUN = {**HELD, "kind": "sun", "application": "", "check": "0badcafe", "in_use": False}
TAGS = iter(range(101, 200))


@pytest.fixture(autouse=True)
def answering(api: RunningApi) -> Iterator[None]:
    """A door process with keys, and a reader that encodes a new card each time."""
    tag = CardTag("desfire-aes", f"{next(TAGS):02x}" * 32, "80")
    held = CardKeysHeld([HELD, SUN])
    with (
        api.peer.answering(AskCardKeys, held),
        api.peer.answering(MakeCardKeys, held),
        api.peer.answering(EncodeCard, tag),
    ):
        yield


def test_keys_are_made_and_what_to_do_next_is_said(run: Run) -> None:
    """The check goes to stdout; that a restart and a copy are needed, to stderr."""
    made = run("cards", "keys", "make", "sun")
    assert (made.exit_code, made.stdout) == (0, "0badcafe\n")
    assert "restart the door process" in made.stderr
    assert "keep a copy of card-keys.json" in made.stderr
    assert json.loads(run("cards", "keys", "make", "desfire", "--json").stdout) == HELD


def test_keys_are_imported_from_stdin_and_shown_nowhere(api: RunningApi, run: Run) -> None:
    """They reach the door process as they are."""
    given = {"application": "f5acc0", "master": "5ec2e7" * 5 + "aa"}
    made = run("cards", "keys", "make", "desfire", "--import", input=json.dumps(given))
    assert made.exit_code == 0, made.stderr
    asked = api.peer.heard_of(MakeCardKeys)[-1]
    assert isinstance(asked, MakeCardKeys)
    assert asked.given == given
    assert "5ec2e7" not in made.output


@pytest.mark.parametrize("text", ["", "5ec2e7", "[]", '{"master": 5}', '{"master": "5ec2e7"', "\x00"])
def test_what_is_no_set_of_keys_is_refused_and_not_quoted(api: RunningApi, run: Run, text: str) -> None:
    """Nothing reaches the door process."""
    before = len(api.peer.heard_of(MakeCardKeys))
    made = run("cards", "keys", "make", "desfire", "--import", input=text)
    assert made.exit_code == 1
    assert "5ec2e7" not in made.output
    assert len(api.peer.heard_of(MakeCardKeys)) == before


def test_keys_that_are_there_are_not_replaced(api: RunningApi, run: Run) -> None:
    """The door process's words are told, and the status says that nothing was done."""
    with otherwise(api, MakeCardKeys, Fault(FaultCode.KEYS_EXIST, "they are never replaced")):
        made = run("cards", "keys", "make", "desfire")
    assert (made.exit_code, made.stdout) == (1, "")
    assert "they are never replaced" in made.stderr


def test_keys_are_listed(run: Run) -> None:
    """A line for each kind, with whether readers have them."""
    heading, one, other = run("cards", "keys", "list").stdout.splitlines()
    assert heading.split()[:3] == ["KIND", "CHECK", "APPLICATION"]
    assert one.split()[:3] == ["desfire", "5f1c09e2", "f5acc0"]
    assert one.endswith("yes")
    assert other.split()[:3] == ["sun", "0badcafe", "–"]
    assert other.endswith("not before the next start")
    assert json.loads(run("cards", "keys", "list", "--json").stdout) == [HELD, SUN]


def test_a_card_is_encoded(api: RunningApi, run: Run) -> None:
    """For nobody yet: what to do next is said, and nothing goes to stdout."""
    encoded = run("cards", "encode", "ntag", "--at", "gate-in", "--within", "5")
    assert (encoded.exit_code, encoded.stdout) == (0, "")
    assert "hold a card to the reader at gate-in within 5 s" in encoded.stderr
    assert "encoded card …80 (desfire-aes)" in encoded.stderr
    assert "cards enrol" in encoded.stderr
    asked = api.peer.heard_of(EncodeCard)[-1]
    assert isinstance(asked, EncodeCard)
    assert (asked.kind, asked.within_s) == ("sun", 5)


def test_a_card_is_encoded_and_enrolled_at_once(api: RunningApi, run: Run) -> None:
    """The card's id goes to stdout, as with `cards enrol`."""
    person = api.new_person("Encoded Ana")
    encoded = run("cards", "encode", "desfire", "--at", "gate-in", "--person", "Encoded Ana")
    assert encoded.exit_code == 0, encoded.stderr
    (card,) = api.http.get("/cards", params={"person": person}).json()["cards"]
    assert encoded.stdout == f"{card['id']}\n"
    assert card["technology"] == "desfire-aes"


def test_a_pin_within_the_cards_number_is_warned_of(api: RunningApi, run: Run) -> None:
    """The person should have another PIN."""
    with otherwise(api, EncodeCard, CardTag("desfire-aes", "c9" * 32, "80", like_pin=True)):
        assert "have it changed" in run("cards", "encode", "desfire", "--at", "gate-in").stderr


def test_a_time_without_a_person_is_wrong_use(run: Run) -> None:
    """A card that nobody has is valid for nobody."""
    wrong = run("cards", "encode", "desfire", "--at", "gate-in", "--until", "2027-01-01")
    assert wrong.exit_code == 2
    assert "--person" in wrong.stderr


def test_a_card_that_was_not_encoded_is_told(api: RunningApi, run: Run) -> None:
    """In the reader's words, with status 1."""
    why = "the card went away while it was read"
    with otherwise(api, EncodeCard, Fault(FaultCode.SENSOR_FAILED, why)):
        failed = run("cards", "encode", "desfire", "--at", "gate-in", "--json")
    assert (failed.exit_code, failed.stdout) == (1, "")
    assert why in failed.stderr
