"""The format that ImageKit 2 took from the extension of the file it wrote: said outright now."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.codemod import Codemod, report
from ik_migrate.findings import Applicability, Finding, Rule
from ik_migrate.resolution.callables import Verdict, judge
from ik_migrate.resolution.generation import is_ik3_code
from ik_migrate.resolution.returned_names import returned_extension
from ik_migrate.rewriting.edits import AddArgument
from ik_migrate.rewriting.getters import NoGetter, quoted
from ik_migrate.specs.cachefile_names import judged_cache_to, name_getter
from ik_migrate.specs.spec_field import SpecField

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
    applicability=(Applicability.SAFE, Applicability.UNSAFE, Applicability.MANUAL),
    why=(
        "Without `format=`, ImageKit 2 chose the format by the extension of the file that it wrote. ImageKit 3 takes"
        " that of the source, whatever the file is called: a name that ends in .png would hold a JPEG. The same goes"
        " for a `ProcessedImageField`, whose `upload_to` gives the name."
    ),
    todo="Say the format that the extension stands for.",
    source="SpecFileGenerator.process_content in imagekit/generators.py of 2.0.4; process_image of PILKit",
    before=_EXAMPLE.format(""),
    after=_EXAMPLE.format(", format='PNG'"),
)


def check_spec_field(spec: SpecField) -> Iterator[Finding]:
    """Say the format where a name that is given decided it."""
    yield from _of_upload_to(spec) if spec.is_processed else _of_cache_to(spec)


def _of_cache_to(spec: SpecField) -> Iterator[Finding]:
    """Where the callable decides the extension, it decided the format."""
    judgement = judged_cache_to(spec)
    if judgement is None or judgement.verdict is not Verdict.YES or spec.given("format") is not None:
        return
    try:
        name_getter(spec)
    except NoGetter:
        return  # The name is not rewritten, and its own finding shows the class to write.
    extension = returned_extension(judgement)
    node = spec.arguments["cache_to"].value
    if extension.format:
        yield report(
            RULE,
            spec.module,
            node,
            f"{spec.label} has no format, and its file name ends in {extension.literal}",
            Applicability.SAFE,
            changes=(AddArgument(spec.offset, "format", (quoted(spec, extension.format),)),),
        )
    elif not extension.is_kept and not extension.literal:
        yield report(
            RULE,
            spec.module,
            node,
            f"{spec.label} has no format, and the extension of its file name can't be told",
            Applicability.MANUAL,
            todo="If the extension is not that of the source, give the spec class the format that it stands for.",
            suggestion="format = 'JPEG'",
        )


def _of_upload_to(spec: SpecField) -> Iterator[Finding]:
    """The same of a field that stores what it made: its ``upload_to`` decides the name."""
    upload_to = spec.given("upload_to")
    if upload_to is None or {"spec", "spec_id"} & set(spec.arguments) or spec.given("format") is not None:
        return
    is_ik3 = is_ik3_code(spec.module, spec.call)
    extension = returned_extension(judge(spec.module, upload_to.value))
    if not extension.format or (is_ik3 and not spec.module.project.has_ik2_code):
        return
    around = "The code around it is ImageKit 3's already, so it may have been changed on purpose. "
    yield report(
        RULE,
        spec.module,
        upload_to.value,
        f"{spec.label} has no format, and its upload_to gives names that end in {extension.literal}",
        Applicability.UNSAFE if is_ik3 else Applicability.SAFE,
        why=f"{around if is_ik3 else ''}{RULE.why}",
        changes=(AddArgument(spec.offset, "format", (quoted(spec, extension.format),)),),
    )


CODEMOD = Codemod(rules=(RULE,), spec_field=check_spec_field)
