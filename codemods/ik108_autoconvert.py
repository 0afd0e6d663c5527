"""``autoconvert=False`` had no effect in ImageKit 2, and has one now."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.rules import (
    Applicability,
    DropArgument,
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
    code="IK108",
    name="autoconvert",
    summary="`autoconvert=False` takes effect now",
    applicability=(Applicability.SAFE, Applicability.UNSAFE, Applicability.MANUAL),
    why=(
        "ImageKit 2 never passed `autoconvert` to the code that saves: images were always converted. ImageKit 3"
        " respects it, and then saving an image with transparency as JPEG fails."
    ),
    help="Remove the argument to keep the current behaviour.",
    source="imagekit/generators.py of 2.0.4 (img_to_fobj is called without it); imagekit/specs/__init__.py of 3.0.4",
    before=photo_model("small = ImageSpecField([ResizeToFill(50, 50)], image_field='image', autoconvert=False)"),
    after=photo_model("small = ImageSpecField([ResizeToFill(50, 50)], source='image')"),
    symptoms=(ErrorSymptom("cannot write mode", "ImageKit 3 respects autoconvert=False, ImageKit 2 ignored it"),),
)


@checks_spec_field(RULE)
def check_spec_field(spec: SpecField) -> Iterator[Finding]:
    """Drop the argument, unless it says the default."""
    argument = spec.arguments.get("autoconvert")
    if argument is None or spec.is_ik3 or (spec.is_processed and is_ik3_code(spec.module, spec.call)):
        return
    if argument.literal is True or argument.is_none:
        return
    is_known = argument.literal is False
    yield make_finding(
        RULE,
        spec.module,
        argument.keyword or argument.value,
        f"{spec.label}: `autoconvert=` had no effect in ImageKit 2",
        Applicability.SAFE if is_known else Applicability.UNSAFE,
        changes=(DropArgument(spec.offset, "autoconvert"),),
    )
