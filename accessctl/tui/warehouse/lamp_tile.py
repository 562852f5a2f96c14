"""One door of the warehouse at a glance, with the lamps of its readers."""

from typing import Any, Final

from rich.text import Text
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from accessctl.tui.look import Tone, door_look, mark
from accessctl.tui.words import _, to_translate

_LAMPS: Final = {
    "GRANTED": (mark("●", "*"), to_translate("granted")),
    "REFUSED": (mark("✖", "x"), to_translate("refused")),
    "PIN_WANTED": (mark("⌨", "#"), to_translate("PIN, then #")),
    "CODE_WANTED": (mark("⌨", "#"), to_translate("one-time code, then #")),
    "FINGER_WANTED": (mark("☝", "|"), to_translate("finger")),
    "FACE_WANTED": (mark("☺", "o"), to_translate("face")),
    "TURN_LEFT": (mark("☺", "<"), to_translate("turn left")),
    "TURN_RIGHT": (mark("☺", ">"), to_translate("turn right")),
    "KEY": (mark("⌨", "#"), "…"),
    "PRE_ALARM": (mark("♪", "!"), to_translate("close the door")),
    "ALARM": (mark("♫", "!!"), to_translate("alarm")),
}
_TWO_LINES: Final = 2
"""What a low tile has room for."""


class LampTile(Static):
    """A door's state, and what the lamps of its readers tell whoever stands before them."""

    DEFAULT_CSS = """
    LampTile {
        border: round $panel; border-title-color: $foreground; padding: 0 1; height: 5; color: $text-muted;
    }
    LampTile.-chosen { border: heavy $accent; }
    LampTile.-good { color: $text-success; border: round $success; }
    LampTile.-warn { color: $text-warning; border: round $warning; }
    LampTile.-note { color: $text-primary; border: round $primary; }
    LampTile.-bad, LampTile.-alarm { color: $text-error; border: round $error; }
    LampTile.-old { color: $text-muted; border: dashed $panel; }
    """
    door: reactive[dict[str, Any]] = reactive(dict, always_update=True, init=False)
    """The door as the API tells of it."""
    lamps: reactive[tuple[str, ...]] = reactive(tuple)
    """What its readers show now."""
    old: reactive[bool] = reactive(default=False)
    """Whether nobody knows how it stands now."""

    class Chosen(Message):
        """Somebody clicked on this door."""

        def __init__(self, door: str) -> None:
            """Name the door."""
            super().__init__()
            self.door = door

    def __init__(self, door: dict[str, Any]) -> None:
        """Show this door."""
        super().__init__(markup=False)
        self.border_title = Content(door["name"])
        self.set_reactive(LampTile.door, door)

    def watch_door(self) -> None:
        """Change colour."""
        self._dress()

    def watch_old(self) -> None:
        """The same."""
        self._dress()

    def _dress(self) -> None:
        look = door_look(self.door)
        for tone in Tone:
            self.set_class(tone is look.tone and not self.old, f"-{tone}")
        self.set_class(self.old, "-old")
        self.refresh()

    def render(self) -> Text:
        """Tell the same in words, for those who see no colours."""
        if self.old:
            return Text(_("not known now"))
        door = self.door
        lamps = "  ".join(
            f"{sign} {_(words)}" for sign, words in (_LAMPS[lamp] for lamp in self.lamps if lamp in _LAMPS)
        )
        trouble = door["fault"] or (door["alarm"] or "").replace("_", " ").upper()
        leaf = _("leaf {leaf}, strike {strike}").format(leaf=door["leaf"], strike=door["strike"])
        if len(leaf) > self.size.width:
            leaf = _("leaf {leaf} · {strike}").format(leaf=door["leaf"], strike=door["strike"])
        # Where there is room for one line more, what a reader asks for comes first.
        below = (leaf, lamps) if self.size.height > _TWO_LINES else (lamps or leaf,)
        lines = Text("\n", no_wrap=True, overflow="ellipsis").join(
            (Text(str(trouble or door_look(door)), "bold"), *map(Text, below))
        )
        lines.no_wrap, lines.overflow = True, "ellipsis"
        return lines

    def on_click(self) -> None:
        """Choose this door."""
        self.post_message(self.Chosen(self.door["id"]))
