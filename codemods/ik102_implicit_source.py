"""A spec field without ``image_field`` looked for its source; now ``source=`` must name it."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.imagekit.kwargs_dicts import with_passed_arguments
from ik_migrate.imagekit.sources import image_fields_of
from ik_migrate.rules import (
    AddArgument,
    Applicability,
    ErrorSymptom,
    Finding,
    ImageSymptom,
    Rule,
    Sign,
    SpecField,
    checks_spec_field,
    is_ik3_code,
    make_finding,
    photo_model,
    quoted,
)

RULE = Rule(
    code="IK102",
    name="implicit-source",
    summary="a spec field without a source should name it",
    applicability=(Applicability.SAFE, Applicability.MANUAL),
    why=(
        "ImageKit 2 looked for the only `ImageField` of the model when the image was used. ImageKit 3.0 and 3.1 look"
        " while the class is being built, so the order of attributes decides. Later versions wait for a signal that"
        " abstract models never send: there the attribute does not exist, without an error."
    ),
    help="Name the `ImageField` with `source=`.",
    source="ImageSpecFieldFile.source_file of 2.0.4; ImageSpecField.contribute_to_class of 3.0.4, 3.3 and 6.1.1",
    before=photo_model("small = ImageSpecField([ResizeToFill(50, 50)])"),
    after=photo_model("small = ImageSpecField([ResizeToFill(50, 50)], source='image')"),
    symptoms=(
        ErrorSymptom("does not define any ImageFields|defines multiple ImageFields", "ImageKit 3 needs source= here"),
        ImageSymptom(Sign.FIELD_GONE, "on an abstract model, ImageKit 3 needs source="),
    ),
)


@checks_spec_field(RULE)
def check_spec_field(spec: SpecField) -> Iterator[Finding]:
    """Add the source that ImageKit 2 would have found."""
    spec = with_passed_arguments(spec)
    if spec.is_processed or spec.is_ik3 or not (spec.is_whole or spec.is_in_constructor):
        return
    if is_ik3_code(spec.module, spec.call) and not spec.module.project.has_ik2_code:
        return
    if spec.given("image_field") is not None or spec.given("source") is not None:
        return
    fields, _ = image_fields_of(spec)
    # Without one, the support module's field takes the call as soon as its `pre_cache` is resolved.
    if fields:
        message = f"{spec.label}: no `source=`"
        add = AddArgument(spec.offset, "source", (quoted(spec, fields[0]),))
        yield make_finding(RULE, spec.module, spec.call, message, Applicability.SAFE, changes=(add,))
