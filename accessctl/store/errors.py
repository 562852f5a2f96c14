"""What can go wrong with the stores."""


class StoreError(Exception):
    """A store did not do what it was asked."""


class RecordUnavailable(StoreError):
    """The record cannot be written now. Nothing of what was asked has been stored."""


class Unwritable(RecordUnavailable):
    """What was asked to be written has no form in the record, now or ever."""


class TreeUnavailable(StoreError):
    """The tree over the record cannot be read or written now."""


class TreeSpoilt(TreeUnavailable):
    """What stands in the tree's file is nothing that was written there by this software."""


class EntrySpoilt(RecordUnavailable):
    """A row of the record is nothing of which a leaf can be made, so it is none that was recorded."""

    def __init__(self, seq: int, why: str) -> None:
        """Name it."""
        super().__init__(f"entry {seq} cannot be read: {why}")
        self.seq = seq


class PeopleUnavailable(StoreError):
    """The people's store cannot be read now."""


class SchemaTooNew(StoreError):
    """The file was written by a later version of this software."""
