"""What a scripted door process says of the enrolment of a finger."""

from accessctl.link.answers import EnrolmentOutcome, EnrolmentState

SENSOR = "cage-in.finger"


def finger_begun(consent: str, template: str) -> EnrolmentState:
    """The sensor waits for a finger."""
    return EnrolmentState("n", "lay the finger on", consent=consent, sensor=SENSOR, template=template)


def finger_made(consent: str, template: str, enrolment: str = "n") -> EnrolmentState:
    """The sensor has learnt it."""
    return EnrolmentState(
        enrolment,
        "",
        2,
        outcome=EnrolmentOutcome.ENROLLED,
        consent=consent,
        model="uart",
        sensor=SENSOR,
        template=template,
    )
