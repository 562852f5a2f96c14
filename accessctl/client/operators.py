"""Operators, their sessions and tokens, and what waits for a second one."""

from collections.abc import Iterator
from typing import Any

from accessctl.client.asking import ERASURE_S, Asking, part
from accessctl.client.operator_answers import (
    Approval,
    ApprovalDetails,
    Decided,
    MadeLogin,
    MadeToken,
    OpenSession,
    Operator,
    Token,
)


class OperatorCalls(Asking):
    """Calls about operators."""

    def operators(self) -> Iterator[Operator]:
        """Give all operators, page by page."""
        yield from self._pages("operators", "/operators", {})

    def operator(self, operator: str) -> Operator:
        """Give one operator."""
        found: Operator = self._ask("GET", f"/operators/{part(operator)}")
        return found

    def add_operator(self, operator: str, name: str, roles: list[str]) -> Operator:
        """Add an operator, who logs in once there is a password for them."""
        added: Operator = self._ask("POST", "/operators", {"id": operator, "name": name, "roles": roles})
        return added

    def change_operator(self, operator: str, **changes: object) -> Operator:
        """Change fields of an operator by the API's names (``OperatorChange``)."""
        changed: Operator = self._ask("PATCH", f"/operators/{part(operator)}", changes)
        return changed

    def delete_operator(self, operator: str) -> None:
        """Delete an operator with sessions and tokens."""
        self._ask("DELETE", f"/operators/{part(operator)}")

    def set_login(self, operator: str, password: str) -> MadeLogin:
        """Let an operator log in with this password and a new code generator, which is given this once."""
        made: MadeLogin = self._ask("PUT", f"/operators/{part(operator)}/login", {"password": password})
        return made

    def unlock_operator(self, operator: str) -> None:
        """Let an operator try to log in again at once."""
        self._ask("POST", f"/operators/{part(operator)}/unlock")

    def sessions(self, operator: str | None = None) -> Iterator[OpenSession]:
        """Give who has logged in, or one operator's sessions, page by page."""
        yield from self._pages("sessions", "/sessions", {"operator": operator})

    def end_session(self, session: str) -> None:
        """End somebody's session."""
        self._ask("DELETE", f"/sessions/{part(session)}")

    def tokens(self, operator: str | None = None) -> Iterator[Token]:
        """Give all tokens, or those of one operator, page by page."""
        yield from self._pages("tokens", "/tokens", {"operator": operator})

    def make_token(self, label: str, scopes: list[str], ends_at: str) -> MadeToken:
        """Make a token in one's own name; what shows it is given this once."""
        body: dict[str, Any] = {"label": label, "scopes": scopes, "ends_at": ends_at}
        made: MadeToken = self._ask("POST", "/tokens", body)
        return made

    def revoke_token(self, token: str) -> Token:
        """Let a token count no more."""
        revoked: Token = self._ask("POST", f"/tokens/{part(token)}/revoke")
        return revoked

    def approvals(self) -> Iterator[Approval]:
        """Give what waits for a second operator and what became of it, page by page."""
        yield from self._pages("approvals", "/approvals", {})

    def approval(self, approval: str) -> ApprovalDetails:
        """Give one with the call that it is about."""
        found: ApprovalDetails = self._ask("GET", f"/approvals/{part(approval)}")
        return found

    def approve(self, approval: str) -> Decided:
        """Have done what another operator asked for; a deletion may take its time."""
        decided: Decided = self._ask("POST", f"/approvals/{part(approval)}/approve", timeout_s=ERASURE_S)
        return decided

    def refuse(self, approval: str) -> Approval:
        """Refuse what another operator asked for, or take back what one asked for oneself."""
        refused: Approval = self._ask("POST", f"/approvals/{part(approval)}/refuse")
        return refused
