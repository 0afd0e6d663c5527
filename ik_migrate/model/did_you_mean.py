"""Suggestions for a misspelled word."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str], likeness: float = 0.5) -> str:
    """`` Did you mean 'x'?`` where a known word is like ``word``, else an empty string.

    Args:
        word: what was written.
        known: what could have been meant.
        likeness: from 0 to 1, how much the two must have in common.
    """
    from difflib import get_close_matches

    forms = {known_word.lower(): known_word for known_word in known}
    found = get_close_matches(word.strip().lower().replace("_", "-"), list(forms), 1, likeness)
    return f" Did you mean {forms[found[0]]!r}?" if found else ""
