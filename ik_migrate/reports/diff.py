"""A unified diff that ``git apply -p1`` and ``patch -p1`` turn into exactly the bytes of the rewrite.

``-p1`` is what ``git apply`` takes by itself, but for one case: run in a folder of the repository that
holds a folder of the same name (``mysite/mysite/settings.py``), it guesses wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from pathlib import Path, PurePosixPath

from ik_migrate.model.result import FileResult
from ik_migrate.source.line_diff import Block, line_blocks

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


def unified_diff(result: FileResult) -> bytes:
    """What the rewrite changes in one file; empty where it changes nothing.

    Works on bytes, so that any encoding and any kind of line end comes through. Lines end at ``\\n`` only.

    Args:
        result: a file; its path is taken to be relative to where the diff will be applied.
    """
    if result.before == result.after:
        return b""
    before, after = _lines(result.before), _lines(result.after)
    old = b"/dev/null\n" if result.is_new else quoted_path("a", result.path)
    parts = [b"--- " + old, b"+++ " + quoted_path("b", result.path)]
    for hunk in _hunks(line_blocks(before, after)):
        parts.extend(_hunk(hunk, before, after))
    return b"".join(parts)


def diff_base(paths: Iterable[str], here: Path) -> tuple[str, Path]:
    """Return where a diff has to be applied, as ``git apply`` refuses paths with ``..``: seen from a folder, and whole.

    Args:
        paths: the paths of the changed files, relative to ``here``.
        here: a folder, absolute.

    Returns:
        ``""`` and ``here`` where all files are below it; else as many ``..`` as needed, and the folder they lead to.
    """
    levels = max((_levels_up(path) for path in paths), default=0)
    if levels == 0:
        return "", here
    return "/".join([".."] * levels), here.parents[min(levels, len(here.parents)) - 1]


def _levels_up(path: str) -> int:
    """How many ``..`` a path begins with."""
    return len(list(takewhile("..".__eq__, PurePosixPath(path).parts)))


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
