"""One door at a glance."""

from typing import Any, ClassVar, Final

from rich.text import Text
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

_LOOKS: Final = ("secured", "released", "unlocked", "open", "alarm", "unknown")
_LAMP_WORDS: Final = {
    "GRANTED": "● granted",
    "REFUSED": "✖ refused",
    "PIN_WANTED": "⌨ PIN, then #",
    "CODE_WANTED": "⌨ one-time code, then #",
    "FINGER_WANTED": "☝ finger",
    "FACE_WANTED": "☺ face",
    "TURN_LEFT": "☺ turn left",
    "TURN_RIGHT": "☺ turn right",
    "KEY": "⌨ …",
    "PRE_ALARM": "♪ close the door",
    "ALARM": "♫ alarm",
}


class DoorTile(Static):
    """A door's mode, strike and leaf, and what the lamps of its readers show."""

    DEFAULT_CLASSES: ClassVar[str] = "-unknown"

    door: reactive[dict[str, Any]] = reactive(dict, always_update=True)
    """The door as the API tells of it."""
    lamps: reactive[tuple[str, ...]] = reactive(tuple)
    """What its readers show now."""

    class Chosen(Message):
        """Somebody clicked on this door."""

        def __init__(self, door: str) -> None:
            """Name the door."""
            super().__init__()
            self.door = door

    def __init__(self, door: dict[str, Any]) -> None:
        """Show this door."""
        super().__init__(id=f"door-{door['id']}")
        self.border_title = door["name"]
        self.border_subtitle = door["id"]
        self.set_reactive(DoorTile.door, door)

    @property
    def look(self) -> str:
        """How the door looks: one word, which is a class of the style sheet too."""
        door = self.door
        if door["alarm"] or door["fault"]:
            return "alarm"
        if door["leaf"] == "open":
            return "open"
        if door["mode"] == "unlocked":
            return "unlocked"
        if door["strike"] == "released":
            return "released"
        return "secured" if door["leaf"] == "closed" else "unknown"

    def watch_door(self) -> None:
        """Change colour."""
        for look in _LOOKS:
            self.set_class(look == self.look, f"-{look}")
        self.refresh()

    def render(self) -> Text:
        """Tell the same in words, for those who see no colours."""
        door = self.door
        headline = door["fault"] or (door["alarm"] or self.look).replace("_", " ").upper()
        return Text.assemble(
            (f"{headline}\n", "bold"),
            f"mode {door['mode']} · leaf {door['leaf']}\nstrike {door['strike']}\n",
            "  ".join(_LAMP_WORDS[lamp] for lamp in self.lamps if lamp in _LAMP_WORDS),
        )

    def on_click(self) -> None:
        """Choose this door."""
        self.post_message(self.Chosen(self.door["id"]))
