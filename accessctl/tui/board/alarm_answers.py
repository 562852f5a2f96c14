"""Taking notice of alarms: those of a door, or one of all."""

from collections.abc import Sequence
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from accessctl.client import Alarm, ApiError
from accessctl.operators.rights import Right
from accessctl.tui.board.alarm_rows import is_at, unanswered
from accessctl.tui.console import Console
from accessctl.tui.dialogs import Ask, Choice, Choose
from accessctl.tui.event_words import names_of, type_words, where_of
from accessctl.tui.gated import Gated
from accessctl.tui.words import _, many

_LONGEST_NOTE = 500


class AlarmAnswers(Gated):
    """A page or drawer from which alarms are acknowledged."""

    NEEDS: ClassVar = {"acknowledge": Right.ALARMS_ANSWER}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "a",
            "acknowledge",
            _("Acknowledge"),
            id="board.acknowledge",
            tooltip=_("Take notice of the door's alarms, with a note; of another alarm where it has none."),
        ),
    ]

    @property
    def ordered_door(self) -> str | None:
        """The door that the keys are about."""
        return None

    @work(group="orders")
    async def action_acknowledge(self) -> None:
        """Acknowledge what is open at the door, or one of all alarms."""
        try:
            # Somebody who has just seen one in the stream does not wait until the board knows of it.
            found = await self.console.ask(lambda api: unanswered(api.alarms("open")))
        except ApiError as error:
            self.console.say_why(error)
            return
        standing, door = self.console.standing, self.ordered_door
        alarms = [alarm for alarm in found if door is not None and is_at(alarm, door, standing)]
        alarms = alarms or await self._chosen(found)
        if alarms:
            await acknowledge(self.console, alarms)

    async def _chosen(self, alarms: Sequence[Alarm]) -> list[Alarm]:
        if not alarms:
            self.console.notify(_("There is no alarm that nobody has acknowledged."), markup=False)
            return []
        names = names_of(self.console.standing.status)
        choices = [
            Choice(str(alarm["seq"]), type_words(alarm["type"]), where_of(alarm, names)) for alarm in alarms
        ]
        words = _("No alarm is open at this door. Elsewhere:")
        chosen = await self.console.push_screen_wait(Choose(_("Acknowledge an alarm"), choices, words))
        return [alarm for alarm in alarms if str(alarm["seq"]) == chosen]


async def acknowledge(console: Console, alarms: Sequence[Alarm]) -> bool:
    """Ask for a note, and acknowledge alarms with it; true where all of them were."""
    title = many("Acknowledge {count} alarm", "Acknowledge {count} alarms", len(alarms))
    names = names_of(console.standing.status)
    words = "\n".join(f"{type_words(alarm['type'])}  {where_of(alarm, names)}" for alarm in alarms)
    note = await console.push_screen_wait(
        Ask(
            title,
            words,
            placeholder=_("a note, where there is something to say"),
            needed=False,
            check=_too_long,
        )
    )
    if note is None:
        return False
    numbers = [alarm["seq"] for alarm in alarms]
    done = many("{count} alarm acknowledged.", "{count} alarms acknowledged.", len(alarms))
    answer = await console.attempt(
        lambda api: [api.acknowledge(number, note or None) for number in numbers], done
    )
    if answer is None:
        console.look_again()  # some of them may be acknowledged all the same
    return answer is not None


def _too_long(note: str) -> str | None:
    if len(note) > _LONGEST_NOTE:
        return _("A note has {most} letters at most.").format(most=_LONGEST_NOTE)
    return None
