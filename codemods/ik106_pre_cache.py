"""``pre_cache``, an argument of ImageKit 1, was removed."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.codegen.legacy_spec import has_callable_processors, names_its_files
from ik_migrate.codegen.static_rewrite import why_not_static_but_pre_cache
from ik_migrate.rules import (
    AddArgument,
    Applicability,
    DropArgument,
    ErrorSymptom,
    Finding,
    Rule,
    SpecField,
    checks_spec_field,
    make_finding,
    photo_model,
    quoted,
)

RULE = Rule(
    code="IK106",
    name="pre-cache",
    summary="`pre_cache=` was removed",
    applicability=(Applicability.SAFE, Applicability.UNSAFE, Applicability.MANUAL),
    why=(
        "In ImageKit 1, `pre_cache=True` generated an image when its source was saved. ImageKit 2 raised an"
        " exception for it, ImageKit 3 raises `TypeError`."
    ),
    help="Remove it. To generate images when their source is saved, use the strategy `Optimistic`.",
    source="ImageSpecField.__init__ in imagekit/models/fields/__init__.py of 1.1.0, 2.0.4 and 3.0.4",
    blocks_call=True,
    before=photo_model("small = ImageSpecField([ResizeToFill(50, 50)], image_field='image', pre_cache=None)"),
    after=photo_model("small = ImageSpecField([ResizeToFill(50, 50)], source='image')"),
    symptoms=(ErrorSymptom("unexpected keyword argument '?pre_cache", "pre_cache= was removed"),),
)

_OPTIMISTIC = "imagekit.cachefiles.strategies.Optimistic"


@checks_spec_field(RULE)
def check_spec_field(spec: SpecField) -> Iterator[Finding]:
    """Drop the argument, or replace it by a strategy if it is true."""
    argument = spec.arguments.get("pre_cache")
    if argument is None or argument.keyword is None or spec.is_processed:
        return
    message = f"{spec.label}: `pre_cache=` was removed"
    drop = DropArgument(spec.offset, "pre_cache")
    if argument.is_none or argument.literal is False:
        yield make_finding(RULE, spec.module, argument.keyword, message, Applicability.SAFE, changes=(drop,))
    elif argument.literal is True and not _has_strategy(spec) and not why_not_static_but_pre_cache(spec):
        strategy = AddArgument(spec.offset, "cachefile_strategy", (quoted(spec, _OPTIMISTIC),), after="pre_cache")
        yield make_finding(RULE, spec.module, argument.keyword, message, Applicability.UNSAFE, changes=(strategy, drop))
    else:
        yield make_finding(RULE, spec.module, argument.keyword, message, Applicability.MANUAL)


def _has_strategy(spec: SpecField) -> bool:
    """Whether the field has a strategy already, or gets one with its spec class."""
    given = {"cachefile_strategy", "image_cache_backend"} & set(spec.arguments)
    return bool(given) or names_its_files(spec) or has_callable_processors(spec)
