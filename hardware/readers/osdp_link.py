"""One reader on its line: from the first word to the secure channel, what it tells, and how it is lost.

A link rests, tries, or is up. It tries one key after the other, the newest first; with the wrong one the
reader's cryptogram does not fit, which takes a tenth of a second to find out. It is up while the secure
channel is, and only then is anything believed. The reader counts as here, and its key as the only one, once
it has answered inside the session: whoever has the cable can let a handshake pass and no more.

A session that breaks is tried again at once, since lines have noise and readers are restarted; the reader
is lost when it has been silent for ``Pace.loss_s``. What cannot prove that it has the key is lost at once,
and so is what breaks ``MOST_BRIEF`` sessions in a row.

NOTE: a reader keeps what was shown to it while nobody asked. Cards and keys that come before its first empty
answer in a session are therefore not read: neither a start nor a return may release a door.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from osdp import Command as Order
from osdp import StatusReportType

from hardware.health import NS_PER_S, HealthBook
from hardware.readers import osdp_reasons as reasons
from hardware.readers.osdp_frames import AUTHENTIC, Answer, Command, Frame
from hardware.readers.osdp_keys import key_number, why_unfit, with_newest
from hardware.readers.osdp_lamps import OsdpAnnunciator
from hardware.readers.osdp_line import Line, Turn
from hardware.readers.osdp_pairing import Pairing, Stage
from hardware.readers.osdp_panel import Panel, version
from hardware.readers.osdp_reasons import Finding
from hardware.readers.osdp_teller import Teller
from hardware.signals import Signal
from hardware.specs import OsdpReaderSpec

MOST_ORDERS: Final = 3
"""So many commands in a row, then the reader is asked for cards again."""
MOST_BRIEF: Final = 6
"""So many sessions in a row may not break before they lasted for ``Pace.loss_s``. A reader that refuses each
command that it does not know, and a new key, breaks one less."""
PATIENT_AT_FIRST: Final = 3
PATIENT_EVERY: Final = 12
"""A reader that stays silent has the whole time for an answer at first and then now and again. In between it
is asked quickly, since all that time the other readers of its line wait."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How soon things are tried again, and how long they may take."""

    retry_s: float = 2.0
    """From the beginning of one attempt to that of the next: a lost reader is back within 3 s."""
    handshake_s: float = 3.0
    loss_s: float = 2.0
    """So long may a reader be silent; the standard has it offline after 8 s."""


class _State(Enum):
    RESTING = auto()
    TRYING = auto()
    UP = auto()


