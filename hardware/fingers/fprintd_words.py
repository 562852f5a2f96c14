"""What fprintd's words mean: its statuses, as hints or as ends, and its errors.

Source: the D-Bus interface ``net.reactivated.Fprint.Device`` of fprintd 1.94.
"""

from typing import Final

from hardware.fingers.hints import BAD_TOUCH, KNOWN_ALREADY, ONCE_MORE, TOO_FAST, TOO_SHORT

VERIFY_HINTS: Final = {
    "verify-retry-scan": BAD_TOUCH,
    "verify-swipe-too-short": TOO_SHORT,
    "verify-finger-not-centered": BAD_TOUCH,
    "verify-remove-and-retry": ONCE_MORE,
    "verify-too-fast": TOO_FAST,
}
VERIFY_OVER: Final = {
    "verify-disconnected": "the sensor was unplugged",
    "verify-unknown-error": "the sensor reported an error",
}
ENROL_HINTS: Final = {
    "enroll-stage-passed": ONCE_MORE,
    "enroll-retry-scan": BAD_TOUCH,
    "enroll-swipe-too-short": TOO_SHORT,
    "enroll-finger-not-centered": BAD_TOUCH,
    "enroll-remove-and-retry": ONCE_MORE,
    "enroll-too-fast": TOO_FAST,
}
STAGES: Final = frozenset({"enroll-stage-passed"})
"""Hints that tell of nothing wrong."""
ENROL_OVER: Final = {
    "enroll-failed": "the touches did not make a whole finger; begin again",
    "enroll-data-full": "the sensor has no room for another finger",
    "enroll-duplicate": KNOWN_ALREADY,
    "enroll-disconnected": "the sensor was unplugged",
    "enroll-unknown-error": "the sensor reported an error",
}
ERRORS: Final = {
    "AlreadyInUse": "another program uses the sensor",
    "ClaimDevice": "the sensor is not claimed any more",
    "PermissionDenied": "polkit does not allow it: see the rule in packaging/polkit",
    "NoSuchDevice": "the sensor was unplugged",
    "NoActionInProgress": "fprintd is not at it any more",
    "InvalidFingername": "fprintd keeps no finger under such a name",
    "Internal": "fprintd reported an error",
    "PrintsNotDeleted": "fprintd could not erase the finger",
    "PrintsNotDeletedFromDevice": "the sensor could not erase the finger",
}
