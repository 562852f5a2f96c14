"""Entity tags: nobody overwrites what somebody else has changed, and nothing known is sent again."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.api.people_who_log_in import Office
from tests.api.running import RunningApi, refused


def tag(api: RunningApi, path: str) -> str:
    return str(api.http.get(path).headers["etag"])


def test_what_is_known_is_not_sent_again(api: RunningApi) -> None:
    """304 without a body as long as it is the same; then all of it, with another tag."""
    path = f"/people/{api.new_person()}"
    known = tag(api, path)
    answer = api.http.get(path, headers={"if-none-match": known})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", known)
    api.http.patch(path, json={"disabled": True})
    answer = api.http.get(path, headers={"if-none-match": known})
    assert answer.status_code == 200
    assert answer.headers["etag"] != known


def test_a_change_of_what_was_seen_is_made(api: RunningApi) -> None:
    """And a second one of the same is not: somebody was faster."""
    path = f"/people/{api.new_person()}"
    seen = {"if-match": tag(api, path)}
    assert api.http.patch(path, json={"disabled": True}, headers=seen).status_code == 200
    answer = api.http.patch(path, json={"name": "Other"}, headers=seen)
    assert refused(answer, 412)["type"].endswith("changed-since")
    assert api.http.get(path).json()["name"] == "Ana Marsh"


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_without_a_tag_whoever_is_last_wins(api: RunningApi, method: str) -> None:
    """And with a star whatever is there."""
    path = f"/people/{api.new_person()}"
    body = {"disabled": True} if method == "PATCH" else None
    assert api.http.request(method, path, json=body, headers={"if-match": "*"}).is_success


def test_of_many_at_the_same_moment_one_gets_through(api: RunningApi) -> None:
    """Nothing comes between looking and doing."""
    path = f"/people/{api.new_person()}"
    seen = {"if-match": tag(api, path)}

    def change(number: int) -> int:
        with api.client() as http:
            return http.patch(path, json={"name": f"Name {number}"}, headers=seen).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(change, range(8)))
    assert answers == [200] + [412] * 7


@pytest.mark.parametrize(
    ("method", "below", "body"),
    [
        ("PUT", "pin", {"pin": "8402957"}),
        ("POST", "leave", None),
        ("PUT", "qualifications/induction", {"until": "2096-03-31T18:00:00+02:00"}),
    ],
)
def test_what_can_only_be_written_is_compared_with_what_it_is_part_of(
    api: RunningApi, method: str, below: str, body: object
) -> None:
    """A PIN is its person's: done if the person is as they were seen, refused once somebody changed them."""
    path = f"/people/{api.new_person()}"
    seen = {"if-match": tag(api, path)}
    api.http.patch(path, json={"name": "Other"})
    refused(api.http.request(method, f"{path}/{below}", json=body, headers=seen), 412)
    seen = {"if-match": tag(api, path)}
    answer = api.http.request(method, f"{path}/{below}", json=body, headers=seen)
    assert answer.is_success, answer.text


def test_of_a_door_too(api: RunningApi) -> None:
    """A mode is its door's."""
    mode = {"mode": "blocked", "until": "2096-03-31T18:00:00+02:00"}
    for seen, status in ((tag(api, "/doors/gate"), 200), ('"x"', 412)):
        answer = api.http.put("/doors/gate/mode", json=mode, headers={"if-match": seen})
        assert answer.status_code == status, answer.text


def test_what_nobody_can_look_at_is_not_said_to_have_changed(api: RunningApi) -> None:
    """It is refused for the header, in words; with a star, and without the header, it is done."""
    order = {"order": "lockdown"}
    problem = refused(api.http.post("/orders", json=order, headers={"if-match": '"x"'}), 422)
    assert problem["detail"].startswith("header.If-Match: has nothing to be compared with")
    assert api.http.post("/orders", json=order, headers={"if-match": "*"}).is_success


def test_who_may_not_look_is_told_so(office: Office) -> None:
    """A token that may change people and not see them: nobody has changed anything."""
    person = office.api.new_person()
    ends_at = (office.clock() + timedelta(days=30)).isoformat()
    wanted = {"label": "HR", "scopes": ["people.write"], "ends_at": ends_at}
    with office.showing(office.api.http.post("/tokens", json=wanted).json()["token"]) as http:
        answer = http.patch(f"/people/{person}", json={"disabled": True}, headers={"if-match": '"x"'})
        assert "people.read" in refused(answer, 403)["detail"]
        assert http.patch(f"/people/{person}", json={"disabled": True}).is_success


def test_the_description_offers_the_header_where_it_can_match(api: RunningApi) -> None:
    """And names the GET whose tag is meant, which has one."""
    paths = api.http.get("/openapi.json").json()["paths"]
    offered = 0
    for path, calls in paths.items():
        for method, call in calls.items():
            for header in call.get("parameters", []):
                named = re.search(r"`GET ([^`]+)` gave", header.get("description", ""))
                if header["name"] != "If-Match" or named is None:
                    continue
                assert path.startswith(named[1]), (method, path)
                assert "ETag" in paths[named[1]]["get"]["responses"]["200"]["headers"], (method, path)
                offered += 1
    assert offered > 30
    assert "If-Match" not in str(paths["/v1/orders"])
    assert "`GET /v1/people/{person}` gave" in str(paths["/v1/people/{person}/leave"])


def test_what_is_not_there_matches_nothing(api: RunningApi) -> None:
    """A tag of something that was deleted is one that somebody else has changed."""
    answer = api.http.patch("/people/p-gone", json={"disabled": True}, headers={"if-match": '"x"'})
    refused(answer, 412)


def test_a_look_before_a_change_is_no_reading(api: RunningApi) -> None:
    """The comparison is the controller's own and tells nobody anything."""
    path = f"/people/{api.new_person()}"
    seen = {"if-match": tag(api, path)}
    api.do(api.parts.audit._read.clear)
    api.http.patch(path, json={"disabled": True}, headers=seen)
    assert not api.parts.audit._read
