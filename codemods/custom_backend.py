"""A class of the project that is an image cache backend becomes a strategy."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.codegen.custom_backends import is_of_ik2
from ik_migrate.codegen.strategy_class import NO_CLEAR, ClassWriter, sketch
from ik_migrate.imagekit.backend_family import Family
from ik_migrate.imagekit.cache_backends import why_not_turned
from ik_migrate.model.finding import Finding
from ik_migrate.model.rule import Applicability, Rule
from ik_migrate.project.module import Module
from ik_migrate.project.reporting import make_finding
from ik_migrate.rules import Codemod

RULE = Rule(
    code="IK403",
    name="custom-image-cache-backend",
    summary="an image cache backend of the project's own is a strategy now",
    applicability=(Applicability.UNSAFE, Applicability.MANUAL),
    why=(
        "ImageKit 3 has no image cache backends, and never calls `validate()`, `invalidate()` or `clear()`. It tells a"
        " strategy when a file is about to be used and when its source was saved; from 3.3 on also when an instance"
        " from the database is first saved with the source it had. Whether a file exists is cached now, and nothing is"
        " told of deleted instances."
    ),
    help="Check the strategy that the class becomes; all that use the class change with it.",
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
from imagekit.cachefiles.backends import CacheFileState, Simple
from imagekit.cachefiles.strategies import JustInTime
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


class EagerBackend(JustInTime):
    def on_existence_required(self, file):
        if not file.cachefile_backend.exists(file):
            file.generate(force=True)

    def on_content_required(self, file):
        self.on_existence_required(file)

    def on_source_saved(self, file):
        if file.storage.exists(file.name):
            file.storage.delete(file.name)
        file.cachefile_backend.set_state(file, CacheFileState.DOES_NOT_EXIST)
        file.generate(force=True)


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField(
        [ResizeToFill(50, 50)],
        source='image',
        cachefile_backend=Simple(),
        cachefile_strategy=EagerBackend(),
    )
""",
)


def check_module(module: Module) -> Iterator[Finding]:
    """Turn the backends that can be turned as a whole; show what the others could become."""
    for node in module.text.nodes_of(ast.ClassDef) if module.project.own_backends else ():
        backend = module.project.own_backends.get((module.path, node.name)) if isinstance(node, ast.ClassDef) else None
        if backend is None or not isinstance(node, ast.ClassDef):
            continue
        family = Family.of(module, node)
        writer = ClassWriter(family)
        changes = writer.write()
        message = f"{node.name} is an image cache backend"
        reason = why_not_turned(backend, module.project)
        if reason and (changes.edits or is_of_ik2(family)):
            yield make_finding(
                RULE,
                module,
                node,
                message,
                Applicability.MANUAL,
                why=f"Not rewritten: {reason}. {RULE.why}",
                help="Write a strategy like this one, and name it wherever the backend is named.",
                suggestion=sketch(family, changes),
            )
        elif not reason and changes.edits:
            yield make_finding(
                RULE,
                module,
                node,
                message,
                Applicability.UNSAFE,
                changes=[*changes.edits, *changes.imports],
                why=f"{RULE.why} {NO_CLEAR}" if writer.drops_clear else "",
            )


CODEMOD = Codemod(rules=(RULE,), module=check_module)
