"""Codes that are printed, PINs that are made up, and generators of one-time codes."""

import json
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from accessctl.api.codes import TRIES
from accessctl.link.answers import CardTag, CodeChecked, FaultCode
from accessctl.link.requests import AskStatus, CheckCode, MakeCardTag, MakeGenerator, MakePin, TakeOutbox
from tests.api.running import SITE, RunningApi, refused
from tests.link.peer import GENERATOR_SECRET, GENERATOR_URI, MADE_PIN, RIGHT_CODE, STATUS

TIMES = {"valid_from": "2030-06-01T06:15:00Z", "valid_until": "2030-06-01T17:30:00Z"}
UNTIL = {"valid_until": TIMES["valid_until"]}


@pytest.fixture
def person(api: RunningApi) -> str:
    return api.new_person()


def made(api: RunningApi, person: str, **wanted: object) -> list[dict[str, Any]]:
    answer = api.http.post(f"/people/{person}/codes", json={**UNTIL, **wanted})
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    codes: list[dict[str, Any]] = answer.json()["codes"]
    return codes


def stored(api: RunningApi, sql: str, *values: object) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(api.home.people)) as people:
        return people.execute(sql, values).fetchall()


# ---------------------------------------------------------------------------------- printed codes


def test_codes_are_made_for_slips_of_paper(api: RunningApi, person: str) -> None:
    """As many as were asked for, each another one, with what limits them; the digits are shown this once."""
    codes = made(api, person, **TIMES, count=3, access_points=["gate-in"], uses=2, label="Acme, roof repairs")
    assert len({code["code"] for code in codes}) == 3
    assert all(re.fullmatch("[0-9]{6}", code.pop("code")) for code in codes)
    assert [code["label"] for code in codes] == [f"Acme, roof repairs, {place} of 3" for place in (1, 2, 3)]
    for code in codes:
        assert (code["uses"], code["access_points"], code["break_glass"]) == (2, ["gate-in"], False)
        assert {field: code[field] for field in TIMES} == TIMES
    listed = api.http.get("/codes", params={"person": person}).json()["codes"]
    assert listed == sorted(codes, key=lambda code: str(code["id"]))
    assert api.http.get(f"/people/{person}").json()["has_code"]


def test_a_code_is_used_once_unless_more_is_said(api: RunningApi, person: str) -> None:
    """And counts wherever its holder may pass; null is as often as they like."""
    (code,) = made(api, person)
    assert (code["uses"], code["access_points"], code["label"]) == (1, None, "code")
    (often,) = made(api, person, uses=None)
    assert often["uses"] is None


def test_how_often_a_code_was_used_is_shown(api: RunningApi, person: str) -> None:
    """As the record has it; when that cannot be read the list is given all the same, without."""
    used, fresh = made(api, person, count=2, uses=3)
    with closing(sqlite3.connect(api.home.record)) as record:
        record.execute("INSERT INTO memory (name, key, value) VALUES ('spent', ?, '2')", (used["id"],))
        record.commit()
    listed = {code["id"]: code["used"] for code in api.http.get(f"/codes?person={person}").json()["codes"]}
    assert listed == {used["id"]: 2, fresh["id"]: 0}
    aside = api.home.record.with_suffix(".aside")
    api.home.record.rename(aside)
    try:
        listed = {
            code["id"]: code["used"] for code in api.http.get(f"/codes?person={person}").json()["codes"]
        }
    finally:
        aside.rename(api.home.record)
    assert set(listed.values()) == {None}


def test_the_standing_code_stays(api: RunningApi, person: str) -> None:
    """A slip of paper replaces nothing, and a new standing code leaves the slips alone."""
    standing = api.http.post(f"/people/{person}/code", json={}).json()["id"]
    (slip,) = made(api, person)
    api.http.post(f"/people/{person}/code", json={})
    status = {
        code["id"]: code["status"]
        for code in api.http.get("/codes", params={"person": person}).json()["codes"]
    }
    assert (status[standing], status[slip["id"]]) == ("revoked", "active")


def test_a_code_is_revoked_as_a_card_is(api: RunningApi, person: str) -> None:
    """By its id; it stays in the list."""
    (code,) = made(api, person)
    api.http.post(f"/cards/{code['id']}/revoke", json={})
    listed = api.http.get("/codes", params={"person": person}).json()["codes"]
    assert [each["status"] for each in listed] == ["revoked"]


