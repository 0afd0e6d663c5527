"""Which generation of ImageKit a piece of code is written for."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.imagekit.spec_field import IK2_ONLY, IK3_ONLY, SpecField, spec_fields
from ik_migrate.model.imagekit_names import SPEC_FIELD_ALIAS, SPEC_FIELDS, canonical
from ik_migrate.project.imported_names import dotted_imports
from ik_migrate.project.module import Module, per_module
from ik_migrate.project.string_literals import literals
from ik_migrate.source.scopes import Function

_TELLING_ARGUMENTS = frozenset({"image_field", "cache_to", "image_cache_backend"})
_IK3_MODULES = ("imagekit.cachefiles", "imagekit.registry", "imagekit.specs.sourcegroups", "imagekit.signals")
_IK3_NAMES = frozenset({"imagekit.ImageSpec", "imagekit.register", "imagekit.utils.get_field_info"})


def is_ik3_code(module: Module, node: ast.AST) -> bool:
    """Whether ``node`` stands in code that is ImageKit 3's already.

    Inside a call of a spec field the call's own words decide, elsewhere those of the file; where there are none, as in
    a ProcessedImageField, those of the project.
    """
    specs = _telling_fields(module)
    around = [specs[outer] for outer in (node, *module.text.names.ancestors(node)) if outer in specs]
    if around:
        return around[-1].is_ik3
    if has_ik2_words(module) or module.project.came_from_2:
        return False
    return has_ik3_words(module) or (module.project.has_ik3_code and not module.project.has_ik2_code)


@per_module
def _telling_fields(module: Module) -> dict[ast.AST, SpecField]:
    """The calls of spec fields that say a word that only one generation knows."""
    return {
        spec.call: spec
        for spec in spec_fields(module)
        if not spec.is_processed and set(spec.arguments) & (IK2_ONLY | IK3_ONLY)
    }


@per_module
def has_ik2_words(module: Module) -> bool:
    """Whether the file says something that only ImageKit 2 knows."""
    for spec in spec_fields(module):
        # The fourth argument is the source in both, so its position is no evidence.
        told = (given for given in spec.arguments.values() if given.keyword is not None or given.position > 3)
        if not spec.is_processed and any(given.name in IK2_ONLY for given in told):
            return True
    names = {dotted for _, _, dotted in dotted_imports(module)}
    if any(name.startswith("imagekit.imagecache") or name == SPEC_FIELD_ALIAS for name in names):
        return True
    return any(name.startswith("imagekit.models") for name in names) and any(True for _ in unread_arguments(module))


@per_module
def names_field_in_string(module: Module) -> bool:
    """Whether a string of the file is the dotted name of ImageKit's field: it may be looked up, and then called."""
    return "imagekit.models" in module.text.source.text and any(
        canonical(literal.value) in SPEC_FIELDS for literal in literals(module)
    )


@per_module
def has_unread_arguments(module: Module) -> bool:
    """Whether the file has arguments of ImageKit 2's field, and reading does not tell what they are passed to."""
    if not any(name in module.text.source.text for name in _TELLING_ARGUMENTS):
        return False
    if any(literal.value in _TELLING_ARGUMENTS for literal in literals(module)):
        return True
    return any(True for _ in unread_arguments(module))


def unread_arguments(module: Module) -> Iterator[ast.keyword]:
    """Yield the arguments of ImageKit 2's field in calls of which reading does not tell what they call."""
    fields = {spec.call for spec in spec_fields(module)}
    for call in module.text.nodes_of(ast.Call):
        if isinstance(call, ast.Call) and call not in fields and call.keywords:
            given = [keyword for keyword in call.keywords if keyword.arg in _TELLING_ARGUMENTS]
            if given and not _takes_own_arguments(module, call.func):
                yield from given


def _takes_own_arguments(module: Module, function: ast.expr) -> bool:
    """Whether something is called that has the arguments itself, as far as reading tells."""
    if module.qualified(function) == "functools.partial":
        return False
    target = module.resolve(function)
    if target is None or target.binding is None:
        return target is not None
    node = target.binding.node
    if isinstance(node, Function):
        return node.args.kwarg is None
    return target.binding.kind != "parameter"


@per_module
def has_ik3_words(module: Module) -> bool:
    """Whether the file says something that only ImageKit 3 knows."""
    if any(spec.is_ik3 for spec in spec_fields(module)):
        return True
    return any(name.startswith(_IK3_MODULES) or name in _IK3_NAMES for _, _, name in dotted_imports(module))
