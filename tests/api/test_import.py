import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from accessctl.api import importing
from accessctl.link.requests import SealNumbers, TagSealed
from tests.api.running import RunningApi, refused
from tests.link.peer import DoorPeer

CSV = {"Content-Type": "text/csv"}


def imported(api: RunningApi, body: str | list[Any], *, dry_run: bool = False) -> httpx.Response:
    kind = CSV if isinstance(body, str) else {"Content-Type": "application/json"}
    content = body if isinstance(body, str) else json.dumps(body)
    return api.http.post(
        "/people/import", content=content.encode(), headers=kind, params={"dry_run": str(dry_run).lower()}
    )


def counts(api: RunningApi) -> list[int]:
    with closing(sqlite3.connect(api.home.people)) as connection:
        return [
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - of what stands here
            for table in ("person", "outbox", "pending_card", "card", "import")
        ]


def problems(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(each["path"], each["what"]) for each in refused(answer, 422)["problems"]]


def once_tagged(api: RunningApi, import_: str) -> dict[str, Any]:
    """Ask until nothing waits; each question lets the worker have its turn."""
    seen: dict[str, Any] = {}
    for _ in range(2000):
        seen = api.http.get(f"/people/imports/{import_}").json()
        if not seen["waiting"]:
            return seen
    raise AssertionError(seen)


def test_people_are_added_and_changed_by_one_file(api: RunningApi) -> None:
    """A row with a known id changes what it has a column for, any other adds somebody."""
    person = api.new_person(name="Ana Marsh", uses_total=7)
    answer = imported(
        api, f"id,name,roles,groups\n{person},Ana Quist,driver,\n,Bo Nowak,picker;driver,acme\n"
    )
    done = answer.json()
    assert answer.status_code == 200, done
    assert (done["rows"], done["added"], done["changed"], done["unchanged"]) == (2, 1, 1, 0)
    ana = api.http.get(f"/people/{person}").json()
    assert (ana["name"], ana["roles"], ana["uses_total"]) == ("Ana Quist", ["driver"], 7)
    (bo,) = api.http.get("/people", params={"name": "Bo Nowak"}).json()["people"]
    assert (bo["roles"], bo["groups"]) == (["picker", "driver"], ["acme"])


@pytest.mark.parametrize("kind", ["application/json", "application/x-ndjson"])
def test_json_says_the_same(api: RunningApi, kind: str) -> None:
    """As one array, or as an object on each line."""
    people = [{"name": f"{kind[-6:]} {number}", "roles": ["picker"], "disabled": True} for number in range(3)]
    lines = "\n".join(map(json.dumps, people))
    body = json.dumps(people, indent=1) if kind == "application/json" else lines
    answer = api.http.post("/people/import", content=body.encode(), headers={"Content-Type": kind})
    assert answer.json()["added"] == 3
    found = api.http.get("/people", params={"q": kind[-6:]}).json()["people"]
    assert [person["disabled"] for person in found] == [True] * 3


def test_a_dry_run_tells_and_changes_nothing(api: RunningApi) -> None:
    """Who would be added and what would change, before and after."""
    person = api.new_person(name="Dry Run", extended=True)
    before = counts(api)
    body = f"id,name,roles,extended,card\n{person},Dry Run,driver,false,\n"
    answer = imported(api, f"{body},New One,picker,false,0411223344AABB\n", dry_run=True)
    done = answer.json()
    assert (done["id"], done["dry_run"], done["added"], done["changed"], done["cards"]) == (
        None,
        True,
        1,
        1,
        1,
    )
    changed, added = done["changes"]
    assert changed == {
        "row": 2,
        "person": person,
        "action": "change",
        "changes": {"roles": [["picker"], ["driver"]], "extended": [True, False]},
    }
    assert (added["row"], added["person"], added["action"]) == (3, None, "add")
    assert added["changes"] == {"name": [None, "New One"], "roles": [None, ["picker"]]}
    assert counts(api) == before


