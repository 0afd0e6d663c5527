"""``imagekit.imagecache`` was removed."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Set

from ik_migrate.codegen.moved_names import drop_names, move_name
from ik_migrate.codegen.shared_objects import names_in_arguments, shared_objects
from ik_migrate.imagekit.backend_family import root_of
from ik_migrate.imagekit.cache_backends import SUCCESSORS
from ik_migrate.model.imagekit_names import canonical
from ik_migrate.project.used_names import exported_names, used_names
from ik_migrate.rules import (
    Applicability,
    CannotGenerate,
    Change,
    Edit,
    ErrorSymptom,
    Finding,
    Module,
    MoveName,
    Rule,
    checks_module,
    make_finding,
    require_support,
    support_of,
    use_support,
)

RULE = Rule(
    code="IK404",
    name="imagecache-import",
    summary="`imagekit.imagecache` was removed",
    applicability=(Applicability.SAFE, Applicability.MANUAL),
    why="ImageKit 3 has no module `imagekit.imagecache`: `ImportError` as soon as the file is loaded.",
    help=(
        "Import the backends from the support module. The other classes are in `imagekit.cachefiles.backends` and"
        " `imagekit.cachefiles.strategies`."
    ),
    source="imagekit/imagecache/ of 2.0.4; imagekit/cachefiles/ of 3.0.4 to 6.1.1",
    before="""\
from django.db import models
from imagekit.imagecache import PessimisticImageCacheBackend
""",
    after="""\
