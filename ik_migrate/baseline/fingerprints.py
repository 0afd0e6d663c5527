"""What identifies a finding from one run to the next: not its line, but its rule, its file and its code."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from pathlib import Path

from ik_migrate.files.reading import file_content
from ik_migrate.model.baseline_entry import BaselineEntry
from ik_migrate.model.finding import Finding
from ik_migrate.model.result import FileResult
from ik_migrate.source.original_text import decoded_lines, original_lines

# What a line is about: the class or function that it opens, the module that it imports from, or the name that it
# binds or calls.
_SUBJECT = re.compile(r"\s*((?:(?:class|(?:async\s+)?def|from)\s+)?[\w.]+)")
_LONGEST_CODE = 100
_CUT = "... "
_DIGEST = 12


def traits_of(result: FileResult, findings: tuple[Finding, ...]) -> list[BaselineEntry]:
    """The traits of findings in a file, in their order.

    Args:
        result: the file.
        findings: what was found in it.
    """
    if not findings:
        return []
    lines = original_lines(result)
    return [
        BaselineEntry(result.path, finding.rule.code, _context(lines, finding.location.line - 1), _code(lines, finding))
        for finding in findings
    ]


def is_still_there(path: Path, trait: BaselineEntry) -> bool:
    """Whether the code of a trait stands in a file, in the same context, whether or not it is found there."""
    try:
        lines = decoded_lines(file_content(path), "utf-8")
    except OSError:
        return False
    start = trait.code.removesuffix(_CUT + trait.code[-_DIGEST:])
    if not start:
        return False
    # Whole words: storage=x is not there where cachefile_storage=x is.
    before, after = (r"\b" if re.match(r"\w", edge) else "" for edge in (start, start[::-1]))
    code = re.compile(before + r"\s+".join(re.escape(word) for word in start.split()) + after)
    text = "\n".join(lines)
    return any(_context(lines, text.count("\n", 0, match.start())) == trait.context for match in code.finditer(text))


def fingerprints_of(result: FileResult, findings: tuple[Finding, ...]) -> list[str]:
    """The fingerprints of findings in a file, in their order: 32 hexadecimal digits, no two the same.

    They stay the same when code elsewhere is changed, and when theirs is moved or indented.
    Of findings with the same traits the first has always the same fingerprint, the second has another.
    """
    seen: Counter[BaselineEntry] = Counter()
    fingerprints = []
    for trait in traits_of(result, findings):
        text = "\0".join((trait.rule, trait.path, trait.context, trait.code, str(seen[trait])))
        seen[trait] += 1
        fingerprints.append(_digest(text, 32))
    return fingerprints


def _code(lines: list[str], finding: Finding) -> str:
    """Return the code of a finding, with single blanks for white space, cut where it is long."""
    place = finding.location
    found = lines[place.line - 1 : place.end_line]
    if found:
        found[-1] = found[-1][: place.end_column - 1]
        found[0] = found[0][place.column - 1 :]
    code = " ".join(" ".join(found).split())
    if len(code) <= _LONGEST_CODE:
        return code
    return f"{code[: _LONGEST_CODE - len(_CUT) - _DIGEST]}{_CUT}{_digest(code, _DIGEST)}"


def _context(lines: list[str], number: int) -> str:
    """The subjects of a line, counted from 0, and of those that it is indented below, outermost first."""
    subjects: list[str] = []
    indent = None
    while number >= 0:
        line = lines[number] if number < len(lines) else ""
        width = len(line) - len(line.lstrip())
        if line.strip() and (indent is None or width < indent):
            indent = width
            match = _SUBJECT.match(line)
            if match:
                subjects.append(" ".join(match.group(1).split()))
        if indent == 0:
            break
        number -= 1
    return "/".join(reversed(subjects))


def _digest(text: str, length: int) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:length]