def test_a_break_glass_code_is_long_and_says_where(api: RunningApi, person: str) -> None:
    """Twelve digits, tagged as what they are; its entry in the record says so too."""
    (code,) = made(api, person, break_glass=True, access_points=["gate-in"])
    assert re.fullmatch("[0-9]{12}", code["code"])
    assert api.peer.heard_of(MakeCardTag)[-1] == MakeCardTag("code", code["code"].encode().hex(), "", True)
    assert (code["break_glass"], code["uses"], code["label"]) == (True, 1, "break-glass")
    ((detail,),) = stored(api, "SELECT detail FROM outbox WHERE credential = ?", code["id"])
    assert json.loads(detail)["break_glass"] is True
    only = api.http.get("/codes", params={"break_glass": "true"}).json()["codes"]
    assert code["id"] in [each["id"] for each in only]
    assert all(each["break_glass"] for each in only)


def test_a_break_glass_code_needs_the_site_and_a_place(api: RunningApi, person: str) -> None:
    """Where the site file does not allow them, or nobody says what they open, none is made."""
    path = f"/people/{person}/codes"
    answer = api.http.post(path, json={**UNTIL, "break_glass": True})
    assert [each["path"] for each in refused(answer, 422)["problems"]] == ["body.access_points"]
    without = replace(SITE, codes={**SITE.codes, "break_glass": False})
    with api.peer.answering(AskStatus, without):
        answer = api.http.post(path, json={**UNTIL, "break_glass": True, "access_points": ["gate-in"]})
    assert refused(answer, 409)["type"].endswith("no-break-glass")
    assert api.http.get("/codes", params={"person": person}).json()["codes"] == []


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ({}, "body.valid_until"),
        ({**UNTIL, "valid_from": "2031-01-01T00:00:00Z"}, "body.valid_until"),
        ({**UNTIL, "access_points": ["nowhere"]}, "body.access_points.0"),
        ({**UNTIL, "access_points": []}, "body.access_points"),
        ({**UNTIL, "access_points": ["gate-in", "gate-in"]}, "body.access_points"),
        ({**UNTIL, "count": 0}, "body.count"),
        ({**UNTIL, "count": 101}, "body.count"),
        ({**UNTIL, "uses": 0}, "body.uses"),
        ({**UNTIL, "label": "a\x1bb"}, "body.label"),
        ({**UNTIL, "code": "123456"}, "body.code"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    api: RunningApi, person: str, wanted: dict[str, object], path: str
) -> None:
    """By the field, and nothing is made; nobody chooses digits."""
    problem = refused(api.http.post(f"/people/{person}/codes", json=wanted), 422)
    assert [each["path"] for each in problem["problems"]] == [path]
    assert api.http.get("/codes", params={"person": person}).json()["codes"] == []


MORE_POINTS = replace(
    SITE,
    readers=[{**SITE.readers[0], "access_point": point} for point in ("cage-in", "gate-in", "gate-out")],
    codes={**SITE.codes, "keys_at": ["cage-in", "gate-in"]},
)


@pytest.mark.parametrize(
    ("wanted", "what"),
    [
        (
            {"access_points": ["gate-in", "cage-in"]},
            "no code opens by itself there at any time; one does at gate-in",
        ),
        (
            {"access_points": ["gate-in", "gate-out"]},
            "no code opens by itself there at any time; one does at gate-in",
        ),
        (
            {"access_points": ["cage-in", "gate-out"], "break_glass": True},
            "a break-glass code is typed on a way in with a keypad; there is cage-in, gate-in",
        ),
    ],
)
def test_no_code_is_made_for_where_its_digits_do_nothing(
    api: RunningApi, person: str, wanted: dict[str, object], what: str
) -> None:
    """A slip wants a place where a code alone opens at some time, an envelope a way in with keys."""
    with api.peer.answering(AskStatus, MORE_POINTS):
        answer = api.http.post(f"/people/{person}/codes", json={**UNTIL, **wanted})
        kept = made(api, person, break_glass=True, access_points=["cage-in"])
    assert refused(answer, 422)["problems"] == [{"path": "body.access_points.1", "what": what}]
    assert [code["access_points"] for code in kept] == [["cage-in"]]


def test_no_slip_is_made_where_no_code_opens_alone(api: RunningApi, person: str) -> None:
    """A site may have [codes] for its break-glass codes and nothing else."""
    with api.peer.answering(AskStatus, replace(SITE, codes={**SITE.codes, "alone_at": []})):
        answer = api.http.post(f"/people/{person}/codes", json=UNTIL)
        made(api, person, break_glass=True, access_points=["gate-in"])
    assert refused(answer, 409)["type"].endswith("no-codes")


def test_a_code_that_would_be_over_is_not_made(api: RunningApi, person: str) -> None:
    """As no such pass is."""
    answer = api.http.post(f"/people/{person}/codes", json={"valid_until": "2020-01-01T00:00:00Z"})
    assert refused(answer, 422)["problems"] == [
        {"path": "body.valid_until", "what": "a code until then would be over already"}
    ]


