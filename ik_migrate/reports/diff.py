"""A unified diff that ``git apply -p1`` and ``patch -p1`` turn into exactly the bytes of the rewrite.

``-p1`` is what ``git apply`` takes by itself, but for one case: run in a folder of the repository that
holds a folder of the same name (``mysite/mysite/settings.py``), it guesses wrong.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import TypeVar

from ik_migrate.results import FileResult

_CONTEXT = 3
_NO_NEWLINE = b"\n\\ No newline at end of file\n"
_ESCAPES = {
    7: b"\\a",
    8: b"\\b",
    9: b"\\t",
    10: b"\\n",
    11: b"\\v",
    12: b"\\f",
    13: b"\\r",
    34: b'\\"',
    92: b"\\\\",
}

Line = TypeVar("Line", bound=Hashable)

Block = tuple[bool, int, int, int, int]
"""Whether the two are equal there, and the range of lines in the one and in the other."""


def unified_diff(result: FileResult) -> bytes:
    """What the rewrite changes in one file; empty where it changes nothing.

    Works on bytes, so that any encoding and any kind of line end comes through. Lines end at ``\\n`` only.

    Args:
        result: a file; its path is taken to be relative to where the diff will be applied.
    """
    if result.before == result.after:
        return b""
    before, after = _lines(result.before), _lines(result.after)
    parts = [b"--- " + quoted_path("a", result.path), b"+++ " + quoted_path("b", result.path)]
    for hunk in _hunks(line_blocks(before, after)):
        parts.extend(_hunk(hunk, before, after))
    return b"".join(parts)


def quoted_path(prefix: str, path: str) -> bytes:
    """``prefix/path`` and a newline, as git writes it after ``---``.

    A name with a byte out of the ordinary stands in quotes, with escapes as in C; one with a blank has a tab
    behind it, which ends the name for ``patch``.
    """
    name = f"{prefix}/{path.removeprefix('./').lstrip('/')}".encode("utf-8", "surrogateescape")
    # For a blank at the very end, the tab that git puts behind it is not enough for `patch`.
    if all(0x20 <= byte < 0x7F and byte not in _ESCAPES for byte in name) and not name.endswith(b" "):
        return name + (b"\t\n" if b" " in name else b"\n")
    return b'"' + b"".join(_quoted(byte) for byte in name) + b'"\n'


def _quoted(byte: int) -> bytes:
    if byte in _ESCAPES:
        return _ESCAPES[byte]
    return bytes([byte]) if 0x20 <= byte < 0x7F else b"\\%03o" % byte


def _lines(data: bytes) -> list[bytes]:
    """Lines with their ends; bytes.splitlines would also split at a lone carriage return."""
    lines = [line + b"\n" for line in data.split(b"\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


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


def _hunks(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Changes that stand near each other, with up to three equal lines around them."""
    hunk: list[Block] = []
    for index, (equal, a, a_end, b, b_end) in enumerate(blocks):
        if not equal:
            hunk.append((False, a, a_end, b, b_end))
            continue
        first, last = index == 0, index == len(blocks) - 1
        length = a_end - a
        if not first and (last or length > 2 * _CONTEXT):
            keep = min(length, _CONTEXT)
            yield [*hunk, (True, a, a + keep, b, b + keep)]
            hunk = []
        if not last and (first or length > 2 * _CONTEXT):
            keep = min(length, _CONTEXT)
            hunk = [(True, a_end - keep, a_end, b_end - keep, b_end)]
        elif not last:
            hunk.append((True, a, a_end, b, b_end))
    if any(not equal for equal, *_ in hunk):
        yield hunk


def _hunk(hunk: Sequence[Block], before: Sequence[bytes], after: Sequence[bytes]) -> Iterator[bytes]:
    _, a, _, b, _ = hunk[0]
    _, _, a_end, _, b_end = hunk[-1]
    yield b"@@ -%s +%s @@\n" % (_range(a, a_end), _range(b, b_end))
    for equal, start, end, new_start, new_end in hunk:
        if equal:
            yield from _prefixed(b" ", before[start:end])
        else:
            yield from _prefixed(b"-", before[start:end])
            yield from _prefixed(b"+", after[new_start:new_end])


def _prefixed(mark: bytes, lines: Sequence[bytes]) -> Iterator[bytes]:
    for line in lines:
        yield mark + (line if line.endswith(b"\n") else line + _NO_NEWLINE)


def _range(start: int, end: int) -> bytes:
    """Line and number of lines; an empty range is named by the line before it."""
    length = end - start
    if length == 1:
        return b"%d" % (start + 1)
    return b"%d,%d" % (start + 1 if length else start, length)
