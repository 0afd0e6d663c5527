"""What a string in a file can be: written out, looped over, or put together with something that is not known."""

from __future__ import annotations

import ast
import re

from ik_migrate.project.module import Module
from ik_migrate.source.scopes import Binding

_ANY = ".*"


def values_of(module: Module, binding: Binding) -> list[ast.expr]:
    """What a binding can give its name: an expression, or the items of a literal that is looped over."""
    if binding.kind == "assign" and binding.value is not None:
        return [binding.value]
    loop = module.text.names.parents.get(binding.node)
    if isinstance(loop, ast.For | ast.comprehension) and loop.target is binding.node:
        return list(loop.iter.elts) if isinstance(loop.iter, ast.Tuple | ast.List) else []
    return []


def texts_of(module: Module, expression: ast.expr) -> list[str]:
    """The strings that an expression can be: a literal, or a name that loops over literals."""
    if isinstance(expression, ast.Constant):
        return [expression.value] if isinstance(expression.value, str) else []
    if not isinstance(expression, ast.Name):
        return []
    scope = module.text.scope_of(expression).holder_of(expression.id)
    bindings = scope.bindings[expression.id] if scope is not None else []
    values = [value for binding in bindings for value in values_of(module, binding) or [expression]]
    texts = [value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)]
    return texts if len(texts) == len(values) else []


def pattern_of(module: Module, expression: ast.expr) -> str:
    """A regular expression for a string that is put together; empty where none of it is written out."""
    pieces = _pieces(module, expression)
    return "".join(pieces) if any(piece != _ANY for piece in pieces) else ""


def _pieces(module: Module, expression: ast.expr) -> list[str]:
    match expression:
        case ast.Constant(value=str(text)):
            return [re.escape(text)]
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return [*_pieces(module, left), *_pieces(module, right)]
        case (
            ast.BinOp(left=ast.Constant(value=str(form)), op=ast.Mod())
            | ast.Call(func=ast.Attribute(value=ast.Constant(value=str(form)), attr="format"))
        ):
            written = re.split(r"%(?:\(\w+\))?[\d.]*[a-z]|\{[^{}]*\}", form)
            return [piece for text in written for piece in (_ANY, re.escape(text)) if piece][1:]
        case ast.Name():
            bindings = module.text.names.bindings_in_force(expression)
            if len(bindings) == 1 and bindings[0].value is not None and not isinstance(bindings[0].value, ast.Name):
                return _pieces(module, bindings[0].value)
    return [_ANY]
