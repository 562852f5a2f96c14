"""A copy of all that is held of somebody, written for them: a subject access request."""

import io
import json
import zipfile
from typing import Final

from accessctl.client import ApiClient, Person
from accessctl.tui.console import Console
from accessctl.tui.saving import SaveDialog, Way, ask_where, folder, keep
from accessctl.tui.words import _

ZIP: Final = "zip"
JSON: Final = "json"


async def copy(console: Console, person: Person) -> bool:
    """Ask for a file and write the copy into it. Raises ``ApiError``."""
    id_ = person["id"]
    words = _(
        "All that is held of {name}, to be handed to them: nothing about others, nothing of duress, and "
        "operators by their roles. The record says that it was made."
    )
    ways = (
        Way(ZIP, "zip", _("the data, and a page to read")),
        Way(JSON, "json", _("the data alone")),
    )
    dialog = SaveDialog(
        _("Copy of what is held of {name}").format(name=person["name"]),
        words.format(name=person["name"]),
        folder(console) / f"{id_}.{ZIP}",
        ways,
        sent=console.is_web,
    )
    choice = await ask_where(dialog, console)
    if choice is None:
        return False
    console.notify(_("Gathering what is held of {name} …").format(name=person["name"]), markup=False)

    def gathered(api: ApiClient) -> bytes:
        return b"".join(api.copy_of(id_))

    data = await console.asker.while_waited_for(gathered)
    await keep(console, choice, data if choice.way == JSON else packed(data, id_))
    return False  # of the person nothing was changed


def packed(data: bytes, person: str) -> bytes:
    """Put the data and a page to read into one file."""
    from accessctl.subject.page import page_of

    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr(f"{person}.json", data)
        pack.writestr(f"{person}.html", page_of(json.loads(data)))
    return whole.getvalue()
