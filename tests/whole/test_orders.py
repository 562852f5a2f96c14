"""Orders and questions through the real API and command line, to a real door process."""

import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from accessctl.cli.root import cli
from accessctl.home import Home
from tests.api.running import refused
from tests.door.conftest import ALICE, BOB
from tests.door.story import Office, make_home
from tests.foresight.rules import RULES
from tests.homes import TESTER
from tests.whole.processes import PATIENCE_S, Api, Door, Warehouse

Run = Callable[..., Result]
READ = "personal_data_read"
AT = "2030-01-01T12:00:00+01:00"


@pytest.fixture(scope="module")
def home() -> Iterator[Home]:
    """A home with every kind of rule, under a short path, since sockets lie in it."""
    with tempfile.TemporaryDirectory(prefix="acc-") as short:
        home = make_home(Path(short), RULES)
        office = Office(home)
        for name, number, pin in (("alice", ALICE, "4711"), ("bob", BOB, None)):
            office.person(name, pin=pin)
            office.card(name, number)
        office.writer.close()
        yield home


@pytest.fixture(scope="module")
def warehouse(home: Home) -> Iterator[Warehouse]:
    """The simulated warehouse of that home."""
    running = Warehouse(home)
    yield running
    running.close()


@pytest.fixture(scope="module")
def door(home: Home, warehouse: Warehouse) -> Iterator[Door]:
    """The door process, with the warehouse there before it."""
    assert warehouse.released() == []
    with Door(home) as running:
        yield running


@pytest.fixture(scope="module")
def api(home: Home, door: Door) -> Iterator[Api]:
    """The API process, answering."""
    assert door.status().record_ok
    running = Api(home)
    yield running
    running.close()


@pytest.fixture
def run(api: Api, home: Home) -> Run:
    """Run a command on that home."""
    assert api.process.poll() is None
    return lambda *words: CliRunner().invoke(cli, ["--home", str(home.path), *words])


def order(api: Api, order: str, **about: object) -> Any:  # noqa: ANN401 - whatever the API answers
    return api.client.post("/v1/orders", json={"order": order, **about})


def given(api: Api, what: str, **about: object) -> dict[str, Any]:
    answer = order(api, what, **about)
    assert answer.status_code == 200, answer.text
    done: dict[str, Any] = answer.json()
    return done


