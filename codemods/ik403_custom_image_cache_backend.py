"""A class of the project that is an image cache backend becomes a strategy."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.imagekit.backend_family import has_all_events, is_strategy, root_of
from ik_migrate.imagekit.cache_backends import SUCCESSORS
from ik_migrate.model.imagekit_names import PESSIMISTIC
from ik_migrate.project.class_hierarchy import with_bases
from ik_migrate.rules import (
    Applicability,
    CannotGenerate,
    Change,
    Edit,
    Finding,
    Module,
    Rule,
    checks_module,
    make_finding,
    require_support,
    use_support,
)

RULE = Rule(
    code="IK403",
    name="custom-image-cache-backend",
    summary="the project's own image cache backends derive from those of the support module",
    applicability=(Applicability.SAFE, Applicability.UNSAFE, Applicability.MANUAL),
    why=(
        "ImageKit 3 has no image cache backends, and never calls `validate()`, `invalidate()` or `clear()`. It has"
        " strategies, which it calls when a file is about to be used and when its source was saved. The backends of"
        " the support module are strategies that call these methods as ImageKit 2 did, with files that have"
        " ImageKit 2's methods."
    ),
    help=(
        "Derive the class from `PessimisticImageCacheBackend` or `NonValidatingImageCacheBackend` of the support"
        " module, and keep its methods."
    ),
    source=(
        "imagekit/imagecache/base.py and imagekit/models/fields/files.py of 2.0.4;"
        " imagekit/cachefiles/strategies.py, backends.py and imagekit/registry.py of 3.0.4 to 6.1.1"
    ),
    before="""\
from django.db import models
from imagekit.imagecache import PessimisticImageCacheBackend
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


class EagerBackend(PessimisticImageCacheBackend):
    def validate(self, file):
        if self.is_invalid(file):
            file.generate(save=True)

    def invalidate(self, file):
        file.delete(save=False)
        file.generate(save=True)

    def clear(self, file):
        file.delete(save=False)


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField(
        [ResizeToFill(50, 50)],
        image_field='image',
        image_cache_backend=EagerBackend(),
    )
""",
    after="""\
from django.db import models
from imagekit.processors import ResizeToFill
from imagekit_support import LegacyImageSpecField, PessimisticImageCacheBackend


class EagerBackend(PessimisticImageCacheBackend):
    def validate(self, file):
        if self.is_invalid(file):
            file.generate(save=True)

    def invalidate(self, file):
        file.delete(save=False)
        file.generate(save=True)

    def clear(self, file):
        file.delete(save=False)


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = LegacyImageSpecField(
        [ResizeToFill(50, 50)],
        image_field='image',
        image_cache_backend=EagerBackend(),
    )
""",
)


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Give each backend a base of the support module, which passes ImageKit 3's events on to its methods."""
    for node in module.text.nodes_of(ast.ClassDef):
        if not isinstance(node, ast.ClassDef) or is_strategy(module, node):
            continue
        root = root_of(module, node)
        if not root and not (has_all_events(module, node) and not _derives_from_project(module, node)):
            continue
        message = f"{node.name} is an image cache backend"
        try:
            changes = _changes(module, node, root)
        except CannotGenerate as error:
            why = f"Not rewritten: {error}. {RULE.why}"
            yield make_finding(RULE, module, node, message, Applicability.MANUAL, why=why)
            continue
        yield make_finding(RULE, module, node, message, Applicability.SAFE, changes=changes)


def _changes(module: Module, node: ast.ClassDef, root: str) -> list[Change]:
    if root:
        # The import of the base changes, see IK404: the class itself stays as it is.
        return list(require_support(module, SUCCESSORS[root].piece, "+own_backends"))
    base, changes = use_support(module, "PessimisticImageCacheBackend", "+own_backends")
    if _imports_backend(module, "PessimisticImageCacheBackend"):
        base, changes = (
            "PessimisticImageCacheBackend",
            require_support(module, "PessimisticImageCacheBackend", "+own_backends"),
        )
    text = module.text
    if node.bases:
        # Bases of the project come first: they may have methods of a backend.
        last = node.bases[-1]
        is_object = module.qualified(last) == "builtins.object"
        start = text.start(last) if is_object else text.end(last)
        return [Edit(start, text.end(last), (base if is_object else f", {base}",)), *changes]
    start = text.start(node)
    name_end = text.source.text.index(node.name, start + len("class")) + len(node.name)
    colon = text.source.text.index(":", name_end)
    return [Edit(name_end, colon, (f"({base})",)), *changes]


def _imports_backend(module: Module, name: str) -> bool:
    """Whether a file imports a backend of ImageKit 2 under its own name, and so gets its successor, see IK404."""
    target = module.project.resolve_global(module, name)
    return target is not None and target.qualified == PESSIMISTIC


def _derives_from_project(module: Module, node: ast.ClassDef) -> bool:
    """Whether a class without a base of ImageKit's has one of the project's, which gets the new base."""
    return any(has_all_events(*found) for found in list(with_bases(module, node))[1:])
