"""What can go wrong with the stores."""


class StoreError(Exception):
    """A store did not do what it was asked."""


class RecordUnavailable(StoreError):
    """The record cannot be written now. Nothing of what was asked has been stored."""


class Unwritable(RecordUnavailable):
    """What was asked to be written has no form in the record, now or ever."""


class TreeUnavailable(StoreError):
    """The tree over the record cannot be read or written now."""


class PeopleUnavailable(StoreError):
    """The people's store cannot be read now."""


class SchemaTooNew(StoreError):
    """The file was written by a later version of this software."""