def get(api: Api, path: str, **query: str) -> Any:  # noqa: ANN401 - as above
    answer = api.client.get(f"/v1{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def last_order(api: Api) -> int:
    """The number of the newest entry of something that an operator did. Others may come at any time.

    That this question was asked is one of them: the record hears of it when the door process looks next.
    """
    newest = get(api, "/events?before=0&limit=500")["events"]
    done = (entry for entry in newest if "operator" in entry["detail"] and entry["type"] != READ)
    return max((int(entry["seq"]) for entry in done), default=0)


def last(api: Api) -> dict[str, Any]:
    """Give the newest entry that somebody or something brought about: not that it was read."""
    newest = get(api, "/events", before="0", limit="10")["events"]
    found: dict[str, Any] = next(event for event in newest if event["type"] != READ)
    return found


def newest(api: Api) -> str:
    """The number of the newest entry, as a place from which to follow the record."""
    return str(last(api)["seq"])


def until(api: Api, kind: str, *, after: str) -> None:
    """Wait for an entry of this type after that one. It is the record that is followed, not the clock."""
    with api.client.stream("GET", "/v1/events/stream", params={"after": after, "type": kind}) as stream:
        next(line for line in stream.iter_lines() if line.startswith("data: "))


def badges(api: Api, warehouse: Warehouse, number: bytes) -> None:
    """Let somebody be granted at the front door, wherever they were before."""
    given(api, "forgive")
    with warehouse.tool.watch(timeout_s=PATIENCE_S) as edges:
        warehouse.tool.badge("front-in", number)
        assert any(edge.kind == "show" and edge.facts["pattern"] == "GRANTED" for edge in edges)


def mode(api: Api, door: str = "front") -> str:
    found: str = get(api, f"/doors/{door}")["mode"]
    return found


# ------------------------------------------------------------------------------------------ orders


def test_orders_to_a_door(api: Api) -> None:
    """A door is put into each mode that can be ordered, and given back to its schedule."""
    for wanted in ("unlocked", "held_open"):
        given(api, "mode", door="front", mode=wanted)
        assert mode(api) == wanted
    given(api, "normal", door="front")
    for wanted in ("blocked", "locked_down"):
        given(api, "mode", door="front", mode=wanted, until=AT)
        assert mode(api) == wanted
        given(api, "normal", door="front")
    assert mode(api) == "locked"
    (normal,) = get(api, "/events", type="door_normal", before="0", limit="1")["events"]
    assert normal["detail"]["operator"] == TESTER
    given(api, "release", door="front")
    assert last(api)["type"] == "manual_unlock"
    given(api, "prop", door="outer", for_s=120)
    assert (last(api)["type"], last(api)["detail"]["for_s"]) == ("door_propped", 120.0)


def test_orders_to_the_site_and_its_areas(api: Api) -> None:
    """Lockdown, threat level and armed areas stand in the state of the site, until they are over."""
    given(api, "lockdown")
    given(api, "lockdown", area="hall")
    given(api, "threat_level", level=3)
    given(api, "arm", area="lab")
    site = get(api, "/site")
    assert site["lockdowns"].keys() == {"site", "hall"}
    assert site["lockdowns"]["site"] == TESTER
    assert site["threat_level"] == 3
    areas = {area["id"]: area for area in site["areas"]}
    assert [areas["lab"]["armed"], areas["hall"]["armed"]] == [True, False]
    assert (areas["lab"]["within"], areas["street"]["outside"]) == ("hall", True)
    assert areas["shed"]["locked_down"]
    given(api, "lift", area="hall")
    given(api, "lift")
    given(api, "threat_level", level=0)
    given(api, "disarm", area="lab")
    site = get(api, "/site")
    assert (site["lockdowns"], site["threat_level"]) == ({}, 0)
    assert not any(area["armed"] or area["locked_down"] for area in site["areas"])


def test_orders_about_people(api: Api) -> None:
    """People are forgiven, renewed and mustered; the record says who ordered it."""
    for what, about in (
        ("forgive", {}),
        ("forgive", {"person": "alice"}),
        ("renew", {"person": "alice"}),
        ("start_muster", {}),
        ("seen_safe", {"person": "bob"}),
        ("end_muster", {}),
    ):
        given(api, what, **about)
        assert last(api)["detail"]["operator"] == TESTER
        assert last(api)["person"] == about.get("person")
    assert get(api, "/site")["muster"] is None


def test_an_emergency_is_ended_by_order(api: Api, warehouse: Warehouse) -> None:
    """What a fire input has released is secured again by nothing but the order."""
    with warehouse.tool.watch(timeout_s=PATIENCE_S) as edges:
        warehouse.tool.contact("input.fire", active=True)
        assert any(edge.kind == "line" and edge.facts["released"] for edge in edges)
    assert set(get(api, "/site")["emergency"]) == {"front", "shed"}
    assert mode(api) == "free"
    assert "still active" in refused(order(api, "end_emergency"), 409)["detail"]
    before = newest(api)
    warehouse.tool.contact("input.fire", active=False)
    until(api, "fire_input_restored", after=before)
    assert mode(api) == "free"
    given(api, "end_emergency")
    assert (get(api, "/site")["emergency"], mode(api)) == ([], "locked")


def test_the_same_key_carries_the_same_order_out_once(api: Api) -> None:
    """Sent again it is not carried out again; another order with the same key is one of its own."""

    def again(level: int) -> bool:
        answer = api.client.post(
            "/v1/orders",
            json={"order": "threat_level", "level": level},
            headers={"Idempotency-Key": "key-1"},
        )
        repeated: bool = answer.json()["repeated"]
        return repeated

    assert [again(2), again(2), again(0), again(0)] == [False, True, False, True]
    assert get(api, "/site")["threat_level"] == 0


@pytest.mark.parametrize(
    ("what", "about", "why"),
    [
        ("lift", {}, "There is no lockdown of site to lift."),
        ("lift", {"area": "hall"}, "There is no lockdown of hall to lift."),
        ("end_emergency", {}, "No door is under emergency release."),
        ("end_muster", {}, "No muster is going on."),
        ("seen_safe", {"person": "bob"}, "No muster is going on."),
        ("prop", {"door": "front", "for_s": 5}, "The leaf may stand open for 20 s anyway."),
        ("mode", {"door": "front", "mode": "blocked", "until": "2020-01-01T00:00:00Z"}, "ended before"),
        ("mode", {"door": "outer", "mode": "unlocked"}, "interlock"),
    ],
)
def test_what_ranks_below_is_refused_and_recorded(
    api: Api, what: str, about: dict[str, object], why: str
) -> None:
    """An order that cannot be carried out as things stand is a conflict, in the rules' own words."""
    assert why in refused(order(api, what, **about), 409)["detail"]
    event = last(api)
    assert event["type"] == "order_refused"
    assert why in event["reason"]


@pytest.mark.parametrize(
    ("what", "about"),
    [
        ("release", {"door": "moon"}),
        ("lockdown", {"area": "moon"}),
        ("arm", {"area": "moon"}),
        ("forgive", {"person": "moon"}),
        ("renew", {"person": "moon"}),
    ],
)
def test_what_is_not_there_is_not_found(api: Api, what: str, about: dict[str, object]) -> None:
    """A door, an area or a person that does not exist is named as such, and nothing is ordered."""
    before = last_order(api)
    assert "moon" in refused(order(api, what, **about), 404)["detail"]
    assert last_order(api) == before


@pytest.mark.parametrize(
    ("what", "about", "path"),
    [
        ("release", {}, "body.door"),
        ("mode", {"door": "front"}, "body.mode"),
        ("mode", {"door": "front", "mode": "free"}, "body.mode"),
        ("mode", {"door": "front", "mode": "blocked", "until": "2030-01-01T12:00:00"}, "body.until"),
        ("mode", {"door": "front", "mode": "blocked", "until": "0001-01-01T00:00:00+12:00"}, "body.until"),
        ("prop", {"door": "front", "for_s": 0}, "body.for_s"),
        ("prop", {"door": "front", "for_s": 1e9}, "body.for_s"),
        ("threat_level", {}, "body.level"),
        ("threat_level", {"level": 10}, "body.level"),
        ("arm", {}, "body.area"),
        ("lockdown", {"door": "front"}, "body.door"),
        ("lift", {"person": "alice"}, "body.person"),
        ("renew", {}, "body.person"),
        ("end_muster", {"area": "hall"}, "body.area"),
        ("open sesame", {}, "body.order"),
    ],
)
def test_an_order_says_what_it_has_to_and_no_more(
    api: Api, what: str, about: dict[str, object], path: str
) -> None:
    """What is missing, wrong or meant for another order is refused by its field; nothing is ordered."""
    before = last_order(api)
    problem = refused(order(api, what, **about), 422)
    assert [each["path"] for each in problem["problems"]] == [path]
    assert last_order(api) == before


def test_who_is_inside_is_listed(api: Api, warehouse: Warehouse) -> None:
    """Whoever came through an opened leaf is listed with their name, and as seen."""
    badges(api, warehouse, ALICE)
    before = newest(api)
    warehouse.tool.leaf("front", open=True)
    until(api, "access_taken", after=before)
    warehouse.tool.leaf("front", open=False)
    (found,) = [each for each in get(api, "/presence") if each["person"] == "alice"]
    assert (found["person"], found["name"], found["area"]) == ("alice", "Alice", "hall")
    assert (found["sureness"], found["outside"]) == ("seen", False)
    # Somebody whose badge another test granted may have come through the same opened leaf.
    inside = [each["person"] for each in get(api, "/presence") if each["area"] == "hall"]
    areas = {area["id"]: area["people"] for area in get(api, "/site")["areas"]}
    assert (areas["hall"], areas["street"]) == (len(inside), 0)


# ------------------------------------------------------------------------------- the command line


def test_site_commands(run: Run) -> None:
    """Each command gives its order, says what it did on stderr, and the site shows it."""
    for words, said in (
        (("site", "lockdown"), "the whole site is locked down"),
        (("site", "lockdown", "--area", "hall"), "hall is locked down"),
        (("site", "threat-level", "2"), "the threat level is 2"),
        (("areas", "arm", "lab"), "lab is armed"),
    ):
        done = run(*words)
        assert (done.exit_code, done.stdout) == (0, "")
        assert said in done.stderr
    shown = run("site", "show").stdout
    assert "threat level       2" in shown
    assert f"hall (by {TESTER}" in shown
    listed = {area["id"]: area for area in json.loads(run("areas", "list", "--json").stdout)}
    assert listed["lab"]["armed"]
    assert "LOCKED_DOWN" in run("areas", "list").stdout
    for words in (
        ("site", "lift", "--area", "hall"),
        ("site", "lift"),
        ("site", "threat-level", "0"),
        ("areas", "disarm", "lab"),
        ("site", "forgive"),
        ("site", "forgive", "Alice"),
        ("site", "renew", "alice"),
    ):
        assert run(*words).exit_code == 0, words
    assert json.loads(run("site", "show", "--json").stdout)["lockdowns"] == {}


def test_a_refused_order_ends_with_a_finding(run: Run) -> None:
    """What the rules refuse is said in their words, with exit status 1."""
    done = run("site", "lift")
    assert (done.exit_code, done.stderr) == (1, "accessctl: There is no lockdown of site to lift.\n")
    assert run("site", "end-emergency").exit_code == 1
    assert run("site", "forgive", "Nobody").exit_code == 1
    assert run("site", "threat-level", "10").exit_code == 2


def test_door_commands(run: Run, api: Api) -> None:
    """A door is put into a mode, given back, and may stand open for a while."""
    assert "is blocked until 2030" in run("doors", "mode", "front", "blocked", "--until", AT).stderr
    assert mode(api) == "blocked"
    assert "follows its schedule" in run("doors", "normal", "front").stderr
    assert mode(api) == "locked"
    assert "may stand open for 2 min" in run("doors", "prop", "front", "--minutes", "2").stderr
    assert run("doors", "prop", "front", "--minutes", "nan").exit_code == 2
    assert run("doors", "mode", "front", "ajar").exit_code == 2


def test_muster_commands(run: Run) -> None:
    """A muster begins with who is inside, ticks people off, and ends."""
    begun = run("muster", "start")
    assert begun.exit_code == 0, begun.stderr
    shown = json.loads(run("muster", "show", "--json").stdout)
    missing = {row["person"] for row in shown["people"] if row["missing"]}
    assert missing == set(shown["muster"]["missing"])
    assert "Muster since" in run("muster", "show").stderr
    assert run("muster", "safe", "Alice").exit_code == 0
    assert "ended" in run("muster", "end").stderr
    assert json.loads(run("muster", "show", "--everybody", "--json").stdout)["muster"] is None


# -------------------------------------------------------------------------------------- foresight


def test_questions_by_http(api: Api) -> None:
    """Explanations and lists come as the schema says, and what is not there is not found."""
    found = get(api, "/explain", person="bob", access_point="shed-in", at="2026-12-24T15:00:00+00:00")
    assert (found["outcome"], found["refused_by"]) == ("refused", "pin may be tried")
    assert [person["name"] for person in get(api, "/who-can", access_point="lab-in")["people"]] == [
        "Alice",
        "Bob",
    ]
    assert {point["id"] for point in get(api, "/what-can", person="bob")["access_points"]} >= {"lab-in"}
    refused(api.client.get("/v1/what-can", params={"person": "moon"}), 404)
    far = api.client.get("/v1/what-can", params={"person": "bob", "at": "2999-01-01T00:00:00Z"})
    assert "ten years" in refused(far, 422)["detail"]


def test_a_rehearsal_by_http(api: Api) -> None:
    """A proposed file with mistakes is refused by its own paths, a sound one is rehearsed."""
    since = "2026-01-01T00:00:00Z"
    bad = api.client.post("/v1/rehearsals", json={"site": "nonsense = 1", "since": since})
    assert "nonsense" in {problem["path"] for problem in refused(bad, 422)["problems"]}
    old = api.client.post("/v1/rehearsals", json={"site": RULES, "since": "1999-01-01T00:00:00Z"})
    refused(old, 422)
    found = api.client.post("/v1/rehearsals", json={"site": RULES, "since": since}).json()
    assert found["summary"] == ["Nothing that is in the record would have gone otherwise."]


def test_questions_by_command(run: Run, tmp_path: Path) -> None:
    """Who may not pass is a finding; lists are tables or JSON."""
    explained = run("explain", "Bob", "shed-in")
    assert explained.exit_code == 1
    assert "refused by    pin may be tried" in explained.stdout
    assert "NO" in explained.stdout
    assert run("explain", "Alice", "front-out").exit_code == 0
    assert json.loads(run("explain", "bob", "lab-in", "--json").stdout)["outcome"] == "gather"
    listed = run("who-can", "shed-in")
    assert "Alice" in listed.stdout
    assert "1 person" in listed.stderr
    assert json.loads(run("what-can", "Bob", "--json").stdout)["person"] == "bob"
    # A way out is there whatever the tests before have left open, or whoever they have left inside.
    assert "front-out" in run("what-can", "Bob").stdout
    assert run("what-can", "Nobody").exit_code == 1


def test_a_rehearsal_by_command(run: Run, api: Api, warehouse: Warehouse, tmp_path: Path) -> None:
    """Somebody who would have been refused is a finding, told in words and in rows."""
    badges(api, warehouse, BOB)
    same, strict = tmp_path / "same.toml", tmp_path / "strict.toml"
    same.write_text(RULES)
    assert run("rehearse", str(same)).exit_code == 0
    strict.write_text(RULES.replace('["front-in", "front-out"]', '["front-out"]'))
    found = run("rehearse", str(strict), "--since", "1d")
    assert found.exit_code == 1, found.output
    assert "would have been refused\n" in found.stdout
    assert "Right now, the rights of 2 people would be others:" in found.stdout
    assert "played, since" in found.stderr
    data = json.loads(run("rehearse", str(strict), "--since", "2h", "--json").stdout)
    assert "bob" in {row["person"] for row in data["differences"]}
    assert run("rehearse", str(strict), "--since", "yesterday").exit_code == 2
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe")
    assert "no text in UTF-8" in run("rehearse", str(binary)).stderr
