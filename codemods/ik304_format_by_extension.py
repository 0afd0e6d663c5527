"""The format that ImageKit 2 took from the extension of the file it wrote: said outright now."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.codegen.legacy_spec import base_of
from ik_migrate.imagekit.callability import Verdict, classify
from ik_migrate.imagekit.returned_names import UNKNOWN, returned_extension
from ik_migrate.imagekit.sources import image_fields_of, source_binding, source_name
from ik_migrate.model.imagekit_names import PROCESSED_FIELD
from ik_migrate.rules import (
    AddArgument,
    Applicability,
    Finding,
    ImageSymptom,
    Rule,
    Sign,
    SpecField,
    checks_spec_field,
    is_ik3_code,
    make_finding,
    quoted,
)

_EXAMPLE = """\
from django.db import models
from imagekit.models import ProcessedImageField
from imagekit.processors import ResizeToFill


def portrait_path(instance, filename):
    return 'portraits/%s.png' % instance.slug


class Member(models.Model):
    slug = models.SlugField()
    portrait = ProcessedImageField([ResizeToFill(50, 50)], upload_to=portrait_path{})
"""

RULE = Rule(
    code="IK304",
    name="format-by-extension",
    summary="the extension of the target no longer decides the format",
    applicability=(Applicability.SAFE, Applicability.UNSAFE, Applicability.MANUAL, Applicability.NOTICE),
    why=(
        "Without `format=`, ImageKit 2 chose the format by the extension of the file that it wrote. ImageKit 3"
        " uses the format of the source, whatever the name of the file is: a file named .png would be a JPEG. The same"
        " is true for a `ProcessedImageField`, whose `upload_to` sets the name."
    ),
    help="Set the format that the extension stands for.",
    source="SpecFileGenerator.process_content in imagekit/generators.py of 2.0.4; process_image of PILKit",
    before=_EXAMPLE.format(""),
    after=_EXAMPLE.format(", format='PNG'"),
    symptoms=(
        ImageSymptom(
            Sign.FORMAT_OF_SOURCE,
            "without format=, ImageKit 2 used the extension of the file name; ImageKit 3 uses the format of the source",
        ),
    ),
)


_OTHER_NAMES = (
    "A source that is stored under a name with another extension kept that format in ImageKit 2; it would get this one."
)


@checks_spec_field(RULE)
def check_spec_field(spec: SpecField) -> Iterator[Finding]:
    """Name the format where a file name of the project decided it."""
    yield from _of_upload_to(spec) if spec.is_processed else _of_source(spec)


def _of_upload_to(spec: SpecField) -> Iterator[Finding]:
    """The same of a field that stores what it made: its ``upload_to`` decides the name."""
    upload_to = spec.given("upload_to")
    if upload_to is None or {"spec", "spec_id"} & set(spec.arguments) or spec.given("format") is not None:
        return
    is_ik3 = is_ik3_code(spec.module, spec.call)
    extension = returned_extension(classify(spec.module, upload_to.value))
    if is_ik3 and not spec.module.project.has_ik2_code:
        return
    if not extension.format:
        if not spec.module.project.faithful and not is_ik3 and not _is_left_to_run_time(spec):
            message = f"{spec.label} has no format: its file gets the format of what was uploaded, not of its name"
            yield make_finding(RULE, spec.module, spec.call, message, Applicability.NOTICE)
        return
    around = "The code around it is ImageKit 3's already, so it may have been changed on purpose. "
    yield make_finding(
        RULE,
        spec.module,
        upload_to.value,
        f"{spec.label}: no `format=`, and its `upload_to` returns names that end in {extension.literal}",
        Applicability.UNSAFE if is_ik3 else Applicability.SAFE,
        why=f"{around if is_ik3 else ''}{RULE.why}",
        changes=(AddArgument(spec.offset, "format", (quoted(spec, extension.format),)),),
    )


def _is_left_to_run_time(spec: SpecField) -> bool:
    """Whether the field becomes one of the support module, which knows the name: because of its processors."""
    processors = spec.given("processors")
    is_list = processors is None or classify(spec.module, processors.value).verdict is Verdict.NO
    return spec.is_legacy or bool(spec.unseen) or not is_list


def _of_source(spec: SpecField) -> Iterator[Finding]:
    """Where the file is called as its source is, and the source's ``upload_to`` decides that name."""
    if spec.given("format") is not None or spec.given("spec") is not None or not spec.is_whole or base_of(spec):
        return
    found = source_binding(spec, source_name(spec) or _only_image_field(spec))
    if found is None or (is_ik3_code(spec.module, spec.call) and not spec.module.project.has_ik2_code):
        return
    module, field = found
    if module.qualified(field.func) == PROCESSED_FIELD:
        return  # What it stores is in the format that the name says.
    upload_to = next((keyword.value for keyword in field.keywords if keyword.arg == "upload_to"), None)
    extension = returned_extension(classify(module, upload_to)) if upload_to is not None else UNKNOWN
    if not extension.format:
        return
    message = f"{spec.label}: no `format=`, and `upload_to` of its source returns names that end in {extension.literal}"
    why = f"{RULE.why} {_OTHER_NAMES}"
    value = quoted(spec, extension.format)
    add = AddArgument(spec.offset, "format", (value,))
    yield make_finding(RULE, spec.module, spec.call, message, Applicability.UNSAFE, why=why, changes=(add,))


def _only_image_field(spec: SpecField) -> str:
    """Return the ImageField of a spec field that names none; empty if it cannot be determined."""
    fields, reason = image_fields_of(spec)
    return fields[0] if len(fields) == 1 and not reason else ""
