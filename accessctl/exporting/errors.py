"""What can go wrong while something is taken out of the record."""


class ExportFailed(Exception):
    """Nothing whole was written. The words say why."""

    def __init__(self, words: str, seq: int | None = None) -> None:
        """``seq``: the first entry that it is about, where it is about one."""
        super().__init__(words)
        self.seq = seq
