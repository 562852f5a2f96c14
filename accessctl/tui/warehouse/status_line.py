"""One line that says what is going on."""

from textual.widgets import Static


class StatusLine(Static):
    """The last thing that somebody should know."""

    def __init__(self) -> None:
        """Begin with nothing to say."""
        super().__init__(id="status", markup=False)

    def say(self, words: str, *, trouble: bool = False) -> None:
        """Say something instead."""
        self.set_class(trouble, "-trouble")
        self.update(words)
