"""What an operator may not do is not offered: keys of actions that need a right are there with it only."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, cast

from textual.dom import DOMNode

from accessctl.operators.rights import Right

if TYPE_CHECKING:
    from accessctl.tui.console import Console


class Gated(DOMNode):
    """A screen or widget whose actions ask for rights."""

    NEEDS: ClassVar[Mapping[str, Right]] = {}
    """By the action's name: the right without which it is neither shown nor done."""

    @property
    def console(self) -> "Console":
        """The application."""
        return cast("Console", self.app)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what the operator may not do."""
        right = self.NEEDS.get(action)
        return right is None or right in self.console.rights