from django.db import models
""",
    symptoms=(ErrorSymptom(r"imagekit\.imagecache", "imagekit.imagecache was removed"),),
)


_DEFAULT = "get_default_image_cache_backend"
_SUCCESSORS = {dotted: successor.piece for dotted, successor in SUCCESSORS.items()}
_SUCCESSORS[f"imagekit.imagecache.{_DEFAULT}"] = _DEFAULT
"""What the support module has instead of ImageKit 2's backends."""
_PACKAGE = "imagekit.imagecache"


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Import backends from the support module where they are still used, and drop the imports of the others."""
    rewritten = names_in_arguments(module) | _names_in_shared_objects(module)
    for node in module.text.nodes_of(ast.ImportFrom):
        if isinstance(node, ast.ImportFrom) and not node.level and _is_imagecache(node.module or ""):
            yield from _check_names(module, node, rewritten)
    uses = [use for use in _dotted_uses(module) if use not in rewritten]
    replaced = [_replace_use(module, use) for use in uses]
    yield from replaced
    yield from _drop_modules(module, all(found.applicability is Applicability.SAFE for found in replaced))


def _check_names(module: Module, node: ast.ImportFrom, rewritten: Set[ast.AST]) -> Iterator[Finding]:
    unused, moves, changes = [], list[MoveName](), list[Change]()
    for alias in node.names:
        name = alias.asname or alias.name
        dotted = canonical(f"{node.module}.{alias.name}")
        uses = [use for use in _names(module, name) if use not in rewritten]
        importers = module.project.importing(module, name)
        is_exported = name in exported_names(module.text)
        if alias.name == "*" or (dotted not in _SUCCESSORS and (uses or importers or is_exported)):
            yield _manual(module, alias, dotted)
        elif uses or is_exported or not all(_drops(other, local) for other, local in importers):
            try:
                changes += require_support(module, _SUCCESSORS[dotted], *_features(module))
            except CannotGenerate as error:
                yield _manual(module, alias, dotted, f"Not rewritten: {error}. {RULE.why}")
                continue
            moves.append(move_name(module, node, alias, support_of(module).dotted, _SUCCESSORS[dotted]))
        elif name not in used_names(module.text):
            unused.append(alias)
    if moves:
        message = f"`{', '.join(move.to.name for move in moves)}` was removed in 3.0"
        changes += [*moves, *drop_names(module, node, unused)]
        yield make_finding(RULE, module, node, message, Applicability.SAFE, changes=changes)
    elif unused:
        yield _unused(module, node, unused, node.module or "")


def _replace_use(module: Module, use: ast.Attribute) -> Finding:
    """``imagecache.NonValidatingImageCacheBackend``, as the base of a class for example."""
    dotted = module.qualified(use)
    if dotted not in _SUCCESSORS:
        return _manual(module, use, dotted)
    try:
        local, changes = use_support(module, _SUCCESSORS[dotted], *_features(module))
    except CannotGenerate as error:
        why = f"Not rewritten: {error}. {RULE.why}"
        return make_finding(RULE, module, use, f"`{dotted}` was removed", Applicability.MANUAL, why=why)
    edit = Edit(module.text.start(use), module.text.end(use), (local,))
    return make_finding(RULE, module, use, f"`{dotted}` was removed", Applicability.SAFE, changes=[edit, *changes])


def _drop_modules(module: Module, are_all_replaced: bool) -> Iterator[Finding]:
    """``import imagekit.imagecache`` and ``from imagekit import imagecache``."""
    for node in module.text.nodes_of(ast.Import, ast.ImportFrom):
        if isinstance(node, ast.Import):
            gone = [alias for alias in node.names if _is_imagecache(alias.name)]
        elif isinstance(node, ast.ImportFrom) and node.module == "imagekit" and not node.level:
            gone = [alias for alias in node.names if alias.name == "imagecache"]
        else:
            continue
        if gone and are_all_replaced:
            changes: list[Change] = [*drop_names(module, node, gone)]
            if isinstance(node, ast.Import) and _binds_library_alone(module, node, gone):
                changes[0] = move_name(module, node, gone[0], "imagekit", "")
            message = f"`{_PACKAGE}` was removed"
            yield make_finding(RULE, module, node, message, Applicability.SAFE, changes=changes)
        for alias in gone if not are_all_replaced else ():
            yield _manual(module, alias, _PACKAGE)


def _binds_library_alone(module: Module, node: ast.Import, gone: list[ast.alias]) -> bool:
    """Whether other code of the file needs the name ``imagekit`` that only this import binds."""
    if any(alias.asname for alias in gone):
        return False
    bindings = module.text.names.module.bindings.get("imagekit", [])
    if any(binding.node is not node and binding.node not in gone for binding in bindings):
        return False
    parents = module.text.names.parents
    uses = [parents.get(name) for name in _names(module, "imagekit")]
    return any(not (isinstance(use, ast.Attribute) and use.attr == "imagecache") for use in uses)


def _dotted_uses(module: Module) -> Iterator[ast.Attribute]:
    for node in module.text.nodes_of(ast.Attribute):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.ctx, ast.Load)
            and node.attr.endswith(("ImageCacheBackend", "_backend", "BackendError"))
            and module.qualified(node).startswith(f"{_PACKAGE}.")
        ):
            yield node


def _names(module: Module, name: str) -> Iterator[ast.Name]:
    for node in module.text.nodes_of(ast.Name):
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
            yield node


def _features(module: Module) -> tuple[str, ...]:
    """Variants of the backends: with all methods where classes derive from them, or where a method is named."""
    derived = any(
        isinstance(node, ast.ClassDef) and root_of(module, node) for node in module.text.nodes_of(ast.ClassDef)
    )
    asked = any(
        isinstance(node, ast.Attribute) and module.qualified(node.value) in _SUCCESSORS
        for node in module.text.nodes_of(ast.Attribute)
    )
    return ("+own_backends",) if derived or asked or _DEFAULT in module.text.source.text else ()


def _drops(module: Module, name: str) -> bool:
    """Whether a file that imports a backend from another one only gives it to fields that are rewritten."""
    rewritten = names_in_arguments(module)
    uses = list(_names(module, name))
    return bool(uses) and all(use in rewritten for use in uses) and module.project.is_wanted(module.path)


def _is_imagecache(dotted: str) -> bool:
    return dotted == _PACKAGE or dotted.startswith(f"{_PACKAGE}.")


def _unused(module: Module, node: ast.Import | ast.ImportFrom, unused: list[ast.alias], source: str) -> Finding:
    return make_finding(
        RULE,
        module,
        node,
        f"{', '.join(alias.name for alias in unused)} of {source} is imported and not used",
        Applicability.SAFE,
        changes=drop_names(module, node, unused),
    )


def _manual(module: Module, node: ast.AST, what: str, why: str = "") -> Finding:
    message = f"`{what}` was removed, and is used here"
    return make_finding(RULE, module, node, message, Applicability.MANUAL, why=why)


def _names_in_shared_objects(module: Module) -> set[ast.AST]:
    """The names in statements that make an object for rewritten arguments alone, and go with them."""
    return {node for _, statement in shared_objects(module) for node in ast.walk(statement.value)}
