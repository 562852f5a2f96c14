"""Why a change of operators, tokens or approvals was refused."""

from accessctl.store.people_errors import ChangeRefused


class UnknownOperator(ChangeRefused):
    """There is no operator with this id."""

    def __init__(self, operator: str) -> None:
        """Name the id that was asked for."""
        super().__init__(f"there is no operator {operator}")


class DuplicateOperator(ChangeRefused):
    """The id is taken."""

    def __init__(self, operator: str) -> None:
        """Name the id."""
        super().__init__(f"there is an operator {operator} already")


class LastAdmin(ChangeRefused):
    """Without this operator nobody could make another one."""

    def __init__(self, operator: str) -> None:
        """Name the operator."""
        super().__init__(
            f"{operator} is the last admin that is not disabled: make another one first, or nobody could"
        )


class UnknownToken(ChangeRefused):
    """There is no token with this id."""

    def __init__(self, token: str) -> None:
        """Name the id that was asked for."""
        super().__init__(f"there is no token {token}")


class UnknownSession(ChangeRefused):
    """There is no session with this id."""

    def __init__(self, session: str) -> None:
        """Name the id that was asked for."""
        super().__init__(f"there is no session {session}")


class UnknownApproval(ChangeRefused):
    """There is no approval with this id."""

    def __init__(self, approval: str) -> None:
        """Name the id that was asked for."""
        super().__init__(f"there is no approval {approval}")


class ApprovalOver(ChangeRefused):
    """It was decided before, or its time is over."""

    def __init__(self, approval: str, state: str) -> None:
        """Name it, and how it stands."""
        super().__init__(f"{approval} does not wait any more: it is {state}")
