"""How a part of the desk says that it does not do what it was asked."""

from accessctl.link.answers import FaultCode


class DeskRefuses(Exception):
    """Becomes a ``Fault`` with this code and these words, which hold no secret."""

    def __init__(self, code: FaultCode, why: str) -> None:
        """Keep both."""
        super().__init__(why)
        self.code = code
