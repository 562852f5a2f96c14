"""Two operators for one change: what the first asks for waits here, and is done when the second approves.

What waits is the call itself: it is made once more, in the name of who asked and with the rights that they
have then. A body that holds a secret waits in memory and never in the store; after a restart it has to be
asked for anew.
"""

import asyncio
import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from accessctl.acting import Whence
from accessctl.api.actor import Actor, actor_of
from accessctl.api.approval_models import ApprovalModel
from accessctl.api.authority import Authority, NotAdmitted
from accessctl.api.inside import Answer, ask_inside
from accessctl.api.problems import ProblemDetails, Refusal, kind_of, unknown
from accessctl.office.rules import TwoPeople
from accessctl.store.approvals import ApprovalQueries, ApprovalRow, ApprovalWriter, Call, State

_MOST_IN_MEMORY: Final = 20
MOST_WAITING: Final = 50
"""So much of one operator waits at once: a body may have megabytes, and somebody has to read it all."""
LARGEST_SECRET: Final = 2 * 1024 * 1024
"""Bytes of a body that waits in memory."""
_LONGEST_OUTCOME: Final = 500


@dataclass(frozen=True, slots=True)
class Approved:
    """In whose name a call is made that somebody else approved of."""

    actor: Actor
    whence: Whence


_JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class _Body:
    """What a call was sent with: JSON where it is stored, and whatever an import is where it is not."""

    sent: bytes = field(repr=False)
    kind: str = _JSON


_NONE: Final = _Body(b"")


class Deferred(Refusal):
    """The call waits for a second operator: 202, with the approval."""

    def __init__(self, row: ApprovalRow) -> None:
        """Keep what waits."""
        super().__init__(HTTPStatus.ACCEPTED, "waits", f"{row.id} waits for a second operator")
        self._row = row

    def response(self) -> JSONResponse:
        """Give the answer."""
        model = ApprovalModel.of(self._row, self._row.asked_at)
        return JSONResponse(
            model.model_dump(mode="json"),
            HTTPStatus.ACCEPTED,
            {"Location": f"/v1/approvals/{self._row.id}"},
        )


