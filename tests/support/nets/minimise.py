"""Make a failing project small: drop statements, arguments and list items while it fails in the same way."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from generator.project import HELPERS, MODELS

from nets.pretend import NotValid, spec_fields
from nets.python_text import NotPython, decode, parse, to_python3
from nets.trial import Subject
from nets.undefined import undefined_names

Fails = Callable[[Sequence[Subject]], list[bool]]
"""Which of several projects fail in the way that matters."""
_BATCH = 12


def minimise(subject: Subject, fails: Fails, tries: int = 200) -> Subject:
    """Return a smaller project that fails as this one does.

    Args:
        subject: the project.
        fails: says which of several projects fail.
        tries: how many projects to try at most.
    """
    search = _Search(fails, tries)
    best = search.first(subject, _plainer(subject)) or subject
    best = search.first(best, _plainer(best)) or best
    best = search.first(best, _plainer(best)) or best
    changed = True
    while changed and search.left > 0:
        changed = False
        skip = 0
        while search.left > 0:
            # Behind the last success: what is before it was tried on nearly the same text.
            candidates = list(_smaller(best))[skip:]
            found, index = search.first_at(best, candidates)
            if found is None:
                break
            best, changed = found, True
            skip += index
    return best


class _Search:
    """Tries candidates until there are no tries left."""

    def __init__(self, fails: Fails, tries: int) -> None:
        self._fails = fails
        self.left = tries

    def first(self, subject: Subject, candidates: Iterator[Subject]) -> Subject | None:
        return self.first_at(subject, list(candidates))[0]

    def first_at(self, subject: Subject, candidates: Sequence[Subject]) -> tuple[Subject | None, int]:
        """Return the first valid candidate that fails, and its index."""
        checked = [(index, validated(item)) for index, item in enumerate(candidates) if item.files != subject.files]
        valid = [(index, item) for index, item in checked if item is not None]
        for start in range(0, len(valid), _BATCH):
            if self.left <= 0:
                break
            batch = valid[start : start + min(_BATCH, self.left)]
            self.left -= len(batch)
            for (index, item), failed in zip(batch, self._fails([item for _, item in batch]), strict=True):
                if failed:
                    return item, index
        return None, 0


def validated(subject: Subject) -> Subject | None:
    """Return the project with the spec fields that its models have; None where ImageKit 2 would not take it."""
    try:
        trees = {path: parse(subject.files[path], subject.python2) for path in _modules(subject)}
        if any(undefined_names(tree, subject.python2) for tree in trees.values()):
            return None
        texts = {Path(path).stem: ast.unparse(tree) for path, tree in trees.items()}
        return replace(subject, attributes=spec_fields(texts.pop("models"), texts))
    except (NotPython, NotValid):
        return None


def _modules(subject: Subject) -> list[str]:
    return [path for path in (MODELS, HELPERS) if path in subject.files]


def _with_text(subject: Subject, text: str, python2: bool | None = None) -> Subject:
    files = {**subject.files, MODELS: text.encode("utf-8")}
    return replace(subject, files=files, python2=subject.python2 if python2 is None else python2)


def _plainer(subject: Subject) -> Iterator[Subject]:
    """Yield the same project in plainer clothes: one file, Python 3, spaces, no comments."""
    if HELPERS in subject.files:
        yield _in_one_module(subject)
    text = decode(subject.files[MODELS])
    text = re.sub(r"\A(#.*coding.*\n|#!.*\n)+", "", text).expandtabs(4)
    if subject.python2:
        try:
            converted = to_python3(text)
            yield _with_text(subject, ast.unparse(ast.parse(converted)) + "\n", python2=False)
            yield _with_text(subject, converted, python2=False)
        except (NotPython, SyntaxError):
            pass
    else:
        yield _with_text(subject, ast.unparse(ast.parse(text)) + "\n")
    yield _with_text(subject, text)
    kept = {path: data for path, data in subject.files.items() if not path.endswith("settings.py")}
    yield replace(subject, files=kept)


def _in_one_module(subject: Subject) -> Subject:
    """Return the project with the helpers in the models module, in place of their import."""
    gone = re.compile(r"^from (?:\.(?:fields)?|__future__) import .*$", re.M)
    joined = "\n".join(gone.sub("", decode(subject.files[path])) for path in (HELPERS, MODELS))
    files = {path: data for path, data in subject.files.items() if path != HELPERS}
    return _with_text(replace(subject, files=files), joined)


def _smaller(subject: Subject) -> Iterator[Subject]:
    text = decode(subject.files[MODELS])
    if "settings.py" in subject.files:
        yield replace(subject, files={path: data for path, data in subject.files.items() if path != "settings.py"})
    if subject.python2:
        for candidate in _without_paragraphs(text):
            yield _with_text(subject, candidate)
        return
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return
    for candidate in _without_statements(text, tree):
        yield _with_text(subject, candidate)
    for candidate in _simpler_statements(text, tree):
        yield _with_text(subject, candidate)


def _without_paragraphs(text: str) -> Iterator[str]:
    paragraphs = re.split(r"\n(?=\S)", text)
    for index in range(len(paragraphs)):
        yield "\n".join(paragraphs[:index] + paragraphs[index + 1 :])
    lines = text.split("\n")
    for index in range(len(lines)):
        yield "\n".join(lines[:index] + lines[index + 1 :])


def _without_statements(text: str, tree: ast.Module) -> Iterator[str]:
    """Yield the text without half of its statements, a quarter and so on, then without each, large ones first."""
    lines = text.split("\n")
    size = len(tree.body) // 2
    while size > 1:
        for start in range(0, len(tree.body), size):
            first, last = tree.body[start], tree.body[min(start + size, len(tree.body)) - 1]
            above = min([first.lineno, *(item.lineno for item in getattr(first, "decorator_list", []))]) - 1
            yield "\n".join([*lines[:above], *lines[last.end_lineno :]])
        size //= 2
    found: list[tuple[int, int, bool]] = []
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                for statement in block:
                    first = min([statement.lineno, *(item.lineno for item in getattr(statement, "decorator_list", []))])
                    found.append((first - 1, statement.end_lineno or first, len(block) == 1 and name == "body"))
    found.sort(key=lambda item: item[0] - item[1])
    for start, end, is_only in found:
        indent = len(lines[start]) - len(lines[start].lstrip())
        yield "\n".join([*lines[:start], *([" " * indent + "pass"] if is_only else []), *lines[end:]])


def _simpler_statements(text: str, tree: ast.Module) -> Iterator[str]:
    """Yield the text with one statement written anew, without one of its parts."""
    lines = text.split("\n")
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and not getattr(node, "body", None):
            first, last = node.lineno - 1, node.end_lineno or node.lineno
            indent = " " * (len(lines[first]) - len(lines[first].lstrip()))
            for simpler in _without_parts(node):
                written = [indent + line for line in ast.unparse(simpler).split("\n")]
                yield "\n".join([*lines[:first], *written, *lines[last:]])


def _without_parts(statement: ast.stmt) -> Iterator[ast.stmt]:
    """Yield copies of a statement without one argument, element, key or imported name."""
    for index, node in enumerate(ast.walk(statement)):
        for name in ("keywords", "args", "elts", "names", "keys"):
            parts = getattr(node, name, None)
            if not isinstance(parts, list) or len(parts) < (2 if name == "names" else 1):
                continue
            for position in range(len(parts)):
                changed = copy.deepcopy(statement)
                twin = list(ast.walk(changed))[index]
                del getattr(twin, name)[position]
                if name == "keys":
                    del twin.values[position]  # type: ignore[attr-defined]
                yield changed
    for index, node in enumerate(ast.walk(statement)):
        if isinstance(node, ast.IfExp):
            yield _replaced(statement, index, "body")
            yield _replaced(statement, index, "orelse")


def _replaced(statement: ast.stmt, index: int, branch: str) -> ast.stmt:
    """Return a copy in which a conditional expression is one of its branches."""
    changed = copy.deepcopy(statement)
    condition = list(ast.walk(changed))[index]
    value: ast.expr = getattr(condition, branch)

    class _Replace(ast.NodeTransformer):
        def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
            return value if node is condition else self.generic_visit(node)

    result = _Replace().visit(changed)
    assert isinstance(result, ast.stmt)
    return result
