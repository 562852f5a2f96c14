"""Options that more than one command about people takes."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import click

from accessctl.cli.talk import Instant

F = TypeVar("F", bound=Callable[..., Any])

MOST_USES: Final = 1_000_000


class _None:
    """What ``none`` on the command line becomes, so that it is not taken for an option that was left out."""


NONE: Final = _None()


class OrNone(click.ParamType[object]):
    """A value of another type, or ``none``, which takes a limit away."""

    def __init__(self, inner: click.ParamType[Any]) -> None:
        """Take the other type."""
        self._inner = inner
        self.name = inner.name

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> object:  # noqa: ANN401
        """Give the other type's value, or ``NONE``."""
        return NONE if value == "none" else self._inner.convert(value, param, ctx)


def given(options: Mapping[str, object]) -> dict[str, Any]:
    """Give what was said, by the API's names; ``none`` becomes null."""
    return {field: None if value is NONE else value for field, value in options.items() if value is not None}


valid_from = click.option("--from", "valid_from", type=Instant(), help="From this date or instant on.")
valid_until = click.option(
    "--until", "valid_until", type=Instant(ends=True), help="Through this date, or until this instant."
)
new_from = click.option(
    "--from", "valid_from", type=OrNone(Instant()), help="From this date or instant on; none: always."
)
new_until = click.option(
    "--until",
    "valid_until",
    type=OrNone(Instant(ends=True)),
    help="Through this date, or until this instant; none: for good.",
)
pin_stdin = click.option("--pin-stdin", is_flag=True, help="Read the PIN from the first line of stdin.")

_USES: Final = OrNone(click.IntRange(0, MOST_USES))
_SPECIAL: Final = (
    click.option(
        "--uses-total", metavar="N", type=_USES, help="Is let in so often at most; none: without a limit."
    ),
    click.option(
        "--uses-a-day", metavar="N", type=_USES, help="So often a day at most; none: without a limit."
    ),
    click.option("--exempt/--no-exempt", default=None, help="Passback does not count for this person."),
    click.option("--extended/--no-extended", default=None, help="Doors give this person more time."),
)


def special(command: F) -> F:
    """Add the options for what is not as usual about somebody."""
    for option in reversed(_SPECIAL):
        command = option(command)
    return command
