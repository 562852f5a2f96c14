"""Who may do what: turns what a request shows into an operator with rights, or refuses it.

A request shows a session or a token (``Authorization: Bearer …``), or nothing: then on the Unix socket the
kernel says which local user asks, and the site file which operator that is, if any. Over the network tokens
count and nothing else.
"""

import asyncio
import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Final

from fastapi import Request

from accessctl.api.actor import Actor, By
from accessctl.api.office import Office
from accessctl.api.problems import Refusal
from accessctl.office.rules import OfficeRules
from accessctl.operators.rights import NEVER_BY_TOKEN, Right, Rights, Role, rights_of
from accessctl.operators.secrets import digest_of
from accessctl.store.errors import StoreError
from accessctl.store.operator_writer import OperatorWriter
from accessctl.store.operators import OperatorQueries, OperatorRow, SessionRow, TokenRow

NOTED_EVERY: Final = timedelta(minutes=1)
"""That a session or token is in use is written down so often at most."""
_NAMES: Final = frozenset({Right.NAMES_READ, Right.PEOPLE_READ, Right.CREDENTIALS_READ, Right.RULES_FORESEE})
"""What an auditor does without where the site hides names."""
_TOKEN_IN: Final = re.compile(r"token (\S+) ")
"""How a place begins that ``_by_token`` gives."""

log = logging.getLogger(__name__)


class NotAdmitted(Refusal):
    """Nobody, or nobody any more: what was shown does not make an operator."""

    def __init__(self, why: str, operator: str | None = None) -> None:
        """Say why, and whose session or token it was."""
        super().__init__(
            HTTPStatus.UNAUTHORIZED, "not-logged-in", why, headers={"WWW-Authenticate": "Bearer"}
        )
        self.operator = operator


