"""``cache_to`` as a directory: the ``cachefile_name`` of a spec class puts the file there."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.codegen.cachefile_name import build_name_property, cache_to_of, judged_cache_to
from ik_migrate.codegen.properties import CannotGenerate
from ik_migrate.codegen.suggestion import suggest_spec_class
from ik_migrate.imagekit.callability import Verdict
from ik_migrate.imagekit.spec_field import SpecField
from ik_migrate.model.change import DropArgument
from ik_migrate.model.finding import Finding
from ik_migrate.model.rule import Applicability, Rule
from ik_migrate.project.reporting import make_finding
from ik_migrate.rules import Codemod

RULE = Rule(
    code="IK302",
    name="cache-to-directory",
    summary="`cache_to=` as a directory needs a spec class",
    applicability=(Applicability.SAFE, Applicability.MANUAL),
    why=(
        "ImageKit 3 has no `cache_to`: `TypeError` while the models are being loaded. ImageKit 2 put the file into the"
        " directory under the name of its source, with the extension of the source even where `format=` says otherwise."
    ),
    help="Give the field a spec class whose `cachefile_name` puts the file there.",
    source="ImageSpecFieldFile.name in imagekit/models/fields/files.py of 2.0.4",
    before="""\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([ResizeToFill(50, 50)], image_field='image', cache_to='thumbs')
""",
    after='''\
import os

from django.db import models
from imagekit import ImageSpec
from imagekit.cachefiles.backends import CacheFileState
from imagekit.cachefiles.strategies import JustInTime
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


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


class PhotoSmall(ImageSpec):
    processors = [ResizeToFill(50, 50)]
    cachefile_strategy = ReplacingJustInTime

    @property
    def cachefile_name(self):
        if not self.source:
            return None
        return os.path.join('thumbs', os.path.basename(self.source.name))


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField(source='image', spec=PhotoSmall)
''',
)


def check_spec_field(spec: SpecField) -> Iterator[Finding]:
    """Report ``cache_to`` where it is no callable."""
    given = spec.arguments.get("cache_to")
    if given is not None and cache_to_of(spec) is None and not spec.is_processed:
        message = f"cache_to of {spec.label} is empty, which means the default"
        drop = (DropArgument(spec.offset, "cache_to"),)
        yield make_finding(RULE, spec.module, given.value, message, Applicability.SAFE, changes=drop)
        return
    judgement = judged_cache_to(spec)
    if judgement is None or judgement.verdict is not Verdict.NO:
        return
    argument = spec.arguments["cache_to"]
    message = f"cache_to of {spec.label} is a directory"
    try:
        getter = build_name_property(spec)
    except CannotGenerate as error:
        why = f"Not rewritten: {error}. {RULE.why}"
        code = suggest_spec_class(spec)
        yield make_finding(RULE, spec.module, argument.value, message, Applicability.MANUAL, why=why, suggestion=code)
        return
    yield make_finding(
        RULE,
        spec.module,
        argument.value,
        message,
        Applicability.SAFE,
        changes=[*getter.members, *getter.imports],
    )


CODEMOD = Codemod(rules=(RULE,), spec_field=check_spec_field)
