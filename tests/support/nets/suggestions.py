"""Read the code that a finding suggests: what kind of code it is, and so what its reader does with it."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from enum import Enum


class Shape(Enum):
    """What is done with the code."""

    FIELD = "classes, and the field that uses them"
    KEYWORDS = "arguments of the call"
    ITEM = "an item of the dict"
    RECEIVER = "a receiver for the end of the module"
    METHOD = "a method of the class"
    CLASS = "a class in place of another one"
    SETTINGS = "settings in place of another one"
    STATEMENTS = "statements in place of another one"
    EXPRESSION = "an expression in place of another one"
    IMPORT = "an import in place of another one"
    FRAGMENT = "something that is no code on its own"


@dataclass(frozen=True)
class Suggestion:
    """Code to write.

    Args:
        shape: what is done with it.
        imports: the import statements that it starts with.
        prelude: the statements that come before the module-level statement that the place is in.
        body: the code itself.
        keywords: the arguments, for `Shape.KEYWORDS`, the item, for `Shape.ITEM`.
    """

    shape: Shape
    imports: tuple[str, ...]
    prelude: str
    body: str
    keywords: tuple[tuple[str, str], ...] = ()


_KEYWORD = re.compile(r"^(\w+)=(?!=)(\S.*?),?(?:  #.*)?$")
_ITEM = re.compile(r"^'(\w+)'(?:: (.*))?$")


def needs_filling_in(code: str) -> bool:
    """Whether the reader has to complete the code first."""
    return "..." in code


def is_receiver(code: str) -> bool:
    """Whether the code goes to the end of the module, wherever the finding is."""
    return read_suggestion(code).shape is Shape.RECEIVER


def read_suggestion(code: str) -> Suggestion:
    """Return what is to be done with suggested code."""
    lines = code.strip("\n").split("\n")
    item = _ITEM.match(code.strip())
    if item:
        return Suggestion(Shape.ITEM, (), "", code, ((item[1], item[2] or ""),))
    keywords = [match for match in map(_KEYWORD.match, lines) if match]
    if keywords and _KEYWORD.match(lines[-1]):
        before = "\n".join(line for line in lines if not _KEYWORD.match(line) and not line.startswith("#"))
        imports, prelude = _split_imports(before)
        pairs = tuple((match[1], match[2]) for match in keywords)
        return Suggestion(Shape.KEYWORDS, imports, prelude, code, pairs)
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return Suggestion(Shape.FRAGMENT, (), "", code)
    imports, rest = _split_imports(code)
    body = [node for node in tree.body if not isinstance(node, ast.Import | ast.ImportFrom)]
    if not body:
        return Suggestion(Shape.IMPORT, (), "", code)
    return _of_statements(body, imports, rest)


def _of_statements(body: list[ast.stmt], imports: tuple[str, ...], rest: str) -> Suggestion:
    *first, last = body
    if (
        first
        and all(isinstance(node, ast.ClassDef | ast.FunctionDef) for node in first)
        and isinstance(last, ast.Assign)
    ):
        lines = rest.split("\n")
        start = last.lineno - body[0].lineno + _lines_above(rest)
        return Suggestion(Shape.FIELD, imports, "\n".join(lines[:start]).strip("\n"), "\n".join(lines[start:]))
    if isinstance(last, ast.FunctionDef) and last.decorator_list:
        return Suggestion(Shape.RECEIVER, imports, "", rest)
    if isinstance(last, ast.FunctionDef) and last.args.args and last.args.args[0].arg == "self":
        return Suggestion(Shape.METHOD, imports, "", rest)
    if not first and isinstance(last, ast.ClassDef):
        return Suggestion(Shape.CLASS, imports, "", rest)
    if not first and isinstance(last, ast.Expr):
        return Suggestion(Shape.EXPRESSION, imports, "", rest.strip())
    if all(isinstance(node, ast.Assign) and ast.unparse(node.targets[0]).isupper() for node in body):
        return Suggestion(Shape.SETTINGS, imports, "", rest)
    if not first and isinstance(last, ast.Assign) and isinstance(last.value, ast.Constant):
        pairs = ((ast.unparse(last.targets[0]), ast.unparse(last.value)),)
        return Suggestion(Shape.KEYWORDS, imports, "", rest, pairs)
    return Suggestion(Shape.STATEMENTS, imports, "", rest)


def _lines_above(text: str) -> int:
    """Return how many lines of comments and blank lines a text starts with."""
    count = 0
    for line in text.split("\n"):
        if line.strip() and not line.startswith("#"):
            break
        count += 1
    return count


def _split_imports(code: str) -> tuple[tuple[str, ...], str]:
    """Return the import statements at the top of some code, and the rest."""
    try:
        body = ast.parse(code).body
    except SyntaxError:
        return (), code
    imports = []
    end = 0
    for node in body:
        if not isinstance(node, ast.Import | ast.ImportFrom):
            break
        imports.append(ast.unparse(node))
        end = node.end_lineno or node.lineno
    return tuple(imports), "\n".join(code.split("\n")[end:]).strip("\n")
