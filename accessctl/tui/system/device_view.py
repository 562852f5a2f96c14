"""Devices as lines and as words, those first with which something is wrong."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from rich.text import Text

from accessctl.tui.line_rows import Cell, Row
from accessctl.tui.look import ALARM, GONE, LIVE, NOTHING, UNSURE, Tone
from accessctl.tui.times import day_and_clock, how_long, when
from accessctl.tui.words import _, many, to_translate

Device = Mapping[str, Any]

STATES: Final = {
    "here": to_translate("here"),
    "lost": to_translate("LOST"),
    "unseen": to_translate("not seen yet"),
}
TRENDS: Final = {
    "none": to_translate("none"),
    "steady": to_translate("steady"),
    "rising": to_translate("rising"),
    "falling": to_translate("falling"),
}
OSDP: Final = "osdp"


def wrong_with(device: Device) -> list[str]:
    """Say what is wrong with a device; nothing for one that is well."""
    found: list[str] = []
    if device["state"] != "here":
        found.append(device.get("why") or device.get("fault") or _("it was not seen yet"))
    elif device.get("fault"):
        found.append(str(device["fault"]))
    if device.get("insecure") and device["insecure"] not in found:
        found.append(str(device["insecure"]))
    if device.get("tampered"):
        found.append(_("its housing is open, or it is off its wall"))
    if device.get("power_failed"):
        found.append(_("its own supply fails"))
    if device.get("pairing"):
        found.append(_("a window for pairing is open"))
    if device.get("trend") == "rising":
        found.append(_("errors are rising: {last}").format(last=device["last_error"]))
    return found


def ails(device: Device) -> bool:
    """Tell a device that does not do what it is there for."""
    return device["state"] != "here" or any(
        device.get(each) for each in ("fault", "insecure", "tampered", "power_failed")
    )


def _state(device: Device) -> str:
    state = str(device["state"])
    return _(STATES.get(state, state))


def sorted_devices(devices: Sequence[Device], typed: str = "") -> list[Device]:
    """Give those that fit what was typed: what ails first, then what has something to be said."""
    wanted = typed.casefold().split()
    fitting = [each for each in devices if all(word in _told(each) for word in wanted)]
    return sorted(fitting, key=lambda each: 0 if ails(each) else 1 if wrong_with(each) else 2)


def _told(device: Device) -> str:
    facts = ("id", "kind", "driver", "name", "door", "state")
    return " ".join([*(str(device.get(name) or "") for name in facts), *wrong_with(device)]).casefold()


def device_row(device: Device, now: datetime) -> Row:
    """Give a device as a line."""
    wrong = "; ".join(wrong_with(device))
    tone = Tone.BAD if ails(device) else Tone.WARN if wrong else Tone.GOOD
    mark = {"lost": GONE, "unseen": UNSURE}.get(device["state"], ALARM if ails(device) else LIVE)
    errors = device.get("errors_this_hour")
    return (
        Cell(mark, tone),
        Cell(device["id"], Tone.STRONG if wrong else Tone.PLAIN),
        device["kind"],
        Cell(device["driver"], Tone.DIM),
        Cell(_state(device), tone),
        when(device.get("since"), now),
        NOTHING if errors is None else f"{errors}/{device['errors_hour_before']}",
        str(device.get("restarts") or NOTHING),
        Cell(wrong, tone),
    )


def summary(devices: Sequence[Device]) -> tuple[str, Tone]:
    """Say in one line how the devices are."""
    sick = sum(ails(each) for each in devices)
    all_ = many("{count} device", "{count} devices", len(devices))
    if sick:
        words = many("{count} needs somebody", "{count} need somebody", sick)
        return f"{ALARM} {all_}, {words}", Tone.BAD
    return f"{LIVE} {all_}, {_('all are here')}", Tone.GOOD


def in_short(device: Device, do: str | None) -> str:
    """Say in two lines what matters of a device."""
    about = device.get("about") or {}
    made = [str(about[name]) for name in ("model", "firmware", "serial") if about.get(name)]
    facts = [
        str(device.get("name") or ""),
        ", ".join(made),
        _("key: {state}").format(state=device["key"]) if device.get("key") else "",
        _("last error: {error}").format(error=device["last_error"]) if device.get("last_error") else "",
    ]
    line = "   ".join(fact for fact in facts if fact) or device["id"]
    wrong = "; ".join(wrong_with(device))
    told = [line, wrong, f"{_('Do')}: {do}" if do else ""]
    return "\n".join(each for each in told if each)


def details(device: Device, do: Sequence[str], now: datetime) -> Text:
    """Say everything that is known of a device."""
    told = Text()
    for name, value in _facts(device, now):
        told.append(f"{name:<18}", "dim").append(f"{value}\n")
    for each in wrong_with(device):
        told.append(f"\n{ALARM} {each}", "bold")
    for each in do:
        told.append(f"\n{_('Do')}: ", "bold").append(each)
    return told


def _facts(device: Device, now: datetime) -> list[tuple[str, str]]:
    about = device.get("about") or {}
    silent = device.get("silent_s")
    facts: list[tuple[str, object]] = [
        (_("Name"), device.get("name")),
        (_("Kind"), f"{device['kind']}, {device['driver']}"),
        (_("Door"), device.get("door")),
        (_("Access point"), device.get("access_point")),
        (_("State"), _state(device)),
        (_("Since"), day_and_clock(device.get("since"))),
        (_("Last sign of life"), when(device.get("seen"), now)),
        (_("Driver went round"), "" if silent is None else _("{time} ago").format(time=how_long(silent))),
        (_("Errors"), _errors(device)),
        (_("Last error"), device.get("last_error")),
        (_("Started anew"), device.get("restarts")),
        (_("Key"), device.get("key")),
        *((name.capitalize(), value) for name, value in about.items() if name != "driver"),
    ]
    return [(name, str(value)) for name, value in facts if value]


def _errors(device: Device) -> str:
    if device.get("errors_this_hour") is None:
        return ""
    return _("{now} this hour, {before} the hour before ({trend})").format(
        now=device["errors_this_hour"],
        before=device["errors_hour_before"],
        trend=_(TRENDS.get(str(device["trend"]), str(device["trend"]))),
    )
