"""``image_cache_backend=`` of a spec field becomes a backend and a strategy."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.codegen.imports import needed
from ik_migrate.codegen.properties import quoted
from ik_migrate.codegen.spec_class import span_of
from ik_migrate.imagekit.cache_backends import (
    BACKENDS,
    OWN,
    STRATEGIES,
    backend_name,
    class_made_by,
    obstacle_of,
    successor_of,
)
from ik_migrate.imagekit.spec_field import SpecField
from ik_migrate.model.change import AddArgument, DropArgument
from ik_migrate.model.finding import Finding
from ik_migrate.model.rule import Applicability, Rule
from ik_migrate.project.reporting import make_finding
from ik_migrate.rules import Codemod

RULE = Rule(
    code="IK401",
    name="image-cache-backend",
    summary="`image_cache_backend=` is a backend and a strategy now",
    applicability=(Applicability.SAFE, Applicability.UNSAFE, Applicability.MANUAL),
    why=(
        "ImageKit 3 raises `TypeError` for `image_cache_backend=` while the models are being loaded. It divides the"
        " work: a cache file backend says how a file is made, a strategy says when."
    ),
    help="Give `cachefile_backend=` and `cachefile_strategy=`.",
    source="imagekit/imagecache/base.py of 2.0.4; imagekit/cachefiles/backends.py and strategies.py of 3.0.4",
    before="""\
from django.db import models
from imagekit.imagecache import NonValidatingImageCacheBackend
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField(
        [ResizeToFill(50, 50)],
        image_field='image',
        image_cache_backend=NonValidatingImageCacheBackend(),
    )
""",
    after="""\
from django.db import models
from imagekit.cachefiles.backends import Simple
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField(
        [ResizeToFill(50, 50)],
        source='image',
        cachefile_backend=Simple(),
        cachefile_strategy='imagekit.cachefiles.strategies.Optimistic',
    )
""",
)

_LATER = (
    "ImageKit 2 made a missing file at once and only made it again in a task; ImageKit 3 leaves it missing until a"
    " task has run, so pages can show no picture for a moment. ImageKit 3.0 calls the backend Async."
)
_BY_HAND = f"""\
from {BACKENDS} import Simple

cachefile_backend=Simple(),
cachefile_strategy=...,  # what the backend did, as a strategy"""
_CHANGES_TOO = (
    "The backend is the project's own, and is turned into a strategy at the same time (IK403): check that one."
)


def check_spec_field(spec: SpecField) -> Iterator[Finding]:
    """Rewrite the backends that come with ImageKit; report the others."""
    argument = spec.arguments.get("image_cache_backend")
    if argument is None or spec.is_processed:
        return
    node = argument.keyword or argument.value
    if argument.is_none:
        drop = (DropArgument(spec.offset, argument.name),)
        message = f"{spec.label} gives image_cache_backend=None, which is the default"
        yield make_finding(RULE, spec.module, node, message, Applicability.SAFE, changes=drop)
        return
    successor = successor_of(spec.module, argument.value)
    message = f"{spec.label} has an image cache backend"
    if successor is None:
        obstacle = obstacle_of(spec.module, class_made_by(spec.module, argument.value))
        yield make_finding(
            RULE,
            spec.module,
            node,
            f"{message} of the project's own: {spec.module.text.text_of(argument.value)}",
            Applicability.MANUAL,
            why=f"Not rewritten: {obstacle}. {RULE.why}" if obstacle else "",
            help="Turn the backend into a strategy (ik-migrate explain IK403) and give cachefile_strategy=.",
            suggestion=_BY_HAND,
        )
        return
    backend, imports = needed(spec.module, BACKENDS, backend_name(successor, spec.module.project.target))
    is_own = successor.strategy == OWN
    why = f"{RULE.why} {_CHANGES_TOO if is_own else _LATER}"
    strategy = span_of(spec.module, argument.value) if is_own else quoted(spec, f"{STRATEGIES}.{successor.strategy}")
    yield make_finding(
        RULE,
        spec.module,
        node,
        message,
        Applicability.SAFE if successor.is_exact else Applicability.UNSAFE,
        why="" if successor.is_exact else why,
        changes=[
            AddArgument(spec.offset, "cachefile_backend", (f"{backend}()",), after=argument.name),
            AddArgument(spec.offset, "cachefile_strategy", (strategy,), after="cachefile_backend"),
            DropArgument(spec.offset, argument.name),
            *imports,
        ],
    )


CODEMOD = Codemod(rules=(RULE,), spec_field=check_spec_field)
