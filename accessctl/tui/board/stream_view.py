"""What happens now: a table that follows the newest entry, and what narrows it."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Static

from accessctl.client import Event
from accessctl.tui.board.event_rows import columns
from accessctl.tui.board.stream import Kind, Stream
from accessctl.tui.event_words import Names
from accessctl.tui.lines import LineTable
from accessctl.tui.standing import Standing
from accessctl.tui.words import _, many


class StreamView(Vertical):
    """The stream of entries. It follows the newest unless somebody has gone up to read."""

    DEFAULT_CSS: ClassVar[str] = """
    StreamView { height: 1fr; min-height: 4; }
    StreamView > #stream-head { height: 1; padding: 0 1; color: $text-muted; background: $surface; }
    StreamView > Input { display: none; background: $panel; }
    StreamView.-typing > Input { display: block; }
    """

    class Chosen(Message):
        """Somebody wants to know more of an entry."""

        def __init__(self, event: Event) -> None:
            """Give it."""
            super().__init__()
            self.event = event

    def __init__(self) -> None:
        """Begin with nothing, following."""
        super().__init__(id="stream")
        self.stream = Stream()
        self._newer = 0
        self._said = ""

    def compose(self) -> ComposeResult:
        """A line that says what is shown, a field that is there when it is wanted, and the table."""
        yield Static("", id="stream-head", markup=False)
        yield Input(
            placeholder=_("words that stand in door, person, type or reason"),
            id="stream-filter",
            compact=True,
        )
        yield LineTable(
            columns(days=False),
            self.stream,
            id="stream-lines",
            empty=_("Nothing has happened yet that is wanted here."),
        )

    @property
    def table(self) -> LineTable:
        """The table."""
        return self.query_one("#stream-lines", LineTable)

    @property
    def following(self) -> bool:
        """Whether the newest entry is under the cursor and in sight."""
        return self.table.at_end and self.table.cursor >= len(self.stream) - 1

    # ----------------------------------------------------------------------------------- entries

    def take(self, standing: Standing, names: Names) -> None:
        """Show what has come."""
        table, stream = self.table, self.stream
        following, stream.names = self.following, names
        at, top = self._under_the_cursor(), int(table.scroll_offset.y)
        came = stream.take(standing.recent, reading=not following)
        if following:
            self._go_on()
            return
        self._newer += came
        self._stay(at, top)

    def _under_the_cursor(self) -> int:
        return self.stream.event(self.table.cursor)["seq"] if len(self.stream) else 0

    def _go_on(self) -> None:
        """Show the newest."""
        self._newer, table = 0, self.table
        table.set_reactive(LineTable.cursor, max(0, len(self.stream) - 1))
        table.grown()
        table.scroll_end(animate=False, immediate=True, x_axis=False)
        self._say()

    def _stay(self, seq: int, top: int) -> None:
        """Keep the same entries in sight, wherever they stand in the list now."""
        table = self.table
        before, now = table.cursor, min(self.stream.place_of(seq), max(0, len(self.stream) - 1))
        table.set_reactive(LineTable.cursor, now)
        table.grown()
        if now != before:
            table.scroll_to(y=max(0, top + now - before), animate=False, immediate=True)
        self._say()

    def on_resize(self) -> None:
        """Go on with the newest, which another size may have put out of sight."""
        if self._newer == 0 and self.table.cursor >= len(self.stream) - 1:
            self.call_after_refresh(self._go_on)

    # ------------------------------------------------------------------------------------ filter

    def want(self, kind: Kind, door: str, typed: str | None = None) -> None:
        """Show other entries, and follow the newest of them."""
        stream = self.stream
        words = stream.typed if typed is None else typed
        if (kind, door, words) != (stream.kind, stream.door, stream.typed):
            stream.want(kind, door, words)
            self._go_on()

    def begin_to_type(self) -> None:
        """Let words be typed."""
        self.add_class("-typing")
        self.query_one(Input).focus()

    def leave(self) -> bool:
        """Leave the field, or give the filter up; tell whether there was anything to leave."""
        field = self.query_one(Input)
        if field.has_focus:
            self.set_class(bool(field.value), "-typing")
            self.table.focus()
            return True
        if self.stream.filtered:
            self.remove_class("-typing")
            field.value = ""
            self.want(Kind.ALL, self.stream.door, "")
            return True
        return False

    @on(Input.Changed, "#stream-filter")
    def _narrow(self, message: Input.Changed) -> None:
        self.want(self.stream.kind, self.stream.door, message.value)

    @on(Input.Submitted, "#stream-filter")
    def _typed(self) -> None:
        self.leave()

    @on(LineTable.Moved, "#stream-lines")
    def _moved(self) -> None:
        if self.following:
            self._newer = 0
        self._say()

    @on(LineTable.Chosen, "#stream-lines")
    def _chosen(self, message: LineTable.Chosen) -> None:
        self.post_message(self.Chosen(self.stream.event(message.index)))

    def _say(self) -> None:
        """Say what is shown, and whether it goes on by itself."""
        stream, parts = self.stream, [_("What happens")]
        kind = (
            self.stream.names.get(stream.door, stream.door) if stream.kind is Kind.DOOR else stream.kind.words
        )
        parts.append(kind)
        if stream.typed.strip():
            parts.append(_("with “{words}”").format(words=stream.typed.strip()))
        if self.following:
            parts.append(_("the newest last"))
        else:
            newer = many("{count} newer", "{count} newer", self._newer)
            parts.append(_("{newer} (End: go on)").format(newer=newer))
        said = "  ·  ".join(parts)
        if said != self._said:
            self._said = said
            self.query_one("#stream-head", Static).update(said)
