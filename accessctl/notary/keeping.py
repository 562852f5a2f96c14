"""The notary's work, one look after the other: take in, sign, hand to the anchors, look through, tell.

Rule 1: nothing is signed while a finding stands, nor before every anchor that answers was held against.
Rule 2: the record is read in portions, so that the door process can move its log in between.
Rule 3: what the door process is to enter is asked for again until it is entered; under its id it is so once.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from time import monotonic, sleep
from typing import Final

from accessctl.evidence.ed25519 import LogSigner
from accessctl.evidence.note import NoteWrong
from accessctl.home import Home
from accessctl.link.requests import OfTheRecord, TellOfRecord
from accessctl.notary.book import CHUNK, Book, Finding, Wrong
from accessctl.notary.found import FOUND, Found
from accessctl.notary.hands import Hand
from accessctl.notary.holding import accepted_with, hold
from accessctl.notary.keys import Keys
from accessctl.notary.notary import NUMBER, ORIGIN, Disagrees, Notary, begin_anew
from accessctl.notary.posts import ANCHORS, Posts
from accessctl.notary.pruning import Pruner
from accessctl.notary.scrub import Scrub
from accessctl.store.errors import EntrySpoilt, StoreError, TreeSpoilt
from accessctl.store.guard import Guard
from accessctl.store.identity import Identity
from accessctl.store.marks import MarksIn
from accessctl.store.tree import TreeWriter

EVERY_S: Final = 1.0
TROUBLE_S: Final = 5.0
TELL_AGAIN_S: Final = 5.0
MOST_UNSIGNED: Final = 65_536
"""So many entries are signed at once where there are many; their tiles take 2 MiB until then."""
ANCHORS_S: Final = 5.0
"""So long does the first head wait for anchors that have not answered."""
HEADS_IN_LOG: Final = 64
"""After so many heads the tree's log is moved into its file."""
_TOLD: Final = "told"

Tell = Callable[[TellOfRecord], bool]

log = logging.getLogger(__name__)


def _now() -> datetime:
    return datetime.now(UTC)


