"""A camera in memory, with the same contract as the real ones. All of it happens in the caller's thread.

Nobody is late here: whoever orders a look has a clock of their own, and gives it up.
"""

from collections.abc import Callable

from hardware.fakes_presence import FakePresence
from hardware.ports import Look
from hardware.signals import DeviceId, FaceSeen, Live, SensorFailed, SensorStep


class FakeFaceCamera(FakePresence):
    """Sees the vectors that it is shown, plugged in until ``lose`` is called."""

    def __init__(self, device: DeviceId, monotonic_ns: Callable[[], int]) -> None:
        """Build it plugged in, looking at nobody."""
        super().__init__(device, monotonic_ns)
        self.wanted: Look | None = None
        """What the look that goes on asks for."""
        self._ticket = 0

    def close(self) -> None:
        """Stop reporting."""
        self._report = self.wanted = None

    def look(self, ticket: int, look: Look, within_s: float) -> None:
        """Look at whoever stands there next."""
        self._ticket, self.wanted = ticket, look
        if self._lost is not None:
            self.give_up(self._lost, broken=True)

    def stop(self, ticket: int) -> None:
        """Look no more."""
        if ticket == self._ticket:
            self.wanted = None

    def show_face(self, model: str, *vectors: bytes, live: Live = Live.UNKNOWN) -> None:
        """Have somebody stand before it. Nobody looks at a face that was not asked for."""
        if self.wanted is not None:
            self.wanted = None
            self._tell(FaceSeen(self.id, self._now(), self._ticket, model, vectors, (), live))

    def hint(self, hint: str) -> None:
        """Have it tell whoever stands there what to do."""
        if self.wanted is not None:
            self._tell(SensorStep(self.id, self._now(), self._ticket, hint))

    def give_up(self, why: str = "nobody stood before the camera", *, broken: bool = False) -> None:
        """Let the look come to nothing."""
        if self.wanted is not None:
            self.wanted = None
            self._tell(SensorFailed(self.id, self._now(), self._ticket, why, broken))

    def _fail(self, why: str) -> None:
        self.give_up(why, broken=True)
