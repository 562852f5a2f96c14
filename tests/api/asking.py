"""What is sent to each call, so that whoever may do it does it in a prepared home."""

import json
from dataclasses import dataclass, field
from typing import Any

import httpx

from accessctl.reports.catalogue import KINDS
from accessctl.store.rule_rows import revision_of
from tests.api.described import Operation
from tests.api.prepared import ANA, FAR, Prepared

CSV = {"content-type": "text/csv"}
_BODIES: dict[str, Any] = {
    "POST /v1/people/{person}/consents": {"kind": "fingerprint", "text_version": "2026-1"},
    "POST /v1/readers/{reader}/test": {"seconds": 1},
    "POST /v1/readers/{reader}/pair": {},
    "POST /v1/orders": {"order": "lockdown"},
    "POST /v1/people": {"name": "Dora Finn", "roles": ["picker"]},
    "POST /v1/people/{person}/temporary-access": {"level": "cage", "valid_until": FAR},
    "PUT /v1/people/{person}/qualifications/{qualification}": {"until": FAR},
    "POST /v1/people/{person}/cards": {"number": "0412AB34CD56EF"},
    "POST /v1/people/{person}/code": {"valid_until": FAR},
    "POST /v1/people/{person}/codes": {"valid_until": FAR, "access_points": ["gate-in"], "count": 1},
    "POST /v1/passes": {"person": ANA},
    "POST /v1/cards/encode": {"kind": "desfire", "person": ANA, "read_at": "gate-in"},
    "PUT /v1/doors/{door}/mode": {"mode": "blocked", "until": FAR},
    "POST /v1/muster/safe": {"person": ANA},
    "POST /v1/operators": {"id": "nina", "name": "Nina Roth", "roles": ["guard"]},
}
"""Where the example is of another site, or there is none. The rest are the examples of the description."""
_QUERIES: dict[str, dict[str, str]] = {
    "GET /v1/explain": {"person": ANA, "access_point": "entrance-in"},
    "GET /v1/who-can": {"access_point": "entrance-in"},
    "GET /v1/what-can": {"person": ANA},
}
_REPORTS = frozenset(f"GET /v1/reports/{kind}" for kind in KINDS)
SLOW = frozenset(
    {*_QUERIES, *_REPORTS, "POST /v1/rehearsals", "POST /v1/site-file/check", "POST /v1/reviews/{area}"}
)
"""What has a process of its own think: sent whole once, and otherwise as a question that lacks something."""

OTHERWISE: dict[str, tuple[set[int], str]] = {
    "POST /v1/log/accept": ({409}, "nothing disagrees there"),
    "POST /v1/faces/calibration": ({409}, "nobody is enrolled at this door process"),
}
"""What cannot be done in the prepared home even by whoever may, with which answer, and why."""


@dataclass(frozen=True)
class Sent:
    """One request."""

    method: str
    path: str
    params: dict[str, str] = field(default_factory=dict)
    body: Any = None
    content: str | None = None

    def by(self, http: httpx.Client, headers: dict[str, str] | None = None) -> tuple[int, str]:
        """Send it, and give the status and the kind of problem; of a stream no more than its head is read."""
        more: dict[str, Any] = {"params": self.params, "headers": dict(headers or {})}
        if self.content is not None:
            more["content"] = self.content
            more["headers"] |= CSV
        elif self.body is not None:
            more["json"] = self.body
        with http.stream(self.method, self.path.removeprefix("/v1"), **more) as answer:
            if str(self).endswith("/events/stream") and answer.is_success:
                return answer.status_code, ""
            body = answer.read()
            kind = json.loads(body)["type"].rpartition(":")[2] if answer.is_error else ""
            return answer.status_code, kind

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def request_of(operation: Operation, home: Prepared, operator: str, *, whole: bool = True) -> Sent:
    """Give a request that this operator may well send, as far as they have the right.

    Not ``whole``: as one that is refused for what it lacks, once it is known that it may be asked.
    """
    ids = {**home.ids, "approval": "a-vera"}
    if operation.path.endswith("/{approval}/refuse"):
        ids["approval"] = f"a-{operator}"  # one's own may be taken back by everybody
    if operation.path.endswith("/{token}/revoke"):
        ids["token"] = f"k-of-{operator}"
    name = str(operation)
    path = operation.path.format(**ids)
    if not whole:
        return Sent(operation.method, path, {"rows": "none"} if name in _REPORTS else {})
    if name == "POST /v1/people/import":
        return Sent(operation.method, path, content="name,roles\nEd Moss,driver\n")
    return Sent(operation.method, path, _QUERIES.get(name, {}), _body(operation, home))


def _body(operation: Operation, home: Prepared) -> Any:  # noqa: ANN401 - whatever the call takes
    site = home.api.home.site_file.read_text()
    match str(operation):
        case "PUT /v1/site-file":
            changed = site + "\n# more\n"
            return {"site": changed, "reason": "more", "restart": True, "replaces": revision_of(site)}
        case "POST /v1/site-file/revisions/{revision}/restore":
            return {"reason": "back again", "restart": True}
        case "POST /v1/site-file/check":
            return {"site": site}
        case "POST /v1/reviews/{area}":
            return {"sha256": home.looked_through}
        case "POST /v1/rehearsals":
            return {"site": site, "since": "2026-03-01T00:00:00+00:00"}
        case name:
            return _BODIES.get(name, operation.example)
