"""From one model to another: the classes that foreign keys point to."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.project.django_apps import app_label
from ik_migrate.project.module import Module, Target, per_module

_TO_ONE = frozenset({"ForeignKey", "OneToOneField", "ParentalKey", "TreeForeignKey", "AutoOneToOneField"})

Model = tuple[Module, ast.ClassDef]
"""A class, and the file that it stands in."""


def class_behind(target: Target | None) -> Model | None:
    """The class of the project that a name stands for."""
    if target is None or target.module is None or target.binding is None:
        return None
    node = target.binding.node
    return (target.module, node) if isinstance(node, ast.ClassDef) else None


def with_bases(module: Module, node: ast.ClassDef) -> tuple[Model, ...]:
    """A class and the classes of the project that it derives from, nearest first, each once.

    A class can be reached on very many ways, and in code that does not run be its own base.
    """
    known = _known_bases(module)
    if node not in known:
        known[node] = tuple(_find_bases(module, node))
    return known[node]


@per_module
def _known_bases(module: Module) -> dict[ast.ClassDef, tuple[Model, ...]]:
    """What `with_bases` has found for the classes of a file; added to."""
    return {}


def _find_bases(module: Module, node: ast.ClassDef) -> Iterator[Model]:
    waiting, seen = [(module, node)], {node}
    while waiting:
        owner, found = waiting.pop()
        yield owner, found
        for base in reversed(found.bases):
            behind = class_behind(owner.resolve(base)) if isinstance(base, ast.Name | ast.Attribute) else None
            if behind is not None and behind[1] not in seen:
                seen.add(behind[1])
                waiting.append(behind)


def subclasses_of(module: Module, node: ast.ClassDef) -> tuple[Model, ...]:
    """Return the classes of the project that derive from a class, at any distance, each once."""
    known = _known_subclasses(module)
    if node not in known:
        known[node] = tuple(_find_subclasses(module, node))
    return known[node]


@per_module
def _known_subclasses(module: Module) -> dict[ast.ClassDef, tuple[Model, ...]]:
    """What `subclasses_of` has found for the classes of a file; added to."""
    return {}


def _find_subclasses(module: Module, node: ast.ClassDef) -> Iterator[Model]:
    waiting, seen = [(module, node)], {node}
    while waiting:
        owner, parent = waiting.pop(0)
        for other in owner.project.naming(owner, parent.name):
            for child in other.text.nodes_of(ast.ClassDef):
                if not isinstance(child, ast.ClassDef) or child in seen:
                    continue
                bases = [class_behind(other.resolve(b)) for b in child.bases if isinstance(b, ast.Name | ast.Attribute)]
                if any(base is not None and _is_same(base, owner, parent) for base in bases):
                    seen.add(child)
                    waiting.append((other, child))
                    yield other, child


def _is_same(found: Model, module: Module, node: ast.ClassDef) -> bool:
    """Whether it is that class; other files see it as it was before its file was rewritten."""
    return found[1] is node or (found[0].path == module.path and found[1].name == node.name)


def related_class(module: Module, model: ast.ClassDef, name: str) -> Model | None:
    """The model that the foreign key ``name`` of a model, or of one that it derives from, points to.

    Returns:
        The model; None where there is no such key, or where its model cannot be determined.
    """
    for owner, bases in with_bases(module, model):
        for binding in owner.text.names.scope_made_by(bases).bindings.get(name, []):
            if isinstance(binding.value, ast.Call) and _is_to_one(binding.value.func):
                return _pointed_to(owner, bases, binding.value)
    return None


def _is_to_one(function: ast.expr) -> bool:
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in _TO_ONE


def _pointed_to(module: Module, model: ast.ClassDef, call: ast.Call) -> Model | None:
    given = [keyword.value for keyword in call.keywords if keyword.arg == "to"]
    target = call.args[0] if call.args else (given[0] if given else None)
    if isinstance(target, ast.Name | ast.Attribute):
        return class_behind(module.resolve(target))
    if not isinstance(target, ast.Constant) or not isinstance(target.value, str):
        return None
    if target.value == "self":
        return module, model
    app, _, name = target.value.rpartition(".")
    if not app:
        return class_behind(module.project.resolve_global(module, name))
    for other in module.project.saying(name):
        found = class_behind(other.project.resolve_global(other, name)) if app_label(other) == app.lower() else None
        if found is not None and found[0] is other:
            return found
    return None
