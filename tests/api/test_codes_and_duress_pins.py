"""Secrets that are made or set here and shown nowhere."""

import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from accessctl.api.cards import TRIES
from accessctl.link.answers import CardTag, FaultCode
from accessctl.link.requests import AskStatus, HashPin, MakeCardTag
from tests.api.running import SITE, RunningApi, refused
from tests.link.peer import STATUS

PIN, DURESS = "83950174", "60318427"


@pytest.fixture
def person(api: RunningApi) -> str:
    return api.new_person()


@pytest.fixture
def with_pin(api: RunningApi, person: str) -> str:
    assert api.http.put(f"/people/{person}/pin", json={"pin": PIN}).status_code == 204
    return person


# ------------------------------------------------------------------------------------------- codes


def test_a_code_is_made_and_shown_once(api: RunningApi, person: str) -> None:
    """The digits are made up here, tagged at the door process, given back once, and never kept by anybody."""
    answer = api.http.post(f"/people/{person}/code", json={})
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    code = answer.json()
    digits = code.pop("code")
    assert re.fullmatch("[0-9]{6}", digits)
    assert api.peer.heard_of(MakeCardTag)[-1] == MakeCardTag("code", digits.encode().hex())
    assert (code["person"], code["technology"], code["hint"]) == (person, "code", "")
    assert api.http.get(f"/cards/{code['id']}").json() == code
    assert api.http.get(f"/people/{person}").json()["has_code"]


def test_codes_are_not_alike(api: RunningApi) -> None:
    """Each is made up anew, as long as the site file says, zeros in front included."""
    with api.peer.answering(AskStatus, replace(SITE, codes={"digits": 9, "most": 1000})):
        answers = [api.http.post(f"/people/{api.new_person()}/code", json={}) for _ in range(20)]
    codes = [answer.json()["code"] for answer in answers]
    assert len(set(codes)) == 20
    assert {len(code) for code in codes} == {9}


def test_a_new_code_replaces_the_old(api: RunningApi, person: str) -> None:
    """A person has one code; the one before is revoked."""
    first, second = (api.http.post(f"/people/{person}/code", json={}).json()["id"] for _ in range(2))
    assert [api.http.get(f"/cards/{card}").json()["status"] for card in (first, second)] == [
        "revoked",
        "active",
    ]


def test_a_code_can_end(api: RunningApi, person: str) -> None:
    """It has times, as a card has; senseless ones are refused."""
    times = {"valid_from": "2030-06-01T06:15:00Z", "valid_until": "2030-06-01T17:30:00Z"}
    code = api.http.post(f"/people/{person}/code", json=times).json()
    assert {field: code[field] for field in times} == times
    backwards = {"valid_from": times["valid_until"], "valid_until": times["valid_from"]}
    answer = api.http.post(f"/people/{person}/code", json=backwards)
    assert [each["path"] for each in refused(answer, 422)["problems"]] == ["body.valid_until"]


def test_codes_run_out(api: RunningApi, person: str) -> None:
    """When as many are in use as the site file allows, the next one is a conflict, in words."""
    with api.peer.answering(AskStatus, replace(SITE, codes={"digits": 6, "most": 0})):
        problem = refused(api.http.post(f"/people/{person}/code", json={}), 409)
    assert problem["type"].endswith("codes-spent")
    assert problem["detail"] == "0 codes are in use, and the site allows no more"


def test_a_site_without_codes_makes_none(api: RunningApi, person: str) -> None:
    """Where no door opens to a code, nobody is given one."""
    asked = len(api.peer.heard_of(MakeCardTag))
    with api.peer.answering(AskStatus, STATUS):
        problem = refused(api.http.post(f"/people/{person}/code", json={}), 409)
    assert problem["type"].endswith("no-codes")
    assert len(api.peer.heard_of(MakeCardTag)) == asked


def test_whose_code_it_would_have_been_is_not_said(api: RunningApi, person: str) -> None:
    """Digits that somebody has are made up anew; when that never helps, nothing tells whose they are."""
    taken = CardTag("code", "c5" * 32, "")
    other = api.new_person()
    with api.peer.answering(MakeCardTag, taken):
        assert api.http.post(f"/people/{other}/code", json={}).status_code == 201
        asked = len(api.peer.heard_of(MakeCardTag))
        answer = api.http.post(f"/people/{person}/code", json={})
    assert refused(answer, 409)["type"].endswith("codes-spent")
    assert len(api.peer.heard_of(MakeCardTag)) == asked + TRIES
    assert other not in answer.text


