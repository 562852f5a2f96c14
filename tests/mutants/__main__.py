"""``make mutants``: plant faults in the rules and see whether the tests of the rules find them.

With modules as arguments only these are tried; with ``--write`` the figures go into the documentation too.
The exit status is 1 when of any module fewer than 95 in a hundred are killed, or when a module is missing.
"""

import argparse
import os
import sys
import time
import tomllib
from pathlib import Path
from typing import Final

from tests.mutants import changes, page, tool, trial
from tests.mutants.mutant import Mutant, Verdict, diff_of

ROOT: Final = Path(__file__).parents[2]
ENOUGH_PERCENT: Final = 95.0


def main() -> int:
    """Try every mutant; give the exit status."""
    os.chdir(ROOT)
    options = _options()
    modules = [module for module in options.modules if Path(module).exists()]
    missing = [module for module in options.modules if module not in modules]
    begun = time.monotonic()
    rows: dict[tuple[str, str], list[Verdict]] = {}
    try:
        by_mutmut = tool.verdicts(modules)
        for module in modules:
            rows[module, "mutmut"] = [verdict for verdict in by_mutmut if verdict.mutant.module == module]
            rows[module, "us"] = _ours(module)
            sys.stderr.write(f"{module}: done after {time.monotonic() - begun:.0f} s\n")
    except (tool.ToolFailed, trial.TrialBroken) as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    reasons = page.Reasons(page.ACCEPTED.read_text(encoding="utf-8"))
    _print(rows, reasons, missing)
    if options.write:
        page.PAGE.write_text(
            page.written(page.PAGE.read_text(encoding="utf-8"), rows, reasons), encoding="utf-8"
        )
        for idle in reasons.idle([verdict for verdicts in rows.values() for verdict in verdicts]):
            print(f"Nobody lives any more of whom {page.ACCEPTED} says why: {idle}")
    # Each module by itself, or a large one would cover for the others.
    weak = [each for each in modules if page.total(rows, each).percent < ENOUGH_PERCENT]
    for module in weak:
        print(f"{module}: fewer than {ENOUGH_PERCENT:g} % were killed")
    return int(bool(missing or weak))


def _options() -> argparse.Namespace:
    settings = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__.partition("\n")[0])
    parser.add_argument("modules", nargs="*", help="Only these, as policies/door.py.")
    parser.add_argument("--write", action="store_true", help=f"Write the figures into {page.PAGE}.")
    options = parser.parse_args()
    if options.write and options.modules:
        parser.error("--write takes all modules, or the page would lose the others")
    options.modules = options.modules or settings["only_mutate"]
    return options


def _ours(module: str) -> list[Verdict]:
    words = changes.words_of(
        [path.read_text(encoding="utf-8") for path in sorted(Path("policies").glob("*.py"))]
    )
    sound = Path(module).read_text(encoding="utf-8")
    texts = list(changes.changed(sound, words))
    fates = dict(trial.fates(trial.Trial.of(module), texts))
    return [Verdict(Mutant(module, diff_of(sound, text)), fates[index]) for index, text in enumerate(texts)]


def _print(rows: page.Rows, reasons: page.Reasons, missing: list[str]) -> None:
    for verdict in page.alive(rows):
        mutant = verdict.mutant
        print(
            f"{mutant.module}: {verdict.fate.value}; {reasons.of(mutant) or page.NO_REASON}\n{mutant.diff}\n"
        )
    print(page.plain(rows))
    for module in missing:
        print(f"{module} is not there")


if __name__ == "__main__":
    sys.exit(main())
