"""``imagekit.imagecache`` is gone."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Set

from ik_migrate.codegen.imports import drop_aliases
from ik_migrate.codegen.shared_objects import names_in_arguments, shared_objects
from ik_migrate.imagekit.cache_backends import own_backend, why_not_turned
from ik_migrate.model.finding import Finding
from ik_migrate.model.rule import Applicability, Rule
from ik_migrate.project.module import Module, per_module
from ik_migrate.project.reporting import make_finding
from ik_migrate.project.used_names import used_names
from ik_migrate.rules import Codemod

RULE = Rule(
    code="IK404",
    name="imagecache-import",
    summary="`imagekit.imagecache` is gone",
    applicability=(Applicability.SAFE, Applicability.MANUAL),
    why="ImageKit 3 has no module `imagekit.imagecache`: `ImportError` as soon as the file is loaded.",
    help="Drop the import; what it was for is in `imagekit.cachefiles.backends` and `imagekit.cachefiles.strategies`.",
    source="imagekit/imagecache/ of 2.0.4; imagekit/cachefiles/ of 3.0.4 to 6.1.1",
    before="""\
from django.db import models
from imagekit.imagecache import PessimisticImageCacheBackend
""",
    after="""\
from django.db import models
""",
)


def check_module(module: Module) -> Iterator[Finding]:
    """Drop what is imported for nothing; report what another rule does not take away."""
    for node in module.text.nodes_of(ast.Import, ast.ImportFrom):
        if isinstance(node, ast.ImportFrom) and not node.level and _is_imagecache(node.module or ""):
            yield from _check_names(module, node)
        elif isinstance(node, ast.ImportFrom) and node.module == "imagekit" and not node.level:
            for alias in node.names:
                if alias.name == "imagecache" and not _is_taken_away(module, alias.asname or alias.name):
                    yield _manual(module, alias, "imagekit.imagecache")
        elif isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.partition(".")[0]
                if _is_imagecache(alias.name) and name not in used_names(module.text):
                    yield _unused(module, node, [alias], alias.name)
                elif _is_imagecache(alias.name) and not _is_taken_away(module, name):
                    yield _manual(module, alias, alias.name)


def _check_names(module: Module, node: ast.ImportFrom) -> Iterator[Finding]:
    unused = []
    for alias in node.names:
        name = alias.asname or alias.name
        if alias.name == "*" or (name in used_names(module.text) and not _is_taken_away(module, name)):
            yield _manual(module, alias, f"{node.module}.{alias.name}")
        elif name not in used_names(module.text):
            importers = module.project.importing(module, name)
            followed = all(
                _is_taken_away(other, local, names_in_arguments(other)) and module.project.is_wanted(other.path)
                for other, local in importers
            )
            if followed:
                unused.append(alias)
            else:
                yield _manual(module, alias, f"{node.module}.{alias.name}")
    if unused:
        yield _unused(module, node, unused, node.module or "")


def _is_imagecache(dotted: str) -> bool:
    return dotted == "imagekit.imagecache" or dotted.startswith("imagekit.imagecache.")


def _unused(module: Module, node: ast.Import | ast.ImportFrom, unused: list[ast.alias], source: str) -> Finding:
    return make_finding(
        RULE,
        module,
        node,
        f"{', '.join(alias.name for alias in unused)} of {source} is imported and not used",
        Applicability.SAFE,
        changes=drop_aliases(module, node, unused),
    )


def _manual(module: Module, alias: ast.alias, what: str) -> Finding:
    return make_finding(RULE, module, alias, f"{what} is imported here, and used or passed on", Applicability.MANUAL)


@per_module
def _names_in_backends(module: Module) -> set[ast.AST]:
    """The names in classes that are backends and become strategies, if that is asked for."""
    rewritten: set[ast.AST] = set()
    for node in module.tree.body:
        backend = own_backend(module, (module, node)) if isinstance(node, ast.ClassDef) else None
        if backend is not None and not why_not_turned(backend, module.project):
            rewritten |= set(ast.walk(node))
    return rewritten


def _names_in_shared_objects(module: Module) -> set[ast.AST]:
    """The names in statements that make an object for rewritten arguments alone, and go with them."""
    return {node for _, statement in shared_objects(module) for node in ast.walk(statement.value)}


def _is_taken_away(module: Module, name: str, rewritten: Set[ast.AST] | None = None) -> bool:
    """Whether ``name`` is used in the file, and every use of it is rewritten by another rule."""
    if rewritten is None:
        rewritten = names_in_arguments(module) | _names_in_backends(module) | _names_in_shared_objects(module)
    uses = [
        node
        for node in module.text.nodes_of(ast.Name)
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
    ]
    return bool(uses) and all(node in rewritten for node in uses)


CODEMOD = Codemod(rules=(RULE,), module=check_module)
