"""Whatever nonsense comes, it is refused in words; and nothing secret is ever repeated."""

import asyncio
import json
import logging
import socket

import pytest
from fastapi import FastAPI
from fastapi.exception_handlers import request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from starlette.requests import Request

from accessctl.api.people_models import NewPin
from accessctl.link.requests import OrderDoor
from tests.api.running import RunningApi, refused

SECRET = "98765432"
ROUTES = [
    ("POST", "/people"),
    ("PATCH", "/people/p-nobody"),
    ("PUT", "/people/p-nobody/pin"),
    ("PUT", "/people/p-nobody/duress-pin"),
    ("POST", "/people/p-nobody/cards"),
    ("POST", "/people/p-nobody/code"),
    ("POST", "/people/p-nobody/temporary-access"),
    ("PUT", "/people/p-nobody/qualifications/induction"),
    ("POST", "/cards/c-none/revoke"),
]
WITHOUT_FIELDS = [
    "/people/p-nobody/pin",
    "/people/p-nobody/duress-pin",
    "/people/p-nobody/code-generator",
    "/people/p-nobody/forgive-wrong-pins",
    "/passes/c-none/replace",
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)
FIELDS = st.dictionaries(
    st.sampled_from(
        [
            *("name", "roles", "groups", "id", "pin", "number", "read_at", "within_s", "reason"),
            *("uses_total", "uses_a_day", "exempt", "extended", "level", "until", "valid_until"),
        ]
    ),
    JSON,
    max_size=5,
)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/people/p-nobody", "DELETE, GET, PATCH"),
        ("GET", "/doors/gate/release", "POST"),
        ("POST", "/openapi.json", "GET, HEAD"),
    ],
)
def test_of_a_method_that_is_not_there_those_are_named_that_are(
    api: RunningApi, method: str, path: str, allowed: str
) -> None:
    """All of the path, in whatever order they were written."""
    answer = api.http.request(method, path)
    refused(answer, 405)
    assert sorted(answer.headers["allow"].split(", ")) == allowed.split(", ")


@pytest.mark.parametrize("path", ["/doors/", "/people/", "/doors/gate/", "//doors"])
def test_a_path_is_not_mended(api: RunningApi, path: str) -> None:
    """Nobody is sent elsewhere by what a client says the host is."""
    answer = api.http.get("http://accessctl/v1" + path, headers={"host": "elsewhere.example"})
    refused(answer, 404)
    assert "location" not in answer.headers


def test_a_wish_for_another_protocol_is_passed_over(
    api: RunningApi, caplog: pytest.LogCaptureFixture
) -> None:
    """It is answered as any call, and no log advises to install anything."""
    wish = {"connection": "upgrade", "upgrade": "websocket"}
    with caplog.at_level(logging.DEBUG), api.client() as http:
        assert http.get("/doors", headers=wish).status_code == 200
    assert "pip install" not in caplog.text
    assert "upgrade" not in caplog.text.lower()


@pytest.mark.parametrize(
    "path",
    [
        *(f"/doors/gate/{order}" for order in ("release", "unlock", "lock")),
        *(f"/biometrics/b-none/{change}" for change in ("disable", "enable")),
    ],
)
def test_no_order_is_given_with_a_field_that_would_be_ignored(api: RunningApi, path: str) -> None:
    """The door process is not asked."""
    asked = len(api.peer.heard_of(OrderDoor))
    answer = api.http.post(path, json={"until": "2030-01-01T00:00:00Z"})
    assert refused(answer, 422)["problems"] == [{"path": "body.until", "what": "there is no such field"}]
    assert len(api.peer.heard_of(OrderDoor)) == asked


@pytest.mark.parametrize("path", WITHOUT_FIELDS)
def test_where_nothing_can_be_said_a_field_is_refused(api: RunningApi, path: str) -> None:
    """Whoever sends a PIN to where one is made up has to learn that it was not taken."""
    answer = api.http.post(path, json={"pin": SECRET})
    assert refused(answer, 422)["problems"] == [{"path": "body.pin", "what": "there is no such field"}]
    assert SECRET not in answer.text
    for content in ("", "{}", "null"):
        answer = api.http.post(path, content=content, headers={"content-type": "application/json"})
        assert answer.status_code == 404


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[" * 5000, 400),
        (b'{"n": ' + b"9" * 5000 + b"}", 400),
        (b"nonsense", 400),
        (b"[]", 422),
        (b"null", 422),
        (b'"name"', 422),
        (b"", 422),
    ],
)
def test_a_body_that_is_no_object(
    api: RunningApi, method: str, path: str, content: bytes, status: int
) -> None:
    """What is no JSON gets 400, what is JSON and no body of this route 422."""
    answer = api.http.request(method, path, content=content, headers={"Content-Type": "application/json"})
    refused(answer, status)


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "", "json", "\x7f"]
)
def test_a_body_that_says_it_is_something_else(
    api: RunningApi, method: str, path: str, content_type: str
) -> None:
    """A body that does not say that it is JSON is refused for that."""
    headers = {b"Content-Type": content_type.encode()}
    refused(api.http.request(method, path, content=b"{}", headers=headers), 415)