# -------------------------------------------------------------------------------------- duress PINs


def test_a_duress_pin_is_hashed_elsewhere(api: RunningApi, with_pin: str) -> None:
    """The door process hashes it, as it does a PIN, and it stands beside the PIN."""
    answer = api.http.put(f"/people/{with_pin}/duress-pin", json={"pin": DURESS})
    assert (answer.status_code, answer.text) == (204, "")
    assert api.peer.heard_of(HashPin)[-1] == HashPin(with_pin, DURESS, duress=True)
    with closing(sqlite3.connect(api.home.people)) as people:
        hashes = people.execute("SELECT hash, duress_hash FROM pin WHERE person = ?", (with_pin,)).fetchone()
    assert hashes == (f"$hashed$for${with_pin}",) * 2


def test_a_duress_pin_that_is_the_pin_is_refused(api: RunningApi, with_pin: str) -> None:
    """The door process finds out, having the key; its words come back, and nothing is set."""
    words = "this person has these digits already; take others"
    with api.peer.refusing(HashPin, FaultCode.PIN_UNUSABLE, words):
        answer = api.http.put(f"/people/{with_pin}/duress-pin", json={"pin": PIN})
    assert refused(answer, 422)["detail"] == words
    assert not api.http.get(f"/people/{with_pin}").json()["has_duress_pin"]


def test_a_duress_pin_goes_with_the_pin(api: RunningApi, with_pin: str) -> None:
    """It can be removed by itself, once, and not be set without a PIN."""
    path = f"/people/{with_pin}/duress-pin"
    api.http.put(path, json={"pin": DURESS})
    assert api.http.delete(path).status_code == 204
    assert refused(api.http.delete(path), 404)["type"].endswith("no-duress-pin")
    api.http.delete(f"/people/{with_pin}/pin")
    asked = len(api.peer.heard_of(HashPin))
    assert refused(api.http.put(path, json={"pin": DURESS}), 404)["type"].endswith("no-pin")
    assert len(api.peer.heard_of(HashPin)) == asked


def test_only_whoever_asks_for_the_person_is_told(api: RunningApi) -> None:
    """No list and no change shows who has a duress PIN; the person's own page does."""
    person = api.new_person(name="Quiet Quinn")
    api.http.put(f"/people/{person}/pin", json={"pin": PIN})
    plain = api.http.get("/people", params={"name": "Quiet Quinn"}).text
    api.http.put(f"/people/{person}/duress-pin", json={"pin": DURESS})
    assert api.http.get("/people", params={"name": "Quiet Quinn"}).text == plain
    assert "duress" not in plain
    assert "duress" not in api.http.patch(f"/people/{person}", json={"extended": True}).text
    assert "duress" not in api.http.get("/cards", params={"person": person}).text
    assert api.http.get(f"/people/{person}").json()["has_duress_pin"] is True


# --------------------------------------------------------------------------------- nothing is kept


def found_in(folder: Path, secret: str) -> list[str]:
    forms = (secret.encode(), secret.encode().hex().encode())
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files for form in forms if form in path.read_bytes()]


def test_no_digit_is_left_behind(api: RunningApi, with_pin: str) -> None:
    """After a code and a duress PIN were set, and refused, no file of the home holds either, log included."""
    with (
        api.peer.answering(AskStatus, replace(SITE, codes={"digits": 12, "most": 900})),
        api.peer.answering(MakeCardTag, CardTag("code", "7e" * 32, "")),
    ):
        code = api.http.post(f"/people/{with_pin}/code", json={}).json()["code"]
    api.http.put(f"/people/{with_pin}/duress-pin", json={"pin": DURESS})
    api.http.put(f"/people/{with_pin}/duress-pin", json={"pin": f"{DURESS}x"})
    assert (api.home.path / "people.db-wal").stat().st_size
    assert [found_in(api.home.path, secret) for secret in (code, PIN, DURESS)] == [[], [], []]


@pytest.mark.parametrize("form", [DURESS.encode(), DURESS.encode().hex().encode()])
def test_a_digit_that_was_left_would_be_found(tmp_path: Path, form: bytes) -> None:
    """Negative control: each form of a secret is found in the middle of a file."""
    (tmp_path / "file").write_bytes(b"before" + form + b"after")
    assert found_in(tmp_path, DURESS) == ["file"]
