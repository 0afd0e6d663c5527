"""``cache_to`` as a callable: a spec class of the support module calls it."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.codegen.legacy_spec import classify_cache_to, make_spec_finding, write_cache_to
from ik_migrate.imagekit.callability import Verdict
from ik_migrate.rules import (
    Applicability,
    ErrorSymptom,
    Finding,
    ImageSymptom,
    Rule,
    Sign,
    SpecField,
    checks_spec_field,
)

_SOURCE = "ImageSpecFieldFile.name in imagekit/models/fields/files.py of 2.0.4; imagekit/specs/__init__.py of 3.0.4"
_HEAD = """\
import os

from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill
"""
RULE = Rule(
    code="IK301",
    name="cache-to-callable",
    summary="callable `cache_to=` needs a spec class",
    applicability=(Applicability.SAFE, Applicability.MANUAL),
    why=(
        "ImageKit 3 has no `cache_to`: `TypeError` while the models are loaded. In ImageKit 3, a spec class names"
        " its files with the property `cachefile_name`."
    ),
    help=(
        "Give the field a spec class that derives from `LegacySpec` of the support module, and name the callable"
        " there: `cache_to = staticmethod(...)`."
    ),
    source=_SOURCE,
    before=f"""\
{_HEAD}

def thumbnail_path(instance, path, specname, extension):
    return os.path.join('thumbs', '%s_%s%s' % (instance.slug, specname, extension))


class Photo(models.Model):
    slug = models.SlugField()
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([ResizeToFill(50, 50)], image_field='image', cache_to=thumbnail_path)
""",
    after="""\
import os

from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill
from imagekit_support import LegacySpec


def thumbnail_path(instance, path, specname, extension):
    return os.path.join('thumbs', '%s_%s%s' % (instance.slug, specname, extension))


class PhotoSmall(LegacySpec):
    attname = 'small'
    processors = [ResizeToFill(50, 50)]
    cache_to = staticmethod(thumbnail_path)


class Photo(models.Model):
    slug = models.SlugField()
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField(source='image', spec=PhotoSmall)
""",
    symptoms=(
        ErrorSymptom("unexpected keyword argument '?cache_to", "cache_to= was removed: a spec class sets the name"),
        ImageSymptom(Sign.NAME_FROM_CALLABLE, "cache_to= was removed: set cachefile_name in a spec class"),
    ),
)


@checks_spec_field(RULE)
def check_spec_field(spec: SpecField) -> Iterator[Finding]:
    """Move a callable ``cache_to`` into a spec class."""
    callability = classify_cache_to(spec)
    if callability is None or callability.verdict is not Verdict.YES:
        return
    argument = spec.arguments["cache_to"]
    message = f"{spec.label}: `cache_to=` is callable"
    yield make_spec_finding(RULE, spec, argument, message, write_cache_to)
