"""What stands between two marks, such as comments and tags of templates, found in time linear in the text.

A regular expression like ``<!--.*?-->`` goes to the end of the text for each opening that is never closed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence


def enclosed(text: str, forms: Sequence[tuple[str, str]]) -> Iterator[tuple[int, int]]:
    """The stretches from an opening to the first closing after it, which do not overlap.

    Args:
        forms: patterns for an opening, without groups, and for its closing.

    Returns:
        Where each begins and ends, the marks included.
    """
    opening = re.compile("|".join(f"({before})" for before, _ in forms))
    closings = [re.compile(after) for _, after in forms]
    open_to_the_end: set[int] = set()
    position = 0
    while (begun := opening.search(text, position)) is not None:
        form = (begun.lastindex or 1) - 1
        ended = None if form in open_to_the_end else closings[form].search(text, begun.end())
        if ended is None:
            open_to_the_end.add(form)
            position = begun.start() + 1
        else:
            yield begun.start(), ended.end()
            position = ended.end()
