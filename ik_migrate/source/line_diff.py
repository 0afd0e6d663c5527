"""Which lines two texts have in common."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import TypeVar

Line = TypeVar("Line", bound=Hashable)


Block = tuple[bool, int, int, int, int]
"""Whether the two are equal there, and the range of lines in the one and in the other."""


def line_blocks(before: Sequence[Line], after: Sequence[Line]) -> list[Block]:
    """Equal and changed ranges in turn, covering both sides."""
    found: list[Block] = []
    a = b = 0
    for start, new_start, length in [*_matches(before, after), (len(before), len(after), 0)]:
        if start > a or new_start > b:
            found.append((False, a, start, b, new_start))
        a, b = start + length, new_start + length
        if not length:
            continue
        if found and found[-1][0]:
            _, first, _, new_first, _ = found.pop()
            found.append((True, first, a, new_first, b))
        else:
            found.append((True, start, a, new_start, b))
    return found


def _matches(before: Sequence[Line], after: Sequence[Line]) -> Iterator[tuple[int, int, int]]:
    """Where equal lines start on both sides, and how many they are, from top to bottom.

    The standard library's comparison takes quadratic time, so it is left with what stands between the
    lines that are there once on either side.
    """
    shortest = min(len(before), len(after))
    head = 0
    while head < shortest and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < shortest - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    yield 0, 0, head
    end, new_end = len(before) - tail, len(after) - tail
    a = b = head
    for anchor, new_anchor in [*_anchors(before, after, head, tail), (end, new_end)]:
        matcher = SequenceMatcher(None, before[a:anchor], after[b:new_anchor])
        for start, new_start, length in matcher.get_matching_blocks():
            yield a + start, b + new_start, length
        if anchor < end:
            yield anchor, new_anchor, 1
        a, b = anchor + 1, new_anchor + 1
    yield end, new_end, tail


def _anchors(before: Sequence[Line], after: Sequence[Line], head: int, tail: int) -> list[tuple[int, int]]:
    """Lines that are there once on both sides, in the same order; as many as there can be."""
    once = _once(before, head, len(before) - tail)
    new_once = _once(after, head, len(after) - tail)
    pairs = [(place, new_once[line]) for line, place in once.items() if line in new_once]
    # The longest increasing subsequence: `ends` are the smallest last elements of those of each length.
    ends: list[int] = []
    chain: list[tuple[int, int]] = []
    for index, (_, place) in enumerate(pairs):
        length = bisect_left(ends, place)
        ends[length : length + 1] = [place]
        chain.append((length, index))
    found: list[tuple[int, int]] = []
    wanted = len(ends) - 1
    for length, index in reversed(chain):
        if length == wanted and (not found or pairs[index][1] < found[-1][1]):
            found.append(pairs[index])
            wanted -= 1
    return found[::-1]


def _once(lines: Sequence[Line], start: int, end: int) -> dict[Line, int]:
    """The lines that occur once in a range, with their places, in order."""
    places: dict[Line, int] = {}
    counts = Counter(lines[start:end])
    for place in range(start, end):
        if counts[lines[place]] == 1:
            places[lines[place]] = place
    return places
