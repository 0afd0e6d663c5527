"""One pattern for many words, with which a search takes hardly longer the more of them there are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

_SPECIAL = re.compile(rb"[\\.\[\](){}*+?^$|]")
# Branches within branches. The parsers of patterns call themselves for each.
_NESTED_AT_MOST = 30


def any_of(words: Iterable[bytes], *, is_posix: bool = False) -> bytes:
    """A pattern that matches each of the words, with what they begin alike with in common.

    Alternatives that stand one beside the other are tried one by one; here only those that begin as the text does.

    Args:
        words: what to match; one at least.
        is_posix: whether the pattern is for extended regular expressions as POSIX has them, and not for Python. No
            word may then be the beginning of another, see `shortest`.
    """
    return _branches(sorted(set(words)), b"(" if is_posix else b"(?:", _NESTED_AT_MOST)


def shortest(words: Iterable[bytes]) -> list[bytes]:
    """The words without those that begin with another one: who only looks for any of them does not need these."""
    kept: list[bytes] = []
    for word in sorted(words):
        if not kept or not word.startswith(kept[-1]):
            kept.append(word)
    return kept


def _branches(words: list[bytes], opening: bytes, depth: int) -> bytes:
    """The pattern for words that are sorted and differ, with at most ``depth`` branches within each other."""
    if len(words) == 1:
        return _escaped(words[0])
    head = _common_head(words[0], words[-1])
    tails = [word[len(head) :] for word in words]
    if depth:
        branches = [_branches(list(group), opening, depth - 1) for _, group in groupby(tails, lambda tail: tail[:1])]
    else:
        branches = [_escaped(tail) for tail in tails]
    return _escaped(head) + opening + b"|".join(branches) + b")"


def _common_head(one: bytes, other: bytes) -> bytes:
    pairs = enumerate(zip(one, other, strict=False))
    return one[: next((index for index, (here, there) in pairs if here != there), min(len(one), len(other)))]


def _escaped(word: bytes) -> bytes:
    return _SPECIAL.sub(rb"\\\g<0>", word)
