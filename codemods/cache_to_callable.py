"""``cache_to`` as a callable: the ``cachefile_name`` of a spec class calls it."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.codegen.legacy_spec import classify_cache_to, make_spec_finding, write_cache_to
from ik_migrate.imagekit.callability import Verdict
from ik_migrate.imagekit.spec_field import SpecField
from ik_migrate.model.finding import Finding
from ik_migrate.model.rule import Applicability, Rule
from ik_migrate.rules import Codemod

_SOURCE = "ImageSpecFieldFile.name in imagekit/models/fields/files.py of 2.0.4; imagekit/specs/__init__.py of 3.0.4"
_HEAD = """\
import os

from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill
"""
_HEAD_AFTER = """\
import os

from django.db import models
from imagekit import ImageSpec
from imagekit.cachefiles.backends import CacheFileState
from imagekit.cachefiles.strategies import JustInTime
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill
from imagekit.utils import get_field_info, suggest_extension
"""
_STRATEGY = '''\


class ReplacingJustInTime(JustInTime):
    """Deletes the old file when its source changes: its name would not tell."""

    def on_source_saved(self, file):
        # ImageKit also says so when an instance is saved whose source is the same as before.
        backend, source = file.cachefile_backend, file.generator.source.name
        key = backend.get_key(file) + '-source'
        if backend.cache.get(key) != source:
            if file.storage.exists(file.name):
                file.storage.delete(file.name)
            backend.set_state(file, CacheFileState.DOES_NOT_EXIST)
            backend.cache.set(key, source, 30 * 24 * 60 * 60)
'''

CALLABLE = Rule(
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
)

CLOCK = Rule(
    code="IK303",
    name="names-by-the-clock",
    summary="file names with `strftime` directives change with the clock",
    applicability=(Applicability.NOTICE,),
    why=(
        "ImageKit 2 ran the result of `cache_to` through `strftime(now)` at every access, and so does the rewritten"
        " code: a name with %Y/%m moves on the first of the month, and the image is regenerated."
    ),
    help="Decide whether that is intended. A name without the date never changes.",
    source=_SOURCE,
    before=f"""\
{_HEAD}

class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([ResizeToFill(50, 50)], image_field='image', cache_to='thumbs/%Y')
""",
    after="""\
import os
from datetime import datetime

from django.db import models
from imagekit import ImageSpec
from imagekit.cachefiles.backends import CacheFileState
from imagekit.cachefiles.strategies import JustInTime
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill
"""
    + _STRATEGY
    + """\


class PhotoSmall(ImageSpec):
    processors = [ResizeToFill(50, 50)]
    cachefile_strategy = ReplacingJustInTime

    @property
    def cachefile_name(self):
        if not self.source:
            return None
        directory = os.path.normpath(datetime.now().strftime('thumbs/%Y'))
        return os.path.join(directory, os.path.basename(self.source.name))


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField(source='image', spec=PhotoSmall)
""",
)


def check_spec_field(spec: SpecField) -> Iterator[Finding]:
    """Move a callable ``cache_to`` into a spec class."""
    callability = classify_cache_to(spec)
    if callability is None or callability.verdict is not Verdict.YES:
        return
    argument = spec.arguments["cache_to"]
    message = f"{spec.label}: `cache_to=` is callable"
    yield make_spec_finding(CALLABLE, spec, argument, message, write_cache_to)


CODEMOD = Codemod(rules=(CALLABLE,), spec_field=check_spec_field)
