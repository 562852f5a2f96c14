"""What holds for every call is described with every call: who asks, done once, of what was seen.

FastAPI describes what each route says of itself. The gate (``accessctl.api.gate``) stands around all of
them, so what it takes and answers is added here, to every call for which it does.
"""

from collections.abc import Iterator
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from accessctl.api.etags import seen_at
from accessctl.api.in_time import HEADER
from accessctl.api.needed import APPROVAL, GRANTS, OPEN, RIGHT
from accessctl.api.problems import MEDIA_TYPE

_METHODS: Final = ("get", "put", "post", "delete", "patch")
_JSON: Final = "application/json"
_PROBLEM: Final = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
_SCHEMES: Final = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "A session (`POST /v1/session`) or a token (`POST /v1/tokens`). Over the network "
        "tokens count and nothing else. On the Unix socket whoever shows nothing is the local user whom the "
        "kernel names, and the operator whom the site file names for that user (`[operators] local`).",
    }
}
_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same call under the same key is done once within a day; sent again it gets the "
    "answer that it got before; 409 while it still runs (`in-progress`).",
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9._:-]{1,64}$"},
    "example": "3b1f9c6e-0d6a",
}
_NOT_AFTER: Final = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "Until when it is wanted: what is read later, because a process stood still, is not done "
    "(504 `timed-out`).",
    "schema": {"type": "string", "format": "date-time"},
    "example": "2099-03-31T18:00:05Z",
}
_TAG: Final = {"type": "string"}
_IF_NONE_MATCH: Final = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` of what is known already: 304 if it is still that.",
    "schema": _TAG,
}
_ETAG: Final = {"description": "Names what is answered, for `If-Match` and `If-None-Match`.", "schema": _TAG}
_REFUSALS: Final = {
    "NotLoggedIn": "Nobody, or nobody any more (`not-logged-in`).",
    "NoRight": "Who asks has not the right that this needs (`no-right`), or may not do it as who they are.",
    "Changed": "Somebody has changed it since it was looked at (`changed-since`).",
    "TooMany": "Too many tries (`locked-out`), or more requests a minute than the site file allows.",
}
_MAY_WAIT: Final = {
    "description": "It waits for a second operator, who approves of it or not.",
    "content": {_JSON: {"schema": {"$ref": "#/components/schemas/ApprovalModel"}}},
}


def described(app: FastAPI) -> dict[str, Any]:
    """Give the description of the whole API; it is made once."""
    if app.openapi_schema is None:
        said = get_openapi(
            title=app.title,
            version=app.version,
            summary=app.summary,
            description=app.description,
            routes=app.routes,
        )
        components = said["components"]
        components["securitySchemes"] = _SCHEMES
        components["responses"] = {
            name: {"description": words, "content": _PROBLEM} for name, words in _REFUSALS.items()
        }
        seen = {path for path, calls in said["paths"].items() if "get" in calls}
        for path, method, call in _calls(said):
            _add_gate(method, call, seen_at(path, seen))
        app.openapi_schema = said
    return app.openapi_schema


def _calls(said: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, calls in said["paths"].items():
        for method in _METHODS:
            if method in calls:
                yield path, method, calls[method]


def _add_gate(method: str, call: dict[str, Any], seen: str | None) -> None:
    """Say of one call what the gate takes and answers; ``seen`` is where one sees what it is about."""
    answers = call["responses"]
    answers["default"]["content"] = _PROBLEM
    _refuses(call, "429", "TooMany")
    if call[RIGHT] == OPEN:
        call["security"] = []
        return
    call["security"] = [{}, {"bearer": []}]
    _refuses(call, "401", "NotLoggedIn")
    _refuses(call, "403", "NoRight")
    if method == "get":
        if _JSON in answers.get("200", {}).get("content", {}):
            _takes(call, _IF_NONE_MATCH)
            answers["200"].setdefault("headers", {})["ETag"] = _ETAG
            answers["304"] = {"description": "It is what is known already.", "headers": {"ETag": _ETAG}}
        return
    for header in (_KEY, _NOT_AFTER):
        _takes(call, header)
    if seen is not None:
        _takes(call, _if_match(seen))
        _refuses(call, "412", "Changed")
    if APPROVAL in call or call.get(GRANTS):
        answers.setdefault("202", _MAY_WAIT)


def _if_match(seen: str) -> dict[str, Any]:
    return {
        "name": "If-Match",
        "in": "header",
        "required": False,
        "description": f"The `ETag` of what `GET {seen}` gave: it is done only if that is still so.",
        "schema": _TAG,
    }


def _takes(call: dict[str, Any], header: dict[str, Any]) -> None:
    named = {each["name"].lower() for each in call.get("parameters", ()) if each["in"] == "header"}
    if header["name"].lower() not in named:
        call.setdefault("parameters", []).append(header)


def _refuses(call: dict[str, Any], status: str, name: str) -> None:
    call["responses"].setdefault(status, {"$ref": f"#/components/responses/{name}"})
