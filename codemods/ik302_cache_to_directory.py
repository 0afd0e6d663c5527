"""``cache_to`` as a directory: the ``cachefile_name`` of a spec class puts the file there."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.codegen.legacy_spec import cache_to_of, classify_cache_to, make_spec_finding, write_cache_to
from ik_migrate.imagekit.callability import Verdict
from ik_migrate.rules import (
    Applicability,
    DropArgument,
    Finding,
    ImageSymptom,
    Rule,
    Sign,
    SpecField,
    checks_spec_field,
    make_finding,
    photo_model,
)

RULE = Rule(
    code="IK302",
    name="cache-to-directory",
    summary="`cache_to=` with a directory needs a spec class",
    applicability=(Applicability.SAFE, Applicability.MANUAL),
    why=(
        "ImageKit 3 has no `cache_to`: `TypeError` while the models are loaded. ImageKit 2 put the file into the"
        " directory under the name of its source, with the extension of the source, even if `format=` names another"
        " one."
    ),
    help=(
        "Give the field a spec class that derives from `DirectorySpec` of the support module, and set `cache_to` there."
    ),
    source="ImageSpecFieldFile.name in imagekit/models/fields/files.py of 2.0.4",
    before=photo_model("small = ImageSpecField([ResizeToFill(50, 50)], image_field='image', cache_to='thumbs')"),
    after="""\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill
from imagekit_support import DirectorySpec


class PhotoSmall(DirectorySpec):
    processors = [ResizeToFill(50, 50)]
    cache_to = 'thumbs'


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField(source='image', spec=PhotoSmall)
""",
    symptoms=(ImageSymptom(Sign.NAME_IN_DIRECTORY, "cache_to= was removed: set cachefile_name in a spec class"),),
)


@checks_spec_field(RULE)
def check_spec_field(spec: SpecField) -> Iterator[Finding]:
    """Move a directory into a spec class; drop an empty one, which meant the default."""
    given = spec.arguments.get("cache_to")
    if given is not None and cache_to_of(spec) is None and not spec.is_processed:
        message = f"{spec.label}: `cache_to=` is empty, which means the default"
        drop = (DropArgument(spec.offset, "cache_to"),)
        yield make_finding(RULE, spec.module, given.value, message, Applicability.SAFE, changes=drop)
        return
    callability = classify_cache_to(spec)
    if callability is None or callability.verdict is not Verdict.NO:
        return
    argument = spec.arguments["cache_to"]
    message = f"{spec.label}: `cache_to=` is a directory"
    yield make_spec_finding(RULE, spec, argument, message, write_cache_to)
