"""What kind of object an expression is, as far as it takes to tell a model instance from anything else."""

from __future__ import annotations

import ast

from ik_migrate.imagekit.field_attributes import field_of
from ik_migrate.project.class_hierarchy import class_behind, related_class
from ik_migrate.project.module import Module

_MANAGERS = frozenset({"objects", "_default_manager", "_base_manager"})
_SHORTCUTS = frozenset({"django.shortcuts.get_object_or_404", "django.shortcuts.get_list_or_404"})


def has_spec(module: Module, owner: ast.expr, name: str) -> bool | None:
    """Whether the attribute ``name`` of what ``owner`` gives is a spec field; None where it cannot be determined."""
    own_class = _class_of_self(module, owner)
    if own_class is not None:
        # A mixin's methods mention attributes that other classes have.
        return _class_has(module, own_class, name, {own_class}, absent=None)
    if isinstance(owner, ast.Name):
        target = module.resolve(owner)
        if target is None:
            return None
        if target.binding is None or target.binding.kind in {"class", "function", "import"}:
            return False  # a module, or a thing that no model instance can be
    found = class_of(module, owner)
    return _class_has(*found, name, {found[1]}, absent=False) if found is not None else None


def is_spec_of_class(module: Module, owner: ast.expr, name: str) -> bool:
    """Whether ``owner`` is a class of the project, and its attribute ``name`` a spec field: ``Photo.thumbnail``."""
    found = _class_named(module, owner)
    return found is not None and _class_has(*found, name, {found[1]}, absent=False) is True


def _class_of_self(module: Module, owner: ast.expr) -> ast.ClassDef | None:
    """The class whose method calls its first parameter ``owner``."""
    if not isinstance(owner, ast.Name):
        return None
    scope = module.text.scope_of(owner).holder_of(owner.id)
    if scope is None or not isinstance(scope.node, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    parameters = [*scope.node.args.posonlyargs, *scope.node.args.args]
    around = module.text.names.parents.get(scope.node)
    is_first = bool(parameters) and parameters[0].arg == owner.id and len(scope.bindings[owner.id]) == 1
    if not is_first or not isinstance(around, ast.ClassDef) or scope.node.decorator_list:
        return None
    return around


def class_of(module: Module, value: ast.expr) -> tuple[Module, ast.ClassDef] | None:
    """The project's class that a value is an instance of: from its constructor, its manager, a shortcut, a relation."""
    if isinstance(value, ast.Name):
        around = _class_of_self(module, value)
        return (module, around) if around is not None else _class_of_name(module, value)
    if isinstance(value, ast.Attribute):
        owner = class_of(module, value.value)
        related = related_class(*owner, value.attr) if owner is not None else None
        if related is not None:
            return related
    if isinstance(value, ast.Call):
        made = _class_named(module, value.func)
        if made is not None:
            return made
        if value.args and module.qualified(value.func) in _SHORTCUTS:
            return _class_named(module, value.args[0]) or _class_of_query(module, value.args[0])
    return _class_of_query(module, value)


def _class_of_name(module: Module, name: ast.Name) -> tuple[Module, ast.ClassDef] | None:
    scope = module.text.scope_of(name).holder_of(name.id)
    bindings = scope.bindings[name.id] if scope is not None else []
    if len(bindings) != 1:
        return None
    binding = bindings[0]
    if binding.kind == "assign" and binding.value is not None and not isinstance(binding.value, ast.Name):
        return class_of(module, binding.value)
    loop = module.text.names.parents.get(binding.node)
    if isinstance(loop, ast.For | ast.comprehension) and loop.target is binding.node:
        return _class_of_query(module, loop.iter)
    return None


def _class_of_query(module: Module, value: ast.expr) -> tuple[Module, ast.ClassDef] | None:
    """``Model.objects`` with nothing but method calls and subscripts after it."""
    while True:
        match value:
            case ast.Attribute(value=model, attr=attribute) if attribute in _MANAGERS:
                return _class_named(module, model)
            case ast.Call(func=ast.Attribute(value=value)) | ast.Subscript(value=value):
                continue
        return None


def _class_named(module: Module, expression: ast.expr) -> tuple[Module, ast.ClassDef] | None:
    if not isinstance(expression, ast.Name | ast.Attribute):
        return None
    return class_behind(module.resolve(expression))


def _class_has(
    module: Module, node: ast.ClassDef, name: str, seen: set[ast.ClassDef], *, absent: bool | None
) -> bool | None:
    """Whether the class, or one that it derives from, has a spec field of that name.

    Args:
        seen: the classes that have been looked at, added to; a class can be reached on many ways, or be its own base.
        absent: what to say of a class that derives from nothing and has no such attribute.
    """
    bindings = module.text.names.scope_made_by(node).bindings.get(name, [])
    if bindings:
        spec = field_of(module, bindings[-1].value)
        return spec is not None and not spec.is_processed
    if _assigns(node, name):
        return False
    verdicts: list[bool | None] = []
    for base in node.bases:
        found = _class_named(module, base)
        if found is not None and found[1] in seen:
            verdicts.append(False)
        elif found is not None:
            seen.add(found[1])
            verdicts.append(_class_has(*found, name, seen, absent=absent))
        else:
            verdicts.append(absent if module.qualified(base) == "builtins.object" else None)
    if True in verdicts:
        return True
    return absent if not verdicts else (None if None in verdicts else False)


def _assigns(node: ast.ClassDef, name: str) -> bool:
    """Whether a method says ``self.name = ...``."""
    return any(
        isinstance(child, ast.Attribute)
        and child.attr == name
        and isinstance(child.ctx, ast.Store)
        and isinstance(child.value, ast.Name)
        and child.value.id == "self"
        for child in ast.walk(node)
    )
