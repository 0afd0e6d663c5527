"""The fields that a function, a partial or a class of the project makes with a call of a spec field."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.imagekit.callers import uses_of
from ik_migrate.imagekit.factories import field_base
from ik_migrate.imagekit.spec_field import SpecField, spec_fields
from ik_migrate.project.module import Module, per_module
from ik_migrate.source.scopes import Function

_Maker = tuple[Module, str]
"""A function, partial or class that makes fields: the file that it is in, and what it is called there."""


def fields_made_with(spec: SpecField) -> list[SpecField]:
    """The calls of the project that come to this one, at any distance."""
    makers = frozenset(name for _, name in factories_around(spec.module, spec.call))
    known = _made_by(spec.module)
    if makers not in known:
        known[makers] = list(_fields_made_by([(spec.module, name) for name in sorted(makers)]))
    return known[makers]


@per_module
def _made_by(module: Module) -> dict[frozenset[str], list[SpecField]]:
    """The fields made by those of a file that have some names, as far as they were requested; added to."""
    return {}


def _fields_made_by(makers: list[_Maker]) -> Iterator[SpecField]:
    """The calls of some makers, and of what makes fields by calling them."""
    seen = {(module.path, name) for module, name in makers}
    for module, name in makers:
        for user in module.project.naming(module, name):
            by_call = {made.call: made for made in spec_fields(user)}
            for use in uses_of(user, module, name):
                call = user.text.names.parents.get(use)
                if isinstance(call, ast.Call) and call.func is use and call in by_call:
                    yield by_call[call]
                for maker in factories_around(user, use):
                    if (maker[0].path, maker[1]) not in seen:
                        seen.add((maker[0].path, maker[1]))
                        makers.append(maker)


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
