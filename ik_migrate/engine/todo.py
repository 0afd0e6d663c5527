"""``# TODO(ik-migrate IK501): ...`` above each finding that is left; removed once it is resolved."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable
from fnmatch import fnmatch

from ik_migrate.model.change import Edit
from ik_migrate.model.finding import Finding
from ik_migrate.project.module import Module
from ik_migrate.project.text_file import TextFile
from ik_migrate.source.source_file import Source

MARK = "TODO(ik-migrate"
_COMMENT = re.compile(r"[ \t]*(#|\{#) TODO\(ik-migrate ([A-Z]{2,10}\d{3})\): (.*?)( #\})?[ \t]*(\r\n|\r|\n|$)")
_HASH = ("*.sh", "*.txt", "*.in", "*.cfg", "*.ini", "*.toml", "*.yml", "*.yaml", "*.conf", "*.bash", "*.env")
_HASH_NAMES = ("makefile", "dockerfile*", "crontab*", "procfile*", "*.mk", "pipfile")
_TEMPLATES = ("*.html", "*.htm", "*.djhtml", "*.xhtml", "*.xml", "*.jinja", "*.jinja2")


def todo_edits_of_module(module: Module, findings: Iterable[Finding]) -> list[Edit]:
    """Return the edits that add and remove comments in a Python file.

    Args:
        module: the file.
        findings: what was found in it and is not rewritten.
    """
    statements = statement_lines(module)
    wanted = _wanted(findings, lambda finding: line_of_statement(finding, statements))
    return _edits(module.text.source, wanted, "# TODO(ik-migrate {code}): {message}", _comments(module))


def todo_edits_of_text(file: TextFile, findings: Iterable[Finding]) -> list[Edit]:
    """Return the same for a file that is not Python, where its syntax is known to have such comments."""
    pattern = comment_pattern(file)
    if not pattern:
        return []
    lines = file.source.lines()
    wanted = _wanted(findings, lambda finding: line_of_text(lines, finding.location.line - 1))
    return _edits(file.source, wanted, pattern, frozenset(range(len(lines))))


def comment_pattern(file: TextFile) -> str:
    """Return the form of a comment in a file; empty where none can be added."""
    name = file.name.lower()
    if any(fnmatch(name, pattern) for pattern in (*_HASH, *_HASH_NAMES)):
        return "# TODO(ik-migrate {code}): {message}"
    if any(fnmatch(name, pattern) for pattern in _TEMPLATES):
        return "{{# TODO(ik-migrate {code}): {message} #}}"
    return ""


def _wanted(findings: Iterable[Finding], line_of: Callable[[Finding], int]) -> dict[int, dict[str, str]]:
    """Return the codes to mention above each line, with their messages."""
    wanted: dict[int, dict[str, str]] = {}
    for finding in findings:
        if not finding.is_notice:
            line = line_of(finding)
            wanted.setdefault(line, {}).setdefault(finding.rule.code, _one_line(finding.message))
    return wanted


def _one_line(message: str) -> str:
    return " ".join(message.replace("#}", "").split())


def _edits(source: Source, wanted: dict[int, dict[str, str]], pattern: str, comments: frozenset[int]) -> list[Edit]:
    """Add the comments that are missing, and remove those that are no longer needed.

    Args:
        source: the file.
        wanted: by line, the codes and messages above it.
        pattern: the form of a comment.
        comments: the lines that are comments, and not text inside a string.
    """
    lines = source.lines()
    there: dict[int, dict[str, int]] = {}
    pending: dict[str, int] = {}
    for number, line in enumerate(lines):
        match = _COMMENT.fullmatch(line) if number in comments else None
        if match is not None:
            pending[match.group(2)] = number
        elif pending:
            there[number] = pending
            pending = {}
    edits = [
        Edit(source.line_starts[number], source.line_starts[number] + len(lines[number]))
        for target, codes in [*there.items(), (len(lines), pending)]
        for code, number in codes.items()
        if code not in wanted.get(target, {})
    ]
    for target, codes in wanted.items():
        start = source.line_starts[target]
        indent = source.indent_at(start)
        for code, message in sorted(codes.items()):
            if code not in there.get(target, {}):
                comment = pattern.format(code=code, message=message)
                edits.append(Edit(start, start, (f"{indent}{comment}{source.newline}",)))
    return edits


def statement_lines(module: Module) -> list[int]:
    """Return the lines, counted from 0, on which a statement starts with nothing before it."""
    source, text = module.text.source, module.text
    found = set()
    for node in module.text.nodes:
        if isinstance(node, ast.stmt):
            start = text.start(node)
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.decorator_list:
                start = source.text.rindex("@", 0, text.start(node.decorator_list[0]))
            line = source.line_of(start)
            if not source.text[source.line_starts[line] : start].strip():
                found.add(line)
    return sorted(found)


def line_of_statement(finding: Finding, statements: list[int]) -> int:
    """Return the line, counted from 0, of the statement that a finding is in; see `statement_lines`."""
    line = finding.location.line - 1
    return max((start for start in statements if start <= line), default=0)


def line_of_text(lines: list[str], line: int) -> int:
    """Return the line itself, or the first of those that backslashes continue to it."""
    while line > 0 and lines[line - 1].rstrip("\r\n").endswith("\\"):
        line -= 1
    return line


def _comments(module: Module) -> frozenset[int]:
    """Return the lines of a Python file that do not start inside a string."""
    return frozenset(range(len(module.text.source.line_starts))) - module.text.string_lines