class Approving:
    """Keeps what waits and does what is approved. Used from one event loop."""

    def __init__(self, writer: ApprovalWriter, approvals: ApprovalQueries, authority: Authority) -> None:
        """Take the store, and who knows operators."""
        self._writer, self._approvals, self._authority = writer, approvals, authority
        self._secret: dict[str, _Body] = {}

    async def ask(
        self, request: Request, actor: Actor, body: bytes, kind: str, what: str, *, secret: bool = False
    ) -> None:
        """Let a call wait. Raises ``Deferred``, always. The same call, asked again, is the one that waits."""
        call = Call(
            request.method,
            # As it was routed by: the URL is put together with the Host, which is the client's word.
            request.scope["path"],
            request.scope["query_string"].decode("latin-1"),
            None if secret else body,
            # Of a secret no digest is kept either: a card's number could be guessed by it.
            None if secret else hashlib.sha256(body).digest(),
            request.headers.get("if-match"),
        )
        if secret and len(body) > LARGEST_SECRET:
            what = (
                f"what takes two and holds secrets has at most {LARGEST_SECRET // 1024} KiB: do it in parts"
            )
            raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", what)
        row = await asyncio.to_thread(self._waiting, actor.operator, call, body)
        if row is None:
            rules = await self._authority.office.rules()
            words = f"{what}: {call.method} {call.path}"
            row = await asyncio.to_thread(
                self._writer.ask_approval, kind, words, call, actor.operator, actor.place, rules.within
            )
        if secret:
            while len(self._secret) >= _MOST_IN_MEMORY:
                self._secret.pop(next(iter(self._secret)))
            self._secret[row.id] = _Body(body, request.headers.get("content-type", _JSON))
        raise Deferred(row)

    async def check_wide(
        self,
        request: Request,
        *,
        roles: Collection[str] = (),
        levels: Collection[str] = (),
        secret: bool = False,
    ) -> None:
        """Let the call wait (``Deferred``) that grants what the site file calls a wide grant."""
        if getattr(request.state, "approved", None) is not None:
            return
        rules = await self._authority.office.rules()
        wide = sorted((set(roles) & rules.wide_roles) | (set(levels) & rules.wide_levels))
        if TwoPeople.WIDE_GRANT in rules.needs and wide:
            body: bytes = request.state.body
            words = f"Grant {', '.join(wide)}"
            await self.ask(request, actor_of(request), body, TwoPeople.WIDE_GRANT.value, words, secret=secret)

    async def approve(self, app: FastAPI, id_: str, second: Actor) -> tuple[ApprovalRow, Answer]:
        """Do what somebody else asked for. Gives how it stands then, and what came of it.

        Raises ``Refusal`` and ``StoreError``.
        """
        row = await self._known(id_)
        if row.asked_by == second.operator:
            what = "nobody approves of what they asked for themselves"
            raise Refusal(HTTPStatus.FORBIDDEN, "same-operator", what)
        await self._check_old_enough(row, second)
        body = _NONE if row.call.body is None else _Body(row.call.body)
        body = self._secret.get(id_, body)
        if row.state is State.WAITING and (body is _NONE or not _is(body.sent, row.call.digest)):
            what = "what was asked for held a secret and is not known any more; it has to be asked for anew"
            raise Refusal(HTTPStatus.CONFLICT, "approval-over", what)
        try:
            first = await self._authority.again(row.asked_by, row.asked_from)
        except NotAdmitted as error:
            raise Refusal(HTTPStatus.CONFLICT, "approval-over", str(error)) from error
        await asyncio.to_thread(self._writer.decide_approval, id_, second.operator, approved=True)
        self._secret.pop(id_, None)
        whence = Whence(row.asked_from, approval=id_, approved_by=second.operator)
        try:
            answer = await _made(app, row.call, body, Approved(first, whence))
        except Exception:
            await self._failed(row, second, None, HTTPStatus.INTERNAL_SERVER_ERROR, "fault")
            raise
        if answer.status < HTTPStatus.BAD_REQUEST:
            # What it made may be a secret, and is left out.
            await asyncio.to_thread(self._writer.note_outcome, id_, "done")
        else:
            words, why = _refusal(answer)
            await self._failed(row, second, words, answer.status, why)
        return await self._known(id_), answer

    async def refuse(self, id_: str, operator: str) -> ApprovalRow:
        """Refuse, or take back what one asked for. Raises ``Refusal`` and ``StoreError``."""
        await asyncio.to_thread(self._writer.decide_approval, id_, operator, approved=False)
        self._secret.pop(id_, None)
        return await self._known(id_)

    async def _failed(
        self, row: ApprovalRow, second: Actor, words: str | None, status: int, why: str
    ) -> None:
        await asyncio.to_thread(self._writer.note_failure, row, second.operator, words, status, why)

    async def _known(self, id_: str) -> ApprovalRow:
        row = await asyncio.to_thread(self._approvals.approval, id_)
        if row is None:
            raise unknown("approval", id_)
        return row

    async def _check_old_enough(self, row: ApprovalRow, second: Actor) -> None:
        """Raise ``Refusal`` for somebody who was made an operator for this: perhaps by who asked."""
        known = await self._authority.known(second.operator)
        if known is None or known.added_at > row.asked_at:
            what = f"{second.operator} was added after this was asked for, and so cannot approve of it"
            raise Refusal(HTTPStatus.FORBIDDEN, "too-new", what)

    def _waiting(self, operator: str, call: Call, body: bytes) -> ApprovalRow | None:
        """Give the approval that the same call of the same operator waits for already."""
        waiting = self._approvals.waiting(operator, self._authority.now())
        for row in waiting:
            kept = self._secret.get(row.id)
            alike = call.digest is not None or (kept is not None and kept.sent == body)
            if _name(row.call) == _name(call) and alike:
                return row
        if len(waiting) >= MOST_WAITING:
            what = f"{len(waiting)} calls of {operator} wait already: have them decided on, or take some back"
            raise Refusal(HTTPStatus.CONFLICT, "too-many-wait", what)
        return None


def _name(call: Call) -> tuple[str | bytes | None, ...]:
    return call.method, call.path, call.query, call.digest, call.if_match


def _is(body: bytes, digest: bytes | None) -> bool:
    """Whether this is what was asked for. What was kept in memory is."""
    return digest is None or hmac.compare_digest(hashlib.sha256(body).digest(), digest)


async def _made(app: FastAPI, call: Call, body: _Body, approved: Approved) -> Answer:
    """Make the call that was approved."""
    return await ask_inside(
        app,
        call.method,
        call.path,
        query=call.query,
        body=body.sent,
        kind=body.kind,
        if_match=call.if_match,
        state={"approved": approved},
    )


def _refusal(answer: Answer) -> tuple[str, str]:
    """Give a refusal in its own words, and its kind."""
    problem = ProblemDetails.model_validate_json(answer.body)
    return f"refused: {problem.detail}"[:_LONGEST_OUTCOME], kind_of(answer.body)
