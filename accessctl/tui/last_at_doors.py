"""The last decision at doors of which the newest entries say nothing."""

from collections.abc import Iterable
from contextlib import suppress

from accessctl.client import ApiClient, ApiError, Event
from accessctl.tui.events.kinds import known_types
from accessctl.tui.standing import DECISIONS


def last_at(api: ApiClient, doors: Iterable[str]) -> dict[str, Event | None]:
    """Ask for each door's newest; ``None``: there never was one. A door that has no answer is left out.

    One question a door: the API looks so far back as it does for one page, and no further is asked.
    """
    types = [each for each in known_types() if each.startswith(DECISIONS)]
    found: dict[str, Event | None] = {}
    with suppress(ApiError):  # what it is about stays unknown; that nobody answers is said elsewhere
        for door in doors:
            page = api.event_page(before=0, limit=1, wanted={"door": door, "type": types})
            if page["events"]:
                found[door] = page["events"][0]
            elif page["next"] is None:
                found[door] = None
    return found
