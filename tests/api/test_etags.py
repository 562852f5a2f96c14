"""Entity tags: nobody overwrites what somebody else has changed, and nothing known is sent again."""

from concurrent.futures import ThreadPoolExecutor

import pytest

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
