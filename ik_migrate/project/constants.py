"""Literals that a name certainly stands for: bound once, and nowhere changed."""

from __future__ import annotations

import ast

from ik_migrate.project.module import Module, last_word, per_module

_READING_METHODS = frozenset({"copy", "count", "get", "has_key", "index", "items", "iteritems", "keys", "values"})
_READING_FUNCTIONS = frozenset({"bool", "dict", "enumerate", "frozenset", "len", "list", "set", "sorted", "tuple"})


def constant_value(module: Module, expression: ast.expr) -> tuple[Module, ast.expr] | None:
    """Return what an expression is, in the file where that is written; None where it can be something else at run time.

    A name counts if it is bound once, and if it is only read in the files that bind and use it: a dict or list that is
    passed to a function, or is bound to a second name, may be changed there.

    Args:
        module: the file.
        expression: a name, an attribute of a module, or the value itself.
    """
    if not isinstance(expression, ast.Name | ast.Attribute):
        return module, expression
    target = module.resolve(expression)
    if target is None or target.module is None or target.binding is None or target.binding.value is None:
        return None
    names = {(module, last_word(expression)), (target.module, target.binding.name)}
    if isinstance(expression, ast.Name):
        holder = module.text.names.holder_of(expression)
        if holder is None or len(holder.bindings[expression.id]) > 1:
            return None
    else:
        # A class attribute can be that of an instance, or of a subclass.
        top = target.module.text.names.module.bindings.get(target.binding.name, ())
        if list(top) != [target.binding]:
            return None
    is_fixed = isinstance(target.binding.value, ast.Constant | ast.Tuple)
    if is_fixed or all(name not in _changed_names(user) for user, name in names):
        return target.module, target.binding.value
    return None


@per_module
def _changed_names(module: Module) -> set[str]:
    """The names in a file whose values may be changed: those that are used for more than reading."""
    parents = module.text.names.parents
    return {
        last_word(node)
        for node in module.text.nodes_of(ast.Name, ast.Attribute)
        if isinstance(node, ast.Name | ast.Attribute)
        and isinstance(node.ctx, ast.Load)
        and not _is_read(node, parents.get(node))
    }


def _is_read(node: ast.expr, parent: ast.AST | None) -> bool:
    """Whether an expression is used in a way that cannot change its value."""
    match parent:
        case ast.keyword(arg=None) | ast.Starred() | ast.Compare() | ast.For() | ast.comprehension():
            return True
        case ast.Attribute(attr=attribute):
            return attribute in _READING_METHODS
        case ast.Subscript(value=value, ctx=ast.Load()):
            return value is node
        case ast.Call(func=ast.Name(id=function)):
            return function in _READING_FUNCTIONS
    return False
