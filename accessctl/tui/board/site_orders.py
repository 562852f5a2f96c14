"""Orders to an area or to the site as a whole: lockdown, lifting it, and the end of an emergency."""

from typing import Any, ClassVar, Final
from uuid import uuid4

from textual import work
from textual.binding import Binding, BindingType

from accessctl.operators.rights import Right
from accessctl.tui.dialogs import Choice, Choose, Confirm
from accessctl.tui.gated import Gated
from accessctl.tui.words import _, many

WHOLE_SITE: Final = "site"
"""What the API calls the whole of it among the lockdowns."""


class SiteOrders(Gated):
    """A page from which orders are given to the site."""

    NEEDS: ClassVar = {
        "lock_down": Right.SITE_ORDER,
        "lift": Right.SITE_ORDER,
        "end_emergency": Right.SITE_ORDER,
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "L",
            "lock_down",
            _("Lock down"),
            id="board.lock-down",
            tooltip=_("Let nobody into an area or the site but those who may pass in a lockdown."),
        ),
        Binding("U", "lift", _("Lift"), id="board.lift", tooltip=_("End a lockdown.")),
        Binding(
            "E",
            "end_emergency",
            _("End emergency"),
            id="board.end-emergency",
            tooltip=_("Secure again the doors that a fire input has freed."),
        ),
    ]

    @property
    def can_be_ended(self) -> tuple[bool, bool]:
        """Whether there is a lockdown, and an emergency."""
        site = self.console.standing.site or {}
        return bool(site.get("lockdowns")), bool(site.get("emergency"))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to end only what there is."""
        lockdown, emergency = self.can_be_ended
        if (action == "lift" and not lockdown) or (action == "end_emergency" and not emergency):
            return False
        return super().check_action(action, parameters)

    @work(group="orders")
    async def action_lock_down(self) -> None:
        """Ask what, have it confirmed by a word that is typed, and lock it down."""
        if not self.console.orders.possible():
            return
        site = self.console.standing.site or {}
        title = _("Lock down")
        words = _("Credentials stop working there; everybody can still leave.")
        scope = await self.console.push_screen_wait(Choose(title, places_of(site), words))
        if scope is None or not await self.console.push_screen_wait(_sure(scope, site)):
            return
        area, key = None if scope == WHOLE_SITE else scope, uuid4().hex
        done = _("Locked down: {place}.").format(place=place_name(scope, site))
        await self.console.orders.give(
            ("lockdown", scope), lambda api: api.give("lockdown", key, area=area), done
        )

    @work(group="orders")
    async def action_lift(self) -> None:
        """Ask which where there are several, and end it."""
        if not self.console.orders.possible():
            return
        site = self.console.standing.site or {}
        downs: dict[str, str] = site.get("lockdowns") or {}
        choices = [
            Choice(scope, place_name(scope, site), _("ordered by {operator}").format(operator=operator))
            for scope, operator in downs.items()
        ]
        scope = await self.console.push_screen_wait(Choose(_("Lift a lockdown"), choices))
        if scope is None:
            return
        area, key = None if scope == WHOLE_SITE else scope, uuid4().hex
        done = _("No longer locked down: {place}.").format(place=place_name(scope, site))
        await self.console.orders.give(("lift", scope), lambda api: api.give("lift", key, area=area), done)

    @work(group="orders")
    async def action_end_emergency(self) -> None:
        """Ask whether all is well, and secure the doors again."""
        if not self.console.orders.possible():
            return
        freed = len((self.console.standing.site or {}).get("emergency") or ())
        words = many(
            "{count} door is free because of a fire input. It is secured again, and credentials count.",
            "{count} doors are free because of a fire input. They are secured again, and credentials count.",
            freed,
        )
        asked = Confirm(_("End the emergency"), words, _("End it"), dangerous=True)
        if await self.console.push_screen_wait(asked):
            key, done = uuid4().hex, _("The emergency is over.")
            await self.console.orders.give(
                ("end_emergency",), lambda api: api.give("end_emergency", key), done
            )


def places_of(site: dict[str, Any]) -> list[Choice]:
    """Give what can be locked down and is not: the site first, then the areas inside."""
    downs = site.get("lockdowns") or {}
    areas = [
        Choice(area["id"], area["name"], _people(area["people"]))
        for area in site.get("areas", ())
        if not area["outside"] and area["id"] not in downs
    ]
    whole = [] if WHOLE_SITE in downs else [Choice(WHOLE_SITE, _("The whole site"))]
    return [*whole, *areas]


def place_name(scope: str, site: dict[str, Any]) -> str:
    """Give what a person calls the site or an area."""
    if scope == WHOLE_SITE:
        return _("the whole site")
    return next((area["name"] for area in site.get("areas", ()) if area["id"] == scope), scope)


def _people(count: int) -> str:
    return many("{count} person inside", "{count} people inside", count) if count else ""


def _sure(scope: str, site: dict[str, Any]) -> Confirm:
    words = _(
        "Locked down until somebody lifts it: {place}. Nobody gets in but those whom the site lets pass in a "
        "lockdown; leaving stays free. Type {word} to say that you mean it."
    ).format(place=place_name(scope, site), word=scope)
    title = _("Lock down {place}").format(place=place_name(scope, site))
    return Confirm(title, words, _("Lock down"), typed=scope)
