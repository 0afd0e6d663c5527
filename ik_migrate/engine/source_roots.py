"""The folders that a project puts on ``sys.path``, read from the code that does so.

Nothing is run: ``os.path.join(os.path.dirname(__file__), 'apps')`` and the like are worked out from the
place of the file that says so. What cannot be determined, such as an environment variable, is skipped.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

from ik_migrate.engine.errors import describe_exception
from ik_migrate.engine.time_limit import time_limit
from ik_migrate.files.discovery import search
from ik_migrate.files.excluded_dirs import EXCLUDED
from ik_migrate.files.places import is_below
from ik_migrate.files.reading import file_content
from ik_migrate.model.options import Options
from ik_migrate.project.module import Module
from ik_migrate.project.path_values import PathValues
from ik_migrate.project.project import Project

_STARTS_DJANGO = ("execute_manager", "execute_from_command_line")
_TRIGGERS = (b"sys.path", b"addsitedir", b"package_dir", b"find_packages", *map(str.encode, _STARTS_DJANGO))
_PATH_METHODS = frozenset({"append", "insert", "extend"})
_SETUP_CFG = re.compile(r"^package_dir\s*=\s*\n?\s*=\s*(?P<folder>[\w./-]+)", re.M)


def source_roots(project: Project, options: Options) -> list[Path]:
    """The folders from which the code of a project is imported, besides those of its packages.

    Args:
        project: the project.
        options: the folders that its owner names, and what to skip.

    Returns:
        Existing folders, the declared ones first, each once.
    """
    roots = list(options.source_roots)
    for path in search(project.root, _TRIGGERS, options, counted=()).files:
        try:
            with time_limit(path.stat().st_size):
                roots += [root for root in _roots_said_by(project, path) if _is_own(project, root)]
        except Exception as error:
            # The error is reported when the file itself is processed.
            describe_exception(error)
    return [root for root in dict.fromkeys(roots) if os.path.isdir(root)]


def _is_own(project: Project, folder: Path) -> bool:
    """Whether the folder belongs to the project: not one of the system's, nor one with installed packages."""
    return is_below(folder, [project.root]) and not EXCLUDED & set(folder.relative_to(project.root).parts)


def _roots_said_by(project: Project, path: Path) -> Iterator[Path]:
    if path.name == "setup.cfg":
        found = _SETUP_CFG.search(file_content(path).decode("utf-8", "replace"))
        if found is not None:
            yield path.parent / found["folder"]
        return
    if path.suffix not in {".py", ".wsgi", ".pyw"}:
        return
    module = project.module_at(path)
    if module is None:
        return
    if any(name in module.text.source.text for name in _STARTS_DJANGO):
        yield path.parent
    values = PathValues(module)
    for node in module.text.nodes_of(ast.Call, ast.Assign, ast.AugAssign):
        if isinstance(node, ast.Call):
            for expression in _added_by_call(module, node):
                yield from values.paths(expression)
        elif isinstance(node, ast.Assign | ast.AugAssign):
            for expression in _added_by_assignment(module, node):
                yield from values.paths(expression)


def _added_by_call(module: Module, call: ast.Call) -> Iterator[ast.expr]:
    """What ``sys.path.insert(0, x)``, ``site.addsitedir(x)`` or ``setup(package_dir={'': x})`` puts on the path."""
    if not isinstance(call.func, ast.Name | ast.Attribute):
        return
    if isinstance(call.func, ast.Attribute) and call.func.attr in _PATH_METHODS and call.args:
        if module.qualified(call.func.value) == "sys.path":
            yield from _items(call.args[-1]) if call.func.attr == "extend" else [call.args[-1]]
        return
    called = module.qualified(call.func)
    if called == "site.addsitedir" and call.args:
        yield call.args[0]
    elif called in {"setuptools.setup", "distutils.core.setup"}:
        for keyword in call.keywords:
            if keyword.arg == "package_dir" and isinstance(keyword.value, ast.Dict):
                for key, value in zip(keyword.value.keys, keyword.value.values, strict=True):
                    if isinstance(key, ast.Constant) and key.value == "":
                        yield value
    elif called == "setuptools.find_packages":
        yield from call.args[:1]
        yield from (keyword.value for keyword in call.keywords if keyword.arg == "where")


def _added_by_assignment(module: Module, node: ast.Assign | ast.AugAssign) -> Iterator[ast.expr]:
    """What ``sys.path = [x] + sys.path``, ``sys.path += [x]`` or ``sys.path[0:0] = [x]`` puts on the path."""
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        changed = target.value if isinstance(target, ast.Subscript) else target
        if isinstance(changed, ast.Attribute) and module.qualified(changed) == "sys.path":
            yield from _items(node.value)


def _items(expression: ast.expr) -> Iterator[ast.expr]:
    if isinstance(expression, ast.BinOp) and isinstance(expression.op, ast.Add):
        yield from _items(expression.left)
        yield from _items(expression.right)
    elif isinstance(expression, ast.List | ast.Tuple):
        yield from expression.elts
    elif isinstance(expression, ast.ListComp):
        yield expression.elt
