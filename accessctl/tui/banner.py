"""What stands above everything else while it is so: no answer, an emergency, a lockdown, a muster."""

from typing import TYPE_CHECKING, cast

from textual.widgets import Static

from accessctl.tui.look import ALARM
from accessctl.tui.standing import News, Standing
from accessctl.tui.times import clock
from accessctl.tui.words import _

if TYPE_CHECKING:
    from accessctl.tui.console import Console


class Banner(Static):
    """One line, which is not there when there is nothing to say."""

    DEFAULT_CSS = """
    Banner { height: 1; padding: 0 1; background: $error; color: $text; text-style: bold; display: none; }
    Banner.-shown { display: block; }
    Banner.-lost { background: $warning; color: $text; }
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__(markup=False)

    def on_mount(self) -> None:
        """Listen."""
        cast("Console", self.app).news.subscribe(self, self._heard)
        self._heard(News.LINE)

    def _heard(self, news: News) -> None:
        if news & (News.LINE | News.STATUS):
            standing = cast("Console", self.app).standing
            words = banner_words(standing)
            self.set_class(bool(words), "-shown")
            self.set_class(not standing.believed, "-lost")
            self.update(f"{ALARM} {words}" if words else "")


def banner_words(standing: Standing) -> str:
    """Give what to say; nothing when all is as usual."""
    if standing.trouble is not None:
        if standing.known_at is None:
            return _("Nothing is known yet: {why}").format(why=standing.trouble)
        return _("NO ANSWER. What is shown is of {at}; doors go on by themselves. {why}").format(
            at=clock(standing.known_at), why=standing.trouble
        )
    site = standing.site or {}
    said = []
    if site.get("emergency"):
        said.append(_("EMERGENCY: doors are free"))
    if site.get("lockdowns"):
        names = {area["id"]: area["name"] for area in site.get("areas", ())} | {"site": _("the whole site")}
        where = [names.get(scope, scope) for scope in site["lockdowns"]]
        said.append(_("LOCKED DOWN: {where}").format(where=", ".join(where)))
    if site.get("muster"):
        said.append(_("MUSTER going on"))
    if site.get("threat_level"):
        said.append(_("Threat level {level}").format(level=site["threat_level"]))
    return " · ".join(said)
