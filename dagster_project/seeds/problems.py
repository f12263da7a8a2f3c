"""What is wrong with a seed, said on one line: where, what was found and expected, and how to mend it.

Belongs here: the wording of problems and of the values in them. Does not belong here: what is a problem (`schemas.py`,
`rules.py`, `plausibility.py`).
"""

import difflib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

SHOWN_CHARACTERS = 80
LISTED_OF_A_KIND = 20
# a comparison with all ids of a file costs about a millisecond, and after fifty the curator has seen the pattern
GUESSES_OF_A_COLUMN = 50
# control, format (direction marks, zero width), private, unassigned, half a pair, line and paragraph separators
UNSEEN = {"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"}


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with a seed. As text it is one line without unseen characters."""

    file: str
    line: int
    column: str
    found: str
    expected: str
    remedy: str

    def __str__(self) -> str:
        return escaped(
            f"seeds/{self.file}, line {self.line}, column {self.column}: found {self.found}; "
            f"expected {self.expected}. {self.remedy}"
        )

    @property
    def kind(self) -> tuple[str, str, str]:
        """What problems of the same making share: the remedy's last words, since its first may name the value."""
        return self.file, self.column, " ".join(self.remedy.split()[-3:])


def escaped(text: str) -> str:
    """The text with unseen characters written as their codes: it stays on one line and reads left to right."""
    return text if text.isprintable() else "".join(_code(char) if is_unseen(char) else char for char in text)


def is_unseen(character: str) -> bool:
    return unicodedata.category(character) in UNSEEN


def _code(character: str) -> str:
    return f"\\x{ord(character):02x}" if ord(character) < 256 else f"\\u{ord(character):04x}"


def shown(value: object) -> str:
    """A found value as a message shows it: quoted, escaped, cut; `nothing` where there is none."""
    if value is None or value == "":
        return "nothing"
    return f"'{plainly(value)}'"


def plainly(value: object) -> str:
    """A value without quotes: numbers without trailing zeros, long texts cut."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    text = escaped(value.isoformat() if isinstance(value, date) else str(value))
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"


class Guesses:
    """Suggestions for what may be misspelt, for the first few values of each column."""

    def __init__(self) -> None:
        self._asked: Counter[str] = Counter()

    def did_you_mean(self, value: object, known: Iterable[str], column: str) -> str:
        """`Did you mean 'x'? ` where something close is known, else nothing."""
        self._asked[column] += 1
        if self._asked[column] > GUESSES_OF_A_COLUMN:
            return ""
        close = closest(str(value), known)
        return f"Did you mean '{close}'? " if close else ""


def closest(value: str, known: Iterable[str]) -> str | None:
    """The known word that is most like the value, whatever its case, or nothing."""
    by_folded = {word.casefold(): word for word in known}
    found = difflib.get_close_matches(value.casefold()[:200], by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None


def listed(problems: list[Problem]) -> Iterator[str]:
    """Each problem as a line, in order; of many of one kind the first and, in their place, how many more there are."""
    counts = Counter(problem.kind for problem in problems)
    said: Counter[tuple[str, str, str]] = Counter()
    for problem in problems:
        said[problem.kind] += 1
        if said[problem.kind] <= LISTED_OF_A_KIND:
            yield str(problem)
        elif said[problem.kind] == LISTED_OF_A_KIND + 1:
            more = counts[problem.kind] - LISTED_OF_A_KIND
            yield escaped(f"seeds/{problem.file}, column {problem.column}: … and {more:,} more like this.")
