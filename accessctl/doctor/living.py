"""What is wrong with devices, as the door process says how they are."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from accessctl.doctor.finding import Finding, Weight
from accessctl.keys.reader_keys import KeyState

HUNG_S: Final = 30.0
"""A driver that has not gone round for so long hangs; it is started anew by itself, unless that fails."""

_LOST: Final[Mapping[str, str]] = {
    "pcsc": "look at plug and cable, and at `systemctl status pcscd`",
    "nfc": "look at plug and cable; another program may have the reader (pcscd: unload its driver)",
    "usb": "plug it into the port that the site file names",
    "usb_keypad": "plug it into the port that the site file names",
    "matrix": "a key is stuck, or two lines touch",
    "wiegand": "look at D0, D1 and ground; D0 and D1 may be swapped",
    "osdp": "look at power, A and B (may be swapped), address and baud; a bus needs 120 ohm at both ends",
    "fprintd": "look at plug and cable, and at `systemctl status fprintd` (dbus, if there is no system bus); "
    "polkit has to allow it",
    "camera": "look at plug, cable and supply; of an IP camera, also at its address and the network",
    "uart": "look at power, TX and RX (may be swapped), baud and password",
    "adc": "look for a cut or shorted wire, and at the end-of-line resistors",
    "simulated": "accessctl sim return ACCESS_POINT plugs it in again; a sensor or camera: with --what",
}
"""What to do about a device that is lost, by its driver."""
_MODELS: Final = "its models cannot be used"
_BRING_MODELS: Final = (
    "pip install 'accessctl[face]'; of other models put each file where the site file says, with that digest"
)


def living(devices: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """Find what is wrong, device by device."""
    for device in devices:
        yield from _of(device)


def _of(device: Mapping[str, Any]) -> Iterator[Finding]:
    id_, driver = str(device["id"]), str(device["driver"])
    if device.get("key") == KeyState.NONE.value:
        yield Finding(
            id_, "it has no key, so it is not spoken to", f"accessctl osdp pair {device['access_point']}"
        )
    elif device.get("insecure"):
        yield Finding(
            id_,
            f"what speaks on its line is not trusted: {device['insecure']}",
            "look whether somebody has changed the reader or its wires; a new reader needs its key: "
            f"accessctl osdp pair {device['access_point']}",
        )
    elif device["state"] != "here":
        why = device.get("why") or device.get("fault") or "it was not seen yet"
        yield Finding(id_, f"it does not answer: {why}", _remedy(driver, why))
    elif device.get("fault"):
        yield Finding(id_, str(device["fault"]), "look at its line, its relay and its supply")
    if device.get("tampered"):
        yield Finding(id_, "its housing is open, or it is off its wall", "go and look; shut the housing")
    if device.get("power_failed"):
        yield Finding(id_, "its own supply fails", "look at its supply and at the voltage at the reader")
    if (device.get("silent_s") or 0.0) > HUNG_S:
        yield Finding(id_, f"its driver hangs, for {device['silent_s']:.0f} s now", "restart accessctl-door")
    if device.get("trend") == "rising":
        yield Finding(
            id_,
            f"errors are rising: {device['errors_this_hour']} this hour, {device['errors_hour_before']} in "
            f"the hour before; the last: {device['last_error']}",
            "look at its cable, its shield and its supply",
            Weight.NOTE,
        )
    if device.get("restarts"):
        yield Finding(
            id_,
            f"its driver had to be started anew, {device['restarts']} times",
            "the log says why: journalctl -u accessctl-door",
            Weight.NOTE,
        )


def _remedy(driver: str, why: str) -> str:
    return _BRING_MODELS if why.startswith(_MODELS) else _LOST.get(driver, "look at its wires")
