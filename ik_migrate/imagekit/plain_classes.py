"""Classes that get spec fields though they are not models: ImageKit 2's field only needed an attribute of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.imagekit.spec_field import SpecField
from ik_migrate.project.class_hierarchy import class_behind, with_bases
from ik_migrate.project.module import Module


def classes_with_fields(module: Module) -> Iterator[ast.Call]:
    """Yield the calls of ``field.contribute_to_class(Class, 'name')`` in a file where the class is not a model."""
    if "contribute_to_class" not in module.text.source.text:
        return
    for node in module.text.nodes_of(ast.Call):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="contribute_to_class"), args=[ast.Name() | ast.Attribute() as owner, _]
            ):
                behind = class_behind(module.resolve(owner))
                if behind is not None and _is_plain(*behind):
                    yield node


def is_added_to_plain_class(spec: SpecField) -> bool:
    """Whether the code adds a field, at once or by the name that it is bound to, to a class that is not a model."""
    for call in classes_with_fields(spec.module):
        field = call.func.value if isinstance(call.func, ast.Attribute) else None
        if field is spec.call or (isinstance(field, ast.Name) and field.id == spec.variable):
            return True
    return False


def _is_plain(module: Module, node: ast.ClassDef) -> bool:
    """Whether a class derives from nothing but classes of the project."""
    hierarchy = with_bases(module, node)
    classes = {found.name for _, found in hierarchy}
    return not any(found.keywords for _, found in hierarchy) and all(
        owner.qualified(base) == "builtins.object" or _last_name(base) in classes
        for owner, found in hierarchy
        for base in found.bases
    )


def _last_name(base: ast.expr) -> str:
    return base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")