class Link:
    """The driver's side of one reader. Every method belongs to the line's thread, but for ``pair``."""

    def __init__(
        self,
        spec: OsdpReaderSpec,
        keys: Sequence[bytes],
        line: Line,
        lamps: OsdpAnnunciator | None,
        tell: Callable[[Signal], None],
        renew: Callable[[], None],
        pace: Pace,
    ) -> None:
        """Build it resting; nothing is said until ``serve``."""
        self.turn = Turn(line, spec.address)
        self.book = HealthBook(driver=version(), address=str(spec.address), baud=str(spec.bus.baud))
        self._line, self._lamps, self._renew, self._pace = line, lamps, renew, pace
        self._teller = Teller(spec, self.book, tell)
        self._keys = tuple(key for key in keys if why_unfit(key) is None)
        """What is tried, newest first."""
        self._unfit = next((why for key in keys if (why := why_unfit(key))), None)
        self._panels: dict[tuple[bytes, bool], Panel] = {}
        self._pairing: Pairing | None = None
        self._asked: Pairing | None = None
        self._refused: set[int] = set()
        """Commands that the reader said no to: asked again, it would end every session that there is."""
        self.begin()
        self._learn_key()

    @property
    def is_lit(self) -> bool:
        """Whether the reader is there and shows or sounds something."""
        return self._state is _State.UP and self._lamps is not None and self._lamps.lit

    def begin(self) -> None:
        """Begin as a reader that was never seen."""
        self._teller.begin()
        if self._lamps:
            self._lamps.resting = False
        self._state = _State.RESTING
        self._panel: Panel | None = None
        self._candidate = 0
        self._began_ns = self._next_ns = self._silences = 0
        self._good_ns: int | None = None
        self._why = reasons.SILENT
        self._last: Frame | None = None
        self._key = b""
        self._brief = 0
        self._begin_session()

    def pair(self, key: bytes, within_s: float) -> None:
        """Have a key installed, from any thread; the line's thread takes it up."""
        self._asked = Pairing(key, time.monotonic_ns() + int(within_s * NS_PER_S))

    def serve(self) -> None:
        """Do what is due; the line is free, or this reader's own."""
        now_ns = time.monotonic_ns()
        self._take_up_pairing(now_ns)
        self._step_what_hangs_up()
        if self.turn.spoiled:
            self.turn.spoiled = 0
            self.book.erred("what came from its line was garbled, or no answer")
        match self._state:
            case _State.RESTING:
                self._rest(now_ns)
            case _State.TRYING:
                self._try(now_ns)
            case _State.UP:
                self._work(now_ns)

    def line_gone(self, why: str) -> None:
        """The serial port is not there."""
        self._drop()
        self._teller.lost(why)

    def shut(self) -> None:
        """Say nothing more to the reader."""
        self._drop()
        self._let_go_of_pairing()
        self._asked = None

    # --- Resting and trying -----------------------------------------------------------------------------

    def _rest(self, now_ns: int) -> None:
        if not self._keys and self._pairing is None:
            if self._unfit:
                self._teller.insecure(self._unfit)
            else:
                self._teller.lost(reasons.KEYLESS)
            return
        if self._is_silent(now_ns):
            self._teller.lost(self._why)
        if now_ns < self._next_ns or self._line.is_owned_by(self.turn):
            return
        panel = self._panel_for_attempt()
        if panel.muted:
            if not panel.hung_up:
                return
            panel.start()
        self._panel, self._state, self._began_ns = panel, _State.TRYING, now_ns
        self._last = None
        self.turn.begin(quick=self._silences >= PATIENT_AT_FIRST and self._silences % PATIENT_EVERY != 0)
        self._try(now_ns)

    def _panel_for_attempt(self) -> Panel:
        installs = self._pairing is not None and self._pairing.stage is Stage.INSTALL
        key = self._pairing.key if self._pairing and installs else self._key_on_trial()
        if (key, installs) not in self._panels:
            self._panels[key, installs] = Panel(self.turn, key, self._renew, installs=installs)
        return self._panels[key, installs]

    def _step_what_hangs_up(self) -> None:
        """Let panels come to an end, and forget those whose key is tried no more."""
        pairing = (self._pairing.key,) if self._pairing else ()
        for slot, panel in tuple(self._panels.items()):
            if not panel.muted or panel is self._panel:
                continue
            if not panel.hung_up:
                panel.step()
            elif slot[0] not in pairing and (panel.installs or slot[0] not in self._keys):
                del self._panels[slot]

    def _keys_to_try(self) -> tuple[bytes, ...]:
        if self._pairing and self._pairing.stage is Stage.PROVE:
            return with_newest(self._pairing.key, self._keys)
        return self._keys

    def _key_on_trial(self) -> bytes:
        keys = self._keys_to_try()
        return keys[self._candidate % len(keys)]

    def _try(self, now_ns: int) -> None:
        panel = self._panel
        assert panel is not None  # noqa: S101 - a link that tries has a panel
        command, reply = self._news()
        if panel.installs and _took_the_key(command, reply):
            self._prove()
            return
        panel.step()  # What it tells now was told before anybody proved anything.
        self._note_what_was_sent()
        if panel.up:
            if panel.installs:
                self._prove()  # It has the new key already: the answer to an earlier attempt was lost.
            else:
                self._be_up(now_ns)
        elif panel.online:
            self._fail(Finding(reasons.NOT_INSTALLING), now_ns)
        elif self.turn.unanswered:
            self._silences += 1
            self._fail(Finding(reasons.SILENT), now_ns)
        elif self.turn.command and self.turn.reply and not reasons.asks_again(self.turn.reply):
            # It has answered, and libosdp has nothing more to say.
            found = reasons.of_handshake(self.turn.command, self.turn.reply, can_encrypt=panel.can_encrypt)
            self._candidate += found.is_for_the_key
            if found.is_for_the_key and self._candidate < len(self._keys_to_try()):
                self._drop()
            else:
                self._fail(found, now_ns)
        elif now_ns - self._began_ns > self._pace.handshake_s * NS_PER_S:
            self._fail(Finding(reasons.SILENT), now_ns)

    def _fail(self, found: Finding, now_ns: int) -> None:
        """End an attempt; the next one comes in its time."""
        self._drop()
        self._candidate = 0
        self._next_ns = self._began_ns + int(self._pace.retry_s * NS_PER_S)
        self._why = found.why
        if self._pairing:
            self._pairing.why = found.why
            self._pairing.go_back()
        # A reader that is being paired may well have another key than ours.
        if found.is_insecure and not self._pairing:
            self._teller.insecure(found.why)
        elif self._good_ns is None or self._is_silent(now_ns):
            self._teller.lost(found.why)

    def _drop(self) -> None:
        """Hang up, and rest."""
        if self._panel is not None:
            self._panel.hang_up()
        self._panel, self._state, self._next_ns = None, _State.RESTING, 0
        self._settled = False

    # --- Up ---------------------------------------------------------------------------------------------

    def _be_up(self, now_ns: int) -> None:
        """The channel is up; whether anybody speaks over it is still to be seen."""
        self._state, self._key = _State.UP, self._key_on_trial()
        self._silences = PATIENT_AT_FIRST  # How quickly it answers is known from now on.
        self._begin_session(now_ns)
        if self._lamps:
            self._lamps.forget()

    def _begin_session(self, now_ns: int = 0) -> None:
        self._up_ns, self._orders = now_ns, 0
        self._answered = self._settled = self._status_asked = False

    def _believe(self, panel: Panel) -> None:
        """The reader has answered inside the session: it has this key and no other one."""
        self._answered = True
        paired = self._pairing is not None and self._pairing.key == self._key
        if paired:
            self._pairing = None
        elif self._pairing and self._pairing.stage is not Stage.ASK:
            self._end_pairing("the reader kept its old key")
        self._keys, self._candidate = (self._key,), 0
        self._learn_key()
        self.book.learned(**panel.identity())
        self._teller.secured(key_number(self._key))
        if paired:
            self._teller.paired()

    def _work(self, now_ns: int) -> None:
        panel = self._panel
        assert panel is not None  # noqa: S101 - a link that is up has a panel
        command, reply = self._news()
        if self.turn.plain:
            self._break_off(Finding(reasons.PLAIN, is_insecure=True), now_ns)
            return
        if command and reply and self._pairing and command.code == Command.KEYSET:
            self._key_was_answered(command, reply, now_ns)
            return
        if self._answered and not self._line.is_owned_by(self.turn):
            self._order(panel)
        happened = panel.step()
        self._note_what_was_sent()
        if not panel.up:
            if command and reasons.is_refusal(reply):
                self._refused.add(command.code)
                self.book.erred(f"it refused command {command.code:02x}")
            else:
                self.book.erred(reasons.BROKEN)
            self._break_off(reasons.of_session(reply), now_ns)
            return
        if reply and reply.block in AUTHENTIC:
            self._good_ns = now_ns
            self.book.seen()
            if not self._answered:
                self._believe(panel)
        elif self._has_lasted(now_ns) and (not self._answered or self._is_silent(now_ns)):
            self._break_off(Finding(reasons.SILENT), now_ns)
            return
        for told in happened:
            self._teller.status(told)
            if not self._pairing:  # Nothing is read while a key is being installed.
                self._teller.shown(told, stale=not self._settled)
        if command and reply and command.code == Command.POLL:
            self._orders = 0
            self._settled = self._settled or reply.code == Answer.ACK

    def _news(self) -> tuple[Frame | None, Frame | None]:
        """Give the last command and its answer, if that is new."""
        reply = self.turn.reply
        if reply is None or reply is self._last:
            return self.turn.command, None
        self._last = reply
        return self.turn.command, reply

    def _order(self, panel: Panel) -> None:
        """Give the reader the next command, if one is due."""
        if panel.busy or self._orders >= MOST_ORDERS:
            return
        if self._pairing and self._pairing.stage is Stage.ASK:
            self._pairing.stage = Stage.PROVE
            panel.submit({"command": Order.Keyset, "type": 1, "data": self._pairing.key})
        elif not self._status_asked and Command.LOCAL_STATUS not in self._refused:
            self._status_asked = True
            panel.submit({"command": Order.Status, "type": StatusReportType.Local, "report": b""})
        elif self._lamps is None or not self._lamps.play(panel, self._refused):
            return
        self._orders += 1

    def _break_off(self, found: Finding, now_ns: int) -> None:
        self._drop()
        self._brief = 0 if self._has_lasted(now_ns) else self._brief + 1
        if found.why == reasons.BROKEN and self._brief >= MOST_BRIEF:
            found = Finding(reasons.UNSTEADY, is_insecure=True)
        self._why = found.why
        if found.is_insecure:
            self._next_ns = now_ns + int(self._pace.retry_s * NS_PER_S)
            self._teller.insecure(found.why)
        elif self._good_ns is None or self._is_silent(now_ns):
            self._teller.lost(found.why)

    def _is_silent(self, now_ns: int) -> bool:
        return self._good_ns is not None and now_ns - self._good_ns > self._pace.loss_s * NS_PER_S

    def _has_lasted(self, now_ns: int) -> bool:
        """Tell whether this session has had the time that a reader may be silent."""
        return now_ns - self._up_ns > self._pace.loss_s * NS_PER_S

    # --- Pairing ----------------------------------------------------------------------------------------

    def _take_up_pairing(self, now_ns: int) -> None:
        if self._pairing and now_ns > self._pairing.until_ns:
            self._end_pairing(self._pairing.why)
            self._drop()
        if self._asked is None:
            return
        asked, self._asked = self._asked, None
        # The window may be over by now: nobody takes anything up while the port is away.
        why = why_unfit(asked.key) or (asked.why if now_ns > asked.until_ns else None)
        if why is not None:
            self._teller.not_paired(why, told=False)
            return
        self._let_go_of_pairing()
        self._pairing = asked
        if self._state is _State.UP:
            asked.begin_in_session()
        else:
            self._drop()

    def _key_was_answered(self, command: Frame, reply: Frame, now_ns: int) -> None:
        """Take the answer to a new key that was sent inside a session."""
        if _took_the_key(command, reply):
            self._prove()
        else:
            self._end_pairing("the reader refused the key")
            self._break_off(Finding(reasons.BROKEN), now_ns)

    def _prove(self) -> None:
        """Hang up, and see whether the secure channel comes up with the new key."""
        if self._pairing:
            self._pairing.stage, self._pairing.was_sent = Stage.PROVE, True
        self._drop()
        self._candidate = 0

    def _note_what_was_sent(self) -> None:
        if self._pairing and self.turn.command and self.turn.command.code == Command.KEYSET:
            self._pairing.was_sent = True

    def _end_pairing(self, why: str) -> None:
        told = self._pairing is not None and self._pairing.was_sent
        self._let_go_of_pairing()
        self._teller.not_paired(why, told=told)

    def _let_go_of_pairing(self) -> None:
        """Aim at it no more. A key that the reader may have heard is tried until one has proved itself."""
        if self._pairing and self._pairing.was_sent:
            self._keys = with_newest(self._pairing.key, self._keys)
        self._pairing, self._candidate = None, 0

    def _learn_key(self) -> None:
        self.book.learned(key="own key" if self._keys else "unfit" if self._unfit else "none")


def _took_the_key(command: Frame | None, reply: Frame | None) -> bool:
    if command is None or reply is None:
        return False
    return (command.code, reply.code) == (Command.KEYSET, Answer.ACK)