def test_only_a_code_is_revoked_as_a_code(api: RunningApi, person: str) -> None:
    """With the reason that is given; a card that is named by mistake stays."""
    card = api.http.post(f"/people/{person}/cards", json={"number": "04A1B2C3D4E5F6"}).json()["id"]
    (code,) = made(api, person)
    for id_ in (card, "c-none"):
        answer = api.http.post(f"/codes/{id_}/revoke", json={})
        assert refused(answer, 404)["type"].endswith("unknown-code")
    assert api.http.get(f"/cards/{card}").json()["status"] == "active"
    nudged = len(api.peer.heard_of(TakeOutbox))
    ended = api.http.post(f"/codes/{code['id']}/revoke", json={"reason": "lost"}).json()
    assert (ended["id"], ended["status"], ended["used"]) == (code["id"], "lost", 0)
    assert len(api.peer.heard_of(TakeOutbox)) > nudged


def test_codes_run_out_all_at_once(api: RunningApi, person: str) -> None:
    """Of several of which one would be too many, none is made."""
    listed = api.http.get("/codes", params={"break_glass": "false", "limit": 1000}).json()["codes"]
    in_use = len([code for code in listed if code["status"] == "active"])
    with api.peer.answering(AskStatus, replace(SITE, codes={**SITE.codes, "most": in_use + 1})):
        answer = api.http.post(f"/people/{person}/codes", json={**UNTIL, "count": 2})
    assert refused(answer, 409)["type"].endswith("codes-spent")
    assert api.http.get("/codes", params={"person": person}).json()["codes"] == []


def test_a_site_without_codes_prints_none(api: RunningApi, person: str) -> None:
    """Where no door opens to a code, no slip is made."""
    with api.peer.answering(AskStatus, STATUS):
        answer = api.http.post(f"/people/{person}/codes", json=UNTIL)
    assert refused(answer, 409)["type"].endswith("no-codes")


def test_digits_that_somebody_has_are_made_up_anew(api: RunningApi, person: str) -> None:
    """When that never helps it is said, and not whose they are."""
    other = api.new_person()
    with api.peer.answering(MakeCardTag, CardTag("code", "d7" * 32, "")):
        made(api, other)
        asked = len(api.peer.heard_of(MakeCardTag))
        answer = api.http.post(f"/people/{person}/codes", json=UNTIL)
    assert refused(answer, 409)["type"].endswith("codes-spent")
    assert len(api.peer.heard_of(MakeCardTag)) == asked + TRIES
    assert other not in answer.text


# --------------------------------------------------------------------------- PINs that are made up


def test_a_pin_is_made_up_and_shown_once(api: RunningApi, person: str) -> None:
    """The door process makes it; only its hash is stored."""
    answer = api.http.post(f"/people/{person}/pin")
    assert (answer.status_code, answer.json()) == (201, {"pin": MADE_PIN})
    assert answer.headers["cache-control"] == "no-store"
    assert api.peer.heard_of(MakePin)[-1] == MakePin(person)
    assert stored(api, "SELECT hash FROM pin WHERE person = ?", person) == [(f"$hashed$for${person}",)]


def test_a_duress_pin_is_made_up_for_who_has_a_pin(api: RunningApi, person: str) -> None:
    """Without a PIN there is none."""
    path = f"/people/{person}/duress-pin"
    assert refused(api.http.post(path), 404)["type"].endswith("no-pin")
    api.http.post(f"/people/{person}/pin")
    assert api.http.post(path).json() == {"pin": MADE_PIN}
    assert api.peer.heard_of(MakePin)[-1] == MakePin(person, duress=True)
    assert api.http.get(f"/people/{person}").json()["has_duress_pin"]


def test_a_card_that_shows_the_pin_is_said(api: RunningApi, person: str) -> None:
    """The enrolment says so while the number is at hand, and enrols the card."""
    with api.peer.answering(MakeCardTag, CardTag("iso14443-uid", "17" * 32, "17", like_pin=True)):
        answer = api.http.post(f"/people/{person}/cards", json={"number": "04A1B2C3D4E517"})
    assert (answer.status_code, answer.json()["like_pin"]) == (201, True)


# -------------------------------------------------------------------------------- code generators


