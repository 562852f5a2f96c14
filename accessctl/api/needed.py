"""What a call needs. It stands with the route, and so in the description of the API, for whoever reads that.

``x-right`` is the right, ``x-reads`` what it tells about people, ``x-approval`` for what it may take two;
``x-grants`` says that it may take two because of what is granted.
"""

from collections.abc import Mapping
from typing import Any, Final

from accessctl.operators.rights import Right

RIGHT: Final = "x-right"
READS: Final = "x-reads"
APPROVAL: Final = "x-approval"
GRANTS: Final = "x-grants"
_ALWAYS: Final = "x-approval-always"
_SECRET: Final = "x-secret"  # noqa: S105 - it names a field
OPEN: Final = "none"
"""In place of a right: whoever logs in has none yet."""


def needs(
    right: Right,
    *,
    reads: str | None = None,
    approval: str | None = None,
    always: bool = False,
    secret: bool = False,
    grants: bool = False,
    **more: object,
) -> dict[str, Any]:
    """Give a route's ``openapi_extra``: the right that it needs, and what else it says of itself.

    ``reads`` names what it tells about people, which is recorded; ``approval`` the kind of change for which
    the site file may want two operators (``TwoPeople``), with ``always`` whatever the site file says; a body
    that holds a ``secret`` is never stored while it waits for the second one. What
    ``grants`` roles or levels may take two for what it grants.
    """
    kinds = {READS: reads, APPROVAL: approval, GRANTS: grants or None}
    kinds |= {_ALWAYS: always or None, _SECRET: secret or None}
    said = {RIGHT: right.value, **kinds, **more}
    return {name: value for name, value in said.items() if value is not None}


def open_to_all() -> dict[str, Any]:
    """Give the ``openapi_extra`` of a route that needs no right."""
    return {RIGHT: OPEN}


def always_two(said: Mapping[str, Any]) -> bool:
    """Whether what a route says of itself is that it takes two operators in any case."""
    return bool(said.get(_ALWAYS))


def holds_secret(said: Mapping[str, Any]) -> bool:
    """Whether what a route says of itself is that its body holds a secret."""
    return bool(said.get(_SECRET))
