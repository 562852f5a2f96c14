"""Doors, readers, and how the site stands."""

from typing import Any

from accessctl.answers import (
    Done,
    Door,
    FaceCalibration,
    Muster,
    OrderName,
    Reader,
    Trial,
)
from accessctl.client.asking import ANSWER_S, CALIBRATION_S, FORESIGHT_S, Asking, given, part


class DoorCalls(Asking):
    """Calls about the site as it stands, and orders."""

    def status(self) -> dict[str, Any]:
        """Tell how everything stands."""
        status: dict[str, Any] = self._ask("GET", "/status")
        return status

    def health(self) -> dict[str, Any]:
        """Tell what is wrong with the installation, what could not be found out, and what was measured."""
        health: dict[str, Any] = self._ask("GET", "/health", timeout_s=FORESIGHT_S)
        return health

    def roles(self) -> list[dict[str, str]]:
        """Give the roles there are, with ``id`` and ``name``."""
        roles: list[dict[str, str]] = self._ask("GET", "/roles")
        return roles

    def doors(self) -> list[Door]:
        """Give all doors as they stand."""
        doors: list[Door] = self._ask("GET", "/doors")
        return doors

    def order(self, door: str, order: OrderName, key: str | None = None) -> Done:
        """Give an order; with the same key the same order is carried out once."""
        return self._order("POST", f"/doors/{part(door)}/{order}", key)

    def devices(self) -> list[dict[str, Any]]:
        """Give every device as it is."""
        devices: list[dict[str, Any]] = self._ask("GET", "/devices")
        return devices

    def readers(self) -> list[Reader]:
        """Give every reader and keypad as it is."""
        readers: list[Reader] = self._ask("GET", "/readers")
        return readers

    def reader(self, reader: str) -> Reader:
        """Give one reader or keypad, by its id or its access point's."""
        found: Reader = self._ask("GET", f"/readers/{part(reader)}")
        return found

    def try_reader(self, reader: str, seconds: float) -> Trial:
        """Have a reader tested for so long; waits for it."""
        path, body = f"/readers/{part(reader)}/test", {"seconds": seconds}
        trial: Trial = self._ask("POST", path, body, seconds + 2 * ANSWER_S)
        return trial

    def pair(self, reader: str, window_s: float) -> dict[str, str]:
        """Have an OSDP reader given a key of its own within this window; waits for it."""
        path, body = f"/readers/{part(reader)}/pair", {"window_s": window_s}
        paired: dict[str, str] = self._ask("POST", path, body, window_s + 2 * ANSWER_S)
        return paired

    def calibrate_faces(self) -> FaceCalibration:
        """Have everybody's face compared with everybody else's; changes nothing."""
        found: FaceCalibration = self._ask("POST", "/faces/calibration", {}, CALIBRATION_S)
        return found

    def give(self, order: str, key: str | None = None, **about: object) -> Done:
        """Give any order (``/orders``); what is ``None`` is left out."""
        return self._order("POST", "/orders", key, {"order": order, **given(about)})

    def site(self) -> dict[str, Any]:
        """Tell how the site stands as a whole."""
        site: dict[str, Any] = self._ask("GET", "/site")
        return site

    def presence(self) -> list[dict[str, Any]]:
        """Tell who is where."""
        presence: list[dict[str, Any]] = self._ask("GET", "/presence")
        return presence

    def muster(self) -> Muster:
        """Tell who is missing and who is safe."""
        muster: Muster = self._ask("GET", "/muster")
        return muster

    def start_muster(self, key: str | None = None) -> Done:
        """Begin a muster."""
        return self._order("POST", "/muster", key)

    def end_muster(self, key: str | None = None) -> Done:
        """End the muster."""
        return self._order("DELETE", "/muster", key)

    def seen_safe(self, person: str, key: str | None = None) -> Done:
        """Say that somebody was seen safe."""
        once = {} if key is None else {"Idempotency-Key": key}
        # It is so whenever it is heard, and no order that would come too late.
        done: Done = self._ask("POST", "/muster/safe", {"person": person}, headers=once)
        return done

    def modes(self) -> list[dict[str, Any]]:
        """Give the modes that doors can be in."""
        modes: list[dict[str, Any]] = self._ask("GET", "/modes")
        return modes

    def set_mode(self, door: str, mode: str, until: str | None = None, key: str | None = None) -> Done:
        """Let a door be in a mode."""
        return self._order("PUT", f"/doors/{part(door)}/mode", key, {"mode": mode, "until": until})

    def clear_mode(self, door: str, key: str | None = None) -> Done:
        """Give a door back to its schedule."""
        return self._order("DELETE", f"/doors/{part(door)}/mode", key)

    def prop(self, door: str, for_s: float, key: str | None = None) -> Done:
        """Release a door once, and let its leaf stand open for so many seconds without an alarm."""
        return self._order("POST", f"/doors/{part(door)}/prop", key, {"for_s": for_s})