def test_a_body_that_is_too_large(api: RunningApi) -> None:
    """More than 64 KiB is refused, whether it is announced or just comes."""
    large = b'"' + b"x" * (64 * 1024) + b'"'
    headers = {"Content-Type": "application/json"}
    for content in (large, iter([large[:40_000], large[40_000:]])):
        refused(api.http.post("/people", content=content, headers=headers), 413)


def test_a_body_of_the_largest_size(api: RunningApi) -> None:
    """64 KiB are taken and looked at."""
    body = json.dumps({"name": "x"}).encode().ljust(64 * 1024)
    answer = api.http.post("/people", content=body, headers={"Content-Type": "application/json"})
    assert [problem["path"] for problem in refused(answer, 422)["problems"]] == ["body.roles"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(route=st.sampled_from(ROUTES), body=FIELDS | JSON)
def test_any_json_is_refused_with_a_reason(api: RunningApi, route: tuple[str, str], body: object) -> None:
    """Whatever JSON comes, the answer is no server fault, and a refusal is a problem in words."""
    method, path = route
    content = json.dumps(body).encode()
    answer = api.http.request(method, path, content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code < 500, answer.text
    if answer.is_error:
        refused(answer, answer.status_code)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing", 404),
        ("/people/..", 404),
        ("/people/%00", 422),
        ("/people/%ff", 422),
        ("/people/" + "x" * 2000, 422),
        ("/people/P-UPPER", 422),
        ("/people?limit=0", 422),
        ("/people?limit=many", 422),
        ("/events?after=-1", 422),
        ("/events?after=99999999999999999999999999", 422),
        ("/events?after=1&before=9", 422),
        ("/events/stream?after=x", 422),
    ],
)
def test_a_path_of_nonsense(api: RunningApi, path: str, status: int) -> None:
    """A path or a query that means nothing here is refused with a reason."""
    refused(api.http.get(path), status)


def test_a_wrong_method(api: RunningApi) -> None:
    """A method that a resource does not have gets 405, as a problem."""
    refused(api.http.delete("/people"), 405)


def test_no_http_at_all(api: RunningApi) -> None:
    """Bytes that are no HTTP are answered with 400, and the server goes on."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(5)
        connection.connect(str(api.home.api_socket))
        connection.sendall(b"\x00\x01 no http\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 400")
    assert api.http.get("/people").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/people/p-nobody/pin", {"pin": SECRET + "x"}),
        ("PUT", "/people/p-nobody/pin", {"pin": int(SECRET)}),
        ("PUT", "/people/p-nobody/pin", {"pin": [SECRET]}),
        ("PUT", "/people/p-nobody/pin", {"pin": SECRET, "again": SECRET}),
        ("PUT", "/people/p-nobody/pin", {SECRET: "pin"}),
        ("PUT", "/people/p-nobody/pin", SECRET),
        ("PUT", "/people/p-nobody/pin", {"pin": SECRET * 3}),
        ("PUT", "/people/p-nobody/pin", {"pin": SECRET}),
        ("PUT", "/people/p-nobody/duress-pin", {"pin": SECRET + "x"}),
        ("PUT", "/people/p-nobody/duress-pin", {"pin": [SECRET]}),
        ("PUT", "/people/p-nobody/duress-pin", {SECRET: "pin"}),
        ("PUT", "/people/p-nobody/duress-pin", {"pin": SECRET}),
        ("POST", "/people/p-nobody/code", {"code": SECRET}),
        ("POST", "/people/p-nobody/code", {SECRET: "code"}),
        ("POST", "/people/p-nobody/code", {"valid_until": SECRET}),
        ("POST", "/people/p-nobody/temporary-access", {"level": SECRET, "valid_until": SECRET + "?"}),
        ("POST", "/people/p-nobody/cards", {"number": SECRET + "x"}),
        ("POST", "/people/p-nobody/cards", {"number": {"hex": SECRET}}),
        ("POST", "/people/p-nobody/cards", {"number": SECRET, "read_at": SECRET + "?"}),
        ("POST", "/people/p-nobody/cards", {"number": SECRET, "within_s": SECRET}),
        ("POST", "/people", {"name": {"pin": SECRET}, "roles": [SECRET + "?"]}),
        ("POST", "/people", {"name": "A", "roles": ["picker"], "valid_from": SECRET + "?"}),
    ],
)
def test_a_refusal_repeats_nothing(api: RunningApi, method: str, path: str, body: object) -> None:
    """A PIN or a number in the wrong form, place or company is refused and not sent back."""
    answer = api.http.request(method, path, json=body)
    assert answer.is_client_error
    assert SECRET not in answer.text
    assert SECRET not in str(answer.headers)


def test_the_framework_alone_would_repeat_it() -> None:
    """The negative control: FastAPI's own answer to a bad body holds the PIN, so the test above bites."""
    with pytest.raises(ValidationError) as wrong:
        NewPin.model_validate({"pin": [SECRET]})
    error = RequestValidationError(wrong.value.errors())
    request = Request({"type": "http", "app": FastAPI()})
    answer = asyncio.run(request_validation_exception_handler(request, error))
    assert SECRET.encode() in bytes(answer.body)