class Keeper:
    """Does it for one home. Used from one thread. Nothing is open before the first look."""

    def __init__(
        self,
        home: Home,
        signer: Callable[[str], LogSigner],
        tell: Tell,
        posts: Posts,
        now: Callable[[], datetime] = _now,
        pruner: Pruner | None = None,
        keys: Keys | None = None,
    ) -> None:
        """``tell`` has the door process enter something; ``posts`` are the anchors; ``pruner`` deletes.

        Without ``keys`` whoever wrote something is not looked at.
        """
        self._home, self._signer, self._tell, self._posts, self._now = home, signer, tell, posts, now
        self._tree: TreeWriter | None = None
        self._book: Book | None = None
        self._notary: Notary | None = None
        self._scrub: Scrub | None = None
        self._files: tuple[Identity, ...] = ()
        self._found: Found | None = None
        self._wanted = True
        self._tell_from = 0.0
        self._trouble = ""
        self._heads = 0
        self._pruner, self._pruned_after, self._keys = pruner, 0, keys
        self._marks: MarksIn | None = None

    @property
    def found(self) -> Found | None:
        """What stands, and keeps it from signing."""
        return self._found

    @property
    def why_not(self) -> str:
        """Say what keeps it from signing; empty where nothing does."""
        return self._trouble if self._found is None else self._found.words

    @property
    def busy(self) -> bool:
        """Whether something that was asked for is not signed yet."""
        return self._wanted

    def sign_now(self) -> None:
        """Sign at the next look whatever is new."""
        self._wanted = True

    def look(self) -> float:
        """Do what is to be done, and give how long there is nothing to do, in seconds. Never raises."""
        try:
            wait_s = self._look()
        except Disagrees as disagrees:
            return self._keep(disagrees.finding, disagrees.anchor)
        except EntrySpoilt as spoilt:
            return self._keep(Finding(Wrong.OTHER, str(spoilt), spoilt.seq))
        except TreeSpoilt as spoilt:
            return self._keep(Finding(Wrong.OTHER, str(spoilt)))
        except StoreError as error:
            if str(error) != self._trouble:
                self._trouble = str(error)
                log.error("nothing is signed now: %s", error)  # noqa: TRY400 - the traceback adds nothing
            self.close()
            return TROUBLE_S
        self._trouble = ""
        return wait_s

    def finish(self, patience_s: float) -> None:
        """Sign what is new, hand it to the anchors, and close everything; within about this time."""
        until = monotonic() + patience_s
        self._wanted = True
        while self._wanted and self._found is None and monotonic() < until:
            if (wait_s := self.look()) >= EVERY_S:
                break
            sleep(wait_s)
        self._posts.stop(max(0.2, until - monotonic()))
        self._remember_anchors()
        self._keep_last_receipts()
        if self._tree is not None:
            with suppress(StoreError):
                self._tree.tidy()
        self.close()

    def newest(self) -> str | None:
        """Give the newest head as it was signed."""
        head = None if self._notary is None else self._notary.newest
        return None if head is None else head.note

    def close(self) -> None:
        """Close the files. The next look opens them again, and looks at everything anew."""
        for each in (self._book, self._tree):
            if each is not None:
                each.close()
        self._tree = self._book = self._notary = self._scrub = None
        if self._pruner is not None:
            self._pruner.stop()

    # ----------------------------------------------------------------------------------- a look

    def _look(self) -> float:
        if self._files and not all(file.same() for file in self._files):
            log.warning("record or tree was replaced while it was in use; all of it is looked at anew")
            self.close()
        tree, book = self._opened()
        if self._found is not None:
            return self._wait_for_acceptance(tree, book, self._found)
        if self._notary is None:
            if not book.last_seq():
                return EVERY_S  # before the door process has entered its first start there is nothing to name
            self._notary = self._begun(tree, book)
        notary = self._notary
        self._posts.look(notary.origin)
        for hand in self._posts.hands:
            self._hear(hand, tree, notary)
        if not self._posts.ready(ANCHORS_S):
            return 0.1
        behind = self._take_in(book, notary)
        self._tell_of_beginning(tree, notary)
        self._look_after_anchors()
        if behind or notary.newest is None:
            return 0.0 if behind else EVERY_S
        return self._look_through(book, notary)

    def _take_in(self, book: Book, notary: Notary) -> bool:
        """Take in a portion and sign what is due; tells whether there is more."""
        new = notary.catch_up(CHUNK)
        behind = notary.size < book.last_seq()
        if behind and new < MOST_UNSIGNED:
            return True
        alarm = bool(new) and book.has_alarm(notary.signed, notary.size)
        if new and (self._wanted or behind or notary.is_due(alarm=alarm)):
            head = notary.sign()
            self._posts.offer(head)
            self._heads += 1
            if self._heads % HEADS_IN_LOG == 0 and self._tree is not None:
                self._tree.tidy()
        self._wanted = self._wanted and behind
        return behind

    def _look_through(self, book: Book, notary: Notary) -> float:
        if self._scrub is None:
            return EVERY_S
        began = monotonic()
        finding, goes_on = self._scrub.step(notary)
        if finding is not None:
            raise Disagrees(finding)
        if not goes_on:
            return self._prune(book, self._scrub)
        # As much time passes as it took: half of one processor at most, and that behind everybody else.
        return min(EVERY_S, max(monotonic() - began, 0.01))

    def _prune(self, book: Book, scrub: Scrub) -> float:
        """Have deleted what is old, once all of it was looked through."""
        if self._pruner is None:
            return EVERY_S
        if scrub.passes != self._pruned_after:
            self._pruned_after, anchored = scrub.passes, self._posts.anchored
            self._pruner.begin(book, scrub.through if anchored is None else min(scrub.through, anchored))
        wait_s = self._pruner.step()
        return EVERY_S if wait_s is None else min(EVERY_S, wait_s)

    # ---------------------------------------------------------------------------------- opening

    def _opened(self) -> tuple[TreeWriter, Book]:
        if self._tree is None or self._book is None:
            guard = None if self._keys is None else Guard(self._keys.beside_the_tree)
            self._tree = TreeWriter.open(self._home.tree, guard)
            key = None if self._pruner is None else self._pruner.key
            self._book = Book.open(self._home.record, self._tree, key)
            try:
                self._files = Identity(self._home.record), Identity(self._home.tree)
            except OSError:
                self._files = ()
            self._marks = None if self._keys is None else self._book.marks(self._keys.marks)
            with suppress(TreeSpoilt):  # then it was written by somebody else, which is found soon
                self._found = Found.kept_in(self._tree)
            self._wanted = True
        return self._tree, self._book

    def _begun(self, tree: TreeWriter, book: Book) -> Notary:
        notary = Notary(book, tree, self._signer, self._now, self._marks)
        notary.begin()
        log.info("ready: %s, signed up to entry %d", notary.origin, notary.signed)
        self._scrub, self._pruned_after = Scrub(book), 0
        self._posts.begin(notary.origin, tree, notary.newest)
        return notary

    # --------------------------------------------------------------------------------- anchors

    def _hear(self, hand: Hand, tree: TreeWriter, notary: Notary) -> None:
        """Keep what an anchor gave, and hold what it keeps against the record. Raises ``Disagrees``."""
        for receipt in hand.receipts():
            tree.put_receipt(receipt)
        if (answer := hand.answer()) is None:
            return
        if (finding := answer.disagrees) is not None:
            raise Disagrees(replace(finding, words=f"{finding.words} ({hand.name})"), hand.name)
        if answer.note is not None:
            try:
                hold(answer.note, tree, notary, self._signer)
            except Disagrees as disagrees:
                finding = disagrees.finding
                words = f"{finding.words} ({hand.name} keeps that head)"
                raise Disagrees(replace(finding, words=words), hand.name) from disagrees
            except NoteWrong as error:
                log.warning(
                    "%s keeps a head that was not signed here, which says nothing: %s", hand.name, error
                )
            else:
                self._posts.gave(hand, answer.note)
        else:
            self._posts.gave(hand, None)
        hand.admit()

    def _look_after_anchors(self) -> None:
        for request in self._posts.news():
            self._posts.told(request, entered=self._tell(request))
        self._remember_anchors()

    def _remember_anchors(self) -> None:
        if self._tree is not None:
            with suppress(StoreError):
                self._posts.remember(self._tree)

    def _keep_last_receipts(self) -> None:
        if self._tree is not None:
            with suppress(StoreError):
                for hand in self._posts.hands:
                    for receipt in hand.receipts():
                        self._tree.put_receipt(receipt)

    # --------------------------------------------------------------------------------- findings

    def _keep(self, finding: Finding, anchor: str = "") -> float:
        """Keep what disagrees, so that no restart forgets it, and raise the alarm; when to look again."""
        tree = self._tree
        if tree is None or self._found is not None:
            return TROUBLE_S
        try:
            origin = tree.meta(ORIGIN) or ""
            found = Found.of(finding, origin, self._now(), anchor)
            log.error("nothing more is signed%s: %s", f" as {origin}" if origin else "", found.words)
            tree.put_meta(FOUND, found.written)
        except StoreError as error:
            log.error("the finding cannot be kept: %s", error)  # noqa: TRY400 - as above
            return TROUBLE_S
        self._stand_by(found)
        return 0.0

    def _stand_by(self, found: Found) -> None:
        self._found, self._notary, self._scrub = found, None, None
        self._tell_from = 0.0

    def _wait_for_acceptance(self, tree: TreeWriter, book: Book, found: Found) -> float:
        self._wanted = False
        if tree.meta(_TOLD) != found.id and monotonic() >= self._tell_from:
            if self._tell(found.alarm()):
                tree.put_meta(_TOLD, found.id)
            self._tell_from = monotonic() + TELL_AGAIN_S
        if not self._is_accepted(tree, book, found):
            return EVERY_S
        besides = accepted_with(tree, found)
        origin = begin_anew(book, tree, self._signer, FOUND, ANCHORS, besides=besides)
        log.warning("an operator has accepted it; heads are signed as %s from now on", origin)
        self.close()
        self._wanted = True
        return 0.0

    def _is_accepted(self, tree: TreeWriter, book: Book, found: Found) -> bool:
        """Whether an operator has accepted it; one whom somebody else has let say so has not."""
        if any(each["finding"] == found.id for each in book.acceptances(self._marks)):
            return True
        if any(each["finding"] == found.id for each in book.acceptances(None)):
            log.error("an acceptance was not written by the door process, and does not count")
            found = found.again()
            tree.put_meta(FOUND, found.written)
            self._stand_by(found)
        return False

    def _tell_of_beginning(self, tree: TreeWriter, notary: Notary) -> None:
        """Have it entered once that heads are signed under this name; where it was accepted, it is."""
        if tree.meta(_TOLD) == notary.origin or monotonic() < self._tell_from:
            return
        if tree.meta(NUMBER) == "1" and not self._tell(_beginning(notary.origin)):
            self._tell_from = monotonic() + TELL_AGAIN_S
            return
        tree.put_meta(_TOLD, notary.origin)


def _beginning(origin: str) -> TellOfRecord:
    words = "From here on the record's heads are signed under this name."
    return TellOfRecord(f"begun:{origin}", OfTheRecord.BEGUN, words, origin=origin)
