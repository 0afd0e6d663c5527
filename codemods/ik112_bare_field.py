"""A spec field with nothing but a source copied the image; ImageKit 3 registers no spec for it."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.imagekit.kwargs_dicts import with_passed_arguments
from ik_migrate.rules import (
    AddArgument,
    Applicability,
    ErrorSymptom,
    Finding,
    Rule,
    SpecField,
    checks_spec_field,
    is_ik3_code,
    make_finding,
    photo_model,
)

RULE = Rule(
    code="IK112",
    name="bare-field",
    summary="a spec field with only `source=` registers no spec",
    applicability=(Applicability.SAFE, Applicability.MANUAL),
    why=(
        "ImageKit 2 copied the image. ImageKit 3 registers no spec for a field that has only a source: it raises"
        " `NotRegistered`, not when the models are loaded but when an instance is saved."
    ),
    help="Add `processors=[]`.",
    source="SpecHost in imagekit/specs/__init__.py, 3.0.4 to 6.1.1",
    before=photo_model(
        "copy = ImageSpecField(image_field='image')", imports=("from imagekit.models import ImageSpecField",)
    ),
    after=photo_model(
        "copy = ImageSpecField(source='image', processors=[])", imports=("from imagekit.models import ImageSpecField",)
    ),
    symptoms=(
        ErrorSymptom(
            "is not registered", "ImageKit 3 registers no spec for a field with only a source: add processors=[]"
        ),
    ),
)

_MAKES_A_SPEC = frozenset(
    {"processors", "format", "options", "storage", "cachefile_storage", "autoconvert", "cachefile_backend"}
    | {"cachefile_strategy", "spec", "id", "image_cache_backend", "cache_to"}
)


@checks_spec_field(RULE)
def check_spec_field(spec: SpecField) -> Iterator[Finding]:
    """Add an empty list of processors where nothing else makes a spec."""
    spec = with_passed_arguments(spec)
    if spec.is_processed or not (spec.is_whole or spec.is_in_constructor):
        return
    if spec.is_ik3:
        # Whoever wrote it: every ImageKit 3 raises for it.
        is_bare = set(spec.arguments) == {"source"} and spec.is_whole
    elif is_ik3_code(spec.module, spec.call) and not spec.module.project.has_ik2_code:
        return
    else:
        is_bare = not any(_makes_a_spec(spec, name) for name in _MAKES_A_SPEC)
    if is_bare:
        add = AddArgument(spec.offset, "processors", ("[]",))
        message = f"{spec.label}: `source=` alone registers no spec"
        yield make_finding(RULE, spec.module, spec.call, message, Applicability.SAFE, changes=(add,))


def _makes_a_spec(spec: SpecField, name: str) -> bool:
    """Whether an argument is still there, and not None, after the rewrite."""
    argument = spec.given(name)
    if name == "autoconvert" and argument is not None and not spec.is_ik3:
        return argument.literal is True
    return argument is not None