def test_every_bad_row_is_told_and_nothing_is_imported(api: RunningApi) -> None:
    """All rows are looked at; each problem has its row and field, and repeats no value."""
    person = api.new_person(name="Twice Named")
    before = counts(api)
    body = [
        {"name": "Good", "roles": ["picker"]},
        {"name": "", "roles": ["pilot"]},
        {"id": person, "roles": ["pilot"], "exempt": None},
        {"id": person, "roles": ["picker"]},
        {"id": "twice", "name": "A", "roles": ["picker"]},
        {"id": "twice", "name": "B", "roles": ["picker"]},
        {"name": "C", "roles": ["picker"], "card": [{"number": "0411223344AABB"}]},
        {"name": "D", "roles": ["picker"], "card": [{"number": "0411223344aabb"}]},
        {"name": "E", "roles": ["picker"], "card": [{"number": "hex"}, {"technology": "wiegand"}]},
        {"name": "F", "roles": ["picker"], "card": [{"number": "0411"}]},
        {"name": "G", "roles": ["picker"], "card": "0411223344CCDD"},
        {"name": "H", "roles": ["picker"], "valid_from": "2026-02-01T00:00:00Z",
         "valid_until": "2026-01-01T00:00:00Z"},
        {"id": "Upper", "name": "I", "roles": ["picker"]},
        {"id": "export", "name": "J", "roles": ["picker"]},
        {"name": "K", "roles": ["picker"], "secret-4711": 1},
        "nobody",
    ]  # fmt: skip
    answer = imported(api, body)
    found = problems(answer)
    assert {path for path, _ in found} == {
        *("rows.2.name", "rows.3.exempt", "rows.6.id", "rows.8.card.0.number"),
        *("rows.9.card.0.number", "rows.9.card.1.number", "rows.10.card.0.number", "rows.11.card"),
        *("rows.12.valid_until", "rows.13.id", "rows.14.id", "rows.15.?", "rows.16"),
    }
    assert "12 rows are wrong, and nothing was imported" in answer.json()["detail"]
    for secret in ("0411223344", "pilot", "4711", "hex"):
        assert secret not in answer.text.replace("in hex", "")
    assert counts(api) == before


def test_a_role_that_is_not_there_is_said_in_its_place(api: RunningApi) -> None:
    """What somebody has already is not judged anew: the site file may have moved on."""
    assert problems(imported(api, "name,roles,groups\nA,picker;pilot,acme;other\n")) == [
        ("rows.2.roles.1", "there is no such role"),
        ("rows.2.groups.1", "there is no such group"),
    ]


@pytest.mark.parametrize(
    ("body", "path", "what"),
    [
        ("name;roles\nA;picker\n", "rows.1", "the heading of column 1 is none of: id"),
        ("name,name\n", "rows.1", "names a column twice"),
        ("name,roles\nA\n", "rows.2", "has 1 cells, and there are 2 columns"),
        ('name,roles\nA,"picker\n', "rows.2", "from here on it is no CSV"),
        ("name,roles\nA,picker\x00\n", "rows.2", ""),
    ],
)
def test_csv_that_is_none_is_refused_in_words(api: RunningApi, body: str, path: str, what: str) -> None:
    """Where it stops being readable is said."""
    ((where, why),) = problems(imported(api, body))
    assert where.startswith(path)
    assert why.startswith(what)


MANY = 6_000
LATIN = b"M\xfcller"
"""As a spreadsheet on Windows writes it, unless it is told to write UTF-8."""


@pytest.mark.parametrize("kind", ["text/csv", "application/json", "application/x-ndjson"])
def test_bytes_that_are_no_text_are_told_with_row_and_field(api: RunningApi, kind: str) -> None:
    """In the row where they stand; what else is wrong before and behind them is told as well."""
    csv, first = kind == "text/csv", 2 if kind == "text/csv" else 1
    row = b"%s,%s" if csv else b'{"name": "%s", "roles": ["%s"]}'
    rows = [row % (b"Ana", b"picker")] * MANY
    for place in (199, 5_001):
        rows[place] = row % (LATIN, b"picker")
    rows[3_000], rows[5_990] = row % (LATIN, b"pilot"), row % (b"Bo", LATIN)
    rows[5_995] = row % (b"", b"picker")
    body = {
        "text/csv": b"name,roles\n" + b"\n".join(rows),
        "application/json": b"[" + b",\n".join(rows) + b"]",
        "application/x-ndjson": b"\n".join(rows),
    }[kind]
    answer = api.http.post("/people/import", content=body, headers={"Content-Type": kind})
    no_text = "is no text in UTF-8"
    assert problems(answer) == [
        (f"rows.{199 + first}.name", no_text),
        (f"rows.{3_000 + first}.name", no_text),
        (f"rows.{5_001 + first}.name", no_text),
        (f"rows.{5_990 + first}.roles.0", no_text),
        (f"rows.{5_995 + first}.name", "String should have at least 1 character"),
    ]


