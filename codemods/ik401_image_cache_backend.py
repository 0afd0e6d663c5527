"""``image_cache_backend=`` of a spec field becomes a backend and a strategy."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.codegen.imports import needed
from ik_migrate.codegen.shared_objects import backend_named, is_kept_by_support
from ik_migrate.imagekit.cache_backends import BACKENDS, OWN, STRATEGIES, Successor, successor_of
from ik_migrate.imagekit.spec_field import Argument
from ik_migrate.rules import (
    AddArgument,
    Applicability,
    Change,
    DropArgument,
    ErrorSymptom,
    Finding,
    ImageSymptom,
    RenameArgument,
    Rule,
    Sign,
    SpecField,
    checks_spec_field,
    make_finding,
    need_support,
    photo_model,
    quoted,
    use_support,
)

RULE = Rule(
    code="IK401",
    name="image-cache-backend",
    summary="`image_cache_backend=` was replaced by a backend and a strategy",
    applicability=(Applicability.SAFE, Applicability.MANUAL),
    why=(
        "ImageKit 3 raises `TypeError` for `image_cache_backend=` while the models are being loaded. It has"
        " two classes instead: a cache file backend defines how a file is generated, a strategy defines when."
    ),
    help="Set `cachefile_backend=` and `cachefile_strategy=`.",
    source="imagekit/imagecache/base.py of 2.0.4; imagekit/cachefiles/backends.py and strategies.py of 3.0.4",
    before=photo_model(
        "small = ImageSpecField(",
        "    [ResizeToFill(50, 50)],",
        "    image_field='image',",
        "    image_cache_backend=NonValidatingImageCacheBackend(),",
        ")",
        imports=(
            "from imagekit.imagecache import NonValidatingImageCacheBackend",
            "from imagekit.models import ImageSpecField",
            "from imagekit.processors import ResizeToFill",
        ),
    ),
    after=photo_model(
        "small = ImageSpecField(",
        "    [ResizeToFill(50, 50)],",
        "    source='image',",
        "    cachefile_strategy='imagekit.cachefiles.strategies.Optimistic',",
        ")",
    ),
    symptoms=(
        ErrorSymptom("unexpected keyword argument '?image_cache_backend", "image_cache_backend= became a strategy"),
        ImageSymptom(
            Sign.MOMENT,
            "NonValidatingImageCacheBackend, as an argument or as the setting, corresponds to the strategy"
            " Optimistic, PessimisticImageCacheBackend to JustInTime",
        ),
    ),
)


@checks_spec_field(RULE)
def check_spec_field(spec: SpecField) -> Iterator[Finding]:
    """Replace the backends of ImageKit by a backend and a strategy; others become strategies themselves."""
    argument = spec.arguments.get("image_cache_backend")
    if argument is None or spec.is_processed:
        return
    node = argument.keyword or argument.value
    if argument.is_none:
        drop = (DropArgument(spec.offset, argument.name),)
        message = f"{spec.label}: `image_cache_backend=None` is the default"
        yield make_finding(RULE, spec.module, node, message, Applicability.SAFE, changes=drop)
        return
    message = f"{spec.label}: `image_cache_backend=` was removed"
    successor = successor_of(spec.module, argument.value)
    if successor is None or successor.strategy == OWN:
        rename = RenameArgument(spec.offset, argument.name, "cachefile_strategy")
        yield make_finding(RULE, spec.module, node, message, Applicability.SAFE, changes=[rename])
        return
    yield make_finding(
        RULE,
        spec.module,
        node,
        message,
        Applicability.SAFE,
        changes=[*_arguments(spec, argument, successor), DropArgument(spec.offset, argument.name)],
    )


def _arguments(spec: SpecField, argument: Argument, successor: Successor) -> list[Change]:
    """The two arguments that stand for a backend of ImageKit 2."""
    changes: tuple[Change, ...]
    if is_kept_by_support(spec, successor):
        named = backend_named(spec, argument.value)
        if named is not None:
            # Its import comes from the support module, see the rule about imports.
            strategy, changes = named.id, need_support(spec.module, successor.piece)
        else:
            strategy, changes = use_support(spec.module, successor.piece)
        return [AddArgument(spec.offset, "cachefile_strategy", (strategy,), after=argument.name), *changes]
    path = quoted(spec, f"{STRATEGIES}.{successor.strategy}")
    if spec.module.project.has_simple_backend:
        # The backend of the settings, and ImageKit's default, does the same as one that is named.
        return [AddArgument(spec.offset, "cachefile_strategy", (path,), after=argument.name)]
    backend, imports = needed(spec.module, BACKENDS, "Simple")
    return [
        AddArgument(spec.offset, "cachefile_backend", (f"{backend}()",), after=argument.name),
        AddArgument(spec.offset, "cachefile_strategy", (path,), after="cachefile_backend"),
        *imports,
    ]
