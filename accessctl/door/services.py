"""What every keeper of a site's access points works with."""

from collections.abc import Callable
from dataclasses import dataclass, field

from accessctl.door.claims import Claims
from accessctl.door.clock import Clock
from accessctl.door.code_prover import CodeProver
from accessctl.door.executive import Executive
from accessctl.door.proving import Prover
from accessctl.door.recorder import Recorder
from accessctl.door.timers import Timers


@dataclass(frozen=True, slots=True)
class Services:
    """What every access point's keeper needs."""

    prover: Prover
    recorder: Recorder
    timers: Timers
    clock: Clock
    executive: Executive
    codes: CodeProver
    claims: Claims = field(default_factory=Claims)
    takes_break_glass: Callable[[], bool] = lambda: False
    """Whether the site has break-glass codes, which are typed at any keypad whatever it asks for."""
