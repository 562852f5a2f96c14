"""In whose name is asked: one's own session."""

from accessctl.answers import (
    NewSession,
    Session,
)
from accessctl.client.asking import Asking
from accessctl.client.operator_answers import Operator


class AccountCalls(Asking):
    """Calls about oneself."""

    def log_in(self, operator: str, password: str, code: str) -> NewSession:
        """Begin a session; its token is given this once."""
        begun: NewSession = self._ask(
            "POST", "/session", {"operator": operator, "password": password, "code": code}
        )
        return begun

    def log_out(self) -> None:
        """End the session in whose name is asked."""
        self._ask("DELETE", "/session")

    def who_am_i(self) -> Session:
        """Tell in whose name is asked, and what they may."""
        found: Session = self._ask("GET", "/session")
        return found

    def change_password(self, present: str, new: str) -> None:
        """Change one's own password, by the present one; every session of one's own ends."""
        self._ask("PUT", "/session/password", {"password_now": present, "password": new})

    def unlock_names(self, minutes: int, reason: str) -> Operator:
        """Let oneself see names for a while. It takes two: ``ApiWaits``, always."""
        shown: Operator = self._ask("POST", "/session/names", {"minutes": minutes, "reason": reason})
        return shown
