"""Record and tree of an installation, opened to read, with the newest head that was signed."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from accessctl.evidence.note import NoteWrong
from accessctl.evidence.verify.keys import Trust
from accessctl.exporting.errors import ExportFailed
from accessctl.notary.book import Book
from accessctl.notary.notary import ORIGIN, VKEY
from accessctl.store.errors import StoreError
from accessctl.store.tree import Cosignature, Head, TreeReader


@dataclass(frozen=True, slots=True)
class Signed:
    """A record under signed heads."""

    book: Book
    tree: TreeReader
    origin: str
    vkey: str
    """The public key, as the notary left it beside its heads."""
    head: Head
    """The newest one, with the cosignatures that there are."""
    witnesses: Sequence[Cosignature] = ()
    """Whose those are."""

    @property
    def size(self) -> int:
        """How many entries are signed."""
        return self.head.checkpoint.size


@contextmanager
def signed_record(record: Path, tree: Path) -> Iterator[Signed]:
    """Open both. Raises ``ExportFailed``, also when no head was ever signed."""
    try:
        with closing(TreeReader.open(tree)) as reader, closing(Book.open(record, reader)) as book:
            origin, vkey = reader.meta(ORIGIN), reader.meta(VKEY)
            head = None if origin is None else reader.newest(origin)
            if origin is None or vkey is None or head is None:
                raise ExportFailed("no head of this record was signed yet: does the notary run?")
            _check(vkey, head)
            witnesses = reader.cosignatures(origin, head.checkpoint.size)
            yield Signed(book, reader, origin, vkey, cosigned(head, witnesses), witnesses)
    except StoreError as error:
        raise ExportFailed(str(error)) from error


def cosigned(head: Head, witnesses: Sequence[Cosignature]) -> Head:
    """Give a head with what witnesses have signed of it below it."""
    return replace(head, note=head.note + "".join(f"{each.line}\n" for each in witnesses))


def _check(vkey: str, head: Head) -> None:
    """Raise ``ExportFailed`` for a head that its own key has not signed: nobody could verify it."""
    try:
        found = Trust.of_keys(vkey.encode(), "the tree").head(head.note.encode())
    except NoteWrong as wrong:
        raise ExportFailed(f"the newest head in the tree is no good: {wrong}") from None
    if found != head.checkpoint:
        raise ExportFailed("the newest head in the tree says something else than its row")
