"""``# ik-migrate: ignore`` and ``# ik-migrate: ignore[IK201,IK301]``: found, read, and what they cover."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property

from ik_migrate.model.finding import Finding
from ik_migrate.project.module import Module, per_module
from ik_migrate.project.text_file import TextFile
from ik_migrate.source.comments import in_comment, is_script
from ik_migrate.source.source_file import Source
from ik_migrate.source.tree import PythonText

# Also what is nearly right, to report it: other letters, another sign for the hyphen, no colon.
_IGNORE = re.compile(
    r"\bik[-_ ]?migrate(?:[ \t]*:[ \t]*ignore|[ \t]+ignore(?=[ \t]*(?:\[|[\r\n]|\Z|-->|#\}|\*/)))(?P<rest>[^\r\n]*)",
    re.I,
)
_RIGHT = re.compile(r"ik-migrate:[ \t]*ignore")
_CODES = re.compile(r"[ \t]*\[(?P<codes>[^\[\]]*)\]")
# A code without brackets, or another word: that is not to silence everything.
_MISTAKEN = re.compile(r"\w|-\w|[ \t]*[\[:=]|[ \t]*[(,]?[ \t]*(?:IK\d|[A-Z]{2,10}\d{3}\b)", re.I)
_OPENING = re.compile(r"[ \t]*(?:#+|//|/\*|<!--|\{#|\{%-?[ \t]*comment\b[^%]*%\}|;|--|@?rem\b|::)?[ \t]*", re.I)
_CLOSING = re.compile(r"-->|#\}|\*/|\{%-?[ \t]*endcomment[ \t]*-?%\}")


@dataclass(frozen=True)
class Ignore:
    """One comment that says what to ignore.

    Args:
        start: the offset of its first word.
        end: the offset of its end.
        line: the line that it is about, counted from 0: its own, or the next one with code where it stands alone.
        codes: codes of rules, or their beginnings; empty for all.
        is_understood: whether it has the form that it should have; it silences nothing where it has not.
    """

    start: int
    end: int
    line: int
    codes: tuple[str, ...] = ()
    is_understood: bool = True

    def names(self, code: str) -> bool:
        """Whether it is about findings of the rule with that code."""
        return self.is_understood and (not self.codes or code.startswith(self.codes))


@dataclass(frozen=True)
class Ignores:
    """The comments of one file that say what to ignore.

    Args:
        comments: these comments, in the order of the file.
        lines_of: tells the lines, counted from 0, on which a finding can be ignored.
    """

    comments: tuple[Ignore, ...] = ()
    lines_of: Callable[[Finding], frozenset[int]] = field(default=lambda finding: frozenset())

    def of(self, finding: Finding) -> list[Ignore]:
        """The comments that say to ignore a finding."""
        if not self.comments:
            return []
        code = finding.rule.code
        about = (ignore for line in sorted(self.lines_of(finding)) for ignore in self._by_line.get(line, ()))
        return [ignore for ignore in about if ignore.names(code)]

    @cached_property
    def _by_line(self) -> dict[int, list[Ignore]]:
        found: dict[int, list[Ignore]] = {}
        for ignore in self.comments:
            found.setdefault(ignore.line, []).append(ignore)
        return found

    def split(self, findings: Iterable[Finding]) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
        """The findings that count, and those that are to be ignored."""
        counting: list[Finding] = []
        ignored: list[Finding] = []
        for finding in findings:
            (ignored if self.of(finding) else counting).append(finding)
        return tuple(counting), tuple(ignored)


@per_module
def ignores_of_module(module: Module) -> Ignores:
    """What the comments of a Python file say to ignore."""
    text, source = module.text, module.text.source
    if _IGNORE.search(source.text) is None:
        return Ignores()
    from ik_migrate.source.python_comments import comments_of

    lines = source.lines()
    blank = _blank_lines(lines, lambda line: line.lstrip().startswith("#"))
    found = []
    for start, end in comments_of(text):
        match = _IGNORE.search(source.text, start, end)
        if match:
            own_line = not source.text[source.line_starts[source.line_of(start)] : start].strip()
            found.append(_ignore(source, match, blank, own_line))
    around = _CodeAround(text)
    return Ignores(tuple(found), lambda finding: around.lines_of(finding))


def ignores_of_text(file: TextFile) -> Ignores:
    """What the comments of a file that is not Python say to ignore."""
    source = file.source
    if _IGNORE.search(source.text) is None:
        return Ignores()
    lines = source.lines()
    blank = _blank_lines(lines, lambda line: _is_comment(file.name, line))
    found = []
    for match in _IGNORE.finditer(source.text):
        start = source.line_starts[source.line_of(match.start())]
        before = source.text[start : match.start()]
        after_slashes = is_script(file.name) and before.rstrip().endswith("//")
        if after_slashes or in_comment(file.name, source.text, match.start()):
            closing = _CLOSING.search(match["rest"])
            nothing_after = closing is None or not match["rest"][closing.end() :].strip()
            found.append(_ignore(source, match, blank, nothing_after and bool(_OPENING.fullmatch(before))))
    return Ignores(tuple(found), lambda finding: _lines_in_text(lines, finding))


def _ignore(source: Source, match: re.Match[str], blank: frozenset[int], own_line: bool) -> Ignore:
    """The comment that was found, read.

    Args:
        source: the file.
        match: of the words ``ik-migrate: ignore`` and the rest of the line.
        blank: the lines without code.
        own_line: whether there is nothing but the comment on its line.
    """
    rest = match["rest"]
    line = source.line_of(match.start())
    if own_line:
        line += 1
        while line in blank:
            line += 1
    listed = _CODES.match(rest)
    end = match.start("rest") + (listed.end() if listed else 0)
    codes = tuple(code.strip().upper() for code in listed["codes"].split(",") if code.strip()) if listed else ()
    is_understood = bool(_RIGHT.match(match.group())) and (bool(codes) if listed else not _MISTAKEN.match(rest))
    if not is_understood:
        closing = _CLOSING.search(rest)
        end = match.start("rest") + len(rest[: closing.start() if closing else None].rstrip())
    return Ignore(match.start(), end, line, codes, is_understood)


def _blank_lines(lines: list[str], is_comment: Callable[[str], bool]) -> frozenset[int]:
    return frozenset(number for number, line in enumerate(lines) if not line.strip() or is_comment(line))


def _is_comment(name: str, line: str) -> bool:
    """Whether there is nothing but one comment on a line of a file called ``name``."""
    closings = list(_CLOSING.finditer(line))
    if len(closings) > 1 or (closings and line[closings[0].end() :].strip()):
        return False
    return in_comment(name, line, len(line) - len(line.lstrip()) + 1)


class _CodeAround:
    """The statements and calls of a Python file, by what they stand around.

    Args:
        text: the file.
    """

    def __init__(self, text: PythonText) -> None:
        self._source = text.source
        ranges = sorted((text.start(node), -text.end(node)) for node in text.nodes if _is_statement_or_call(node))
        self._starts = [start for start, _ in ranges]
        self._ends = [-end for _, end in ranges]
        self._outer: list[int] = []
        """For each of them the one around it, -1 for none."""
        for index, start in enumerate(self._starts):
            outer = index - 1
            while outer >= 0 and self._ends[outer] <= start:
                outer = self._outer[outer]
            self._outer.append(outer)

    def lines_of(self, finding: Finding) -> frozenset[int]:
        """The first and last lines of the finding, of its statement, and of the calls around it."""
        lines = _own_lines(finding)
        offset = self._source.offset_of(finding.location)
        index = bisect_right(self._starts, offset) - 1
        while index >= 0:
            if offset < self._ends[index]:
                lines |= {self._source.line_of(self._starts[index]), self._source.line_of(self._ends[index])}
            index = self._outer[index]
        return frozenset(lines)


def _is_statement_or_call(node: ast.AST) -> bool:
    """Whether it is a call, or a statement that has no others in it."""
    if isinstance(node, ast.Call):
        return True
    return isinstance(node, ast.stmt) and not hasattr(node, "body") and not isinstance(node, ast.Match)


def _lines_in_text(lines: list[str], finding: Finding) -> frozenset[int]:
    """The first and last lines of the finding, and the first of a line that backslashes continue."""
    found = _own_lines(finding)
    first = min(found)
    while first > 0 and lines[first - 1].rstrip("\r\n").endswith("\\"):
        first -= 1
    return frozenset({*found, first})


def _own_lines(finding: Finding) -> set[int]:
    place = finding.location
    ends_with_line = place.end_column == 1 and place.end_line > place.line
    return {place.line - 1, place.end_line - (2 if ends_with_line else 1)}
