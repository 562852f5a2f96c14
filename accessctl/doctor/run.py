"""Ask the doctor: what devices there are, and what is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final

from accessctl.config import Site, SiteInvalid, load_file
from accessctl.doctor.cards import card_keys
from accessctl.doctor.emergencies import emergencies
from accessctl.doctor.finding import Finding, Weight
from accessctl.doctor.homes import keys, stores
from accessctl.doctor.living import living
from accessctl.doctor.machine import Machine
from accessctl.doctor.network import network
from accessctl.doctor.operators import operators
from accessctl.doctor.passes import passes
from accessctl.doctor.reviews import reviews
from accessctl.doctor.wiring import wiring
from accessctl.home import Home
from hardware.drivers import DRIVER_OF

NOBODY_ANSWERS: Final = Finding(
    "the door process",
    "nobody says how the devices are: it does not run, or the API does not, or they do not answer",
    "accessctl run, or systemctl start accessctl-door accessctl-api; then look at their logs",
)


@dataclass(frozen=True, slots=True)
class Report:
    """Every device, and everything that is wrong."""

    devices: list[dict[str, Any]]
    findings: list[Finding]

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong; what is only to be known does not count."""
        return all(finding.weight is Weight.NOTE for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        """Give it for programs."""
        return {"devices": self.devices, "findings": [asdict(finding) for finding in self.findings]}


def examine(
    home: Home, devices: Sequence[Mapping[str, Any]] | None, machine: Machine | None = None
) -> Report:
    """Examine an installation. ``devices`` is what the door process says of them; ``None``: it is silent."""
    try:
        site = load_file(home.site_file)
    except SiteInvalid as error:
        what = f"it has {len(error.problems)} mistakes; the first: {error.problems[0]}"
        findings = [Finding("site.toml", what, "accessctl check"), *living(devices or ())]
        return Report([dict(device) for device in devices or ()], findings)
    states, found = keys(home, site.board)
    findings = [
        *found,
        *card_keys(home, site),
        *stores(home),
        *emergencies(site, home, datetime.now(UTC)),
        *passes(site),
        *operators(site.office, home, machine or Machine()),
        *network(site.office.network, home, machine or Machine(), datetime.now(UTC)),
        *reviews(site.office, home, datetime.now(UTC)),
        *wiring(site.board, machine or Machine()),
    ]
    if devices is None:
        return Report(_planned(site, states), findings)
    findings += living(devices)
    # A reader without a key is found twice: in the home, and by its being silent.
    return Report([dict(device) for device in devices], list(dict.fromkeys(findings)))


def _planned(site: Site, states: Mapping[str, str]) -> list[dict[str, Any]]:
    """Describe the devices by the site file alone."""
    board = site.board
    kinds = (
        ("reader", board.readers),
        ("fingerprint sensor", board.fingers),
        ("camera", board.cameras),
        ("contact", board.contacts),
        ("strike", board.strikes),
        ("annunciator", board.annunciators),
    )
    return [
        {
            "id": spec.id,
            "kind": kind,
            "driver": DRIVER_OF[type(spec)],
            "state": "unknown",
            "about": {},
            "key": states.get(spec.id),
        }
        for kind, specs in kinds
        for spec in specs
    ]
