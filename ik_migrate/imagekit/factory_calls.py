"""The fields that a function, a partial or a class of the project makes with a call of a spec field."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.imagekit.factories import field_base
from ik_migrate.project.module import Module
from ik_migrate.source.scopes import Function

_Maker = tuple[Module, str]
"""A function, partial or class that makes fields: the file that it is in, and what it is called there."""


def factories_around(module: Module, node: ast.expr) -> Iterator[_Maker]:
    """What makes a field by evaluating an expression: functions, classes, named partials and lambdas."""
    names = module.text.names
    for outer in (node, *names.ancestors(node)):
        if isinstance(outer, Function):
            if not isinstance(names.parents.get(outer), ast.ClassDef):
                yield module, outer.name
        elif isinstance(outer, ast.ClassDef):
            if field_base(module, outer):
                yield module, outer.name
        elif isinstance(outer, ast.Lambda) or (
            isinstance(outer, ast.Call) and module.qualified(outer.func) == "functools.partial"
        ):
            parent = names.parents.get(outer)
            targets = parent.targets if isinstance(parent, ast.Assign) else []
            yield from ((module, target.id) for target in targets if isinstance(target, ast.Name))
