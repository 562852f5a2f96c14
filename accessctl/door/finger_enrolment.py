"""What sensors are ordered to do with templates while nobody is checked: learn a finger, forget one."""

from collections.abc import Callable
from typing import Final

from accessctl.door.enrolment import Enrolled, Failed, Progress
from hardware.ports import FingerSensor
from hardware.signals import (
    DeviceId,
    DeviceLost,
    FingerEnrolled,
    FingerForgotten,
    SensorFailed,
    SensorStep,
    Signal,
)
from hardware.specs import FingerSpec, FprintdSensorSpec, SimulatedSensorSpec, UartSensorSpec
from policies.factors import Factor

WITHIN_S: Final = 90.0
"""So long may somebody take to lay their finger on a sensor as often as it wants."""
FIRST_HINT: Final = "lay the finger on the sensor"
_MODELS: Final[dict[type, str]] = {
    FprintdSensorSpec: "fprintd",
    UartSensorSpec: "uart",
    SimulatedSensorSpec: "simulated",
}


class FingerEnrolment:
    """Has one sensor learn one finger under one name, once the office has noted that name.

    Whatever hinders it, a sensor that was told to learn may have done so: it is told to forget, and what it
    cannot be told now the office has noted.
    """

    def __init__(self, sensor: FingerSensor, template: str, model: str) -> None:
        """Take the sensor, the name, and what the sensor's templates are."""
        self._sensor, self._template, self._model = sensor, template, model
        self._ticket = 0
        self._tickets: Callable[[], int] = lambda: 0
        self._learnt_as: str | None = None
        """The name that the sensor gave it, whatever it was told."""
        self._progress = Progress(FIRST_HINT)

    @property
    def device(self) -> DeviceId:
        """The sensor that it keeps."""
        return self._sensor.id

    def begin(self, tickets: Callable[[], int]) -> None:
        """Keep the sensor for this finger, and order nothing yet."""
        self._tickets = tickets

    def learn(self) -> None:
        """Have the sensor learn the finger. Asked again, or when it came to nothing, it stays as it is."""
        if not self._ticket and self._progress.outcome is None:
            self._ticket = self._tickets()
            self._sensor.enrol(self._ticket, self._template, WITHIN_S)

    def hear(self, signal: Signal) -> None:
        """Take what the sensor reports."""
        if self._progress.outcome is not None:
            return
        match signal:
            case SensorStep(ticket=ticket, hint=hint) if ticket == self._ticket:
                self._progress = Progress(hint, self._progress.step + 1)
            case FingerEnrolled(ticket=ticket, template=template) if ticket == self._ticket:
                self._learnt(template)
            case SensorFailed(ticket=ticket, why=why) if ticket == self._ticket:
                self._progress = Progress("", self._progress.step, outcome=Failed(why))
            case DeviceLost(why=why):
                self._progress = Progress(
                    "", self._progress.step, outcome=Failed(f"the sensor is gone: {why}")
                )
            case _:
                pass

    def stop(self) -> None:
        """Stop the sensor, and have it forget what it may have learnt already."""
        if self._ticket:
            self._sensor.stop(self._ticket)
            self._sensor.forget(self._tickets(), self._learnt_as or self._template)

    def progress(self) -> Progress:
        """Tell how it goes."""
        return self._progress

    def _learnt(self, template: str) -> None:
        self._learnt_as = template
        if template != self._template:
            self._progress = Progress("", outcome=Failed("the sensor keeps the finger under another name"))
            return
        made = Enrolled(Factor.FINGERPRINT, self._model, sensor=str(self._sensor.id), template=self._template)
        self._progress = Progress("", self._progress.step, outcome=made)


class FingerForgetting:
    """Has one sensor erase one template."""

    def __init__(self, sensor: FingerSensor, template: str, then: Callable[[str | None], None]) -> None:
        """Take the sensor and the name. ``then`` hears once what hindered it, or ``None`` when it is gone."""
        self._sensor, self._template, self._then = sensor, template, then
        self._ticket = 0

    @property
    def device(self) -> DeviceId:
        """The sensor that it keeps."""
        return self._sensor.id

    def begin(self, tickets: Callable[[], int]) -> None:
        """Have the sensor erase it."""
        self._ticket = tickets()
        self._sensor.forget(self._ticket, self._template)

    def hear(self, signal: Signal) -> None:
        """Take what the sensor reports."""
        match signal:
            case FingerForgotten(ticket=ticket, template=template) if (
                ticket == self._ticket and template == self._template
            ):
                self._then(None)
            case SensorFailed(ticket=ticket, why=why) if ticket == self._ticket:
                self._then(why)
            case DeviceLost(why=why):
                self._then(why)
            case _:
                pass

    def stop(self) -> None:
        """Nothing is left to undo: a template that should be gone may go later."""
        self._sensor.stop(self._ticket)

    def progress(self) -> Progress:
        """Tell that it goes on; what came of it ``then`` hears."""
        return Progress("")


def model_of(spec: FingerSpec) -> str:
    """Name what the templates of such a sensor are: those of one kind are never another's."""
    return _MODELS[type(spec)]
