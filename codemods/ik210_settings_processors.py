"""Settings modules, and what they import, import their processors from PILKit."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ik_migrate.codegen.moved_names import move_name
from ik_migrate.rules import Applicability, Change, Edit, Finding, Module, Rule, checks_module, make_finding

RULE = Rule(
    code="IK210",
    name="settings-processors",
    summary="settings import processors from PILKit",
    applicability=(Applicability.SAFE, Applicability.MANUAL),
    why=(
        "ImageKit 3 reads the settings when it is imported. While they are being loaded, it finds none, and"
        " later each save of an image raises `AttributeError`: 'Settings' object has no attribute"
        " 'IMAGEKIT_DEFAULT_CACHEFILE_BACKEND'."
    ),
    help="Import the processors from `pilkit.processors`: they are the same classes, and need no settings.",
    source="imagekit/conf.py and imagekit/processors/ of 3.0.4 to 6.1.1; seen with all of them",
    before="""\
from imagekit.processors import ResizeToFill

INSTALLED_APPS = ['imagekit', 'shop']
TILE = [ResizeToFill(40, 40)]
""",
    after="""\
from pilkit.processors import ResizeToFill

INSTALLED_APPS = ['imagekit', 'shop']
TILE = [ResizeToFill(40, 40)]
""",
    path="settings.py",
)

_PROCESSORS = re.compile(r"imagekit\.processors(\.(base|crop|resize|utils))?$")


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Look at each import of ImageKit in a file that is loaded with the settings."""
    if module.path not in module.project.loaded_with_settings:
        return
    for node in module.text.nodes_of(ast.Import, ast.ImportFrom):
        if isinstance(node, ast.ImportFrom) and not node.level and _is_imagekit(node.module or ""):
            yield _report(module, node, _changes_of_from(module, node))
        elif isinstance(node, ast.Import) and any(_is_imagekit(alias.name) for alias in node.names):
            yield _report(module, node, _changes_of_import(module, node))


def _is_imagekit(name: str) -> bool:
    return name.partition(".")[0] == "imagekit"


def _report(module: Module, node: ast.stmt, changes: list[Change]) -> Finding:
    message = f"`{module.text.text_of(node)}` is run while the settings are loaded"
    applicability = Applicability.SAFE if changes else Applicability.MANUAL
    return make_finding(RULE, module, node, message, applicability, changes=changes)


def _changes_of_from(module: Module, node: ast.ImportFrom) -> list[Change]:
    """Name PILKit in ``from imagekit.processors import ...``; nothing for what PILKit does not have."""
    is_package = node.module == "imagekit" and all(alias.name == "processors" for alias in node.names)
    if not is_package and not _PROCESSORS.match(node.module or ""):
        return []
    source = (node.module or "").replace("imagekit", "pilkit", 1)
    return [move_name(module, node, alias, source, alias.name) for alias in node.names]


def _changes_of_import(module: Module, node: ast.Import) -> list[Change]:
    """Name PILKit in ``import imagekit.processors``, and where the file uses that name."""
    if not all(_PROCESSORS.match(alias.name) for alias in node.names if _is_imagekit(alias.name)):
        return []
    text = module.text
    changes: list[Change] = []
    for alias in node.names:
        if _is_imagekit(alias.name):
            changes.append(move_name(module, node, alias, alias.name.replace("imagekit", "pilkit", 1), ""))
            if not alias.asname:
                uses = [use for use in text.nodes_of(ast.Name) if isinstance(use, ast.Name) and use.id == "imagekit"]
                changes += [Edit(text.start(use), text.end(use), ("pilkit",)) for use in uses]
    return list(dict.fromkeys(changes))
