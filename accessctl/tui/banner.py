"""What stands above everything else while it is so: no answer, an emergency, a lockdown, a muster."""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any, Final, cast

from rich.cells import cell_len
from textual.widgets import Static

from accessctl.tui.look import ALARM
from accessctl.tui.standing import News, Silent, Standing
from accessctl.tui.times import clock
from accessctl.tui.words import _, many

if TYPE_CHECKING:
    from accessctl.tui.console import Console

_BESIDE: Final = 4
"""Cells of a line for its edges and the mark."""
_BETWEEN: Final = " · "
_WHOLE_SITE: Final = "site"


class Banner(Static):
    """Some lines, which are not there when there is nothing to say."""

    DEFAULT_CSS = """
    Banner { height: auto; max-height: 5; padding: 0 1; background: $error; color: $text; text-style: bold; }
    Banner { display: none; }
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

    def on_resize(self) -> None:
        """Say as much as there is room for."""
        self._heard(News.LINE)

    def _heard(self, news: News) -> None:
        if news & (News.LINE | News.STATUS):
            standing = cast("Console", self.app).standing
            words = banner_words(standing, self.app.size.width - _BESIDE)
            self.set_class(bool(words), "-shown")
            self.set_class(not standing.believed, "-lost")
            self.update(f"{ALARM} {words}" if words else "")


def banner_words(standing: Standing, room: int) -> str:
    """Give what to say; nothing when all is as usual. What does not fit one line is said in fewer words."""
    if standing.trouble is not None:
        return _trouble(standing, standing.trouble)
    site = standing.site or {}
    said = _BETWEEN.join(_of_site(site, short=False))
    return said if cell_len(said) <= room else _BETWEEN.join(_of_site(site, short=True))


def _trouble(standing: Standing, why: str) -> str:
    if standing.known_at is None:
        return _("Nothing is known yet: {why}").format(why=why)
    at = clock(standing.known_at)
    words = {
        Silent.API: _("NO ANSWER. What is shown is of {at}; doors go on by themselves. {why}"),
        Silent.DOORS: _("NO ANSWER. What is shown is of {at}; no badge counts until that has changed. {why}"),
        Silent.NEITHER: _("NO ANSWER. What is shown is of {at}. {why}"),
    }
    return words[standing.silent].format(at=at, why=why)


def _of_site(site: dict[str, Any], *, short: bool) -> Iterator[str]:
    """Say what people's lives may depend on first."""
    if site.get("emergency"):
        yield _("EMERGENCY: doors are free")
    if site.get("muster"):
        yield _("MUSTER going on")
    if downs := site.get("lockdowns"):
        yield _("LOCKED DOWN: {where}").format(where=_where(site, downs, short=short))
    if site.get("threat_level"):
        yield _("Threat level {level}").format(level=site["threat_level"])


def _where(site: dict[str, Any], downs: Collection[str], *, short: bool) -> str:
    if short and _WHOLE_SITE not in downs:
        return many("{count} area", "{count} areas", len(downs))
    names: dict[str, str] = {area["id"]: area["name"] for area in site.get("areas", ())} | {
        _WHOLE_SITE: _("the whole site")
    }
    if short:
        return names[_WHOLE_SITE]
    return ", ".join(names.get(scope, scope) for scope in downs)
