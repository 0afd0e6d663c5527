"""Dotted names of ImageKit 2's modules inside strings: ``mock.patch(...)`` and the like."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ik_migrate.imagekit.cache_backends import SETTING
from ik_migrate.model.imagekit_names import canonical
from ik_migrate.project.string_literals import Literal, literals
from ik_migrate.rules import (
    Applicability,
    Change,
    Edit,
    Finding,
    Module,
    Rule,
    checks_module,
    make_finding,
    need_support,
    support_of,
)

_EXAMPLE = """\
from mock import patch


@patch('imagekit.models.fields.files.ImageSpecFieldFile.generate')
def test_profile(generate):
    pass
"""

RULE = Rule(
    code="IK509",
    name="names-in-strings",
    summary="a string with the dotted name of something that was removed in 3.0",
    applicability=(Applicability.SAFE, Applicability.MANUAL),
    why=(
        "What the string names is not in ImageKit 3: `ImportError` or `AttributeError` when it is looked up, as"
        " `mock.patch`, `import_module` and lists of task modules do."
    ),
    help="Use the replacement in `imagekit.cachefiles`, `.backends` or `.strategies`.",
    source="the modules of 2.0.4, compared with 3.0.4, 3.3, 4.0.2, 5.0 and 6.1.1",
    before=_EXAMPLE,
    after=_EXAMPLE,
    path="tests.py",
)

_DOTTED = re.compile(r"imagekit(?:\.\w+)+")
_SUCCESSORS = (
    ("imagekit.imagecache", "imagekit.cachefiles.backends"),
    ("imagekit.generators", "imagekit.specs.ImageSpec"),
    ("imagekit.models.receivers", ""),
    ("imagekit.models.fields.files.ImageSpecFieldFile", "imagekit.cachefiles.ImageCacheFile"),
    ("imagekit.models.fields.ImageSpecFieldFile", "imagekit.cachefiles.ImageCacheFile"),
    ("imagekit.models.fields.utils.BoundImageKitMeta", ""),
    ("imagekit.models.fields.utils.ImageKitMeta", ""),
    ("imagekit.management.commands.ikcachevalidate", "imagekit.management.commands.generateimages"),
    ("imagekit.management.commands.ikcacheinvalidate", ""),
    ("imagekit.get_version", "imagekit.__version__"),
)
"""The removed names and what is closest to each, longer names first."""
_KEPT_MEMBERS = frozenset({".generate", ".height", ".name", ".url", ".width"})
"""What `ImageSpecFieldFile` and `ImageCacheFile` both have."""
_TASKS = "imagekit.imagecache.celery"
"""A module that lists of task modules name; the support module has its task."""
_IN_SUPPORT = {
    "imagekit.models.ImageSpecField": "LegacyImageSpecField",
    "imagekit.models.ImageSpec": "LegacyImageSpecField",
    "imagekit.processors.ResizeToFit": "LegacyResizeToFit",
    "imagekit.imagecache.PessimisticImageCacheBackend": "PessimisticImageCacheBackend",
    "imagekit.imagecache.NonValidatingImageCacheBackend": "NonValidatingImageCacheBackend",
    "imagekit.imagecache.celery.CeleryImageCacheBackend": "CeleryImageCacheBackend",
    _TASKS: "CeleryImageCacheBackend",
    "imagekit.utils.get_spec_files": "get_spec_files",
    "imagekit.utils.validate_app_cache": "validate_app_cache",
    "imagekit.utils.invalidate_app_cache": "invalidate_app_cache",
}
"""What the support module has in the place of ImageKit 2's; names of ImageKit 2 under their shortest path."""


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Report strings that are such a name and nothing else, the values of the backend setting excepted."""
    if "imagekit." not in module.text.source.text:
        return
    for literal in literals(module):
        if not _DOTTED.fullmatch(literal.value) or _is_of_setting(module, literal.node):
            continue
        if canonical(literal.value) in _IN_SUPPORT and module.project.has_ik2_code:
            yield _name_support(module, literal)
            continue
        owner, _, member = literal.value.rpartition(".")
        if canonical(owner) in _IN_SUPPORT:
            message = f"{literal.value} is not in ImageKit 3"
            successor = f"{support_of(module).dotted}.{_IN_SUPPORT[canonical(owner)]}.{member}"
            yield make_finding(RULE, module, literal.node, message, Applicability.MANUAL, suggestion=successor)
            continue
        for gone, successor in _SUCCESSORS:
            if literal.value == gone or literal.value.startswith(f"{gone}."):
                message = f"{literal.value} is not in ImageKit 3"
                member = literal.value[len(gone) :]
                suggestion = successor + (member if member in _KEPT_MEMBERS else "")
                yield make_finding(RULE, module, literal.node, message, Applicability.MANUAL, suggestion=suggestion)
                break


def _name_support(module: Module, literal: Literal) -> Finding:
    """Name the successor in the support module."""
    name = _IN_SUPPORT[canonical(literal.value)]
    place = literal.locate(0, len(literal.value))
    message = f"`{literal.value}` is named in a string, and is something else in ImageKit 3"
    dotted = support_of(module).dotted
    successor = dotted if literal.value == _TASKS else f"{dotted}.{name}"
    if place is None:
        return make_finding(RULE, module, literal.node, message, Applicability.MANUAL, suggestion=successor)
    changes: list[Change] = [Edit(*place, (successor,)), *need_support(module, name)]
    return make_finding(RULE, module, literal.node, message, Applicability.SAFE, changes=changes)


def _is_of_setting(module: Module, node: ast.expr) -> bool:
    """Whether the string is the value of the setting for the backend, which has its own rule."""
    parents = module.text.names.parents
    around: ast.AST = node
    while not isinstance(around, ast.stmt | ast.keyword | ast.Dict):
        around = parents[around]
    if isinstance(around, ast.FunctionDef | ast.ClassDef):
        return False
    return SETTING in module.text.text_of(around)
