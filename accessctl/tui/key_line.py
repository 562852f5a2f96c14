"""The keys that count now, in the last line. It is one widget: keys change with every focus and dialog.

Textual's own footer is a widget for each key, made anew each time; with a dozen keys that took longer than
everything else that a page does between a key and the screen.
"""

from typing import ClassVar, Final, NamedTuple

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.screen import Screen
from textual.widget import Widget

_BETWEEN: Final = 1
_HELP_OF_DIALOGS: Final = "app.help"
_HELP: Final = frozenset({"help", _HELP_OF_DIALOGS})
"""The action that tells of every key, also of those for which there is no room."""


class Offered(NamedTuple):
    """A key that is offered."""

    key: str
    """As it is pressed."""
    display: str
    """As it is shown."""
    words: str
    tooltip: str
    action: str

    @property
    def width(self) -> int:
        """So many cells it takes."""
        return cell_len(self.display) + 1 + cell_len(self.words) + _BETWEEN


class KeyLine(Widget):
    """Keys and what they do; a click on one presses it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"keys--key", "keys--words"}
    DEFAULT_CSS = """
    KeyLine { dock: bottom; height: 1; background: $panel; color: $footer-description-foreground; }
    KeyLine > .keys--key { color: $footer-key-foreground; text-style: bold; }
    KeyLine > .keys--words { color: $footer-description-foreground; }
    """

    def __init__(self) -> None:
        """Begin with none."""
        super().__init__()
        self._offered: tuple[Offered, ...] = ()

    def on_mount(self) -> None:
        """Hear of it when other keys count."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)
        self._look()

    def _changed(self, screen: Screen[object]) -> None:
        if self.is_attached and screen is self.screen:
            self.call_after_refresh(self._look)

    def _look(self) -> None:
        offered = offered_on(self.screen) if self.is_attached else ()
        if offered != self._offered:
            self._offered = offered
            self.refresh()

    def render(self) -> Text:
        """Draw them."""
        line = Text(no_wrap=True, overflow="ellipsis")
        key, words = (self.get_component_rich_style(f"keys--{what}") for what in ("key", "words"))
        for offered in fitting(self._offered, self.size.width):
            line.append(offered.display, key).append(f" {offered.words}{' ' * _BETWEEN}", words)
        return line

    def _at(self, x: int) -> Offered | None:
        end = 0
        for offered in fitting(self._offered, self.size.width):
            end += offered.width
            if x < end:
                return offered
        return None

    def on_click(self, event: events.Click) -> None:
        """Press the key that was clicked."""
        if (offered := self._at(event.x)) is not None:
            self.app.simulate_key(offered.key)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Tell more of the key under the mouse."""
        offered = self._at(event.x)
        tooltip = None if offered is None else offered.tooltip or None
        if tooltip != self.tooltip:
            self.tooltip = tooltip


def offered_on(screen: Screen[object]) -> tuple[Offered, ...]:
    """Give the keys that a screen shows, each thing that can be done once."""
    found: dict[str, Offered] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if binding.show and active.enabled:
            display = screen.app.get_key_display(binding)
            words = binding.description
            offered = Offered(binding.key, display, words, active.tooltip, binding.action)
            found.setdefault(binding.action, offered)
    # A dialog has it from its base, before keys of its own.
    return tuple(sorted(found.values(), key=lambda each: each.action == _HELP_OF_DIALOGS))


def fitting(offered: tuple[Offered, ...], width: int) -> tuple[Offered, ...]:
    """Give those for which there is room, whole ones. Help is always among them: it tells of the others."""
    if sum(each.width for each in offered) - _BETWEEN <= width:
        return offered
    helps = tuple(each for each in offered if each.action in _HELP)
    room = width + _BETWEEN - sum(each.width for each in helps)
    shown: list[Offered] = []
    for each in offered:
        if each in helps:
            continue
        room -= each.width
        if room < 0:
            break
        shown.append(each)
    return (*shown, *helps)
