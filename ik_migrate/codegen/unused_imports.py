"""Drop imports that a rewrite makes unused."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable

from ik_migrate.codegen.imports import line_after, line_start, module_name
from ik_migrate.model.change import Edit
from ik_migrate.project.module import Module
from ik_migrate.project.used_names import used_names
from ik_migrate.source.tree import PythonText


def fallen_out_of_use(module: Module, rewritten: PythonText, edits: Iterable[Edit]) -> tuple[list[Edit], list[Edit]]:
    """Edits that drop imports which the file used before the rewrite and does not after.

    Modules of the project, and of packages that are not known, stay: code may import them for their effects.

    Args:
        module: the file as it was.
        rewritten: the same file, rewritten but for its imports.
        edits: what was rewritten; an import that got another name stays.

    Returns:
        The edits, and those of ``edits`` that they stand for as well.
    """
    before, after = used_names(module.text), used_names(rewritten)
    touched = [edit for edit in edits if edit.start != edit.end]

    def touching(alias: ast.alias) -> list[Edit]:
        return [edit for edit in touched if edit.start <= module.text.start(alias) < edit.end]

    def is_unused(alias: ast.alias) -> bool:
        name = alias.asname or alias.name.partition(".")[0]
        return name in before - after and not touching(alias)

    dropped: list[Edit] = []
    superseded: list[Edit] = []
    for node in module.text.nodes_of(ast.Import, ast.ImportFrom):
        if isinstance(node, ast.ImportFrom):
            unused = [
                alias
                for alias in node.names
                if is_unused(alias)
                and (_is_imagekits(module, node, alias) or _has_no_effect(module, node))
                and not _is_passed_on(module, node, alias)
            ]
        elif isinstance(node, ast.Import):
            unused = [
                alias
                for alias in node.names
                if is_unused(alias)
                and (
                    alias.name.partition(".")[0] == "imagekit"
                    or (
                        _has_no_effect(module, node)
                        and not module.project.importing(module, alias.asname or alias.name)
                    )
                )
            ]
        else:
            continue
        if unused:
            # Names that another rule takes out of the same statement go with these.
            others = {alias: touching(alias) for alias in node.names}
            gone = [a for a in node.names if a in unused or any(not edit.pieces for edit in others[a])]
            superseded += [edit for alias in gone for edit in others[alias]]
            dropped += drop_aliases(module, node, gone)
    return dropped, superseded


def _has_no_effect(module: Module, node: ast.Import | ast.ImportFrom) -> bool:
    """Whether a statement at the top of the file imports from the standard library, Django's settings or Pillow."""
    if module.text.names.parents.get(node) is not module.tree or (isinstance(node, ast.ImportFrom) and node.level):
        return False
    names = [module_name(node)] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
    return all(
        name == "django.conf" or name.split(".")[0] in {*sys.stdlib_module_names, "PIL", "pilkit"}
        for name in names
        if name != "__future__"
    )


def _is_imagekits(module: Module, node: ast.ImportFrom, alias: ast.alias) -> bool:
    """Whether a name is imported from ImageKit, or is a removed one that another file re-exports."""
    if (node.module or "").split(".")[0] == "imagekit" and not node.level:
        return True
    target = module.project.resolve_global(module, alias.asname or alias.name)
    return target is not None and target.qualified.startswith("imagekit.imagecache.")


def _is_passed_on(module: Module, node: ast.ImportFrom, alias: ast.alias) -> bool:
    """Whether other files take a name from here that ImageKit 3 still has."""
    if (node.module or "").startswith("imagekit.imagecache"):
        return False
    return bool(module.project.importing(module, alias.asname or alias.name))


def drop_aliases(module: Module, node: ast.Import | ast.ImportFrom, unused: list[ast.alias]) -> list[Edit]:
    """Edits that take some names out of an import statement, or the whole statement away."""
    text = module.text
    if not unused:
        return []
    if len(unused) == len(node.names):
        return [_drop_statement(module, node)]
    edits = []
    kept = [alias for alias in node.names if alias not in unused]
    for alias in unused:
        later = [other for other in kept if text.start(other) > text.start(alias)]
        if later:
            following = node.names[node.names.index(alias) + 1]
            edits.append(Edit(text.start(alias), text.start(following)))
        else:
            previous = node.names[node.names.index(alias) - 1]
            edits.append(Edit(text.end(previous), text.end(alias)))
    return edits


def _drop_statement(module: Module, node: ast.stmt) -> Edit:
    around = module.text.names.parents[node]
    if isinstance(around, ast.Try) and _does_nothing_without(module, around, node):
        return _drop_statement(module, around)
    text, source = module.text, module.text.source
    start, end = text.start(node), text.end(node)
    first, following = line_start(module, node), line_after(module, node)
    parent = module.text.names.parents[node]
    siblings = next(
        (block for block in _blocks(parent) if node in block),
        [node],
    )
    # A comment that only speaks to a linter goes with the import that it is about.
    alone = not source.text[first:start].strip() and re.fullmatch(
        r"\s*(# *(noqa|pylint|type:|NOQA).*)?\s*", source.text[end:following]
    )
    if len(siblings) == 1 and not isinstance(parent, ast.Module):
        return Edit(start, end, ("pass",))
    return Edit(first, following) if alone else Edit(start, end, ("pass",))


def _does_nothing_without(module: Module, node: ast.Try, tried: ast.stmt) -> bool:
    """Whether a ``try`` is there for one statement: what it does when that fails is to pass, or to bind ``None``."""
    if node.body != [tried] or node.orelse or node.finalbody or "#" in module.text.text_of(node):
        return False
    return all(
        isinstance(item, ast.Pass)
        or (isinstance(item, ast.Assign) and isinstance(item.value, ast.Constant) and item.value.value is None)
        for handler in node.handlers
        for item in handler.body
    )


def _blocks(node: ast.AST) -> Iterable[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if isinstance(block, list):
            yield block
