"""A file name made after the name of another spec's file follows that one, which changes."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.codegen.legacy_spec import cache_to_of
from ik_migrate.imagekit.sources import source_name
from ik_migrate.rules import (
    Applicability,
    Finding,
    ImageSymptom,
    Rule,
    Sign,
    SpecField,
    checks_spec_field,
    make_finding,
    photo_model,
    spec_fields,
)

_MODEL = photo_model(
    "large = ImageSpecField([ResizeToFill(500, 500)], image_field='image')",
    "icon = ImageSpecField([ResizeToFill(50, 50)], image_field='large', cache_to='icons')",
)
RULE = Rule(
    code="IK308",
    name="chained-names",
    summary="a file named by `cache_to` after another spec's file gets a new name with it",
    applicability=(Applicability.NOTICE,),
    why=(
        "Its source is a spec file with a default name, which ImageKit 3 forms differently. The name that"
        " `cache_to` derives from it changes too: the image is regenerated under its new name."
    ),
    help="Nothing, if new names are acceptable. `--keep-cache-names` keeps both names.",
    source="imagekit/models/fields/files.py (ImageSpecFieldFile.name) of 2.0.4; imagekit/cachefiles/namers.py of 3.0.4",
    before=_MODEL,
    after="""\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill
from imagekit_support import DirectorySpec


class PhotoIcon(DirectorySpec):
    processors = [ResizeToFill(50, 50)]
    cache_to = 'icons'


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    large = ImageSpecField([ResizeToFill(500, 500)], source='image')
    icon = ImageSpecField(source='large', spec=PhotoIcon)
""",
    symptoms=(
        ImageSymptom(
            Sign.NAME_OF_SPEC_FILE,
            "the name is derived from that of the source, a spec file, which ImageKit 3 names differently",
        ),
    ),
)


@checks_spec_field(RULE)
def check_spec_field(spec: SpecField) -> Iterator[Finding]:
    """Report specs of specs whose names are not kept."""
    project = spec.module.project
    if spec.is_processed or spec.is_ik3 or project.keep_cache_names or cache_to_of(spec) is None:
        return
    name = source_name(spec)
    inner = next(
        (
            other
            for other in spec_fields(spec.module)
            if name and other.attname == name and other.model is spec.model and not other.is_processed
        ),
        None,
    )
    if inner is not None and cache_to_of(inner) is None:
        message = f"{spec.label}: its source is {inner.label}, whose file gets a new name"
        yield make_finding(RULE, spec.module, spec.call, message, Applicability.NOTICE)
