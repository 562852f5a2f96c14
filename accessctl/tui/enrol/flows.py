"""What a page calls to enrol somebody: each flow asks what it needs to know, and says what came of it.

Each is awaited in a worker of the page (``@work``), asks with ``console.attempt`` and gives true when
something was changed.
"""

from accessctl.client import Person
from accessctl.tui.console import Console
from accessctl.tui.enrol.bodies import enrol_body
from accessctl.tui.enrol.cards import replace_card, show_a_card
from accessctl.tui.enrol.generators import change_generator
from accessctl.tui.enrol.newcomers import add_somebody
from accessctl.tui.enrol.pins import change_pin


async def new_person(console: Console) -> str | None:
    """Add a person with everything they need at a door: name, role, card, PIN; gives their id."""
    return await add_somebody(console)


async def enrol_card(console: Console, person: Person) -> bool:
    """Enrol a card by showing it to a reader."""
    return await show_a_card(console, person) is not None


async def replace_lost_card(console: Console, person: Person) -> bool:
    """Revoke a card as lost, and enrol another one by showing it."""
    return await replace_card(console, person)


async def set_pin(console: Console, person: Person) -> bool:
    """Give a person a PIN: typed twice, or made by the system."""
    return await change_pin(console, person)


async def make_generator(console: Console, person: Person) -> bool:
    """Give a person a generator of one-time codes: a QR code, confirmed by a code."""
    return await change_generator(console, person)


async def enrol_biometric(console: Console, person: Person, kind: str) -> bool:
    """Enrol a finger or a face, after a recorded consent; says what the equal way is for who refuses."""
    return await enrol_body(console, person, kind)