def test_text_in_utf_8_goes_through_as_it_is(api: RunningApi) -> None:
    """Also with the mark that a spreadsheet puts before it."""
    body = "\ufeffname,roles\nMüller Łęcki 李,picker\n".encode()
    assert api.http.post("/people/import", content=body, headers=CSV).status_code == 200
    assert len(api.http.get("/people", params={"name": "Müller Łęcki 李"}).json()["people"]) == 1


@pytest.mark.parametrize("body", ["", "\n", "\n\nAna,picker\n", ",,\n"])
def test_csv_without_a_heading_is_refused(api: RunningApi, body: str) -> None:
    """An empty file is a mistake of whoever made it; one with a heading alone adds nobody, and is good."""
    answer = api.http.post("/people/import", content=body, headers=CSV)
    ((where, why),) = problems(answer)
    assert (where, why[:24]) == ("rows.1", "has to name the columns,")
    assert imported(api, "name,roles\n").json()["added"] == 0


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{}", b"[1", b"[{]", b"[{}", b"[{},]", b"[{}]x", b"\xff\xfe", b"[NaN]"),
        *(b"[" * 100_000, b'[{"name": NaN}]'),
    ],
)
def test_json_that_is_none_is_refused_in_words(api: RunningApi, body: bytes) -> None:
    """Whatever a body is, it is answered as a problem of a row."""
    answer = api.http.post("/people/import", content=body, headers={"Content-Type": "application/json"})
    assert problems(answer)[0][0].startswith("rows.1")


def test_an_empty_cell_clears_what_can_be_cleared(api: RunningApi) -> None:
    """An end is taken away by an empty cell, a name is not."""
    person = api.new_person(valid_until="2030-01-01T00:00:00Z", groups=["acme"])
    assert imported(api, f"id,valid_until,groups\n{person},,\n").json()["changed"] == 1
    here = api.http.get(f"/people/{person}").json()
    assert (here["valid_until"], here["groups"]) == (None, [])
    assert [path for path, _ in problems(imported(api, f"id,name,roles,exempt\n{person},,,\n"))] == [
        "rows.2.name",
        "rows.2.roles",
        "rows.2.exempt",
    ]


def test_what_is_so_already_is_unchanged(api: RunningApi) -> None:
    """Nothing is written of it and nothing recorded but the import itself."""
    person = api.new_person(name="Same Same")
    before = counts(api)
    done = imported(api, [{"id": person, "name": "Same Same", "roles": ["picker"]}]).json()
    assert (done["unchanged"], done["changed"]) == (1, 0)
    assert counts(api) == [before[0], before[1] + 1, *before[2:4], before[4] + 1]


def test_cards_are_enrolled_behind_it(api: RunningApi) -> None:
    """Their numbers go to the door process to be sealed, and come back as tags."""
    done = imported(api, "name,roles,card,card_technology\nCard Holder,picker,04A1B2C3D4E5F6; h10301:1:2,"
                         "iso14443-uid;wiegand\n").json()  # fmt: skip
    assert done["cards"] == 2
    seen = once_tagged(api, done["id"])
    assert (seen["tagged"], seen["failed"], seen["stalled"]) == (2, 0, None)
    (person,) = api.http.get("/people", params={"name": "Card Holder"}).json()["people"]
    cards = api.http.get("/cards", params={"person": person["id"]}).json()["cards"]
    assert {card["technology"] for card in cards} == {"iso14443-uid", "wiegand"}
    (asked,) = [each for each in api.peer.heard_of(SealNumbers) if isinstance(each, SealNumbers)][-1:]
    assert [each["technology"] for each in asked.numbers] == ["iso14443-uid", "wiegand"]


def test_somebody_elses_card_is_told_of(api: RunningApi) -> None:
    """The rest goes on, and the import says which row could not be done and why."""
    first = imported(api, "name,roles,card\nFirst,picker,04DDDDDDDDDDDD\n").json()
    once_tagged(api, first["id"])
    second = imported(
        api, "name,roles,card\nSecond,picker,04DDDDDDDDDDDD\nThird,picker,04EEEEEEEEEEEE\n"
    ).json()
    seen = once_tagged(api, second["id"])
    assert (seen["tagged"], seen["failed"]) == (1, 1)
    (failure,) = seen["failures"]
    assert failure["row"] == 2
    assert failure["why"].startswith("this card is enrolled already: it is c-")
    assert second["id"] in {each["id"] for each in api.http.get("/people/imports").json()["imports"]}


def test_cards_wait_while_the_door_process_is_away(api: RunningApi) -> None:
    """It is said why, and they go on by themselves."""

    async def away(peer: DoorPeer) -> None:
        peer.hang_up_on.add(TagSealed)

    api.do(away, api.peer)
    done = imported(api, "name,roles,card\nWaiting,picker,04FFFFFFFFFFFF\n").json()
    seen: dict[str, Any] = {}
    for _ in range(2000):
        seen = api.http.get(f"/people/imports/{done['id']}").json()
        if seen["stalled"]:
            break
    assert "hung up" in seen["stalled"]
    assert (seen["waiting"], seen["rate"], seen["estimate_s"]) == (1, None, None)
    api.peer.hang_up_on.clear()
    assert once_tagged(api, done["id"])["tagged"] == 1


def test_so_many_rows_and_no_more(api: RunningApi, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is laid out in memory is bounded; the row from which on it is too much is told."""
    monkeypatch.setattr(importing, "MOST_ROWS", 2)
    before = counts(api)
    ((path, what),) = problems(imported(api, "name,roles\nA,picker\nB,picker\nC,picker\nD,picker\n"))
    assert (path, what.startswith("an import has at most")) == ("rows.4", True)
    assert counts(api) == before


def test_an_unknown_import_is_not_found(api: RunningApi) -> None:
    """By an id that none has."""
    assert refused(api.http.get("/people/imports/i-nothing"), 404)["type"].endswith("unknown-import")


def test_another_kind_of_body_is_refused(api: RunningApi) -> None:
    """What can be sent is said."""
    answer = api.http.post("/people/import", content=b"x", headers={"Content-Type": "text/plain"})
    assert "text/csv" in refused(answer, 415)["detail"]


def test_without_the_door_process_nothing_is_imported(api: RunningApi) -> None:
    """Roles cannot be checked then, nor cards sealed."""
    before = counts(api)
    api.do(api.peer.close)
    try:
        refused(imported(api, "name,roles\nA,picker\n"), 503)
    finally:
        api.do(api.peer.open)
    assert counts(api) == before


def test_cards_in_an_import_need_the_right_to_enrol(api: RunningApi) -> None:
    """Whoever may add people and enrol nothing imports people without cards; with cards nothing is done."""
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    wanted = {"label": "HR", "scopes": ["people.write"], "ends_at": tomorrow}
    secret = api.http.post("/tokens", json=wanted).json()["token"]
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "text/csv"}
    before = counts(api)
    with_card = "name,roles,card\nHeld Back,picker,0499887766AABB\n"
    answer = api.http.post("/people/import", content=with_card, headers=headers)
    assert "credentials.write" in refused(answer, 403)["detail"]
    people, told, *rest = counts(api)
    assert [people, told - 1, *rest] == before  # but for the entry that says so
    without = "name,roles\nCard Less,picker\n"
    assert api.http.post("/people/import", content=without, headers=headers).json()["added"] == 1
