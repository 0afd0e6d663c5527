"""Which lines of a change belong together, and what differs inside of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from markupsafe import Markup

from ik_migrate.reports.code_frame import expand
from ik_migrate.reports.html.environment import code

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
# Comparing every line of a change with every other one takes too long past this.
_MAX_PAIRS = 900
_MAX_TOKENS = 300
# Below that, two lines have little more in common than their brackets.
_ALIKE = 0.45
# Minified code: nobody reads that much of one line.
_MAX_LENGTH = 800
_MORE = "..."

Pair = tuple[str | None, str | None]
"""A line before and after; ``None`` where it is not there."""


def pairs(before: Sequence[str], after: Sequence[str]) -> Iterator[Pair]:
    """The lines of a change side by side, those that are alike in one row.

    Args:
        before: the lines that go.
        after: the lines that come.
    """
    a = b = 0
    for old, new in [*_alike(before, after), (len(before), len(after))]:
        gone, come = before[a:old], after[b:new]
        for index in range(max(len(gone), len(come))):
            yield (gone[index] if index < len(gone) else None, come[index] if index < len(come) else None)
        if old < len(before):
            yield before[old], after[new]
        a, b = old + 1, new + 1


def _alike(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int]]:
    """The places of the lines that are versions of each other, in the same order on both sides."""
    if len(before) * len(after) > _MAX_PAIRS:
        return []
    old = [Counter(_TOKEN.findall(line.strip()[:_MAX_LENGTH])) for line in before]
    new = [Counter(_TOKEN.findall(line.strip()[:_MAX_LENGTH])) for line in after]
    # best[i][j]: how alike the lines from i and from j on are at best, taken together.
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    score = [[_likeness(first, second) for second in new] for first in old]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], score[i][j] + best[i + 1][j + 1] if score[i][j] else 0.0)
    found = []
    i = j = 0
    while i < len(old) and j < len(new):
        if score[i][j] and best[i][j] == score[i][j] + best[i + 1][j + 1]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found


def _likeness(first: Counter[str], second: Counter[str]) -> float:
    """From 0 to 1, how many of the tokens are in both; 0 where they are too few."""
    total = first.total() + second.total()
    if not total:
        return 0.0
    ratio = 2 * (first & second).total() / total
    return ratio if ratio >= _ALIKE else 0.0


def marked(old: str, new: str) -> tuple[Markup, Markup]:
    """Two versions of a line; what differs is in ``del`` and ``ins`` where they have enough in common."""
    start = _common(old, new)
    old, new = _shown(old, start), _shown(new, start)
    first, second = _TOKEN.findall(old), _TOKEN.findall(new)
    if len(first) + len(second) > _MAX_TOKENS or not _likeness(Counter(first), Counter(second)):
        return code(old), code(new)
    left, right = [], []
    for tag, a, a_end, b, b_end in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        gone, come = "".join(first[a:a_end]), "".join(second[b:b_end])
        left.append(code(gone) if tag == "equal" or not gone else Markup("<del>{}</del>").format(code(gone)))
        right.append(code(come) if tag == "equal" or not come else Markup("<ins>{}</ins>").format(code(come)))
    return Markup("").join(left), Markup("").join(right)


def shortened(line: str) -> Markup:
    """One line that is only there on one side, or the same on both."""
    return code(_shown(line, 0))


def _common(old: str, new: str) -> int:
    """How many characters both start with."""
    shortest = min(len(old), len(new))
    return next((index for index in range(shortest) if old[index] != new[index]), shortest)


def _shown(line: str, start: int) -> str:
    """A line as it is shown; of a very long one what is around the place where it begins to differ."""
    low = max(0, start - _MAX_LENGTH // 4) if len(line) > _MAX_LENGTH else 0
    piece = "".join(expand(line[low : low + _MAX_LENGTH], "utf-8"))
    return (_MORE if low else "") + piece + (_MORE if len(line) > low + _MAX_LENGTH else "")