class Authority:
    """Knows operators. Used from one event loop."""

    def __init__(
        self,
        operators: OperatorQueries,
        writer: OperatorWriter,
        office: Office,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Take who is stored, who writes, and what the site file says of operators."""
        self._operators, self._writer, self.office, self.now = operators, writer, office, now
        self._known: dict[str, OperatorRow] = {}
        """Operators as they were last seen: so they are known also while the store is out of reach."""
        self._unnoted: dict[str, datetime] = {}
        """When sessions and tokens were used whose use could not be written down."""

    async def admit(self, request: Request) -> Actor:
        """Give the operator who sent this request. Raises ``NotAdmitted`` and ``StoreError``."""
        rules = await self.office.rules()
        place = place_of(request)
        secret = _bearer(request)
        if secret is None:
            return await self._at_the_socket(request, rules, place)
        digest = digest_of(secret)
        if digest is None:
            raise NotAdmitted("this is no session or token of this controller")
        token = await asyncio.to_thread(self._operators.token_of, digest)
        if token is not None:
            return await self._by_token(token, rules, place)
        if _from_network(request):
            raise NotAdmitted("over the network tokens count, and this is none that does")
        session = await asyncio.to_thread(self._operators.session_of, digest)
        if session is None:
            raise NotAdmitted("this session or token does not count here, or no more")
        return await self._in_session(session, rules, place)

    async def again(self, operator: str, place: str) -> Actor:
        """Give an operator who asked for something before, with the rights that they have now.

        What a token asked for is done with the token's rights, and not once it is revoked: whoever revokes
        one that leaked means also what was asked for with it. That it ends meanwhile takes nothing back.
        Raises ``NotAdmitted``.
        """
        row, rules = await self._counting(operator), await self.office.rules()
        shown = _TOKEN_IN.match(place)
        if shown is None:
            return self._actor(row, rules, By.SESSION, place)
        token = await asyncio.to_thread(self._operators.token, shown[1])
        if token is None or token.revoked_at is not None:
            raise NotAdmitted(f"the token {shown[1]}, by which it was asked for, was revoked", operator)
        return self._actor(row, rules, By.TOKEN, place, most=_most(token), token=token)

    async def known(self, operator: str) -> OperatorRow | None:
        """Give an operator as stored. Raises ``StoreError``."""
        return await asyncio.to_thread(self._operators.operator, operator)

    async def _at_the_socket(self, request: Request, rules: OfficeRules, place: str) -> Actor:
        user = getattr(request.state, "peer_user", None)
        if _from_network(request) or user is None:
            raise NotAdmitted("over the network nobody is known without a token: Authorization: Bearer …")
        operator = rules.local.get(user)
        if operator is None:
            raise NotAdmitted(
                f"the local user {user} is no operator here: log in (accessctl login), or name the operator "
                "in the site file ([operators] local)"
            )
        return self._actor(await self._counting(operator), rules, By.SOCKET, place)

    async def _by_token(self, token: TokenRow, rules: OfficeRules, place: str) -> Actor:
        now = self.now()
        if token.revoked_at is not None:
            raise NotAdmitted(f"the token {token.id} was revoked", token.operator)
        if token.ends_at <= now:
            raise NotAdmitted(f"the token {token.id} has ended", token.operator)
        row = await self._counting(token.operator)
        used_at = self._unnoted.get(token.id, token.used_at)
        if used_at is None or now - used_at >= NOTED_EVERY:
            await self._note(self._writer.used_token, token.id, now)
        place = f"token {token.id} {place}"
        return self._actor(row, rules, By.TOKEN, place, most=_most(token), token=token)

    async def _in_session(self, session: SessionRow, rules: OfficeRules, place: str) -> Actor:
        now = self.now()
        used_at = max(session.used_at, self._unnoted.get(session.id, session.used_at))
        if now >= min(session.ends_at, used_at + rules.idle + NOTED_EVERY):
            raise NotAdmitted("this session has ended: log in again", session.operator)
        row = await self._counting(session.operator)
        if now - used_at >= NOTED_EVERY:
            await self._note(self._writer.used_session, session.id, now)
        return self._actor(row, rules, By.SESSION, f"session {session.id} {place}", session=session)

    async def _note(self, write: Callable[[str], None], id_: str, now: datetime) -> None:
        """Write down that a session or token is used. On a full disk a guard still releases a door."""
        try:
            await asyncio.to_thread(write, id_)
        except StoreError as error:
            log.warning("that %s is used cannot be written down: %s", id_, error)
            self._unnoted[id_] = now
        else:
            self._unnoted.pop(id_, None)

    async def _counting(self, operator: str) -> OperatorRow:
        try:
            row = await asyncio.to_thread(self._operators.operator, operator)
        except StoreError:
            row = self._known.get(operator)
            if row is None:
                raise
        if row is None:
            self._known.pop(operator, None)
            raise NotAdmitted(f"there is no operator {operator}", operator)
        self._known[operator] = row
        if row.disabled:
            raise NotAdmitted(f"the operator {operator} is disabled", operator)
        return row

    def _actor(
        self,
        row: OperatorRow,
        rules: OfficeRules,
        by: By,
        place: str,
        *,
        most: Rights | None = None,
        session: SessionRow | None = None,
        token: TokenRow | None = None,
    ) -> Actor:
        rights = self._rights_now(row, rules)
        if most is not None:
            rights &= most
        return Actor(row.id, row.name, row.roles, rights, by, place, session, token)

    def _rights_now(self, row: OperatorRow, rules: OfficeRules) -> Rights:
        """Give the rights of an operator: those of the roles, without names where auditors see none."""
        unlocked = row.names_until is not None and self.now() < row.names_until
        if rules.auditors_see_names or unlocked or Role.AUDITOR not in row.roles:
            return rights_of(row.roles)
        others = rights_of(role for role in row.roles if role is not Role.AUDITOR)
        return others | (rights_of([Role.AUDITOR]) - _NAMES)


def place_of(request: Request) -> str:
    """Say where a request comes from: a local user, or an address."""
    user = getattr(request.state, "peer_user", None)
    return (
        f"local:{user}" if user is not None else f"at {getattr(request.state, 'peer_address', None) or '?'}"
    )


def _most(token: TokenRow) -> Rights:
    """Give what may be done with a token at the most, whatever its operator may."""
    return (token.scopes - NEVER_BY_TOKEN) | {Right.OWN_ACCOUNT}


def _from_network(request: Request) -> bool:
    return getattr(request.state, "peer_address", None) is not None


def _bearer(request: Request) -> str | None:
    """Give what stands behind ``Bearer``; ``None`` where nothing is shown. Raises ``NotAdmitted``."""
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, secret = header.partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise NotAdmitted("show a session or token as: Authorization: Bearer …")
    return secret.strip()
