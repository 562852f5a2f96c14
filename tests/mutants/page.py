"""What is printed, and the part of ``docs/mutation-testing.md`` that says the same."""

import platform
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tests.mutants.mutant import Fate, Mutant, Tally, Verdict

PAGE: Final = Path("docs/mutation-testing.md")
ACCEPTED: Final = Path("tests/mutants/accepted.toml")
MARK: Final = "<!-- What follows is written by `python -m tests.mutants --write`. -->\n"
NO_REASON: Final = "no reason is written down"

Rows = Mapping[tuple[str, str], list[Verdict]]
"""The verdicts by module and by who planted the faults."""


class Reasons:
    """Why it is all right that some mutants live."""

    def __init__(self, text: str) -> None:
        self._reasons = {
            (each["module"], Mutant(each["module"], "\n".join(each["change"])).change): str(each["reason"])
            for each in tomllib.loads(text).get("accepted", [])
        }

    def of(self, mutant: Mutant) -> str | None:
        """Give the reason that is written down, if one is."""
        return self._reasons.get((mutant.module, mutant.change))

    def idle(self, verdicts: Sequence[Verdict]) -> list[str]:
        """Name those that speak of no mutant that lives."""
        alive = {
            (each.mutant.module, each.mutant.change) for each in verdicts if each.fate is not Fate.KILLED
        }
        return [
            f"{module}: {' '.join(change)}"
            for module, change in self._reasons
            if (module, change) not in alive
        ]


def table(rows: Rows) -> Iterator[str]:
    """Give the figures as the lines of a table."""
    yield "| module | planted by | mutants | killed | survived | timeout | stillborn | killed in % |"
    yield "|---|---|--:|--:|--:|--:|--:|--:|"
    for (module, planter), verdicts in rows.items():
        yield _row(f"`{module}`", planter, Tally.of(verdicts))
    yield _row("**all**", "", total(rows))


def _row(first: str, second: str, tally: Tally) -> str:
    counts = (tally.counted, tally.killed, tally.survived, tally.timeout, tally.stillborn)
    return f"| {first} | {second} | {' | '.join(map(str, counts))} | {tally.percent:.1f} |"


def total(rows: Rows, of: str | None = None) -> Tally:
    """Count the mutants of one module together, or of all."""
    return Tally.of(
        [verdict for (module, _), verdicts in rows.items() for verdict in verdicts if of in {None, module}]
    )


def alive(rows: Rows) -> Iterator[Verdict]:
    """Give the mutants that were not killed, but for those that were never born."""
    for verdicts in rows.values():
        yield from (each for each in verdicts if each.fate in {Fate.SURVIVED, Fate.TIMEOUT})


def written(page: str, rows: Rows, reasons: Reasons) -> str:
    """Give the page with this run's figures and survivors in place of the last one's."""
    return page.partition(MARK)[0] + MARK + "\n" + "\n".join(_figures(rows, reasons))


def _figures(rows: Rows, reasons: Reasons) -> Iterator[str]:
    today = datetime.now(UTC).date()
    yield from ("## The last run", "", f"{today}, Python {platform.python_version()}.", "")
    yield from table(rows)
    yield from ("", "## Who survived", "")
    alone = True
    for number, verdict in enumerate(alive(rows), start=1):
        alone = False
        mutant = verdict.mutant
        late = " (timeout)" if verdict.fate is Fate.TIMEOUT else ""
        yield f"{number}. `{mutant.module}`{late}: {reasons.of(mutant) or NO_REASON}."
        yield from (
            "",
            "   ```diff",
            *(f"   {line}".rstrip() for line in mutant.diff.splitlines()),
            "   ```",
            "",
        )
    if alone:
        yield from ("Nobody.", "")


def plain(rows: Rows) -> str:
    """Give the table for a terminal."""
    cells = [
        [cell.strip(" `*") for cell in line.strip("|").split("|")]
        for line in table(rows)
        if "--:" not in line
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if re.fullmatch(r"[\d.]+", cell) else cell.ljust(width)
            for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in cells
    )
