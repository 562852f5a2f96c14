"""The light and buzzer that an OSDP reader has built in, and the sounder at its output.

The reader is told what to show step by step, one command at a time, and only where it differs from what it
shows. What could not be sent in time is not sent later: on a slow line steps are left out, and after a loss
the reader is shown what is due then. Nothing here depends on which key was pressed.
"""

import time
from collections import deque
from threading import Lock
from typing import Final

from osdp import Capability, Command, CommandLEDColor

from hardware.health import NS_PER_S
from hardware.patterns import DARK, Lamps, Score, Steps
from hardware.ports import Pattern
from hardware.readers.osdp_frames import Command as Code
from hardware.readers.osdp_panel import Panel
from hardware.signals import DeviceId

MOST_WAITING: Final = 8
"""So many patterns wait for a reader that is away; of more than that only what lasts is kept."""
TONE_UNITS: Final = 250
"""How long a tone lasts when nobody ends it, in tenths of a second: a reader must not sound for ever because
its panel is gone."""
TONE_NS: Final = 20 * NS_PER_S
"""After this long a tone that goes on is ordered again."""

_COLOURS: Final = {
    (False, False): CommandLEDColor.Black,
    (True, False): CommandLEDColor.Green,
    (False, True): CommandLEDColor.Red,
    (True, True): CommandLEDColor.Amber,
}
_LIGHT_SET: Final = 1
_SOUND_OFF, _SOUND_ON = 1, 2
_OUTPUT_OFF, _OUTPUT_ON = 1, 2
"""Permanent states: a timed one would end by itself."""
_OFF: Final = {Code.LED: int(CommandLEDColor.Black), Code.BUZZER: _SOUND_OFF, Code.OUTPUT: _OUTPUT_OFF}


class OsdpAnnunciator:
    """Plays patterns at one reader. ``show`` and ``close`` from any thread, the rest from the line's."""

    def __init__(self, name: DeviceId, patterns: Steps, sounder_output: int | None) -> None:
        """Build it dark; the line's thread plays it while its reader is there."""
        self.id = name
        self.resting = False
        """Whether nothing is to be shown for now: its reader is being closed."""
        self._score = Score(patterns)
        self._sounder_output = sounder_output
        self._lock = Lock()
        self._waiting: deque[Pattern] = deque()
        self._closed = False
        self._shown: dict[Code, int] = {}
        self._sounds_since_ns = 0

    def show(self, pattern: Pattern) -> None:
        """Play a pattern now. The reader follows when the line is free, a moment later."""
        with self._lock:
            if not self._closed:
                if len(self._waiting) == MOST_WAITING:
                    self._score.show(self._waiting.popleft(), time.monotonic_ns())
                self._waiting.append(pattern)

    def close(self) -> None:
        """Go dark and silent."""
        with self._lock:
            self._closed = True
            self._waiting.clear()

    @property
    def lit(self) -> bool:
        """Whether the reader was told to show or sound anything."""
        return any(self._shown.get(code, off) != off for code, off in _OFF.items())

    def forget(self) -> None:
        """Take nothing for shown any more: the reader was away, and has perhaps lost its supply."""
        self._shown.clear()

    def play(self, panel: Panel, refused: set[int]) -> bool:
        """Order the one thing that differs most urgently; whether there was any.

        What the reader has not got, or has refused, is not ordered.
        """
        now_ns = time.monotonic_ns()
        lamps, alarm = self._due(now_ns)
        if self._sounds_since_ns and now_ns - self._sounds_since_ns > TONE_NS:
            self._shown.pop(Code.BUZZER, None)
        for code, wanted in self._wanted(lamps, alarm=alarm).items():
            if self._shown.get(code) == wanted or code in refused:
                continue
            self._shown[code] = wanted
            if order := self._order(panel, code, wanted):
                if code is Code.BUZZER:
                    self._sounds_since_ns = now_ns if lamps.buzzer else 0
                panel.submit(order)
                return True
        return False

    def _due(self, now_ns: int) -> tuple[Lamps, bool]:
        with self._lock:
            if self._closed:
                return DARK, False
            while self._waiting:
                self._score.show(self._waiting.popleft(), now_ns)
            if self.resting:
                return DARK, False
            return self._score.lamps(now_ns), self._score.playing(now_ns) is Pattern.ALARM

    def _wanted(self, lamps: Lamps, *, alarm: bool) -> dict[Code, int]:
        wanted = {
            Code.BUZZER: _SOUND_ON if lamps.buzzer else _SOUND_OFF,
            Code.LED: _COLOURS[lamps.green, lamps.red],
        }
        if self._sounder_output is not None:
            wanted[Code.OUTPUT] = _OUTPUT_ON if alarm else _OUTPUT_OFF
        return wanted

    def _order(self, panel: Panel, code: Code, wanted: int) -> dict[str, object] | None:
        """Put it in libosdp's words; ``None`` when the reader has no such thing."""
        if code is Code.LED and panel.can(Capability.LEDControl):
            return {
                "command": Command.LED,
                "reader": 0,
                "led_number": 0,
                "control_code": _LIGHT_SET,
                "on_count": 1,
                "off_count": 0,
                "on_color": wanted,
                "off_color": wanted,
                "temporary": False,
            }
        if code is Code.BUZZER and panel.can(Capability.AudibleControl):
            return {
                "command": Command.Buzzer,
                "reader": 0,
                "control_code": wanted,
                "on_count": TONE_UNITS,
                "off_count": 0,
                "rep_count": 1,
            }
        if code is Code.OUTPUT and panel.can(Capability.OutputControl, (self._sounder_output or 0) + 1):
            return {
                "command": Command.Output,
                "output_no": self._sounder_output,
                "control_code": wanted,
                "timer_count": 0,
            }
        return None