def test_a_generator_is_made_and_confirmed(api: RunningApi, person: str) -> None:
    """Its secret is shown once; it counts once it has shown the right code."""
    path = f"/people/{person}/code-generator"
    answer = api.http.post(path)
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    generator = answer.json()
    assert (generator["secret"], generator["uri"]) == (GENERATOR_SECRET, GENERATOR_URI)
    assert api.peer.heard_of(MakeGenerator)[-1] == MakeGenerator(person, generator["id"], "Ana Marsh")
    assert api.http.get(f"/people/{person}").json()["code_generator"] == "unconfirmed"
    assert refused(api.http.post(f"{path}/confirm", json={"code": "111111"}), 422)["type"].endswith(
        "wrong-code"
    )
    assert api.http.get(f"/people/{person}").json()["code_generator"] == "unconfirmed"
    assert api.http.post(f"{path}/confirm", json={"code": RIGHT_CODE}).status_code == 204
    assert api.peer.heard_of(CheckCode)[-1] == CheckCode(person, RIGHT_CODE)
    assert api.http.get(f"/people/{person}").json()["code_generator"] == "confirmed"


def test_a_generator_that_was_replaced_is_not_confirmed(api: RunningApi, person: str) -> None:
    """Whoever scans the older picture has nothing."""
    path = f"/people/{person}/code-generator"
    older = api.http.post(path).json()["id"]
    api.http.post(path)
    with api.peer.answering(CheckCode, CodeChecked(older, fits=True)):
        answer = api.http.post(f"{path}/confirm", json={"code": RIGHT_CODE})
    assert refused(answer, 404)["type"].endswith("no-code-generator")


def test_a_generator_is_removed_once(api: RunningApi, person: str) -> None:
    """The second time there is none."""
    path = f"/people/{person}/code-generator"
    api.http.post(path)
    assert api.http.delete(path).status_code == 204
    assert refused(api.http.delete(path), 404)["type"].endswith("no-code-generator")
    assert api.http.get(f"/people/{person}").json()["code_generator"] == "none"


@pytest.mark.parametrize("code", ["", "12", "28708a", "2870 82", 287082, "1" * 13])
def test_what_is_no_code_is_not_asked(api: RunningApi, person: str, code: object) -> None:
    """It is refused by its field, and never repeated."""
    asked = len(api.peer.heard_of(CheckCode))
    answer = api.http.post(f"/people/{person}/code-generator/confirm", json={"code": code})
    problem = refused(answer, 422)
    assert [each["path"] for each in problem["problems"]] == ["body.code"]
    assert not str(code) or str(code) not in answer.text
    assert len(api.peer.heard_of(CheckCode)) == asked


def test_a_missing_library_is_said(api: RunningApi, person: str) -> None:
    """What the door process lacks comes back in its words, and nothing is stored."""
    words = "the library pyotp is missing: pip install 'accessctl[codes]'"
    with api.peer.refusing(MakeGenerator, FaultCode.NOT_SET_UP, words):
        answer = api.http.post(f"/people/{person}/code-generator")
    assert refused(answer, 409)["detail"] == words
    assert api.http.get(f"/people/{person}").json()["code_generator"] == "none"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/pin", None),
        ("POST", "/duress-pin", None),
        ("POST", "/codes", UNTIL),
        ("POST", "/code-generator", None),
        ("POST", "/code-generator/confirm", {"code": RIGHT_CODE}),
        ("DELETE", "/code-generator", None),
    ],
)
def test_nobody_is_not_found(api: RunningApi, method: str, path: str, body: dict[str, object] | None) -> None:
    """Whatever is asked about somebody who is not there is answered with 404 and their id."""
    problem = refused(api.http.request(method, f"/people/p-nobody{path}", json=body), 404)
    assert problem["detail"] == "there is no person p-nobody"


# --------------------------------------------------------------------------------- nothing is kept


def found_in(folder: Path, secret: str) -> list[str]:
    forms = (secret.encode(), secret.encode().hex().encode())
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files for form in forms if form in path.read_bytes()]


def test_no_secret_is_left_behind(api: RunningApi, person: str) -> None:
    """No file of the home holds a code, a PIN or a generator's secret that was given out, nor its log."""
    # The door process of these tests tags a code by its digits: a real tag says nothing.
    with api.peer.answering(MakeCardTag, CardTag("code", "e1" * 32, "")):
        (code,) = made(api, person, break_glass=True, access_points=["gate-in"])
    api.http.post(f"/people/{person}/pin")
    api.http.post(f"/people/{person}/code-generator")
    secrets = (code["code"], MADE_PIN, GENERATOR_SECRET)
    assert [found_in(api.home.path, secret) for secret in secrets] == [[], [], []]


def test_a_secret_that_was_left_would_be_found(tmp_path: Path) -> None:
    """Negative control."""
    (tmp_path / "file").write_bytes(b"before" + GENERATOR_SECRET.encode() + b"after")
    assert found_in(tmp_path, GENERATOR_SECRET) == ["file"]
