"""How long the door process's loop is held while a camera's process encodes faces beside it.

The real door process, the simulated warehouse's doors, and a camera of the kind ``files`` that goes through
a session's pictures. Somebody is enrolled at it again and again, so that it encodes all the time; meanwhile
the loop is asked the smallest question that there is, one after the other. An answer cannot come while the
loop is held, so the longest answer is the longest hold, and the time of the link on top of it. The time in
which the loop's thread was ready and had no processor, as the kernel counts it, is none in which it was held.
"""

import hashlib
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from accessctl.home import Home
from accessctl.link.answers import EnrolmentOutcome, EnrolmentState
from accessctl.link.requests import AskEnrolment, BeginEnrolment, BodyKind, StopEnrolment
from accessctl.store.biometric_rows import ConsentText
from accessctl.store.people_writer import PeopleWriter
from tests.bench.faces_pictures import SUFFIXES
from tests.bench.figures import Times, promise, show
from tests.door.site import SITE
from tests.door.story import make_home
from tests.whole.processes import Door, Warehouse

MEASURED_S: Final = 20.0
LONGEST_HOLD_MS: Final = 20.0
FEWEST_STEPS: Final = 5
"""Unless so many pictures were encoded meanwhile, nothing was measured."""
START_S: Final = 30.0
OPERATOR: Final = "local:bench"
WHO: Final = "p-bench"


def report(webcam: Path) -> None:
    """Print the longest hold, beside that of the same process left alone."""
    session = _a_session(webcam)
    if session is None:
        print(f"The loop: no session of webcam/bonafide has {FEWEST_STEPS} pictures: left out\n")
        return
    print("The door process's loop, asked back to back:")
    with _home(session) as home:
        warehouse = Warehouse(home)
        try:
            with Door(home) as door:
                alone = _asked(door, lambda: None, MEASURED_S / 2)
                enrolments = _Enrolments(door)
                enrolments.begin()
                busy = _asked(door, enrolments.go_on, MEASURED_S)
        finally:
            warehouse.close()
    show("no face is encoded", alone.answers)
    show("faces are encoded all the time", busy.answers)
    show("the same, less waiting for a processor", busy.held)
    print(
        f"  {enrolments.steps} pictures were encoded in {MEASURED_S:g} s, "
        f"{enrolments.done} enrolments came to an end"
    )
    if enrolments.steps < FEWEST_STEPS:
        print(f"  NOTHING was measured: {enrolments.last}\n")
        return
    promise("longest hold while faces are encoded", busy.held.us[-1] / 1000, "ms", LONGEST_HOLD_MS)
    print()


class _Enrolments:
    """Has somebody enrolled again and again."""

    def __init__(self, door: Door) -> None:
        self._door, self._id, self._asked = door, "", 0.0
        self.steps = self.done = self._step = 0
        self.last = "no enrolment went on"

    def begin(self) -> None:
        """Begin one, as soon as the camera is there."""
        self._id, self._step = secrets.token_hex(4), 0
        wanted = BeginEnrolment(self._id, BodyKind.FACE, "front-in", WHO, f"b-{self._id}", f"k-{self._id}")
        deadline = time.monotonic() + START_S
        answer = self._door.ask(wanted)
        while not isinstance(answer, EnrolmentState) and time.monotonic() < deadline:
            time.sleep(0.1)
            answer = self._door.ask(wanted)
        assert isinstance(answer, EnrolmentState), answer

    def go_on(self) -> None:
        """Look how it goes, twice a second, and begin the next one when it has ended."""
        if time.monotonic() < self._asked + 0.5:
            return
        self._asked = time.monotonic()
        state = self._door.ask(AskEnrolment(self._id))
        if not isinstance(state, EnrolmentState):
            self.last = str(state)
            self.begin()
            return
        self.last = state.hint
        self.steps += max(0, state.step - self._step)
        self._step = state.step
        if state.outcome is not EnrolmentOutcome.NONE:
            self.done += 1
            self.last = f"{state.outcome}: {state.why}"
            self.begin()


@dataclass(frozen=True, slots=True)
class _Asked:
    """How long answers took, and how long of that the loop can have been held."""

    answers: Times
    held: Times


def _asked(door: Door, between: Callable[[], None], for_s: float) -> _Asked:
    """Ask the smallest question back to back; nothing is stopped by it, because nothing has that name."""
    taken, held, end = [], [], time.monotonic() + for_s
    while time.monotonic() < end:
        between()
        waited_ns, began = _waited_ns(door.process.pid), time.perf_counter_ns()
        door.ask(StopEnrolment("nothing"))
        taken.append(time.perf_counter_ns() - began)
        held.append(max(0, taken[-1] - (_waited_ns(door.process.pid) - waited_ns)))
        time.sleep(0.001)
    return _Asked(Times.of_ns(taken), Times.of_ns(held))


def _waited_ns(pid: int) -> int:
    """Tell how long a process's main thread, and this one, were ready and waited for a processor."""
    return sum(_run_delay(Path(f"/proc/{each}/schedstat")) for each in (f"{pid}/task/{pid}", "thread-self"))


def _run_delay(schedstat: Path) -> int:
    try:
        return int(schedstat.read_text().split()[1])
    except (OSError, IndexError):  # a kernel that does not count it: then nothing is taken off
        return 0


@contextmanager
def _home(session: Path) -> Iterator[Home]:
    """A home with a camera that shows one person's session over and over, and with that person's consent."""
    text = "The bench measures."
    site = SITE.replace(
        'direction = "in"\nreader = { kind = "simulated" }',
        'direction = "in"\nreader = { kind = "simulated" }\n'
        f'camera = {{ kind = "files", source = "{session}", frames_per_s = 10 }}',
        1,
    )
    site += (
        f'\n[biometrics]\nliveness = "none"\nconsent_version = "bench"\nconsent_text = "{text}"\n'
        'equal_way = "card and PIN"\n'
    )
    with tempfile.TemporaryDirectory(prefix="acc-") as short:
        home = make_home(Path(short), site)
        writer = PeopleWriter(home.people)
        person = writer.add_person(WHO, (), OPERATOR, id_=WHO)
        digest = hashlib.sha256(text.encode()).hexdigest()
        writer.give_consent(person.id, "face", ConsentText("bench", digest), OPERATOR)
        writer.close()
        yield home


def _a_session(webcam: Path) -> Path | None:
    """Give the first session of a person that has pictures enough."""
    for session in sorted(webcam.glob("bonafide/*/*")):
        if sum(file.suffix.lower() in SUFFIXES for file in session.iterdir()) >= FEWEST_STEPS:
            return session.resolve()
    return None
