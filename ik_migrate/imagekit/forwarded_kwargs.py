"""What a function does with the ``**keywords`` that it forwards to a spec field."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from ik_migrate.imagekit.spec_field import SpecField, spec_fields
from ik_migrate.project.module import Module
from ik_migrate.source.scopes import Function

_METHODS = frozenset({"setdefault", "get", "has_key", "update"})


@dataclass(frozen=True)
class KeywordUse:
    """One keyword, named in the function by a string.

    Args:
        field: the spec field that it is forwarded to.
        name: the keyword.
        node: the string; of ``keywords.update(name=...)`` the keyword.
        value: what it is set to, where it is set and whatever the callers say does not matter.
    """

    field: SpecField
    name: str
    node: ast.expr | ast.keyword
    value: ast.expr | None = None


def keyword_uses(module: Module) -> Iterator[KeywordUse]:
    """Return the keywords that functions set or read before they forward them: ``keywords['image_field'] = 'photo'``.

    One that is taken out with ``pop`` is the function's own.
    """
    seen: set[tuple[ast.AST, str]] = set()
    for spec in spec_fields(module):
        for expression in spec.unseen if not spec.is_processed else ():
            found = _handed_on(module, expression)
            if found is not None and found not in seen:
                seen.add(found)
                yield from _uses(spec, *found)


def _handed_on(module: Module, expression: ast.expr) -> tuple[ast.AST, str] | None:
    """The function whose ``**keywords`` the expression is, and their name."""
    if not isinstance(expression, ast.Name):
        return None
    scope = module.text.scope_of(expression).holder_of(expression.id)
    if scope is None or not isinstance(scope.node, Function):
        return None
    keywords = scope.node.args.kwarg
    return (scope.node, expression.id) if keywords is not None and keywords.arg == expression.id else None


def _uses(spec: SpecField, function: ast.AST, keywords: str) -> Iterator[KeywordUse]:
    values = {
        target: node.value for node in ast.walk(function) if isinstance(node, ast.Assign) for target in node.targets
    }
    for node in ast.walk(function):
        match node:
            case ast.Subscript(value=value, slice=key) if _is_name(value, keywords):
                yield from _named(spec, key, values.get(node))
            case ast.Compare(left=key, comparators=others) if any(_is_name(other, keywords) for other in others):
                yield from _named(spec, key)
            case ast.Call() if _is_method(node.func, keywords):
                yield from (use for argument in node.args[:1] for use in _named(spec, argument))
                yield from (
                    KeywordUse(spec, keyword.arg, keyword) for keyword in node.keywords if keyword.arg is not None
                )


def _named(spec: SpecField, expression: ast.expr, value: ast.expr | None = None) -> Iterator[KeywordUse]:
    if isinstance(expression, ast.Constant) and isinstance(expression.value, str):
        yield KeywordUse(spec, expression.value, expression, value)


def _is_method(function: ast.expr, keywords: str) -> bool:
    return isinstance(function, ast.Attribute) and function.attr in _METHODS and _is_name(function.value, keywords)


def _is_name(expression: ast.expr, name: str) -> bool:
    return isinstance(expression, ast.Name) and expression.id == name
